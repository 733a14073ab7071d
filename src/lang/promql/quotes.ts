// Quoted texts of a query, with Go's escapes.
import type { Mistake, Token } from './token.ts'

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}
const NOT_TERMINATED = 'escape sequence not terminated'
const NO_CODE_POINT = 'escape sequence is an invalid Unicode code point'
const CODE_POINT_MAX = 0x10_ff_ff

/** The text that begins with the quote at `from`. */
export function unquoted(text: string, from: number): Token | Mistake {
  const quote = text[from] ?? ''
  if (quote === '`') {
    const end = text.indexOf('`', from + 1)
    if (end < 0) return { at: from, problem: 'unterminated raw string' }
    return { kind: 'string', text: text.slice(from + 1, end), from, to: end + 1 }
  }
  const parts: (string | number)[] = []
  for (let at = from + 1; at < text.length;) {
    const letter = String.fromCodePoint(text.codePointAt(at) ?? 0)
    if (letter === quote) return { kind: 'string', text: joined(parts), from, to: at + 1 }
    if (letter === '\n') break
    if (letter !== '\\') {
      parts.push(letter)
      at += letter.length
      continue
    }
    const escape = escapeAt(text, at, quote)
    if (typeof escape === 'string') return { at: from, problem: escape }
    parts.push(escape.part)
    at = escape.to
  }
  return { at: from, problem: 'unterminated quoted string' }
}

interface Escape {
  /** A number is one byte of UTF-8. */
  readonly part: string | number
  readonly to: number
}

function escapeAt(text: string, at: number, quote: string): Escape | string {
  const letter = text[at + 1] ?? ''
  if (letter === '') return NOT_TERMINATED
  if (letter === quote) return { part: quote, to: at + 2 }
  if (Object.hasOwn(SIMPLE, letter)) return { part: SIMPLE[letter] ?? '', to: at + 2 }
  if (/[0-7]/.test(letter)) return byteAt(text, at + 1, { digits: 3, base: 8 })
  if (letter === 'x') return byteAt(text, at + 2, { digits: 2, base: 16 })
  if (letter === 'u' || letter === 'U') return codePointAt(text, at + 2, letter === 'u' ? 4 : 8)
  return `unknown escape sequence ${codePointText(text, at + 1)}`
}

/** As Go's %#U: `U+0071 'q'`. */
function codePointText(text: string, at: number): string {
  const code = text.codePointAt(at) ?? 0
  const hex = code.toString(16).toUpperCase().padStart(4, '0')
  return `U+${hex} '${String.fromCodePoint(code)}'`
}

/** The number that the digits write, or what is wrong with them. */
function digitsAt(
  text: string,
  from: number,
  { digits, base }: { digits: number; base: 8 | 16 },
): number | string {
  const isDigit = base === 8 ? /[0-7]/ : /[0-9a-fA-F]/
  for (let at = from; at < from + digits; at++) {
    if (at >= text.length) return NOT_TERMINATED
    if (!isDigit.test(text[at] ?? ''))
      return `illegal character ${codePointText(text, at)} in escape sequence`
  }
  return Number.parseInt(text.slice(from, from + digits), base)
}

function byteAt(text: string, from: number, written: { digits: number; base: 8 | 16 }): Escape | string {
  const code = digitsAt(text, from, written)
  if (typeof code === 'string') return code
  return code > 255 ? NO_CODE_POINT : { part: code, to: from + written.digits }
}

function codePointAt(text: string, from: number, digits: number): Escape | string {
  const code = digitsAt(text, from, { digits, base: 16 })
  if (typeof code === 'string') return code
  const isSurrogate = code >= 0xd800 && code < 0xe000
  if (code > CODE_POINT_MAX || isSurrogate) return NO_CODE_POINT
  return { part: String.fromCodePoint(code), to: from + digits }
}

/** Bytes that were written one by one are read as UTF-8 together. */
function joined(parts: readonly (string | number)[]): string {
  if (parts.every(part => typeof part === 'string' || part < 128)) {
    return parts.map(part => (typeof part === 'string' ? part : String.fromCodePoint(part))).join('')
  }
  const encoder = new TextEncoder()
  const bytes = parts.flatMap(part => (typeof part === 'string' ? [...encoder.encode(part)] : [part]))
  return new TextDecoder().decode(new Uint8Array(bytes))
}

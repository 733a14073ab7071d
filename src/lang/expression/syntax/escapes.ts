// Escapes in quoted texts: `\n`, `\x41`, `\101`, `\u00e4`, `\U0001f9c0`.
import { refuse } from '../refusal.ts'
import { toBytes } from '../go-bytes.ts'

const PLAIN: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['\\', 92],
])

const LENGTHS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
])

const HIGHEST = 0x10ffff
const REPLACEMENT = 0xfffd

interface Escape {
  readonly code: number
  readonly end: number
  /** Written as a byte: `\x` and octal. */
  readonly isByte: boolean
}

/** What stands between two quotes of that kind. */
export function unescaped(text: string, quote: string): string {
  if (!text.includes('\\')) return text
  let read = ''
  for (let at = 0; at < text.length;) {
    const escape = escapeAt(text, at, quote)
    read += escape === undefined ? text[at] : String.fromCodePoint(sound(escape.code))
    at = escape?.end ?? at + 1
  }
  return read
}

/** What `b"…"` holds: an escape of a byte is that byte. */
export function unescapedBytes(text: string, quote: string): number[] {
  const bytes: number[] = []
  for (let at = 0; at < text.length;) {
    const escape = escapeAt(text, at, quote)
    const plain = String.fromCodePoint(escape?.code ?? text.codePointAt(at) ?? 0)
    if (escape?.isByte === true) bytes.push(escape.code & 0xff)
    else bytes.push(...toBytes(plain))
    at = escape?.end ?? at + plain.length
  }
  return bytes
}

function sound(code: number): number {
  const isHalf = code >= 0xd800 && code < 0xe000
  return code > HIGHEST || isHalf ? REPLACEMENT : code
}

/** The escape that begins there, if one does. */
export function escapeAt(text: string, at: number, quote: string): Escape | undefined {
  if (text[at] !== '\\') return undefined
  const letter = text[at + 1] ?? ''
  const plain = letter === quote ? quote.charCodeAt(0) : PLAIN.get(letter)
  if (plain !== undefined) return { code: plain, end: at + 2, isByte: false }
  if (letter >= '0' && letter <= '7') return digits({ text, from: at + 1, length: 3, base: 8 })
  const length = LENGTHS.get(letter)
  if (length === undefined) return refuse('invalid char escape')
  return { ...digits({ text, from: at + 2, length, base: 16 }), isByte: letter === 'x' }
}

function digits(of: { text: string; from: number; length: number; base: 8 | 16 }): Escape {
  const end = of.from + of.length
  const read = of.text.slice(of.from, end)
  const form = of.base === 8 ? /^[0-7]+$/ : /^[0-9a-fA-F]+$/
  if (read.length < of.length || !form.test(read)) refuse('invalid char escape')
  return { code: Number.parseInt(read, of.base), end, isByte: true }
}

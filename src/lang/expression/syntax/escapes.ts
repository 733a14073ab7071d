// Escapes in quoted texts: `\n`, `\x41`, `\101`, `\u00e4`, `\u{1f9c0}`, `\U0001f9c0`. Go first looks how far a
// text goes, and then what it says: an escape may have the right form, and still mean nothing.
import { fromBytes, toBytes } from '../go-bytes.ts'
import { refuse } from '../refusal.ts'

const PLAIN: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['\\', 92],
  ['"', 34],
  ["'", 39],
])

const HEX = '[0-9a-fA-F]'
const FORM = new RegExp(
  String.raw`\\(?:[0-7]{3}|x${HEX}{2}|u${HEX}{4}|u\{${HEX}{1,6}\}|U${HEX}{8}|[abfnrtv\\])`,
  'y',
)
const DIGITS: ReadonlyMap<string, number> = new Map([
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

/** Where the escape ends that begins there, in a text between two quotes of that kind. */
export function escapeEnd(text: string, at: number, quote: string): number {
  if (text[at + 1] === quote) return at + 2
  FORM.lastIndex = at
  const [form] = FORM.exec(text) ?? refuse('invalid char escape')
  return at + form.length
}

/** What stands between two quotes. */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  let read = ''
  for (let at = 0; at < text.length;) {
    if (text[at] !== '\\') read += text[at++]
    else {
      const { code, end } = escapeAt(text, at)
      read += character(code)
      at = end
    }
  }
  return read
}

/** What `b"…"` holds: an escape of a byte is that byte, and there are no others of characters. */
export function unescapedBytes(text: string): number[] {
  const bytes: number[] = []
  for (let at = 0; at < text.length;) {
    if (text[at] !== '\\') {
      const plain = String.fromCodePoint(text.codePointAt(at) ?? 0)
      bytes.push(...toBytes(plain))
      at += plain.length
      continue
    }
    const { code, end, isByte } = escapeAt(text, at)
    bytes.push(isByte ? code : meaningless())
    at = end
  }
  return bytes
}

const meaningless = () => refuse('unable to unescape string')

function character(code: number): string {
  // Compat: beyond what a whole number of 32 bits holds, its last byte is what stands there.
  if (code > 0x7fffffff) return fromBytes([code & 0xff])
  if (code > HIGHEST) return meaningless()
  const isHalf = code >= 0xd800 && code < 0xe000
  return String.fromCodePoint(isHalf ? REPLACEMENT : code)
}

/** An escape whose form is right. */
function escapeAt(text: string, at: number): Escape {
  const letter = text[at + 1] ?? ''
  const plain = PLAIN.get(letter)
  if (plain !== undefined) return { code: plain, end: at + 2, isByte: true }
  if (letter > '3' && letter < '8') meaningless()
  if (letter < '4') {
    return { code: Number.parseInt(text.slice(at + 1, at + 4), 8), end: at + 4, isByte: true }
  }
  if (text[at + 2] === '{') {
    const end = text.indexOf('}', at)
    return { code: Number.parseInt(text.slice(at + 3, end), 16), end: end + 1, isByte: false }
  }
  const end = at + 2 + (DIGITS.get(letter) ?? 0)
  return { code: Number.parseInt(text.slice(at + 2, end), 16), end, isByte: letter === 'x' }
}

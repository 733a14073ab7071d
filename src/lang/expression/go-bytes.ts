// Go's strings are bytes, ours are characters. A byte that is part of no character travels as the half of a surrogate
// pair that stands for nothing else (U+DC80 to U+DCFF), and joins its neighbours again when they make a character.

const LOOSE = /[\ud800-\udfff]/u
const LOOSE_BASE = 0xdc00
// oxlint-disable-next-line no-control-regex
const NOT_ASCII = /[^\x00-\x7f]/

export function isAscii(text: string): boolean {
  return !NOT_ASCII.test(text)
}

export function toBytes(text: string): number[] {
  const bytes: number[] = []
  for (const character of text) pushCharacter(bytes, character.codePointAt(0) ?? 0)
  return bytes
}

function pushCharacter(bytes: number[], code: number): void {
  if (code < 0x80) bytes.push(code)
  else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f))
  else if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - LOOSE_BASE)
  else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
  else {
    const [high, low] = [0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f)]
    bytes.push(0xf0 | (code >> 18), high, low, 0x80 | (code & 0x3f))
  }
}

const CHUNK = 4096

export function fromBytes(bytes: readonly number[]): string {
  const parts: string[] = []
  let codes: number[] = []
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at)
    codes.push(length === 0 ? LOOSE_BASE + (bytes[at] ?? 0) : codeAt(bytes, at, length))
    at += Math.max(length, 1)
    if (codes.length < CHUNK) continue
    parts.push(String.fromCodePoint(...codes))
    codes = []
  }
  return parts.join('') + String.fromCodePoint(...codes)
}

/** Least code of a character of so many bytes. */
const LEAST = [0, 0, 0x80, 0x800, 0x10000]

/** How many bytes make the character there; 0 when they make none. A plain byte below 0x80 is one. */
function characterLength(bytes: readonly number[], at: number): number {
  const first = bytes[at] ?? 0
  if (first < 0x80) return 1
  const length = first >= 0xf0 && first < 0xf8 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0
  if (length === 0 || first >= 0xf8) return 0
  for (let next = 1; next < length; next++) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0
  const code = codeAt(bytes, at, length)
  const isSurrogate = code >= 0xd800 && code < 0xe000
  return code < (LEAST[length] ?? 0) || code > 0x10ffff || isSurrogate ? 0 : length
}

function codeAt(bytes: readonly number[], at: number, length: number): number {
  const first = bytes[at] ?? 0
  if (length === 1) return first
  let code = first & (0xff >> (length + 1))
  for (let next = 1; next < length; next++) code = (code << 6) | ((bytes[at + next] ?? 0) & 0x3f)
  return code
}

/** Pieces in a row; loose bytes may have become characters. */
export function joined(text: string): string {
  return LOOSE.test(text) ? fromBytes(toBytes(text)) : text
}

/** Two texts in a row. Only the second one's beginning is looked at: a long first one stays in the pieces it has. */
export function concatenated(left: string, right: string): string {
  const isLoose = right !== '' && isLow(right.charCodeAt(0))
  return isLoose ? joined(left + right) : left + right
}

const isLow = (code: number) => code >= 0xdc80 && code <= 0xdcff

export function byteLength(text: string): number {
  if (isAscii(text)) return text.length
  let length = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    length +=
      code < 0x80 ? 1 : code < 0x800 ? 2 : code >= 0x10000 ? 4 : code >= 0xdc80 && code <= 0xdcff ? 1 : 3
  }
  return length
}

export function characterCount(text: string): number {
  if (isAscii(text)) return text.length
  let count = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 0xd800 && code < 0xdc00) at++
    count++
  }
  return count
}

export function sliceBytes(text: string, from: number, to: number): string {
  return isAscii(text) ? text.slice(from, to) : fromBytes(toBytes(text).slice(from, to))
}

const HALF = /[\ud800-\udfff]/

/** In the order of their bytes. */
export function compareBytes(a: string, b: string): number {
  if (!HALF.test(a) && !HALF.test(b)) return a < b ? -1 : a > b ? 1 : 0
  const [left, right] = [toBytes(a), toBytes(b)]
  const differs = left.findIndex((byte, at) => byte !== right[at])
  if (differs < 0) return left.length - right.length
  return (left[differs] ?? -1) - (right[differs] ?? -1)
}

/** For people and for JSON: U+FFFD where a byte is no character. */
export function wellFormed(text: string): string {
  return LOOSE.test(text) ? text.replace(/[\ud800-\udfff]/gu, '\ufffd') : text
}

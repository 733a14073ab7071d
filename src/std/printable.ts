// Texts of others, fit for a terminal and for a place of limited size.

const CUT = '…'
const CUT_BYTES = 3
/** Control characters, and halves of characters. */
const DANGEROUS = /[\p{Cc}\p{Cs}]/gu

/**
 * No longer than that many bytes of UTF-8, cut on a whole character. A control character is shown as a terminal shows a
 * key: `^[`, or `^[[` for the one byte that means the same; half a character becomes U+FFFD, as servers store it.
 */
export function printable(text: string, maxBytes: number): string {
  let bytes = 0
  let [whole, cut] = ['', '']
  for (const character of text) {
    const shown = visible(character)
    bytes += bytesOf(shown)
    if (bytes > maxBytes) return cut + CUT
    whole += shown
    if (bytes <= maxBytes - CUT_BYTES) cut = whole
  }
  return whole
}

/** Of any length, and with its lines and tabs: what may go to a terminal as it is. */
export function printableText(text: string): string {
  return text.replace(DANGEROUS, character => (/[\n\t]/.test(character) ? character : visible(character)))
}

/** Of any length, in one line. */
export function printableLine(text: string): string {
  return text.replace(DANGEROUS, visible)
}

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20 || code === 0x7f) return `^${String.fromCodePoint(code ^ 0x40)}`
  if (code >= 0x80 && code < 0xa0) return `^[${String.fromCodePoint(code - 0x40)}`
  return code >= 0xd800 && code < 0xe000 ? '\ufffd' : character
}

/** Of a text whose characters all need as much as its first. */
function bytesOf(shown: string): number {
  const code = shown.codePointAt(0) ?? 0
  if (code < 0x80) return shown.length
  if (code < 0x800) return 2
  return code < 0x10000 ? 3 : 4
}

/** The beginning of a text that has no more than so many bytes of UTF-8: whole characters. */
export function shortened(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text
  let bytes = 0
  let at = 0
  for (const character of text) {
    bytes += bytesOf(character)
    if (bytes > maxBytes) return text.slice(0, at)
    at += character.length
  }
  return text
}

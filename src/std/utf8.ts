// Texts as their UTF-8 bytes, each byte a character of its own: what percent-encoding and Go's quoting count in.

/** Half a character becomes U+FFFD, as everywhere on the wire. */
export function bytesOf(text: string): string {
  return text.replaceAll(/[^\0-\x7f]/gu, character => encoded(character.codePointAt(0) as number))
}

function encoded(point: number): string {
  const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point
  const tail = (shift: number) => 0x80 | ((code >> shift) & 0x3f)
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), tail(0))
  if (code < 0x10000) return String.fromCharCode(0xe0 | (code >> 12), tail(6), tail(0))
  return String.fromCharCode(0xf0 | (code >> 18), tail(12), tail(6), tail(0))
}

/** Well-formed sequences, and only those: no overlong ones, no halves of characters; or a byte that is part of none. */
const SEQUENCE = new RegExp(
  [
    String.raw`[\xc2-\xdf][\x80-\xbf]`,
    String.raw`\xe0[\xa0-\xbf][\x80-\xbf]`,
    String.raw`[\xe1-\xec\xee\xef][\x80-\xbf]{2}`,
    String.raw`\xed[\x80-\x9f][\x80-\xbf]`,
    String.raw`\xf0[\x90-\xbf][\x80-\xbf]{2}`,
    String.raw`[\xf1-\xf3][\x80-\xbf]{3}`,
    String.raw`\xf4[\x80-\x8f][\x80-\xbf]{2}`,
    String.raw`[\x80-\xff]`,
  ].join('|'),
  'g',
)

/** The text that the bytes stand for; a byte that is part of none becomes U+FFFD. */
export function textOf(bytes: string): string {
  return bytes.replaceAll(SEQUENCE, sequence => {
    const [first = 0, ...rest] = [...sequence].map(byte => byte.charCodeAt(0))
    if (rest.length === 0) return '\ufffd'
    const head = first & (0x3f >> rest.length)
    return String.fromCodePoint(rest.reduce((code, byte) => (code << 6) | (byte & 0x3f), head))
  })
}

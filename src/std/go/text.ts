// Texts as Go's strconv and fmt write them: `%q`, Atoi.

/** Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols, and the blank of ASCII. */
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu

const NAMED: Readonly<Record<string, string>> = {
  '\x07': String.raw`\a`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\v': String.raw`\v`,
}

/** The text between quotes, as `%q` and strconv.Quote write it. */
export function goQuote(text: string): string {
  return `"${goEscape(text)}"`
}

/** What stands between the quotes. */
export function goEscape(text: string): string {
  return text.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll(UNPRINTABLE, escaped)
}

function escaped(character: string): string {
  const code = character.codePointAt(0) as number
  const hex = (digits: number) => code.toString(16).padStart(digits, '0')
  const named = NAMED[character]
  if (named !== undefined) return named
  if (code < 0x80) return String.raw`\x${hex(2)}`
  if (code >= 0xd800 && code <= 0xdfff) return String.raw`\ufffd`
  return code < 0x10000 ? String.raw`\u${hex(4)}` : String.raw`\U${hex(8)}`
}

/** As package time quotes what it cannot read: by its bytes where they are not plain ASCII. */
export function goTimeQuote(bytes: Iterable<number>): string {
  let quoted = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    if (byte < 0x20 || byte >= 0x80) quoted += String.raw`\x${byte.toString(16).padStart(2, '0')}`
    else quoted += '"\\'.includes(character) ? `\\${character}` : character
  }
  return `"${quoted}"`
}

/** strconv.Atoi, and 0 where that fails, as IntOrString reads a text. */
export function goAtoi(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) return 0
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Number(text)))
}

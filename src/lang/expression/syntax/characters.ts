// What characters are to Go: letters, digits, spaces; and its quotes.

const LETTER = /^[\p{L}_$]$/u
const DIGIT = /^\p{Nd}$/u
const SPACE = /^[\t\n\v\f\r \u0085\u00a0\p{Z}]$/u

export function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || (character !== '' && SPACE.test(character))
}

const ASCII_NAME = /^[A-Za-z0-9_$]$/

export function isNamePart(character: string): boolean {
  if (character === '') return false
  return ASCII_NAME.test(character) || LETTER.test(character) || DIGIT.test(character)
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['"', '\\"'],
  ['\\', '\\\\'],
])

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u
const hex = (code: number, digits: number) => code.toString(16).padStart(digits, '0')

/** A text in double quotes, as strconv.Quote and `%q` write it. */
export function quoted(text: string): string {
  let written = ''
  for (const character of text) written += ESCAPES.get(character) ?? escaped(character)
  return `"${written}"`
}

/** As `%#U` has it: `U+007E '~'`. */
export function namedCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const name = `U+${hex(code, 4).toUpperCase()}`
  return UNPRINTABLE.test(character) ? name : `${name} '${character}'`
}

function escaped(character: string): string {
  if (!UNPRINTABLE.test(character)) return character
  const code = character.codePointAt(0) ?? 0
  // A byte that is no character travels as half of a surrogate pair.
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc00, 2)}`
  if (code < 0x80) return `\\x${hex(code, 2)}`
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

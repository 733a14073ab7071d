// Why a text is no JSON, in the words of Go's encoding/json: `invalid character '<' looking for beginning of value`.
import { goEscape } from './text.ts'

const END = 'unexpected end of JSON input'
const LEVELS_MAX = 10_000

interface Place {
  readonly text: string
  at: number
}

type Closing = ']' | '}'

/** Undefined: it is JSON. Where it stops is told by its first character that does not belong there. */
export function goJsonProblem(text: string): string | undefined {
  const place: Place = { text, at: 0 }
  const open: Closing[] = []
  let isWanted = true
  for (;;) {
    skipBlanks(place)
    if (isWanted) {
      const outcome = beginValue(place, open)
      if (typeof outcome === 'string') return outcome
      if (open.length > LEVELS_MAX) return 'exceeded max depth'
      if (outcome.isOpen) continue
      isWanted = false
      continue
    }
    const closing = open.at(-1)
    if (closing === undefined)
      return place.at < text.length ? invalid(place, 'after top-level value') : undefined
    const next = text[place.at]
    if (next === undefined) return END
    if (next !== ',' && next !== closing)
      return invalid(place, closing === ']' ? 'after array element' : 'after object key:value pair')
    place.at++
    if (next === closing) {
      open.pop()
      continue
    }
    const problem = closing === '}' ? key(place) : undefined
    if (problem !== undefined) return problem
    isWanted = true
  }
}

function skipBlanks(place: Place): void {
  while (' \t\r\n'.includes(place.text[place.at] ?? '-')) place.at++
}

function invalid({ text, at }: Place, where: string): string {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
  const quoted = character === "'" ? String.raw`\'` : character === '"' ? '"' : goEscape(character)
  return `invalid character '${quoted}' ${where}`
}

/** `isOpen`: it holds others, of which one is wanted next. */
function beginValue(place: Place, open: Closing[]): { readonly isOpen: boolean } | string {
  const start = place.text[place.at]
  if (start === undefined) return END
  if (start === '[' || start === '{') return begin(place, open, start === '[' ? ']' : '}')
  const problem = start === '"' ? quotedText(place) : /[-\d]/.test(start) ? numberText(place) : literal(place)
  return problem ?? { isOpen: false }
}

function begin(place: Place, open: Closing[], closing: Closing): { readonly isOpen: boolean } | string {
  place.at++
  skipBlanks(place)
  if (place.text[place.at] === closing) {
    place.at++
    return { isOpen: false }
  }
  open.push(closing)
  const problem = closing === '}' ? key(place) : undefined
  return problem ?? { isOpen: true }
}

function key(place: Place): string | undefined {
  skipBlanks(place)
  const start = place.text[place.at]
  if (start === undefined) return END
  if (start !== '"') return invalid(place, 'looking for beginning of object key string')
  const problem = quotedText(place)
  if (problem !== undefined) return problem
  skipBlanks(place)
  if (place.text[place.at] === undefined) return END
  if (place.text[place.at] !== ':') return invalid(place, 'after object key')
  place.at++
  return undefined
}

function quotedText(place: Place): string | undefined {
  const { text } = place
  for (place.at++; place.at < text.length; place.at++) {
    const character = text[place.at] as string
    if (character === '"') {
      place.at++
      return undefined
    }
    if (character < ' ') return invalid(place, 'in string literal')
    if (character !== '\\') continue
    place.at++
    const escape = text[place.at]
    if (escape === undefined) return END
    if (escape === 'u') {
      for (let digits = 0; digits < 4; digits++) {
        place.at++
        if (text[place.at] === undefined) return END
        if (!/[\da-f]/i.test(text[place.at] as string))
          return invalid(place, String.raw`in \u hexadecimal character escape`)
      }
    } else if (!'"\\/bfnrt'.includes(escape)) return invalid(place, 'in string escape code')
  }
  return END
}

function numberText(place: Place): string | undefined {
  const { text } = place
  const digits = (where: string): string | undefined => {
    if (text[place.at] === undefined) return END
    if (!/\d/.test(text[place.at] as string)) return invalid(place, where)
    while (/\d/.test(text[place.at] ?? '')) place.at++
    return undefined
  }
  if (text[place.at] === '-') place.at++
  if (text[place.at] === '0') place.at++
  else {
    const problem = digits('in numeric literal')
    if (problem !== undefined) return problem
  }
  if (text[place.at] === '.') {
    place.at++
    const problem = digits('after decimal point in numeric literal')
    if (problem !== undefined) return problem
  }
  if (!/[eE]/.test(text[place.at] ?? '')) return undefined
  place.at++
  if (/[-+]/.test(text[place.at] ?? '')) place.at++
  return digits('in exponent of numeric literal')
}

function literal(place: Place): string | undefined {
  const { text } = place
  const word = ['true', 'false', 'null'].find(one => one.startsWith(text[place.at] as string))
  if (word === undefined) return invalid(place, 'looking for beginning of value')
  for (const letter of word) {
    if (text[place.at] === undefined) return END
    if (text[place.at] !== letter) return invalid(place, `in literal ${word} (expecting '${letter}')`)
    place.at++
  }
  return undefined
}

// JSON as Go reads it: what JSON.parse takes, with Go's limits, and Go's words for where a text goes wrong.
import { parseJson } from '../../../std/json.ts'
import type { GoTime, GoValue } from '../go-values.ts'
import { refuse } from '../refusal.ts'
import { RFC3339_NANO } from '../times/methods.ts'
import { formatTime } from '../times/print.ts'

export function printTime3339(time: GoTime): string {
  return formatTime(time, RFC3339_NANO)
}

const LEVELS_MAX = 10_000
/** Long enough for a number that no float64 can hold. */
const HUGE = /[eE]\+?\d{3}|\d{300}/

export function readJson(text: string): GoValue {
  const parsed = parseJson(text)
  // Go looks at the whole text for mistakes before it makes a value of it.
  if (parsed === undefined || isDeep(text) || HUGE.test(text)) new Scanner(text).scan()
  return (parsed ?? null) as GoValue
}

function isDeep(text: string): boolean {
  let [depth, most] = [0, 0]
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '[' || character === '{') most = Math.max(most, ++depth)
    else if (character === ']' || character === '}') depth--
  }
  return most > LEVELS_MAX
}

const SPACE = ' \t\n\r'
const LITERALS: ReadonlyMap<string, string> = new Map([
  ['t', 'true'],
  ['f', 'false'],
  ['n', 'null'],
])

/** Walks a text until it goes wrong. */
class Scanner {
  private readonly text: string
  private at = 0
  /** What is open: lists and objects. */
  private readonly open: string[] = []
  private huge: string | undefined

  constructor(text: string) {
    this.text = text
  }

  scan(): void {
    this.value()
    while (this.open.length > 0) this.afterValue()
    this.skip()
    if (this.at < this.text.length) this.wrong('after top-level value')
    if (this.huge !== undefined) {
      refuse(`json: cannot unmarshal number ${this.huge} into Go value of type float64`)
    }
  }

  private skip(): void {
    while (this.at < this.text.length && SPACE.includes(this.text[this.at] ?? '')) this.at++
  }

  private wrong(where: string): never {
    const code = this.text.codePointAt(this.at)
    if (code === undefined) return refuse('unexpected end of JSON input')
    return refuse(`invalid character ${characterName(String.fromCodePoint(code))} ${where}`)
  }

  /** A value, and what lists and objects begin with, up to their first simple one. */
  private value(): void {
    for (;;) {
      this.skip()
      const first = this.text[this.at] ?? ''
      if (first === '[' || first === '{') {
        this.at++
        this.open.push(first)
        if (this.open.length > LEVELS_MAX) refuse('exceeded max depth')
        this.skip()
        if (this.text[this.at] === (first === '[' ? ']' : '}')) return this.close()
        if (first === '{') this.key()
        continue
      }
      return this.simple(first)
    }
  }

  private close(): void {
    this.at++
    this.open.pop()
  }

  private simple(first: string): void {
    if (first === '"') return this.string()
    const literal = LITERALS.get(first)
    if (literal !== undefined) return this.literal(literal)
    if (first === '-' || (first >= '0' && first <= '9')) return this.number()
    return this.wrong('looking for beginning of value')
  }

  private afterValue(): void {
    this.skip()
    const isList = this.open.at(-1) === '['
    const next = this.text[this.at]
    if (next === (isList ? ']' : '}')) return this.close()
    if (next !== ',') return this.wrong(isList ? 'after array element' : 'after object key:value pair')
    this.at++
    if (!isList) this.key()
    return this.value()
  }

  private key(): void {
    this.skip()
    if (this.text[this.at] !== '"') this.wrong('looking for beginning of object key string')
    this.string()
    this.skip()
    if (this.text[this.at] !== ':') this.wrong('after object key')
    this.at++
  }

  private literal(word: string): void {
    for (let letter = 1; letter < word.length; letter++) {
      this.at++
      if (this.text[this.at] !== word[letter]) this.wrong(`in literal ${word} (expecting '${word[letter]}')`)
    }
    this.at++
  }

  private string(): void {
    this.at++
    for (; this.text[this.at] !== '"'; this.at++) {
      const character = this.text[this.at] ?? ''
      if (character === '' || character < ' ') this.wrong('in string literal')
      if (character === '\\') this.escape()
    }
    this.at++
  }

  private escape(): void {
    this.at++
    const letter = this.text[this.at] ?? ''
    if (letter === '' || !'bfnrt\\/"u'.includes(letter)) this.wrong('in string escape code')
    if (letter !== 'u') return
    for (let digit = 0; digit < 4; digit++) {
      this.at++
      if (!/^[0-9a-fA-F]$/.test(this.text[this.at] ?? '')) this.wrong('in \\u hexadecimal character escape')
    }
  }

  private number(): void {
    const from = this.at
    if (this.text[this.at] === '-') this.at++
    if (this.text[this.at] === '0') this.at++
    else this.digits('in numeric literal')
    if (this.text[this.at] === '.') {
      this.at++
      this.digits('after decimal point in numeric literal')
    }
    if (/^[eE]$/.test(this.text[this.at] ?? '')) {
      this.at++
      if (/^[+-]$/.test(this.text[this.at] ?? '')) this.at++
      this.digits('in exponent of numeric literal')
    }
    const number = this.text.slice(from, this.at)
    if (!Number.isFinite(Number(number))) this.huge ??= number
  }

  private digits(where: string): void {
    if (!/^\d$/.test(this.text[this.at] ?? '')) this.wrong(where)
    while (/^\d$/.test(this.text[this.at] ?? '')) this.at++
  }
}

/** In single quotes, as Go writes it there. */
function characterName(character: string): string {
  if (character === "'") return String.raw`'\''`
  if (character === '"') return `'"'`
  const named = JSON.stringify(character).slice(1, -1)
  return `'${named.replace(/^\\u00([0-9a-f]{2})$/, '\\x$1')}'`
}

// Reads a query word by word and remembers the first mistake. What the parts of the grammar share.
import { durationMs, literalNumber } from './numbers.ts'
import type { Mistake, Token } from './token.ts'
import type { Surroundings } from './tokens.ts'
import { nextToken } from './tokens.ts'

/** The step and the range that are asked for; none of an instant. */
export interface Span {
  readonly stepMs: number
  readonly rangeMs: number
}

export class Reader {
  readonly text: string
  readonly span: Span
  mistake: Mistake | undefined
  inside: Surroundings = 'plain'
  /** The end of the last word that was taken. */
  at = 0
  private ahead: Token | undefined

  constructor(text: string, span: Span) {
    this.text = text
    this.span = span
  }

  /** The next word; after a mistake always the end. */
  peek(): Token {
    if (this.mistake !== undefined) return { kind: 'end', text: '', from: this.at, to: this.at }
    if (this.ahead !== undefined) return this.ahead
    const next = nextToken(this.text, this.at, this.inside)
    if ('problem' in next) {
      this.mistake = next
      return this.peek()
    }
    this.ahead = next
    return next
  }

  take(): Token {
    const token = this.peek()
    this.ahead = undefined
    this.at = token.to
    return token
  }

  /** The rest is cut anew, as it is cut inside brackets or braces. */
  enter(inside: Surroundings): void {
    this.inside = inside
    this.ahead = undefined
  }

  isSymbol(text: string): boolean {
    const token = this.peek()
    return token.kind === 'symbol' && token.text === text
  }

  isWord(...words: readonly string[]): boolean {
    const token = this.peek()
    return token.kind === 'word' && words.includes(token.text.toLowerCase())
  }

  takeSymbol(text: string): boolean {
    if (!this.isSymbol(text)) return false
    this.take()
    return true
  }

  fail(at: number, problem: string): undefined {
    this.mistake ??= { at, problem }
  }

  /** The next word is not what is asked for. */
  unexpected(where = ''): undefined {
    const token = this.peek()
    return this.fail(token.from, `unexpected ${described(token)}${where}`)
  }

  /** The value of the next word, a duration counted in seconds. */
  number(): number | undefined {
    const { kind, text, from } = this.take()
    if (kind === 'duration') {
      const ms = durationMs(text)
      return typeof ms === 'string' ? this.fail(from, ms) : ms / 1000
    }
    const value = literalNumber(text)
    if (value !== undefined && Number.isFinite(value)) return value
    const problem = value === undefined ? 'invalid syntax' : 'value out of range'
    const parsing = `strconv.ParseFloat: parsing ${JSON.stringify(text)}: ${problem}`
    return this.fail(from, `error parsing number: ${parsing}`)
  }
}

/** Words that name no function, though most may name a metric. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  'and or unless atan2 offset by without on ignoring group_left group_right bool'.split(' '),
)

function described(token: Token): string {
  if (token.kind === 'end') return 'end of input'
  if (token.kind === 'number' || token.kind === 'duration') return `${token.kind} "${token.text}"`
  if (token.kind === 'string') return `string ${JSON.stringify(token.text)}`
  if (token.kind === 'symbol') return `"${token.text}"`
  const word = token.text.toLowerCase()
  return KEYWORDS.has(word) ? `<${word}>` : `identifier "${token.text}"`
}

// The text of an expression into tokens, one at a time: an error further on is not seen before the parser gets there.
import { fromBytes } from '../go-bytes.ts'
import { refuse } from '../refusal.ts'
import { isNamePart, isSpace, namedCharacter, quoted } from './characters.ts'
import { escapeEnd, unescaped, unescapedBytes } from './escapes.ts'

export type TokenKind = 'Identifier' | 'Number' | 'String' | 'Bytes' | 'Operator' | 'Bracket' | 'EOF'

export interface Token {
  readonly kind: TokenKind
  readonly value: string
}

const END: Token = { kind: 'EOF', value: '' }

/** As it stands in a text about it. */
export function printToken(token: Token): string {
  return token.value === '' ? token.kind : `${token.kind}(${quoted(token.value)})`
}

const WORDS: ReadonlySet<string> = new Set([
  'in',
  'or',
  'and',
  'not',
  'matches',
  'contains',
  'startsWith',
  'endsWith',
  'let',
  'if',
  'else',
])

/** Operators of one or two characters: the first, and what may follow it. */
const FOLLOWERS: ReadonlyMap<string, string> = new Map([
  ['?', '.?'],
  ['|', '|'],
  [':', ':'],
  ...[...'&!=*<>'].map(first => [first, '&=*'] as const),
  ...[...',;+-%^'].map(first => [first, ''] as const),
])

export class Lexer {
  private readonly text: string
  private at = 0
  /** What was read already: the name behind a `#`, a token that was given back. */
  private read: Token | undefined

  constructor(text: string) {
    this.text = text
  }

  next(): Token {
    const { read } = this
    if (read !== undefined) {
      this.read = undefined
      return read
    }
    for (;;) {
      const character = this.peek()
      if (character === '') return END
      if (isSpace(character)) this.at += character.length
      else if (this.text.startsWith('//', this.at)) this.skipTo('\n')
      else if (this.text.startsWith('/*', this.at)) this.skipComment()
      else return this.token(character)
    }
  }

  /** The next token is this one again. */
  unread(token: Token): void {
    this.read = token
  }

  private token(character: string): Token {
    if (character === '"' || character === "'") return { kind: 'String', value: this.quotedText(unescaped) }
    if (character === '`') return { kind: 'String', value: this.rawText() }
    if (character >= '0' && character <= '9') return this.number()
    if ('([{)]}'.includes(character)) return this.taken('Bracket', 1)
    if (character === '.') return this.dot()
    if (character === '#') return this.pointer()
    if (character === '/') return this.taken('Operator', 1)
    const followers = FOLLOWERS.get(character)
    if (followers !== undefined) return this.taken('Operator', this.follows(1, followers) ? 2 : 1)
    if (isNamePart(character)) return this.word()
    return refuse(`unrecognized character: ${namedCharacter(character)}`)
  }

  private peek(ahead = 0): string {
    const code = this.text.codePointAt(this.at + ahead)
    return code === undefined ? '' : String.fromCodePoint(code)
  }

  private follows(ahead: number, characters: string): boolean {
    const next = this.text[this.at + ahead]
    return next !== undefined && characters.includes(next)
  }

  private taken(kind: TokenKind, length: number): Token {
    const value = this.text.slice(this.at, this.at + length)
    this.at += length
    return { kind, value }
  }

  private skipTo(end: string): void {
    const found = this.text.indexOf(end, this.at)
    this.at = found < 0 ? this.text.length : found + end.length
  }

  private skipComment(): void {
    const found = this.text.indexOf('*/', this.at + 2)
    if (found < 0) refuse('unclosed comment')
    this.at = found + 2
  }

  private dot(): Token {
    if (this.follows(1, '0123456789')) return this.number()
    return this.taken('Operator', this.follows(1, '.') ? 2 : 1)
  }

  private pointer(): Token {
    const sign = this.taken('Operator', this.follows(1, '#') ? 2 : 1)
    const name = this.nameLength()
    if (name > 0) this.read = this.taken('Identifier', name)
    return sign
  }

  private nameLength(): number {
    let length = 0
    for (;;) {
      const character = this.peek(length)
      if (!isNamePart(character)) return length
      length += character.length
    }
  }

  private word(): Token {
    const next = this.text[this.at + 1]
    if (this.peek().toLowerCase() === 'b' && (next === '"' || next === "'")) {
      this.at += 1
      return {
        kind: 'Bytes',
        value: this.quotedText(text => fromBytes(unescapedBytes(text))),
      }
    }
    const word = this.taken('Identifier', this.nameLength())
    return WORDS.has(word.value) ? { kind: 'Operator', value: word.value } : word
  }

  private number(): Token {
    const length = numberLength(this.text, this.at)
    const behind = this.peek(length)
    if (isNamePart(behind)) {
      refuse(`bad number syntax: ${quoted(this.text.slice(this.at, this.at + length + behind.length))}`)
    }
    return this.taken('Number', length)
  }

  private quotedText(read: (text: string) => string): string {
    const quote = this.peek()
    const from = this.at + 1
    let end = from
    while (this.text[end] !== quote) {
      if (end >= this.text.length || this.text[end] === '\n') refuse('literal not terminated')
      end = this.text[end] === '\\' ? escapeEnd(this.text, end, quote) : end + 1
    }
    this.at = end + 1
    return read(this.text.slice(from, end).replaceAll('\r', '\n'))
  }

  private rawText(): string {
    const from = this.at + 1
    let end = this.text.indexOf('`', from)
    // Two of them stand for one.
    while (end >= 0 && this.text[end + 1] === '`') end = this.text.indexOf('`', end + 2)
    if (end < 0) refuse('literal not terminated')
    this.at = end + 1
    return this.text.slice(from, end).replaceAll('``', '`')
  }
}

const DIGITS = '0123456789_'
const PREFIXES: readonly (readonly [letters: string, digits: string])[] = [
  ['xX', '0123456789abcdefABCDEF_'],
  ['oO', '01234567_'],
  ['bB', '01_'],
]

/** How far a number goes, as far as its characters tell; two dots end it. */
function numberLength(text: string, start: number): number {
  // Compat: behind the dot that it begins with comes all that another number may have, a second dot, too.
  let at = text[start] === '.' ? start + 1 : start
  let digits = DIGITS
  const next = (characters: string) => at < text.length && characters.includes(text[at] ?? ' ')
  const run = () => {
    while (next(digits)) at++
  }
  if (next('0')) {
    at++
    const prefix = PREFIXES.find(([letters]) => next(letters))
    if (prefix !== undefined) {
      digits = prefix[1]
      at++
    }
  }
  run()
  if (next('.')) {
    if (text[at + 1] === '.') return at - start
    at++
    run()
  }
  if (next('eE')) {
    at++
    if (next('+-')) at++
    run()
  }
  return at - start
}

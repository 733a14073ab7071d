// A query cut into words. One word at a time, so that what stands behind a mistake is never looked at.
import { unquoted } from './quotes.ts'
import type { Mistake, Token } from './token.ts'

const SPACE = /(?:[ \t\r\n]|#[^\n]*)*/y
const NUMBER =
  /0[xX][0-9a-fA-F_]*|(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?(?:\d+(?:_\d+)*|(?=[^])))?/y
const UNITS = /[smhdwy]s?(?:\d+[smhdw]s?)*/y
const WORD = /[A-Za-z_:][\w:]*/y
const WORD_IN_BRACKETS = /[A-Za-z_]\w*/y
const SYMBOL = /==|=~|!=|!~|<=|>=|[-+*/%^(){}[\],=<>@:]/y

/** Inside brackets a colon stands by itself; inside braces there are no numbers. */
export type Surroundings = 'plain' | 'brackets' | 'braces'

export function nextToken(text: string, after: number, inside: Surroundings): Token | Mistake {
  const from = after + (matchAt(SPACE, text, after) ?? '').length
  const first = text[from]
  if (first === undefined) return { kind: 'end', text: '', from, to: from }
  if (first === '"' || first === "'" || first === '`') return unquoted(text, from)
  const word = matchAt(inside === 'plain' ? WORD : WORD_IN_BRACKETS, text, from)
  if (word !== undefined) return { kind: 'word', text: word, from, to: from + word.length }
  if (/^(?:\d|\.\d)/.test(text.slice(from, from + 2)) && inside !== 'braces') return numberAt(text, from)
  const symbol = matchAt(SYMBOL, text, from)
  if (symbol !== undefined) return { kind: 'symbol', text: symbol, from, to: from + symbol.length }
  const letter = String.fromCodePoint(text.codePointAt(from) ?? 0)
  const where = inside === 'braces' ? ' inside braces' : ''
  return { at: from, problem: `unexpected character${where}: ${quotedLetter(letter)}` }
}

function numberAt(text: string, from: number): Token | Mistake {
  const number = matchAt(NUMBER, text, from) ?? ''
  const units = matchAt(UNITS, text, from + number.length) ?? ''
  const to = from + number.length + units.length
  if (/[\w.]/.test(text[to] ?? ' ')) {
    return { at: from, problem: `bad number or duration syntax: ${JSON.stringify(text.slice(from, to + 1))}` }
  }
  return { kind: units === '' ? 'number' : 'duration', text: number + units, from, to }
}

function quotedLetter(letter: string): string {
  if (letter === '\\') return String.raw`'\\'`
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(letter)
    ? `'${letter}'`
    : `'\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}'`
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

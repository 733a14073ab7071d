// JSON as Go's encoding/json writes and reads it: keys sorted by their bytes, < > & escaped, numbers in Go's form.
// Nothing here recurses: what is written may be as deep as an answer of a metric server.
import { compareText } from '../compare.ts'
import { goJsonNumber } from './number.ts'
import { isJsonObject, parseJson } from '../json.ts'
import type { Json } from '../json.ts'
import { bytesOf } from '../utf8.ts'

/** What encoding/json reads at most: deeper is no JSON to it. */
const LEVELS_MAX = 10_000

const ESCAPED = /[\p{Cc}"\\<>&\u2028\u2029]|\p{Cs}/gu
const SHORT: Readonly<Record<string, string>> = {
  '"': String.raw`\"`,
  '\\': String.raw`\\`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
}

function goJsonText(text: string): string {
  return `"${text.replaceAll(ESCAPED, character => {
    const code = character.charCodeAt(0)
    if (code >= 0xd800 && code <= 0xdfff) return '\ufffd'
    if (code >= 0x7f && code < 0xa0) return character
    return SHORT[character] ?? String.raw`\u${code.toString(16).padStart(4, '0')}`
  })}"`
}

type Work = { readonly text: string } | { readonly value: Json }

/** As a map[string]any: keys sorted. `mostCharacters`: nothing is written beyond. */
export function goJson(value: Json, mostCharacters = Infinity): string {
  const parts: string[] = []
  const stack: Work[] = [{ value }]
  let length = 0
  for (let next = stack.pop(); next !== undefined && length <= mostCharacters; next = stack.pop()) {
    const part = 'text' in next ? next.text : written(next.value, stack)
    length += part.length
    parts.push(part)
  }
  return parts.join('')
}

/** The beginning of a value; what follows is put upon the stack, last first. */
function written(value: Json, stack: Work[]): string {
  if (typeof value === 'string') return goJsonText(value)
  if (typeof value === 'number') return goJsonNumber(value)
  if (typeof value === 'boolean' || value === null) return String(value)
  stack.push({ text: isJsonObject(value) ? '}' : ']' })
  if (!isJsonObject(value)) {
    const list = value as readonly Json[]
    for (let i = list.length - 1; i >= 0; i--)
      stack.push({ value: list[i] as Json }, ...(i > 0 ? [COMMA] : []))
    return '['
  }
  const keys = inOrder(Object.keys(value))
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i] as string
    stack.push({ value: value[key] as Json }, { text: `${i > 0 ? ',' : ''}${goJsonText(key)}:` })
  }
  return '{'
}

/** So many keys are never shown to their end: they stay in their own order. */
const SORTED_MAX = 20_000

function inOrder(keys: readonly string[]): readonly string[] {
  return keys.length > SORTED_MAX ? keys : keys.toSorted(byBytes)
}

const COMMA: Work = { text: ',' }

function byBytes(a: string, b: string): number {
  return /[^\0-\x7f]/.test(a + b) ? compareText(bytesOf(a), bytesOf(b)) : compareText(a, b)
}

/** As encoding/json reads a text into `any`; undefined where it does not: too deep, a number that no float64 holds. */
export function readGoJson(text: string): Json | undefined {
  if (levelsOf(text) > LEVELS_MAX) return undefined
  const value = parseJson(text)
  return value === undefined || !HUGE.test(text) || isFinite(value) ? value : undefined
}

/** A number with such an exponent, or with so many digits, may be beyond a float64. */
const HUGE = /\de\+?\d{3}|\d{300}/i

/** How deep objects and lists of a text of JSON stand in each other. */
function levelsOf(text: string): number {
  let [level, deepest] = [0, 0]
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i)
    if (character === 0x22) i = endOfText(text, i)
    else if (character === 0x7b || character === 0x5b) deepest = Math.max(deepest, ++level)
    else if (character === 0x7d || character === 0x5d) level--
  }
  return deepest
}

function endOfText(text: string, start: number): number {
  let i = start + 1
  while (i < text.length && text.charCodeAt(i) !== 0x22) i += text.charCodeAt(i) === 0x5c ? 2 : 1
  return i
}

function isFinite(value: Json): boolean {
  const stack: Json[] = [value]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next === 'number' && !Number.isFinite(next)) return false
    if (typeof next !== 'object' || next === null) continue
    for (const one of isJsonObject(next) ? Object.values(next) : (next as readonly Json[])) stack.push(one)
  }
  return true
}

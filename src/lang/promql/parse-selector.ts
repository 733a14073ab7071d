// `name{label="value", …}` and what may follow an operand: `[5m]`, `[5m:1m]`, `offset 5m`, `@ 5`.
import { readPattern } from '../../std/regex.ts'
import type { Matcher, Moved, Node, SelectorNode } from './ast.ts'
import { offsetDuration, rangeDuration } from './durations.ts'
import { METRIC_NAME } from './labels.ts'
import { sampleText } from './numbers.ts'
import type { Reader } from './reader.ts'

const INTEGER_MAX = 2 ** 63
const OPERATORS: ReadonlySet<string> = new Set(['=', '!=', '=~', '!~'])

export function parseSelector(reader: Reader, name: string, from: number): SelectorNode {
  const matchers: Matcher[] = reader.isSymbol('{') ? braces(reader) : []
  const named = name === '' ? matchers : [...matchers, equals(METRIC_NAME, name)]
  return { kind: 'selector', name, matchers: named, from }
}

function equals(name: string, value: string): Matcher {
  return { name, operator: '=', value }
}

function braces(reader: Reader): Matcher[] {
  reader.take()
  reader.enter('braces')
  const matchers: Matcher[] = []
  while (!reader.isSymbol('}')) {
    const matcher = oneMatcher(reader)
    if (matcher === undefined) break
    matchers.push(matcher)
    if (reader.takeSymbol(',')) continue
    if (!reader.isSymbol('}')) reader.unexpected(' in label matching, expected "," or "}"')
  }
  if (reader.mistake === undefined) reader.take()
  reader.enter('plain')
  return matchers
}

function oneMatcher(reader: Reader): Matcher | undefined {
  const label = reader.peek()
  if (label.kind === 'end') return reader.fail(label.from, 'unexpected end of input inside braces')
  if (label.kind !== 'word' && label.kind !== 'string')
    return reader.unexpected(' in label matching, expected identifier or "}"')
  reader.take()
  const isName = label.kind === 'string' && (reader.isSymbol(',') || reader.isSymbol('}'))
  if (isName) return equals(METRIC_NAME, label.text)
  const operator = reader.peek()
  if (!OPERATORS.has(operator.text) || operator.kind !== 'symbol')
    return reader.unexpected(' in label matching, expected label matching operator')
  reader.take()
  const value = reader.peek()
  if (value.kind !== 'string') return reader.unexpected(' in label matching, expected string')
  reader.take()
  const shape = { name: label.text, operator: operator.text as Matcher['operator'], value: value.text }
  if (shape.operator === '=' || shape.operator === '!=') return shape
  // As Prometheus: a dot matches line feeds too, and the whole value must match.
  const alone = readPattern(value.text)
  const read = 'problem' in alone ? alone : readPattern(`(?s:${value.text})`)
  if ('problem' in read) {
    const { problem } = read
    return reader.fail(label.from, problem.includes('`') ? problem : `${problem}: \`\``)
  }
  return { ...shape, pattern: read.pattern }
}

/** What follows an operand and binds to it alone. */
export function withPostfixes(reader: Reader, operand: Node): Node {
  let node = operand
  while (reader.mistake === undefined) {
    if (reader.isSymbol('[')) node = bracketed(reader, node)
    else if (reader.isWord('offset')) node = offset(reader, node)
    else if (reader.isSymbol('@')) node = pinned(reader, node)
    else if (reader.isWord('smoothed', 'anchored'))
      reader.fail(reader.peek().from, `the modifier ${reader.peek().text} is not yet supported`)
    else break
  }
  return node
}

/** Where none is said. */
const STEP_MS = 60_000

function bracketed(reader: Reader, node: Node): Node {
  const open = reader.take()
  reader.enter('brackets')
  const rangeMs = rangeDuration(reader, 'subquery or range selector')
  const isSubquery = reader.takeSymbol(':')
  const stepMs = isSubquery && !reader.isSymbol(']') ? rangeDuration(reader, 'subquery selector') : STEP_MS
  if (reader.peek().kind === 'end') reader.fail(reader.peek().from, 'unclosed left bracket')
  else if (!reader.isSymbol(']')) reader.unexpected(' in range selector, expected "]"')
  if (rangeMs === undefined || stepMs === undefined || reader.mistake !== undefined) return node
  reader.take()
  reader.enter('plain')
  const { from } = node
  if (isSubquery) return { kind: 'subquery', inner: node, rangeMs, stepMs, from }
  if (node.kind !== 'selector') {
    reader.fail(open.from, 'ranges only allowed for vector selectors')
    return node
  }
  if ((node.offsetMs ?? 0) !== 0) reader.fail(open.from, 'no offset modifiers allowed before range')
  if (node.atMs !== undefined) reader.fail(open.from, 'no @ modifiers allowed before range')
  return { kind: 'range', selector: node, rangeMs, from }
}

function offset(reader: Reader, node: Node): Node {
  reader.take()
  const offsetMs = offsetDuration(reader)
  if (offsetMs === undefined) return node
  return moved(reader, node, { offsetMs })
}

function pinned(reader: Reader, node: Node): Node {
  reader.take()
  const word = reader.peek().text.toLowerCase()
  if (!reader.isWord('start', 'end')) {
    const seconds = timestamp(reader)
    if (seconds === undefined || reader.mistake !== undefined) return node
    if (!(Math.abs(seconds) < INTEGER_MAX)) {
      const text = Number.isFinite(seconds) ? `${BigInt(seconds)}.000000` : sampleText(seconds)
      reader.fail(node.from, `timestamp out of bounds for @ modifier: ${text}`)
    }
    return moved(reader, node, { atMs: Math.round(seconds * 1000) })
  }
  reader.take()
  if (!reader.takeSymbol('(') || !reader.takeSymbol(')')) reader.unexpected(' in @, expected timestamp')
  return moved(reader, node, { atMs: word as 'start' | 'end' })
}

function timestamp(reader: Reader): number | undefined {
  const isSigned = reader.isSymbol('-') || reader.isSymbol('+')
  const sign = isSigned && reader.take().text === '-' ? -1 : 1
  if (reader.isWord('inf', 'nan'))
    return sign * (reader.take().text.toLowerCase() === 'inf' ? Infinity : Number.NaN)
  const { kind } = reader.peek()
  if (kind !== 'number' && kind !== 'duration') return reader.unexpected(' in @, expected timestamp')
  const seconds = reader.number()
  return seconds === undefined ? undefined : sign * seconds
}

/** A selector, a range of one or a sub-query that looks at another moment. */
function moved(reader: Reader, node: Node, by: Moved): Node {
  const target = node.kind === 'range' ? node.selector : node
  const isPinned = by.atMs !== undefined
  if (target.kind !== 'selector' && target.kind !== 'subquery') {
    const what = 'an instant vector selector or range vector selector or a subquery'
    reader.fail(node.from, `${isPinned ? '@' : 'offset'} modifier must be preceded by ${what}`)
    return node
  }
  if (isPinned && target.atMs !== undefined)
    reader.fail(node.from, '@ <timestamp> may not be set multiple times')
  if (!isPinned && (target.offsetMs ?? 0) !== 0)
    reader.fail(node.from, 'offset may not be set multiple times')
  if (node.kind === 'range') return { ...node, selector: { ...node.selector, ...by } }
  return { ...target, ...by }
}

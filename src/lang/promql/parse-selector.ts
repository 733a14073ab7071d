// `name{label="value", …}` and what may follow it: `[5m]`, `offset 5m`.
import { readPattern } from '../../std/regex.ts'
import type { Matcher, Node, SelectorNode } from './ast.ts'
import { METRIC_NAME } from './labels.ts'
import type { Reader } from './reader.ts'

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
  if ('problem' in read) return reader.fail(label.from, read.problem)
  return { ...shape, pattern: read.pattern }
}

/** What follows an operand and binds to it alone. */
export function withPostfixes(reader: Reader, operand: Node): Node {
  let node = operand
  while (reader.mistake === undefined) {
    if (reader.isSymbol('[')) node = bracketed(reader, node)
    else if (reader.isWord('offset')) node = offset(reader, node)
    else if (reader.isSymbol('@')) reader.fail(reader.peek().from, 'the modifier @ is not yet supported')
    else if (reader.isWord('smoothed', 'anchored'))
      reader.fail(reader.peek().from, `the modifier ${reader.peek().text} is not yet supported`)
    else break
  }
  return node
}

function bracketed(reader: Reader, node: Node): Node {
  const open = reader.take()
  reader.enter('brackets')
  const from = reader.peek().from
  const rangeMs = reader.duration('subquery or range selector')
  if (reader.isSymbol(':')) {
    reader.fail(reader.peek().from, 'sub-queries are not yet supported')
    return node
  }
  if (reader.isSymbol('+') || reader.isSymbol('-') || reader.isSymbol('*') || reader.isSymbol('/'))
    reader.fail(reader.peek().from, 'durations that are computed are not yet supported')
  if (reader.peek().kind === 'end') reader.fail(reader.peek().from, 'unclosed left bracket')
  else if (!reader.isSymbol(']')) reader.unexpected(' in range selector, expected "]"')
  if (rangeMs === undefined || reader.mistake !== undefined) return node
  reader.take()
  reader.enter('plain')
  if (rangeMs <= 0) reader.fail(from, 'duration must be greater than 0')
  if (node.kind !== 'selector') reader.fail(open.from, 'ranges only allowed for vector selectors')
  else if (node.offsetMs !== undefined) reader.fail(open.from, 'no offset modifiers allowed before range')
  return node.kind === 'selector' ? { kind: 'range', selector: node, rangeMs, from: node.from } : node
}

function offset(reader: Reader, node: Node): Node {
  reader.take()
  const offsetMs = reader.duration('offset')
  if (offsetMs === undefined) return node
  const selector = node.kind === 'range' ? node.selector : node
  if (selector.kind !== 'selector') {
    const what = 'an instant vector selector or range vector selector or a subquery'
    reader.fail(node.from, `offset modifier must be preceded by ${what}`)
    return node
  }
  if (selector.offsetMs !== undefined) reader.fail(node.from, 'offset may not be set multiple times')
  const moved = { ...selector, offsetMs }
  return node.kind === 'range' ? { ...node, selector: moved } : moved
}

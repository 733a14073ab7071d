// What is known before an expression runs: constants are reckoned, and some calls are put more simply. All of it shows:
// in errors that come earlier or not at all, and in the memory that is counted.
import { concatenated } from '../go-bytes.ts'
import { addWhole, compareWhole, multiplyWhole, remainderWhole, subtractWhole, wrap } from '../go-integers.ts'
import { INT, STRING, mapType, namedType } from '../go-types.ts'
import { GoMap, int } from '../go-values.ts'
import type { Whole } from '../go-values.ts'
import { refuse } from '../refusal.ts'
import { keyIdentity } from '../run/equality.ts'
import { powerOf } from '../run/power.ts'
import { runSteps } from '../steps.ts'
import type { Steps } from '../steps.ts'
import type { Node, NodeOf } from '../syntax/syntax.ts'

export function optimise(node: Node): Node {
  return runSteps(optimised(node))
}

function* optimised(node: Node): Steps<Node> {
  if (node.kind === 'binary' && node.operator === 'in') node.right = textsToSeek(node.right)
  yield inner(node)
  const simpler = folded(node) ?? rewritten(node)
  return simpler === undefined
    ? node
    : { ...simpler, ...(node.type === undefined ? {} : { type: node.type }) }
}

const TEXTS = mapType(STRING, namedType('struct', 'struct {}'))

/** Compat: a list of nothing but texts is a map of them, and nothing but a text can be sought in it. */
function textsToSeek(node: Node): Node {
  if (node.kind !== 'array' || node.items.length === 0) return node
  const texts = node.items.map(one => (one.kind === 'string' ? one.value : undefined))
  if (texts.includes(undefined)) return node
  const entries = texts.map((text = '') => [keyIdentity(text), [text, null]] as const)
  return { kind: 'constant', value: new GoMap(TEXTS, new Map(entries)) }
}

/** What is inside, from left to right. */
function* inner(node: Node): Steps<void> {
  switch (node.kind) {
    case 'unary':
      node.operand = (yield optimised(node.operand)) as Node
      break
    case 'binary':
      node.left = (yield optimised(node.left)) as Node
      node.right = (yield optimised(node.right)) as Node
      break
    case 'conditional':
      node.condition = (yield optimised(node.condition)) as Node
      node.yes = (yield optimised(node.yes)) as Node
      node.no = (yield optimised(node.no)) as Node
      break
    case 'chain':
      node.inner = (yield optimised(node.inner)) as Node
      break
    case 'predicate':
      node.body = (yield optimised(node.body)) as Node
      break
    case 'let':
      node.value = (yield optimised(node.value)) as Node
      node.body = (yield optimised(node.body)) as Node
      break
    case 'member':
    case 'slice':
      yield innerPlaces(node)
      break
    default:
      yield innerLists(node)
  }
}

function* innerPlaces(node: NodeOf<'member'> | NodeOf<'slice'>): Steps<void> {
  node.of = (yield optimised(node.of)) as Node
  if (node.kind === 'member') node.property = (yield optimised(node.property)) as Node
  else {
    if (node.from !== undefined) node.from = (yield optimised(node.from)) as Node
    if (node.to !== undefined) node.to = (yield optimised(node.to)) as Node
  }
}

function* innerLists(node: Node): Steps<void> {
  if (node.kind === 'call') node.callee = (yield optimised(node.callee)) as Node
  const list =
    node.kind === 'call' || node.kind === 'builtin'
      ? node.args
      : node.kind === 'sequence'
        ? node.parts
        : node.kind === 'array'
          ? node.items
          : []
  for (const [at, one] of list.entries()) list[at] = (yield optimised(one)) as Node
  if (node.kind !== 'map') return
  for (const pair of node.pairs) {
    pair.key = (yield optimised(pair.key)) as Node
    pair.value = (yield optimised(pair.value)) as Node
  }
}

function folded(node: Node): Node | undefined {
  if (node.kind === 'unary') return foldedUnary(node)
  if (node.kind === 'binary') return foldedBinary(node)
  return node.kind === 'array' ? foldedArray(node) : undefined
}

function foldedUnary({ operator, operand }: NodeOf<'unary'>): Node | undefined {
  if (operator === '!' || operator === 'not') {
    return operand.kind === 'bool' ? { kind: 'bool', value: !operand.value } : undefined
  }
  if (operand.kind === 'integer') {
    return { kind: 'integer', value: operator === '-' ? subtractWhole(0, operand.value) : operand.value }
  }
  if (operand.kind !== 'float') return undefined
  return { kind: 'float', value: operator === '-' ? -operand.value : operand.value }
}

function foldedBinary(node: NodeOf<'binary'>): Node | undefined {
  const { operator, left, right } = node
  if (operator === 'and' || operator === '&&') return foldedLogic(node, true)
  if (operator === 'or' || operator === '||') return foldedLogic(node, false)
  if (left.kind === 'integer' && right.kind === 'integer')
    return foldedWhole(operator, left.value, right.value)
  if (left.kind === 'string' && right.kind === 'string') {
    if (operator === '+') return { kind: 'string', value: concatenated(left.value, right.value) }
    return operator === '==' ? { kind: 'bool', value: left.value === right.value } : undefined
  }
  if (left.kind === 'bool' && right.kind === 'bool' && operator === '==') {
    return { kind: 'bool', value: left.value === right.value }
  }
  const [a, b] = [numberOf(left), numberOf(right)]
  return a === undefined || b === undefined ? undefined : foldedFloat(operator, a, b)
}

function numberOf(node: Node): number | undefined {
  return node.kind === 'integer' || node.kind === 'float' ? Number(node.value) : undefined
}

/** A side that does not matter goes; a side that decides stays alone. */
function foldedLogic({ left, right }: NodeOf<'binary'>, neutral: boolean): Node | undefined {
  if (left.kind === 'bool' && left.value === neutral) return right
  if (right.kind === 'bool' && right.value === neutral) return left
  return left.kind === 'bool' || right.kind === 'bool' ? { kind: 'bool', value: !neutral } : undefined
}

const WHOLE: ReadonlyMap<string, (a: Whole, b: Whole) => Whole> = new Map([
  ['+', addWhole],
  ['-', subtractWhole],
  ['*', multiplyWhole],
])

function foldedWhole(operator: string, a: Whole, b: Whole): Node | undefined {
  const whole = WHOLE.get(operator)
  if (whole !== undefined) return { kind: 'integer', value: whole(a, b) }
  if (operator === '==') return { kind: 'bool', value: compareWhole(a, b) === 0 }
  if (operator !== '%') return foldedFloat(operator, Number(a), Number(b))
  return b === 0 ? refuse('integer divide by zero') : { kind: 'integer', value: remainderWhole(a, b) }
}

const FLOAT: ReadonlyMap<string, (a: number, b: number) => number> = new Map([
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['*', (a, b) => a * b],
  ['/', (a, b) => a / b],
  ['**', powerOf],
  ['^', powerOf],
])

function foldedFloat(operator: string, a: number, b: number): Node | undefined {
  const float = FLOAT.get(operator)
  return float === undefined ? undefined : { kind: 'float', value: float(a, b) }
}

/** A list of constants is made once. */
function foldedArray({ items }: NodeOf<'array'>): Node | undefined {
  if (items.length === 0) return undefined
  const values = items.map(one => {
    if (one.kind === 'integer') return int(one.value)
    return one.kind === 'float' || one.kind === 'string' || one.kind === 'bool' ? one.value : undefined
  })
  const known = values.filter(one => one !== undefined)
  return known.length === items.length ? { kind: 'constant', value: known } : undefined
}

function rewritten(node: Node): Node | undefined {
  if (node.kind === 'binary') return node.operator === 'in' ? inRange(node) : undefined
  if (node.kind === 'member') return elementOfFilter(node)
  if (node.kind !== 'builtin') return undefined
  const [only, more] = node.args
  if (only === undefined || more !== undefined) return undefined
  if (node.name === 'sum') return sumOf(only)
  if (only.kind !== 'builtin' || only.name !== 'filter') return undefined
  const instead = FILTERED.get(node.name)
  return instead === undefined ? undefined : { kind: 'builtin', name: instead, args: only.args }
}

const FILTERED: ReadonlyMap<string, string> = new Map([
  ['len', 'count'],
  ['first', 'find'],
  ['last', 'findLast'],
])

/** Whether a whole number is in a range needs no range. */
function inRange({ left, right }: NodeOf<'binary'>): Node | undefined {
  if (right.kind !== 'binary' || right.operator !== '..' || left.type !== INT) return undefined
  if (right.left.kind !== 'integer' || right.right.kind !== 'integer') return undefined
  return {
    kind: 'binary',
    operator: 'and',
    left: { kind: 'binary', operator: '>=', left, right: right.left },
    right: { kind: 'binary', operator: '<=', left, right: right.right },
  }
}

/** `filter(…)[0]` looks no further than it must. */
function elementOfFilter({ of, property, isOptional }: NodeOf<'member'>): Node | undefined {
  if (isOptional || of.kind !== 'builtin' || of.name !== 'filter' || property.kind !== 'integer')
    return undefined
  const name = property.value === 0 ? 'find' : property.value === -1 ? 'findLast' : undefined
  return name === undefined ? undefined : { kind: 'builtin', name, args: of.args, failsWhenMissing: true }
}

function sumOf(of: Node): Node | undefined {
  if (of.kind === 'array' && of.items.length >= 2) {
    return of.items.reduceRight((right, left) => ({ kind: 'binary', operator: '+', left, right }))
  }
  if (of.kind === 'builtin' && of.name === 'map') return { kind: 'builtin', name: 'sum', args: of.args }
  if (of.kind !== 'binary' || of.operator !== '..') return undefined
  const [from, to] = [of.left, of.right]
  if (from.kind !== 'integer' || to.kind !== 'integer' || from.value > to.value) return undefined
  const [low, high] = [BigInt(from.value), BigInt(to.value)]
  return { kind: 'integer', value: wrap(((low + high) * (high - low + 1n)) / 2n) }
}

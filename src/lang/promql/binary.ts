// Binary operators: between numbers, a number and a vector, and two vectors whose series are matched by labels.
import { compareText } from '../../std/compare.ts'
import type { BinaryNode, Matching } from './ast.ts'
import { COMPARISONS } from './ast.ts'
import { METRIC_NAME } from './labels.ts'
import type { Labels } from './labels.ts'
import type { Run, Sample, Vector } from './run.ts'

const ARITHMETIC: ReadonlyMap<string, (a: number, b: number) => number> = new Map([
  ['+', (a: number, b: number) => a + b],
  ['-', (a: number, b: number) => a - b],
  ['*', (a: number, b: number) => a * b],
  ['/', (a: number, b: number) => a / b],
  ['%', (a: number, b: number) => a % b],
  ['^', power],
  ['atan2', Math.atan2],
])

/** Go raises 1 to anything, and -1 to what has no end, to 1. */
function power(a: number, b: number): number {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b
}

function compares(operator: string, a: number, b: number): boolean {
  switch (operator) {
    case '==':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    default:
      return a >= b
  }
}

/** Undefined when a comparison without `bool` does not hold. */
function combined(node: BinaryNode, a: number, b: number): number | undefined {
  const { operator, returnBool } = node
  if (!COMPARISONS.has(operator)) return ARITHMETIC.get(operator)?.(a, b)
  const holds = compares(operator, a, b)
  if (returnBool) return holds ? 1 : 0
  return holds ? a : undefined
}

export function binary(
  run: Run,
  node: BinaryNode,
  { left, right }: { readonly left: number | Vector; readonly right: number | Vector },
): number | Vector {
  const isLeftNumber = typeof left === 'number'
  if (isLeftNumber && typeof right === 'number') return combined(node, left, right) ?? Number.NaN
  if (isLeftNumber || typeof right === 'number') return withNumber(run, node, { left, right })
  run.spend(left.length + right.length)
  if (node.operator === 'and') return selected(run, node, { left, right, isIn: true })
  if (node.operator === 'unless') return selected(run, node, { left, right, isIn: false })
  if (node.operator === 'or') {
    return [...left, ...selected(run, node, { left: right, right: left, isIn: false })]
  }
  return run.checked(matched(run, node, { left, right }))
}

/** Which of both, the vector's own value is what a comparison keeps. */
function withNumber(
  run: Run,
  node: BinaryNode,
  { left, right }: { readonly left: number | Vector; readonly right: number | Vector },
): Vector {
  const vector = (typeof left === 'number' ? right : left) as Vector
  const dropsName = node.returnBool || !COMPARISONS.has(node.operator)
  const found: Sample[] = []
  run.spend(vector.length)
  for (const { labels, value } of vector) {
    const result = combined(
      node,
      typeof left === 'number' ? left : value,
      typeof right === 'number' ? right : value,
    )
    if (result === undefined) continue
    if (dropsName)
      found.push({ labels: run.derived(node, labels, one => one.without([METRIC_NAME])), value: result })
    else found.push({ labels, value })
  }
  return dropsName ? run.checked(found) : found
}

/** What two series have in common when they match. */
function signature({ on, labels }: Matching, series: Labels): Labels {
  return on ? series.only(labels) : series.without([...labels, METRIC_NAME])
}

function selected(
  run: Run,
  node: BinaryNode,
  sides: { readonly left: Vector; readonly right: Vector; readonly isIn: boolean },
): Vector {
  const keyOf = (sample: Sample) => signatureKey(run, node, sample)
  const there = new Set(sides.right.map(keyOf))
  return sides.left.filter(sample => there.has(keyOf(sample)) === sides.isIn)
}

interface Sides {
  readonly left: Vector
  readonly right: Vector
}

/** With `group_right` the sides change places, and change back for the operator. */
function matched(run: Run, node: BinaryNode, sides: Sides): Vector {
  if (sides.left.length === 0 || sides.right.length === 0) return []
  const { matching } = node
  const isSwapped = matching.group === 'right'
  const [many, one] = isSwapped ? [sides.right, sides.left] : [sides.left, sides.right]
  const partners = partnersOf(run, node, one)
  const taken = new Map<string, Set<string>>()
  const found: Sample[] = []
  for (const sample of many) {
    const key = signatureKey(run, node, sample)
    const partner = partners?.get(key)
    if (partner === undefined) continue
    const value = isSwapped
      ? combined(node, partner.value, sample.value)
      : combined(node, sample.value, partner.value)
    const labels = resultLabels(node, sample.labels, partner.labels)
    const others = taken.get(key)
    if (others !== undefined && (matching.group === undefined || others.has(labels.key))) {
      run.fail(`multiple matches for labels: ${matching.group === undefined ? EXPLICIT : UNIQUE}`)
      return []
    }
    if (others === undefined) taken.set(key, new Set([labels.key]))
    else others.add(labels.key)
    if (value === undefined) continue
    found.push({
      labels,
      value: COMPARISONS.has(node.operator) && !node.returnBool ? kept(sample, partner, isSwapped) : value,
    })
  }
  return found
}

const EXPLICIT = 'many-to-one matching must be explicit (group_left/group_right)'
const UNIQUE = 'grouping labels must ensure unique matches'

/** A comparison keeps the value of its left side. */
function kept(sample: Sample, partner: Sample, isSwapped: boolean): number {
  return isSwapped ? partner.value : sample.value
}

function signatureKey(run: Run, node: BinaryNode, sample: Sample): string {
  return run.derived(node, sample.labels, one => signature(node.matching, one)).key
}

function partnersOf(run: Run, node: BinaryNode, vector: Vector): ReadonlyMap<string, Sample> | undefined {
  const partners = new Map<string, Sample>()
  for (const sample of vector) {
    const key = signatureKey(run, node, sample)
    const other = partners.get(key)
    if (other !== undefined) {
      const side = node.matching.group === 'right' ? 'left' : 'right'
      const group = signature(node.matching, sample.labels)
      return run.fail(
        `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: ` +
          `[${[`${sample.labels}`, `${other.labels}`].toSorted(compareText).join(', ')}];` +
          'many-to-many matching not allowed: matching labels must be unique on one side',
      )
    }
    partners.set(key, sample)
  }
  return partners
}

function resultLabels(node: BinaryNode, many: Labels, one: Labels): Labels {
  const { matching } = node
  const dropsName = node.returnBool || !COMPARISONS.has(node.operator)
  const named = dropsName ? many.without([METRIC_NAME]) : many
  if (matching.group === undefined)
    return matching.on ? named.only(matching.labels) : named.without(matching.labels)
  if (matching.include.length === 0) return named
  return named.with(matching.include.map(label => [label, one.get(label)] as const))
}

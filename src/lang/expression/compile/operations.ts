// What a node does with the values of its parts, where it needs all of them.
import type { Budget } from '../budget.ts'

import { INT, INTS, STRING, dereferenced, isNumber } from '../go-types.ts'
import type { GoType } from '../go-types.ts'
import { GoFunction, GoInt, GoSlice, deref, isNil, typeName } from '../go-values.ts'
import type { GoObject, GoValue, Whole } from '../go-values.ts'
import { addWhole, subtractWhole, wrap } from '../go-integers.ts'
import { BUILTINS } from '../builtins/builtins.ts'
import { refuse } from '../refusal.ts'
import {
  add,
  divide,
  less,
  lessOrEqual,
  more,
  moreOrEqual,
  multiply,
  negate,
  power,
  remainder,
  subtract,
} from '../run/arithmetic.ts'
import type { Binary } from '../run/arithmetic.ts'
import { asBool, asText, toWhole, wrongType } from '../run/conversion.ts'
import { areEqual } from '../run/equality.ts'
import { isIn, slice } from '../run/fetch.ts'
import { matches, readExpressionPattern } from '../run/patterns.ts'
import type { Pattern } from '../../../std/regex.ts'
import type { Steps } from '../steps.ts'
import type { NodeOf } from '../syntax/syntax.ts'
import { fromBytes } from '../go-bytes.ts'

export type Operation = (args: readonly GoValue[], budget: Budget) => GoValue
/** With pauses. */
export type LongOperation = (args: readonly GoValue[], budget: Budget) => Steps<GoValue>

const ARITHMETIC: ReadonlyMap<string, Binary> = new Map<string, Binary>([
  ['+', add],
  ['-', subtract],
  ['*', multiply],
  ['/', divide],
  ['%', remainder],
  ['**', power],
  ['^', power],
  ['<', less],
  ['>', more],
  ['<=', lessOrEqual],
  ['>=', moreOrEqual],
  ['in', isIn],
  ['..', range],
  ['contains', textual((text, part) => text.includes(part))],
  ['startsWith', textual((text, part) => text.startsWith(part))],
  ['endsWith', textual((text, part) => text.endsWith(part))],
])

function textual(test: (text: string, part: string) => boolean): Binary {
  return (left, right, budget) => {
    if (isNil(left) || isNil(right)) return false
    const text = asText(left)
    budget.spendText(text.length)
    return test(text, asText(right))
  }
}

function range(left: GoValue, right: GoValue, budget: Budget): GoValue {
  const [from, to] = [toWhole(left), toWhole(right)]
  const size = wrap(BigInt(subtractWhole(to, from)) + 1n)
  if (size <= 0) return new GoSlice(INTS, [])
  budget.grow(Number(size))
  const items: Whole[] = []
  const isExact = Number.isSafeInteger(Number(from)) && Number.isSafeInteger(Number(to))
  for (let at = 0; at < size; at++) items.push(isExact ? Number(from) + at : addWhole(from, at))
  return new GoSlice(INTS, items)
}

/** Only basic values need no look behind a pointer. */
function needsDeref(type: GoType | undefined): boolean {
  return type === undefined || !(isNumber(type) || type === STRING || type.kind === 'bool')
}

/** The operator of a node; `and`, `or` and `??` are no such. */
export function binaryOperation(node: NodeOf<'binary'>): Binary {
  const { operator, left, right } = node
  const work = operator === 'matches' ? matching(node) : (ARITHMETIC.get(operator) ?? equality(node))
  if (!needsDeref(left.type) && !needsDeref(right.type)) return work
  return (a, b, budget) => work(deref(a), deref(b), budget)
}

function equality({ operator, left, right }: NodeOf<'binary'>): Binary {
  const kinds = [left.type, right.type].map(type => {
    const base = type === undefined ? undefined : dereferenced(type)
    return type?.kind === 'pointer' || base === undefined ? undefined : kindOfEquality(base)
  })
  const [kind, other] = kinds
  const isEqual: (a: GoValue, b: GoValue, budget: Budget) => boolean =
    kind !== undefined && kind === other ? EQUALITIES[kind] : areEqual
  return operator === '==' ? isEqual : (a, b, budget) => !isEqual(a, b, budget)
}

function kindOfEquality(type: GoType): 'int' | 'string' | undefined {
  return type === INT ? 'int' : type === STRING ? 'string' : undefined
}

/** What the checker took for whole numbers or texts must be such. */
const EQUALITIES = {
  int: (a: GoValue, b: GoValue) => plainInt(a) === plainInt(b),
  string: (a: GoValue, b: GoValue, budget: Budget) => {
    const text = asText(deref(a))
    budget.spendText(text.length)
    return text === asText(deref(b))
  },
}

function plainInt(value: GoValue): number | bigint {
  return value instanceof GoInt && value.type === INT ? value.value : wrongType(value, 'int')
}

function matching({ right }: NodeOf<'binary'>): Binary {
  if (right.kind === 'string') {
    const pattern = readExpressionPattern(right.value)
    return (left, _, budget) => !isNil(left) && matches(pattern, subject(left), budget)
  }
  let last: { readonly source: string; readonly pattern: Pattern } | undefined
  return (left, given, budget) => {
    if (isNil(left) || isNil(given)) return false
    const source = asText(given)
    if (last?.source !== source) {
      budget.spend(PATTERN + source.length * 20)
      last = { source, pattern: readExpressionPattern(source) }
    }
    return matches(last.pattern, subject(left), budget)
  }
}

/** What it costs to compile one that is only known now. */
const PATTERN = 2000

/** A text, or bytes that are one. */
function subject(value: GoValue): string {
  if (typeof value === 'string') return value
  const isBytes = value instanceof GoSlice && value.type.name === '[]uint8'
  return isBytes ? fromBytes(value.items.map(Number)) : wrongType(value, '[]uint8')
}

export function unaryOperation(operator: string): (value: GoValue) => GoValue {
  if (operator === '!' || operator === 'not') return value => !asBool(deref(value))
  return operator === '-' ? value => negate(deref(value)) : deref
}

export const called: Operation = ([callee = null, ...args], budget) => {
  if (callee === null) return refuse('invalid operation: cannot call nil')
  if (!(callee instanceof GoFunction)) {
    return refuse(`invalid operation: cannot call non-function of type ${typeName(callee)}`)
  }
  budget.spend(args.length)
  return callee.call(args.map(deref), budget)
}

export function builtinOperation(name: string): Operation {
  const builtin = BUILTINS.get(name)
  return builtin === undefined ? () => null : (args, budget) => builtin.call(args.map(deref), budget)
}

/** With pauses, where a call of it may take more than a moment. */
export function longBuiltin(name: string): LongOperation | undefined {
  const steps = BUILTINS.get(name)?.steps
  return steps === undefined ? undefined : (args, budget) => steps(args.map(deref), budget)
}

export function sliceOperation(node: NodeOf<'slice'>): Operation {
  const hasFrom = node.from !== undefined
  return ([of = null, first = null, second], budget) => {
    const bounds = hasFrom
      ? { from: first, to: second }
      : { from: ZERO, to: node.to === undefined ? undefined : first }
    return slice(of, bounds, budget)
  }
}

const ZERO = new GoInt(INT, 0)

export const arrayOperation: Operation = (items, budget) => {
  budget.grow(items.length)
  return items
}

/** The first of two alike counts. */
export const mapOperation: Operation = (parts, budget) => {
  budget.grow(parts.length / 2)
  const map: Record<string, GoValue> = Object.create(null) as GoObject
  for (let at = parts.length - 2; at >= 0; at -= 2) map[asText(parts[at])] = parts[at + 1] ?? null
  return map
}

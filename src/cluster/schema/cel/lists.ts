// Kubernetes' functions of lists, CEL's `sets`, and its `math`.
import { Duration } from '@marcbachmann/cel-js/evaluator'
import { spend, weightOf } from './budget.ts'
import { inRange } from './conversions.ts'
import type { Functions } from './functions.ts'
import { ourName } from './names.ts'

type List = readonly unknown[]

const our = (signature: string) => signature.replace('.', `.${ourName('')}`)

export const LIST_FUNCTIONS: Functions = {
  'list.sum(): dyn': (list: List) => list.reduce(sum, list.length === 0 ? 0n : undefined),
  'list.min(): dyn': (list: List) => outermost(list, -1, 'min'),
  'list.max(): dyn': (list: List) => outermost(list, 1, 'max'),
  'list.isSorted(): bool': (list: List) => list.every((one, i) => i === 0 || compared(list[i - 1], one) <= 0),
  [our('list.indexOf(dyn): int')]: (list: List, sought: unknown) =>
    BigInt(list.findIndex(one => isSame(one, sought))),
  [our('list.lastIndexOf(dyn): int')]: (list: List, sought: unknown) =>
    BigInt(list.findLastIndex(one => isSame(one, sought))),
  'list.reverse(): list<dyn>': (list: List) => list.toReversed(),
  'list.sort(): list<dyn>': (list: List) => list.toSorted(compared),
  'list.distinct(): list<dyn>': distinct,
  'list.slice(int, int): list<dyn>': sliced,
  'list.flatten(): list<dyn>': (list: List) => list.flat(),
}

export const SET_FUNCTIONS: Functions = {
  'contains(list, list): bool': (list: List, of: List) => isWithin(of, list),
  'equivalent(list, list): bool': (a: List, b: List) => isWithin(a, b) && isWithin(b, a),
  'intersects(list, list): bool': (a: List, b: List) => {
    spendPairs(a, b)
    return a.some(one => b.some(other => isSame(one, other)))
  },
}

const ARITIES = [1, 2, 3, 4, 5, 6, 7, 8] as const

export const MATH_FUNCTIONS: Functions = {
  ...Object.fromEntries(
    ARITIES.flatMap(count => [variadic('greatest', 1, count), variadic('least', -1, count)]),
  ),
  'abs(dyn): dyn': (value: unknown) => (compared(value, zeroOf(value)) < 0 ? negated(value) : value),
  'sign(dyn): dyn': (value: unknown) => {
    const sign = Math.sign(compared(value, zeroOf(value)))
    return typeof value === 'bigint' ? BigInt(sign) : sign
  },
  'ceil(double): double': (value: number) => Math.ceil(value),
  'floor(double): double': (value: number) => Math.floor(value),
  'round(double): double': (value: number) => Math.sign(value) * Math.round(Math.abs(value)),
  'trunc(double): double': (value: number) => Math.trunc(value),
  'sqrt(dyn): double': (value: number | bigint) => Math.sqrt(Number(value)),
  'isInf(double): bool': (value: number) => Math.abs(value) === Infinity,
  'isNaN(double): bool': (value: number) => Number.isNaN(value),
  'isFinite(double): bool': (value: number) => Number.isFinite(value),
  'bitAnd(int, int): int': (a: bigint, b: bigint) => a & b,
  'bitOr(int, int): int': (a: bigint, b: bigint) => a | b,
  'bitXor(int, int): int': (a: bigint, b: bigint) => a ^ b,
  'bitNot(int): int': (value: bigint) => ~value,
  'bitShiftLeft(int, int): int': (value: bigint, by: bigint) => shifted(value, by, true),
  'bitShiftRight(int, int): int': (value: bigint, by: bigint) => shifted(value, by, false),
}

function variadic(name: string, sign: 1 | -1, count: number): [string, (...args: unknown[]) => unknown] {
  const types = Array.from({ length: count }, () => 'dyn').join(', ')
  return [
    `${name}(${types}): dyn`,
    (...args) => outermost(count === 1 && Array.isArray(args[0]) ? args[0] : args, sign, name),
  ]
}

function shifted(value: bigint, by: bigint, isLeft: boolean): bigint {
  if (by < 0n) throw new Error(`math.bitShift${isLeft ? 'Left' : 'Right'}() negative offset: ${by}`)
  if (by > 63n) return 0n
  return isLeft ? BigInt.asIntN(64, value << by) : BigInt.asUintN(64, value) >> by
}

function sum(a: unknown, b: unknown): unknown {
  if (a === undefined) return b
  if (typeof a === 'bigint' && typeof b === 'bigint') return inRange(a + b)
  if (typeof a === 'number' && typeof b === 'number') return a + b
  if (a instanceof Duration && b instanceof Duration) return a.addDuration(b)
  throw new Error('no such overload')
}

function outermost(list: List, sign: 1 | -1, name: string): unknown {
  if (list.length === 0) throw new Error(`${name} called on empty list`)
  return list.reduce((most, one) => (compared(one, most) * sign > 0 ? one : most))
}

function zeroOf(value: unknown): unknown {
  return typeof value === 'bigint' ? 0n : 0
}

function negated(value: unknown): unknown {
  return typeof value === 'bigint' ? inRange(-value) : -(value as number)
}

/** Negative when `a` comes before `b`; numbers of all kinds go together, other kinds do not. */
function compared(a: unknown, b: unknown): number {
  const [left, right] = [comparable(a), comparable(b)]
  const isText = typeof left === 'string'
  if (left === undefined || right === undefined || isText !== (typeof right === 'string')) {
    throw new Error('no such overload')
  }
  return left < right ? -1 : left > right ? 1 : 0
}

function comparable(value: unknown): string | number | bigint | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  return value instanceof Date || value instanceof Duration ? value.valueOf() : undefined
}

/** CEL's equality: numbers by their amount, lists and objects by what is in them. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (isNumber(a) && isNumber(b)) return Number(a) === Number(b)
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Date || a instanceof Duration) return a.constructor === b.constructor && +a === +b
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))]
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.length === right.size &&
    left.every(([key, one]) => right.has(key) && isSame(one, right.get(key)))
  )
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

function spendPairs(a: List, b: List): void {
  spend((a.length * weightOf(b) + b.length * weightOf(a)) / 10)
}

function isWithin(list: List, whole: List): boolean {
  spendPairs(list, whole)
  return list.every(one => whole.some(other => isSame(one, other)))
}

function distinct(list: List): unknown[] {
  spendPairs(list, list)
  return list.filter((one, i) => list.findIndex(other => isSame(one, other)) === i)
}

function sliced(list: List, from: bigint, to: bigint): unknown[] {
  if (from < 0n || to > list.length || from > to) {
    throw new Error(`cannot slice(${from}, ${to}), list is length ${list.length}`)
  }
  return list.slice(Number(from), Number(to))
}

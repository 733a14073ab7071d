// What the operators do with values. Whole numbers stay whole, but for `/` and `**`; with a float they become one.
import type { Budget } from '../budget.ts'
import { compareBytes, concatenated } from '../go-bytes.ts'
import { addWhole, compareWhole, multiplyWhole, remainderWhole, subtractWhole, wrap } from '../go-integers.ts'
import { GoInt, GoTime, int, typeName } from '../go-values.ts'
import { powerOf } from './power.ts'
import type { GoValue, Whole } from '../go-values.ts'
import { refuse } from '../refusal.ts'
import { DURATION } from '../times/types-of-time.ts'
import { toFloat } from './conversion.ts'

export type Binary = (left: GoValue, right: GoValue, budget: Budget) => GoValue

interface Numeric {
  readonly sign: string
  readonly whole: (a: Whole, b: Whole) => Whole
  readonly float: (a: number, b: number) => number
}

const isPlain = (value: GoValue): value is GoInt => value instanceof GoInt && value.type.isNamed !== true
const isDuration = (value: GoValue): value is GoInt => value instanceof GoInt && value.type === DURATION
const duration = (value: Whole) => new GoInt(DURATION, value)

function mismatch(sign: string, left: GoValue, right: GoValue): never {
  return refuse(`invalid operation: ${typeName(left)} ${sign} ${typeName(right)}`)
}

/** Both are plain numbers; undefined when one is something else. */
function reckoned({ whole, float }: Numeric, left: GoValue, right: GoValue): GoValue | undefined {
  if (isPlain(left)) {
    if (isPlain(right)) return int(whole(left.value, right.value))
    return typeof right === 'number' ? float(Number(left.value), right) : undefined
  }
  if (typeof left !== 'number') return undefined
  return isPlain(right)
    ? float(left, Number(right.value))
    : typeof right === 'number'
      ? float(left, right)
      : undefined
}

const ADDITION: Numeric = { sign: '+', whole: addWhole, float: (a, b) => a + b }
const SUBTRACTION: Numeric = { sign: '-', whole: subtractWhole, float: (a, b) => a - b }
const MULTIPLICATION: Numeric = { sign: '*', whole: multiplyWhole, float: (a, b) => a * b }

export const add: Binary = (left, right, budget) => {
  if (typeof left === 'number' && typeof right === 'number') return left + right
  if (typeof left === 'string' && typeof right === 'string') return budget.text(concatenated(left, right))
  if (left instanceof GoTime && isDuration(right)) return later(left, right.value)
  if (isDuration(left) && right instanceof GoTime) return later(right, left.value)
  if (isDuration(left) && isDuration(right)) return duration(addWhole(left.value, right.value))
  return reckoned(ADDITION, left, right) ?? mismatch('+', left, right)
}

export const subtract: Binary = (left, right) => {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (left instanceof GoTime && right instanceof GoTime) return since(left, right)
  if (left instanceof GoTime && isDuration(right)) return later(left, subtractWhole(0, right.value))
  if (isDuration(left) && isDuration(right)) return duration(subtractWhole(left.value, right.value))
  return reckoned(SUBTRACTION, left, right) ?? mismatch('-', left, right)
}

export const multiply: Binary = (left, right) => {
  if (typeof left === 'number' && typeof right === 'number') return left * right
  if (isDuration(left)) return lengthened(left, right) ?? mismatch('*', left, right)
  if (isDuration(right)) return lengthened(right, left) ?? mismatch('*', left, right)
  return reckoned(MULTIPLICATION, left, right) ?? mismatch('*', left, right)
}

/** Compat: a duration times a float is a plain float. */
function lengthened(left: GoInt, by: GoValue): GoValue | undefined {
  if (isPlain(by) || isDuration(by)) return duration(multiplyWhole(left.value, by.value))
  return typeof by === 'number' ? Number(left.value) * by : undefined
}

export const divide: Binary = (left, right) => {
  const isNumber = (value: GoValue) => typeof value === 'number' || isPlain(value)
  return isNumber(left) && isNumber(right) ? toFloat(left) / toFloat(right) : mismatch('/', left, right)
}

export const power: Binary = (left, right) => powerOf(toFloat(left), toFloat(right))

export const remainder: Binary = (left, right) => {
  if (!isPlain(left) || !isPlain(right)) return mismatch('%', left, right)
  if (right.value === 0) return refuse('runtime error: integer divide by zero')
  return int(remainderWhole(left.value, right.value))
}

function later(time: GoTime, by: Whole): GoTime {
  return new GoTime(time.nanoseconds + BigInt(by), time.zone)
}

const LONGEST = 2n ** 63n - 1n

/** No longer than a duration can be. */
export function since(left: GoTime, right: GoTime): GoInt {
  const difference = left.nanoseconds - right.nanoseconds
  if (difference > LONGEST) return duration(LONGEST)
  return duration(difference < -LONGEST - 1n ? -LONGEST - 1n : wrap(difference))
}

/** Negative when the left one comes first, NaN when neither does; undefined when they cannot be compared. */
function order(left: GoValue, right: GoValue): number | undefined {
  if (typeof left === 'number' && typeof right === 'number')
    return left < right ? -1 : left > right ? 1 : left === right ? 0 : NaN
  if (typeof left === 'string' && typeof right === 'string') return compareBytes(left, right)
  if (isPlain(left) && isPlain(right)) return compareWhole(left.value, right.value)
  if (isDuration(left) && isDuration(right)) return compareWhole(left.value, right.value)
  if (left instanceof GoTime && right instanceof GoTime) {
    return left.nanoseconds < right.nanoseconds ? -1 : left.nanoseconds > right.nanoseconds ? 1 : 0
  }
  if (isPlain(left) && typeof right === 'number') return order(Number(left.value), right)
  return typeof left === 'number' && isPlain(right) ? order(left, Number(right.value)) : undefined
}

/** For sorting: 0 where there is no order. */
export function orderOf(left: GoValue, right: GoValue): number {
  return (order(left, right) ?? mismatch('<', left, right)) || 0
}

export function isLess(left: GoValue, right: GoValue): boolean {
  return (order(left, right) ?? mismatch('<', left, right)) < 0
}

export function isMore(left: GoValue, right: GoValue): boolean {
  return (order(left, right) ?? mismatch('>', left, right)) > 0
}

/** Texts are paid for by their length. */
function ordering(operator: string, test: (sign: number) => boolean): Binary {
  return (left, right, budget) => {
    if (typeof left === 'string' && typeof right === 'string') budget.spendText(left.length + right.length)
    return test(order(left, right) ?? mismatch(operator, left, right))
  }
}

export const less = ordering('<', sign => sign < 0)
export const more = ordering('>', sign => sign > 0)
export const lessOrEqual = ordering('<=', sign => sign <= 0)
export const moreOrEqual = ordering('>=', sign => sign >= 0)

export function negate(value: GoValue): GoValue {
  if (typeof value === 'number') return -value
  return isPlain(value)
    ? new GoInt(value.type, subtractWhole(0, value.value))
    : refuse(`invalid operation: - ${typeName(value)}`)
}

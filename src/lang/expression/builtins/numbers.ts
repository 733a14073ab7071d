// Built-ins of numbers: `abs`, `round`, `int`, `max`, `mean`, `bitand` and so on.
import type { Budget } from '../budget.ts'
import { parseFloat64 } from '../go-floats.ts'
import { parseWhole, subtractWhole, truncated, wrap } from '../go-integers.ts'
import { ANY, FLOAT64, INT, NIL, dereferenced, isUnknown } from '../go-types.ts'
import type { GoType } from '../go-types.ts'
import { GoInt, int, itemsOf, typeName } from '../go-values.ts'
import type { GoValue } from '../go-values.ts'
import { refuse } from '../refusal.ts'
import { isLess, isMore } from '../run/arithmetic.ts'
import { sortedInBits } from '../run/sorting.ts'
import { DURATION } from '../times/types-of-time.ts'
import { PAUSE, runSteps } from '../steps.ts'
import type { Steps } from '../steps.ts'
import { argumentName, atOnce, checked, long, ofKinds, signature, typed } from './builtin.ts'
import type { Entry, LongWork, Work } from './builtin.ts'

const isPlain = (value: GoValue): value is GoInt => value instanceof GoInt && value.type.isNamed !== true

const isDuration = (value: GoValue) => value instanceof GoInt && value.type === DURATION

const complaint = (name: string) => (type: GoType) =>
  `invalid argument for ${name} (type ${argumentName(type)})`
const wrongValue = (name: string, value: GoValue) =>
  refuse(`invalid argument for ${name} (type ${typeName(value)})`)

const abs: Work = ([value = null]) => {
  if (typeof value === 'number') return Math.abs(value)
  if (!isPlain(value)) return wrongValue('abs', value)
  return value.value < 0 ? new GoInt(value.type, subtractWhole(0, value.value)) : value
}

function rounding(name: string, round: (value: number) => number): Entry {
  const check = ofKinds(['float', 'int'], { result: () => FLOAT64, complaint: complaint(name) })
  return checked(name, check, ([value = null]) => {
    if (typeof value === 'number') return round(value)
    return isPlain(value) ? Number(value.value) : wrongValue(name, value)
  })
}

/** Halves away from zero. */
function roundHalves(value: number): number {
  const whole = Math.trunc(value)
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole
}

const toInt: Work = ([value = null], budget) => {
  if (typeof value === 'number') return int(truncated(value))
  if (value instanceof GoInt) return int(value.value)
  if (typeof value !== 'string') return refuse(`invalid operation: int(${typeName(value)})`)
  budget.spendText(value.length)
  const read = parseWhole(value)
  return 'problem' in read ? refuse(`invalid operation: int(${value})`) : int(read.value)
}

const toFloat64: Work = ([value = null], budget) => {
  if (typeof value === 'number') return value
  if (value instanceof GoInt && value.type.isNamed !== true) return Number(value.value)
  if (typeof value !== 'string') return refuse(`invalid operation: float(${typeName(value)})`)
  budget.spendText(value.length)
  const read = parseFloat64(value)
  return 'problem' in read ? refuse(`invalid operation: float(${value})`) : read.value
}

/** Numbers and lists of them, nested as one likes. */
function checkAll(name: string): (types: readonly GoType[]) => GoType {
  return types => {
    if (types.length === 0) return refuse(`not enough arguments to call ${name}`)
    for (const given of types) {
      const type = dereferenced(given)
      if (isUnknown(type) || type.kind === 'slice') return ANY
      if (type.kind !== 'float' && type.kind !== 'int') refuse(complaint(name)(given))
    }
    return types[0] ?? NIL
  }
}

/** Each number in it, in order. */
function* numbersIn(name: string, args: readonly GoValue[], budget: Budget): Steps<(number | GoInt)[]> {
  const numbers: (number | GoInt)[] = []
  const waiting: GoValue[] = args.toReversed()
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    budget.spend(1)
    if (budget.isPauseDue()) yield PAUSE
    const items = itemsOf(one)
    if (items !== undefined) for (let at = items.length - 1; at >= 0; at--) waiting.push(items[at] ?? null)
    else if (typeof one === 'number' || one instanceof GoInt) numbers.push(one)
    else wrongValue(name, one)
  }
  return numbers
}

function extreme(name: string, isBetter: (best: GoValue, next: GoValue) => boolean): Entry {
  return checked(name, checkAll(name), (args, budget) => {
    if (args.length > 1 && args.every(isDuration))
      return args.reduce((best, next) => (isBetter(best, next) ? next : best))
    const [only = null] = args
    const isNumeric = typeof only === 'number' || isPlain(only) || itemsOf(only) !== undefined
    // Compat: a single argument of another kind is its own greatest.
    if (args.length === 1 && !isNumeric) return only
    let best: GoValue = null
    for (const number of runSteps(numbersIn(name, args, budget))) {
      if (best === null || isBetter(best, number)) best = number
    }
    return best
  })
}

/** Of a duration, too. */
const asFloat = (one: number | GoInt) => (typeof one === 'number' ? one : Number(one.value))

const mean: LongWork = function* (args, budget) {
  const numbers = (yield numbersIn('mean', args, budget)) as (number | GoInt)[]
  return numbers.length === 0
    ? 0
    : numbers.reduce<number>((sum, one) => sum + asFloat(one), 0) / numbers.length
}

/** NaN before everything, as Go sorts. */
const ascending = (a: number, b: number) =>
  Number.isNaN(a) ? (Number.isNaN(b) ? 0 : -1) : Number.isNaN(b) ? 1 : a - b || 0

const median: LongWork = function* (args, budget) {
  const numbers = (yield numbersIn('median', args, budget)) as (number | GoInt)[]
  const sorted = (yield sortedInBits(numbers.map(asFloat), ascending)) as number[]
  const middle = sorted.length >> 1
  if (sorted.length === 0) return 0
  const high = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? 0) + high) / 2
}

const WIDTH = 64n

const bits = (name: string) => (value: GoValue) =>
  isPlain(value)
    ? BigInt(value.value)
    : refuse(`cannot use ${typeName(value)} as argument (type int) to call ${name}`)

function bitwise(name: string, work: (a: bigint, b: bigint) => bigint): Entry {
  return typed(name, [signature([INT, INT], INT)], args => {
    const [a, b] = args.map(bits(name))
    return int(wrap(work(a ?? 0n, b ?? 0n)))
  })
}

function shift(name: string, work: (value: bigint, by: bigint) => bigint): Entry {
  return bitwise(name, (value, by) => {
    if (by < 0n) refuse(`invalid operation: negative shift count ${by} (type int)`)
    return work(value, by > WIDTH ? WIDTH : by)
  })
}

const numeric = ['float', 'int'] as const
const numericOrText = ['float', 'int', 'string'] as const

export const NUMBER_BUILTINS: readonly Entry[] = [
  checked('abs', ofKinds(numeric, { result: type => type, complaint: complaint('abs') }), abs),
  rounding('ceil', Math.ceil),
  rounding('floor', Math.floor),
  rounding('round', roundHalves),
  checked('int', ofKinds(numericOrText, { result: () => INT, complaint: complaint('int') }), toInt),
  checked(
    'float',
    ofKinds(numericOrText, { result: () => FLOAT64, complaint: complaint('float') }),
    toFloat64,
  ),
  extreme('max', isLess),
  extreme('min', isMore),
  long(checked('mean', checkAll('mean'), atOnce(mean)), mean),
  long(checked('median', checkAll('median'), atOnce(median)), median),
  bitwise('bitand', (a, b) => a & b),
  bitwise('bitor', (a, b) => a | b),
  bitwise('bitxor', (a, b) => a ^ b),
  bitwise('bitnand', (a, b) => a & ~b),
  shift('bitshl', (value, by) => value << by),
  shift('bitshr', (value, by) => value >> by),
  shift('bitushr', (value, by) => BigInt.asUintN(64, value) >> by),
  typed('bitnot', [signature([INT], INT)], ([value = null]) => int(wrap(~bits('bitnot')(value)))),
]

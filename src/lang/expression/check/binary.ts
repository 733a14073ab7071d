// Which types an operator takes, and what it gives.
import {
  BOOL,
  BYTES,
  FLOAT64,
  INT,
  NIL,
  STRING,
  UNKNOWN,
  isAssignable,
  isInteger,
  isNumber,
  isUnknown,
  listOf,
} from '../go-types.ts'
import type { GoType } from '../go-types.ts'
import { refuse } from '../refusal.ts'
import { readExpressionPattern } from '../run/patterns.ts'
import type { NodeOf } from '../syntax/syntax.ts'
import { DURATION, TIME } from '../times/types-of-time.ts'

type Test = (type: GoType) => boolean

const isString: Test = type => type.kind === 'string'
const isText: Test = type => isString(type) || type === BYTES
const isBool: Test = type => type.kind === 'bool'
const isTime: Test = type => type === TIME
const isDuration: Test = type => type === DURATION
const isList: Test = type => type.kind === 'slice'

type Rule = (left: GoType, right: GoType) => GoType | undefined

const both =
  (test: Test, result: GoType): Rule =>
  (left, right) =>
    test(left) && test(right) ? result : undefined

const pair =
  (first: Test, second: Test, result: GoType): Rule =>
  (left, right) =>
    first(left) && second(right) ? result : undefined

/** One of the two is not known, and the other is something that the operator takes, or not known either. */
const either =
  (tests: readonly Test[], result: GoType): Rule =>
  (left, right) => {
    const fits = (type: GoType) => isUnknown(type) || tests.some(test => test(type))
    return (isUnknown(left) || isUnknown(right)) && fits(left) && fits(right) ? result : undefined
  }

const numbers: Rule = (left, right) => {
  if (!isNumber(left) || !isNumber(right)) return undefined
  return left.kind === 'float' || right.kind === 'float' ? FLOAT64 : INT
}

/** Compat: a range holds whole numbers, but goes by the name of a list of anything. */
const RANGE = listOf(INT)

const EQUALITY: readonly Rule[] = [(left, right) => (areComparable(left, right) ? BOOL : undefined)]
const LOGIC = [both(isBool, BOOL), either([isBool], BOOL)]
const ORDERED = [isNumber, isString, isTime, isDuration]
const ORDER = [...ORDERED.map(test => both(test, BOOL)), either(ORDERED, BOOL)]
const POWER = [both(isNumber, FLOAT64), either([isNumber], FLOAT64)]
const TEXTS = [both(isString, BOOL), either([isString], BOOL)]

const RULES: ReadonlyMap<string, readonly Rule[]> = new Map([
  ...['==', '!='].map((sign): [string, readonly Rule[]] => [sign, EQUALITY]),
  ...['or', '||', 'and', '&&'].map((sign): [string, readonly Rule[]] => [sign, LOGIC]),
  ...['<', '>', '<=', '>='].map((sign): [string, readonly Rule[]] => [sign, ORDER]),
  ...['**', '^', '/'].map((sign): [string, readonly Rule[]] => [sign, POWER]),
  ...['contains', 'startsWith', 'endsWith'].map((sign): [string, readonly Rule[]] => [sign, TEXTS]),
  ['matches', [pair(isText, isString, BOOL), either([isString], BOOL)]],
  [
    '+',
    [
      numbers,
      both(isString, STRING),
      pair(isTime, isDuration, TIME),
      pair(isDuration, isTime, TIME),
      both(isDuration, DURATION),
      either([isNumber, isString, isTime, isDuration], UNKNOWN),
    ],
  ],
  [
    '-',
    [
      numbers,
      both(isTime, DURATION),
      pair(isTime, isDuration, TIME),
      both(isDuration, DURATION),
      either([isNumber, isTime, isDuration], UNKNOWN),
    ],
  ],
  [
    '*',
    [
      numbers,
      pair(isNumber, isDuration, DURATION),
      pair(isDuration, isNumber, DURATION),
      both(isDuration, DURATION),
      either([isNumber, isDuration], UNKNOWN),
    ],
  ],
  ['%', [both(isInteger, INT), either([isInteger], INT)]],
  ['..', [both(isInteger, RANGE), either([isInteger], RANGE)]],
  ['in', [inType]],
  ['??', [coalesced]],
])

/** Both are dereferenced. */
export function binaryType(node: NodeOf<'binary'>, left: GoType, right: GoType): GoType {
  const { operator } = node
  if (operator === 'matches' && node.right.kind === 'string') readExpressionPattern(node.right.value)
  for (const rule of RULES.get(operator) ?? []) {
    const type = rule(left, right)
    if (type !== undefined) return type
  }
  return refuse(`invalid operation: ${operator} (mismatched types ${left.name} and ${right.name})`)
}

function areComparable(left: GoType, right: GoType): boolean {
  if (isUnknown(left) || isUnknown(right) || left === NIL || right === NIL) return true
  if (isNumber(left) && isNumber(right)) return true
  if (isList(left) && isList(right)) return true
  return isAssignable(left, right)
}

function inType(left: GoType, right: GoType): GoType | undefined {
  if ((isString(left) || isUnknown(left)) && right.kind === 'struct') return BOOL
  if (right.kind === 'map') {
    const key = right.key ?? UNKNOWN
    if (!isUnknown(left) && !isAssignable(left, key))
      refuse(`cannot use ${left.name} as type ${key.name} in map key`)
    return BOOL
  }
  if (isList(right)) {
    const element = right.element ?? UNKNOWN
    if (!areComparable(left, element)) refuse(`cannot use ${left.name} as type ${element.name} in array`)
    return BOOL
  }
  if (isUnknown(left) && isString(right)) return BOOL
  return isUnknown(right) ? BOOL : undefined
}

function coalesced(left: GoType, right: GoType): GoType {
  if (left === NIL) return right
  if (right === NIL) return left
  return isAssignable(right, left) ? left : UNKNOWN
}

// What an expression can name besides the built-ins: the result, and the helpers of conditions.
import { ANY, BOOL, FLOAT64, INT64, functionType } from './go-types.ts'
import type { GoType } from './go-types.ts'
import { GoFunction, GoInt, isNil, typeName } from './go-values.ts'
import type { GoValue } from './go-values.ts'
import { parseFloat64 } from './go-floats.ts'
import { parseWhole, truncated } from './go-integers.ts'
import { printValue } from './run/print.ts'
import { refuse } from './refusal.ts'
import { quoted } from './syntax/characters.ts'
import { wrongType } from './run/conversion.ts'

export interface Environment {
  /** By name: what the checker knows. */
  readonly types: ReadonlyMap<string, GoType>
  readonly functions: ReadonlyMap<string, GoFunction>
}

/** The one name whose value comes with each evaluation. */
export const RESULT = 'result'

const helper = (parameters: readonly GoType[], result: GoType, call: GoFunction['call']) =>
  new GoFunction(functionType({ parameters, result }), call)

const float = (value: GoValue | undefined): number =>
  typeof value === 'number' ? value : wrongType(value ?? null, 'float64')

const isNaNHelper = helper([FLOAT64], BOOL, ([value]) => Number.isNaN(float(value)))
const isInfHelper = helper([FLOAT64], BOOL, ([value]) => {
  const number = float(value)
  return !Number.isFinite(number) && !Number.isNaN(number)
})
const asInt = helper([ANY], INT64, ([value = null], budget) => {
  if (typeof value === 'string') budget.spendText(value.length)
  return toInt64(value)
})
const asFloat = helper([ANY], FLOAT64, ([value = null], budget) => {
  if (typeof value === 'string') budget.spendText(value.length)
  return toFloat64(value)
})

function toInt64(value: GoValue): GoValue {
  if (typeof value === 'number') return new GoInt(INT64, truncated(value))
  if (value instanceof GoInt && value.type.isNamed !== true) return new GoInt(INT64, value.value)
  if (typeof value !== 'string') return unsupported('asInt', value)
  const read = parseWhole(value)
  if ('problem' in read) return refuse(`strconv.ParseInt: parsing ${quoted(value)}: ${read.problem}`)
  return new GoInt(INT64, read.value)
}

function toFloat64(value: GoValue): GoValue {
  if (typeof value === 'number') return value
  if (value instanceof GoInt && value.type.isNamed !== true) return Number(value.value)
  if (typeof value !== 'string') return unsupported('asFloat', value)
  const read = parseFloat64(value)
  if ('problem' in read) return refuse(`strconv.ParseFloat: parsing ${quoted(value)}: ${read.problem}`)
  return read.value
}

function unsupported(name: string, value: GoValue): never {
  return refuse(`${name}() not supported on ${typeName(value)} ${printValue(value)}`)
}

// Compat: both look at the result, whatever they are given.
const isNilHelper = helper([ANY], BOOL, (_, { given }) => isNil(given as GoValue))
const defaultHelper = helper([ANY, ANY], ANY, (args, { given }) =>
  isNil(given as GoValue) ? (args[1] ?? null) : (given as GoValue),
)

const TIME_HELPERS: readonly (readonly [string, GoFunction])[] = [
  ['isNaN', isNaNHelper],
  ['isInf', isInfHelper],
]

const CONDITION_HELPERS = new Map([
  ...TIME_HELPERS,
  ['asInt', asInt],
  ['asFloat', asFloat],
  ['isNil', isNilHelper],
  ['default', defaultHelper],
])

function environment(
  functions: ReadonlyMap<string, GoFunction>,
  result: readonly [string, GoType][],
): Environment {
  const types = [...functions].map(([name, { type }]): [string, GoType] => [name, type])
  return { functions, types: new Map([...types, ...result]) }
}

/** What a condition sees when the result is of that type. */
export function conditionEnvironment(type: GoType): Environment {
  return environment(CONDITION_HELPERS, [[RESULT, type]])
}

/** What a time of a range query sees. */
export const TIME_ENVIRONMENT = environment(new Map(TIME_HELPERS), [])

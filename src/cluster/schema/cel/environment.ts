// The environments that rules are compiled in: cel-js with Kubernetes' library, once for each way that `oldSelf` comes.
import { Environment, Optional } from '@marcbachmann/cel-js'
import { ADDRESS_FUNCTIONS, CIDR_TYPE, Cidr, IP_FUNCTIONS, IP_TYPE, Ip } from './addresses.ts'
import {
  AMOUNT_FUNCTIONS,
  CelQuantity,
  isSameQuantity,
  isSameSemver,
  QUANTITY_TYPE,
  SEMVER_TYPE,
  Semver,
} from './amounts.ts'
import { CONVERSION_FUNCTIONS } from './conversions.ts'
import type { Functions } from './functions.ts'
import { isSame, LIST_FUNCTIONS, MATH_FUNCTIONS, SET_FUNCTIONS } from './lists.ts'
import { registerMacros } from './macros.ts'
import { FORMAT_FUNCTIONS, FORMAT_TYPE, NamedFormat, VALIDATE_FUNCTIONS } from './named-formats.ts'
import { TEXT_FUNCTIONS } from './text.ts'
import { CelUrl, URL_FUNCTIONS, URL_TYPE } from './urls.ts'

/** `oldSelf`: the type of the value that stood, which a rule may take as an optional one. */
export function ruleEnvironment(oldSelf: 'dyn' | 'optional<dyn>'): Environment {
  const environment = new Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true })
    .registerVariable('self', 'dyn')
    .registerVariable('oldSelf', oldSelf)
  registerTypes(environment)
  environment.registerFunction('OptionalNamespace.ofNonZeroValue(dyn): optional<dyn>', ofNonZeroValue, {
    async: false,
  })
  for (const functions of [
    CONVERSION_FUNCTIONS,
    TEXT_FUNCTIONS,
    LIST_FUNCTIONS,
    ADDRESS_FUNCTIONS,
    URL_FUNCTIONS,
    AMOUNT_FUNCTIONS,
    VALIDATE_FUNCTIONS,
  ]) {
    registerFunctions(environment, functions)
  }
  registerNamespace(environment, 'format', FORMAT_FUNCTIONS)
  registerNamespace(environment, 'ip', IP_FUNCTIONS)
  registerNamespace(environment, 'math', MATH_FUNCTIONS)
  registerNamespace(environment, 'sets', SET_FUNCTIONS)
  registerMacros(environment)
  return environment
}

function registerTypes(environment: Environment): void {
  const sameText = (a: object, b: object) => `${a}` === `${b}`
  environment
    .registerType(IP_TYPE, Ip)
    .registerType(CIDR_TYPE, Cidr)
    .registerType(URL_TYPE, CelUrl)
    .registerType(QUANTITY_TYPE, CelQuantity)
    .registerType(SEMVER_TYPE, Semver)
    .registerType(FORMAT_TYPE, NamedFormat)
    .registerOperator(
      `${IP_TYPE} == ${IP_TYPE}`,
      (a: Ip, b: Ip) => a.family === b.family && a.bits === b.bits,
    )
    .registerOperator(`${CIDR_TYPE} == ${CIDR_TYPE}`, sameText)
    .registerOperator(`${QUANTITY_TYPE} == ${QUANTITY_TYPE}`, isSameQuantity)
    .registerOperator(`${FORMAT_TYPE} == ${FORMAT_TYPE}`, (a: NamedFormat, b: NamedFormat) => a === b)
    .registerOperator(`${SEMVER_TYPE} == ${SEMVER_TYPE}`, isSameSemver)
    .registerOperator('optional<dyn> == optional<dyn>', isSameOptional)
}

function isSameOptional(a: Optional, b: Optional): boolean {
  return a.hasValue() && b.hasValue() ? isSame(a.value(), b.value()) : a.hasValue() === b.hasValue()
}

/** A value, unless it is false, zero, or empty. */
function ofNonZeroValue(_: unknown, value: unknown): Optional {
  const isZero = !value || (typeof value === 'object' && Object.keys(value).length === 0)
  return isZero ? Optional.none() : Optional.of(value)
}

function registerFunctions(environment: Environment, functions: Functions): void {
  for (const [signature, run] of Object.entries(functions)) {
    environment.registerFunction(signature, run, { async: false })
  }
}

/** `math.abs(…)`: for cel-js, functions of a value that has a name. */
function registerNamespace(environment: Environment, name: string, functions: Functions): void {
  class Namespace {
    readonly name = name
  }
  const type = `Namespace.${name}`
  environment.registerType(type, Namespace).registerConstant(name, type, new Namespace())
  const ofReceiver = Object.entries(functions).map(([signature, run]) => [
    `${type}.${signature}`,
    (_: Namespace, ...args: unknown[]) => run(...args),
  ])
  registerFunctions(environment, Object.fromEntries(ofReceiver) as Functions)
}

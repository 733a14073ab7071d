// The one door to CEL: cel-js with Kubernetes' library, its limits, and a count of what a rule costs while it runs.
import { Environment, Optional, ParseError } from '@marcbachmann/cel-js'
import type { ParseResult } from '@marcbachmann/cel-js'
import { remembered } from '../../../std/remembered.ts'
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
import { OutOfBudget, spending } from './budget.ts'
import type { Purse } from './budget.ts'
import { CONVERSION_FUNCTIONS } from './conversions.ts'
import type { Functions } from './functions.ts'
import { LIST_FUNCTIONS, MATH_FUNCTIONS, SET_FUNCTIONS } from './lists.ts'
import { registerMacros } from './macros.ts'
import { FORMAT_FUNCTIONS, FORMAT_TYPE, NamedFormat, VALIDATE_FUNCTIONS } from './named-formats.ts'
import { withOurNames, withTheirNames } from './names.ts'
import { literalProblem, PATTERN_FUNCTIONS, TEXT_FUNCTIONS } from './text.ts'
import { literalPatterns, meterTree } from './tree.ts'
import type { Node } from './tree.ts'
import { CelUrl, URL_FUNCTIONS, URL_TYPE } from './urls.ts'

const environment = new Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true })
  .registerVariable('self', 'dyn')
  .registerVariable('oldSelf', 'dyn')
  .registerType(IP_TYPE, Ip)
  .registerType(CIDR_TYPE, Cidr)
  .registerType(URL_TYPE, CelUrl)
  .registerType(QUANTITY_TYPE, CelQuantity)
  .registerType(SEMVER_TYPE, Semver)
  .registerType(FORMAT_TYPE, NamedFormat)
  .registerOperator(`${IP_TYPE} == ${IP_TYPE}`, (a: Ip, b: Ip) => a.family === b.family && a.bits === b.bits)
  .registerOperator(`${CIDR_TYPE} == ${CIDR_TYPE}`, (a: Cidr, b: Cidr) => `${a}` === `${b}`)
  .registerOperator(`${QUANTITY_TYPE} == ${QUANTITY_TYPE}`, isSameQuantity)
  .registerOperator(`${FORMAT_TYPE} == ${FORMAT_TYPE}`, (a: NamedFormat, b: NamedFormat) => a === b)
  .registerOperator(`${SEMVER_TYPE} == ${SEMVER_TYPE}`, isSameSemver)

environment.registerFunction('OptionalNamespace.ofNonZeroValue(dyn): optional<dyn>', ofNonZeroValue, {
  async: false,
})

/** A value, unless it is false, zero, or empty. */
function ofNonZeroValue(_: unknown, value: unknown): Optional {
  const isZero = !value || (typeof value === 'object' && Object.keys(value).length === 0)
  return isZero ? Optional.none() : Optional.of(value)
}

for (const functions of [
  CONVERSION_FUNCTIONS,
  TEXT_FUNCTIONS,
  LIST_FUNCTIONS,
  ADDRESS_FUNCTIONS,
  URL_FUNCTIONS,
  AMOUNT_FUNCTIONS,
  VALIDATE_FUNCTIONS,
]) {
  registerFunctions(functions)
}
registerNamespace('format', FORMAT_FUNCTIONS)
registerNamespace('ip', IP_FUNCTIONS)
registerNamespace('math', MATH_FUNCTIONS)
registerNamespace('sets', SET_FUNCTIONS)
registerMacros(environment)

function registerFunctions(functions: Functions): void {
  for (const [signature, run] of Object.entries(functions)) {
    environment.registerFunction(signature, run, { async: false })
  }
}

/** `math.abs(…)`: for cel-js, functions of a value that has a name. */
function registerNamespace(name: string, functions: Functions): void {
  class Namespace {
    readonly name = name
  }
  const type = `Namespace.${name}`
  environment.registerType(type, Namespace).registerConstant(name, type, new Namespace())
  const ofReceiver = Object.entries(functions).map(([signature, run]) => [
    `${type}.${signature}`,
    (_: Namespace, ...args: unknown[]) => run(...args),
  ])
  registerFunctions(Object.fromEntries(ofReceiver) as Functions)
}

export type CelProblem = {
  /** `lacking`: what this engine has not, though Kubernetes may have it. */
  readonly kind: 'wrong' | 'lacking'
  readonly said: string
}

type Compiled = { readonly program: ParseResult } | { readonly problem: CelProblem }

const compiledOf = remembered(1000, compile)

/** Published rules have some thousand characters at most. */
const LENGTH_MAX = 20_000

function compile(source: string): Compiled {
  if (source.length > LENGTH_MAX) {
    return { problem: { kind: 'lacking', said: `it is longer than ${LENGTH_MAX} characters` } }
  }
  try {
    const program = environment.parse(withOurNames(source))
    const { valid, error } = program.check()
    if (!valid) return { problem: { kind: 'lacking', said: saidBy(error) } }
    const tree = program.ast as unknown as Node
    const [problem] = literalPatterns(tree, PATTERN_FUNCTIONS).flatMap(one => literalProblem(one) ?? [])
    if (problem !== undefined) return { problem: { kind: 'lacking', said: problem } }
    meterTree(tree)
    return { program }
  } catch (error) {
    return { problem: { kind: isLack(error) ? 'lacking' : 'wrong', said: saidBy(error) } }
  }
}

/** `[?a]` and `{?k: v}` are CEL; a rule that is too long for cel-js may be, too. */
function isLack(error: unknown): boolean {
  if (!(error instanceof ParseError)) return false
  return error.code === 'limit_exceeded' || error.message.startsWith('Unexpected token: QUESTION')
}

/** What is wrong with a rule's text, or undefined: asked when a definition is accepted. */
export function celProblem(source: string): CelProblem | undefined {
  const compiled = compiledOf(source)
  return 'problem' in compiled ? compiled.problem : undefined
}

export type CelAnswer =
  | { readonly value: unknown }
  | { readonly problem: string }
  | { readonly isOutOfBudget: true }
  | { readonly isSkipped: true }

/** A rule that does not compile here was named when its definition was stored, and is skipped. */
export function evaluateCel(source: string, context: Record<string, unknown>, purse: Purse): CelAnswer {
  const compiled = compiledOf(source)
  if ('problem' in compiled) return { isSkipped: true }
  return spending(purse, () => {
    try {
      const value: unknown = compiled.program(context)
      return purse.left < 0 ? { isOutOfBudget: true } : { value }
    } catch (error) {
      return purse.left < 0 || error instanceof OutOfBudget
        ? { isOutOfBudget: true }
        : { problem: saidBy(error) }
    }
  })
}

/** What `oldSelf` is to a rule that takes it as an optional value. */
export function optional(value: unknown): Optional {
  return value === undefined ? Optional.none() : Optional.of(value)
}

function saidBy(error: unknown): string {
  const [first] = (error as Error).message.split('\n')
  return withTheirNames(first ?? 'error')
    .replace(/^No such key: index out of bounds, index (-?\d+) .*/, 'index out of bounds: $1')
    .replace(/^No such key/, 'no such key')
}

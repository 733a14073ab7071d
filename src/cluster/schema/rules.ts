// `x-kubernetes-validations`: rules in CEL that a schema puts on its values, and on how they may change.
import { Environment, Optional } from '@marcbachmann/cel-js'
import type { ParseResult } from '@marcbachmann/cel-js'
import { isIP } from 'node:net'
import { equal } from '../../std/equal.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { record } from '../../std/json-parts.ts'
import { acceptedPattern } from '../../std/regex.ts'
import { remembered } from '../../std/remembered.ts'
import { matchesFormat } from './formats.ts'
import { duplicate, forbidden, invalid, required } from './field-errors.ts'
import type { FieldErrorType, FieldProblem } from './field-errors.ts'
import { STEPS_MAX, stepsAtMost } from './rule-cost.ts'
import type { Structural, ValidationRule } from './structural.ts'

const NOT_CHECKED =
  'some validation rules were not checked because the object was invalid; ' +
  'correct the existing errors to complete validation'
const TOO_DEAR =
  'validation failed due to running out of cost budget, no further validation rules will be run'
const BLOCKING: ReadonlySet<FieldErrorType> = new Set(['Required', 'TooLong', 'TooMany', 'TypeInvalid'])

const environment = new Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true })
  .registerVariable('self', 'dyn')
  .registerVariable('oldSelf', 'dyn')
  .registerFunction(
    'string.find(string): string',
    (text: string, pattern: string) => found(text, pattern)[0] ?? '',
  )
  .registerFunction('string.findAll(string): list<string>', found)
  .registerFunction('string.replace(string, string): string', (text: string, old: string, by: string) =>
    text.replaceAll(old, by),
  )
  .registerFunction('isURL(string): bool', (text: string) => URL.canParse(text))
  .registerFunction('isIP(string): bool', (text: string) => isIP(text) !== 0)
  .registerFunction('isCIDR(string): bool', (text: string) => matchesFormat('cidr', text))

/** Kubernetes runs no rule on an object that is malformed, and says so. */
export function validateRules(
  schema: Structural,
  value: Json,
  { old, earlier }: { old: Json | undefined; earlier: readonly FieldProblem[] },
): readonly FieldProblem[] {
  if (!hasRules(schema)) return []
  if (earlier.some(problem => BLOCKING.has(problem.type))) return [invalid('<nil>', null, NOT_CHECKED)]
  return problemsOf(schema, value, { path: '', old, budget: { left: STEPS_MAX } })
}

interface Place {
  readonly path: string
  readonly old: Json | undefined
  /** Steps that the rules of this object may still take; below zero: it has been said. */
  readonly budget: { left: number }
}

function problemsOf(schema: Structural, value: Json, { path, old, budget }: Place): readonly FieldProblem[] {
  if (!hasRules(schema) || value === null || (old !== undefined && equal(value, old))) return []
  const own = (schema['x-kubernetes-validations'] ?? []).flatMap(rule => {
    const problem = broken(schema, rule, { value, old, path, budget })
    return problem ? [problem] : []
  })
  return [...own, ...nestedProblems(schema, value, { path, old, budget })]
}

function nestedProblems(
  schema: Structural,
  value: Json,
  { path, old, budget }: Place,
): readonly FieldProblem[] {
  const { items } = schema
  if (Array.isArray(value)) {
    if (!items) return []
    return value.flatMap((one: Json, i) => {
      const before = counterpart(schema, one, old)
      return problemsOf(items, one, { path: `${path}[${i}]`, old: before, budget })
    })
  }
  if (!isJsonObject(value)) return []
  const before = record(old)
  return Object.entries(value).flatMap(([field, one]) => {
    const of = schema.properties?.[field] ?? schema.additionalProperties
    if (typeof of !== 'object') return []
    const at = path === '' ? field : `${path}.${field}`
    return problemsOf(of, one, { path: at, old: before[field], budget })
  })
}

function counterpart(schema: Structural, element: Json, old: Json | undefined): Json | undefined {
  const keys = schema['x-kubernetes-list-map-keys']
  if (!keys || !Array.isArray(old) || !isJsonObject(element)) return undefined
  return old.find((one: Json) => isJsonObject(one) && keys.every(key => equal(one[key], element[key])))
}

function broken(
  schema: Structural,
  rule: ValidationRule,
  { value, old, path, budget }: Place & { value: Json },
): FieldProblem | undefined {
  const isTransition = /\boldSelf\b/.test(rule.rule)
  if (isTransition && old === undefined && !rule.optionalOldSelf) return undefined
  const before = old === undefined ? undefined : celValue(schema, old)
  const oldSelf = rule.optionalOldSelf
    ? before === undefined
      ? Optional.none()
      : Optional.of(before)
    : before
  const context = { self: celValue(schema, value), ...(isTransition ? { oldSelf } : {}) }
  if (budget.left < 0) return undefined
  if (!isAffordable(rule.rule, { context, budget })) return invalid(path, shownType(schema), TOO_DEAR)
  const message = rule.message?.trim() || `failed rule: ${rule.rule.trim()}`
  const answer = evaluated(rule.rule, context)
  if ('value' in answer && answer.value === true) return undefined
  const at = rule.fieldPath ? `${path}${rule.fieldPath}` : path
  if ('problem' in answer) {
    return invalid(at, shownType(schema), `${answer.problem} evaluating rule: ${rule.message ?? rule.rule}`)
  }
  return problemFor(rule, { path: at, type: shownType(schema), message: saidBy(rule, context) ?? message })
}

function isAffordable(
  source: string,
  { context, budget }: { context: Record<string, unknown>; budget: { left: number } },
): boolean {
  const program = programIn(source)
  if (program) budget.left -= stepsAtMost(program.ast, Object.values(context))
  return budget.left >= 0
}

function programIn(source: string): Program | undefined {
  try {
    return programOf(source)
  } catch {
    return undefined
  }
}

function saidBy(rule: ValidationRule, context: Record<string, unknown>): string | undefined {
  if (!rule.messageExpression) return undefined
  const said = evaluated(rule.messageExpression, context)
  return 'value' in said && typeof said.value === 'string' && said.value.trim() !== ''
    ? said.value.trim()
    : undefined
}

function problemFor(
  rule: ValidationRule,
  { path, type, message }: { path: string; type: string; message: string },
): FieldProblem {
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return forbidden(path, message)
    case 'FieldValueRequired':
      return required(path, message)
    case 'FieldValueDuplicate':
      return duplicate(path, type)
    default:
      return invalid(path, type, message)
  }
}

function shownType(schema: Structural): string {
  return schema.type ?? 'object'
}

type Program = ParseResult
const programOf = remembered(1000, source => environment.parse(source))

function evaluated(
  source: string,
  context: Record<string, unknown>,
): { value: unknown } | { problem: string } {
  try {
    return { value: programOf(source)(context) }
  } catch (error) {
    return { problem: (error as Error).message.split('\n')[0] ?? 'error' }
  }
}

/** What is wrong with a rule's text, or undefined: asked when a definition is accepted. */
export function ruleProblem(source: string): string | undefined {
  try {
    environment.parse(source)
    return undefined
  } catch (error) {
    return (error as Error).message.split('\n')[0]
  }
}

const RESERVED = new Set(
  [
    'true false null in as break const continue else for function',
    'if import let loop package namespace return var void while',
  ]
    .join(' ')
    .split(' '),
)

/** A field's name as CEL can say it. */
function celName(name: string): string {
  if (RESERVED.has(name)) return `__${name}__`
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__')
}

/** A value as CEL sees it: integers are ints, times are timestamps, fields have names that CEL can say. */
function celValue(schema: Structural | undefined, value: Json): unknown {
  if (typeof value === 'number')
    return schema?.type === 'number' || !Number.isInteger(value) ? value : BigInt(value)
  if (typeof value === 'string' && schema?.format === 'date-time') return new Date(value)
  if (Array.isArray(value)) return value.map((one: Json) => celValue(schema?.items, one))
  return isJsonObject(value) ? celObject(schema, value) : value
}

function celObject(schema: Structural | undefined, value: JsonObject): Record<string, unknown> {
  const more = typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined
  const entries = Object.entries(value).map(([field, one]) => {
    const of = schema?.properties?.[field]
    return [of ? celName(field) : field, celValue(of ?? more, one)]
  })
  return Object.fromEntries(entries) as Record<string, unknown>
}

function found(text: string, pattern: string): string[] {
  return acceptedPattern(pattern).findAll(text)
}

const withRules = new WeakMap<Structural, boolean>()

function hasRules(schema: Structural): boolean {
  const known = withRules.get(schema)
  if (known !== undefined) return known
  const children = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.items ? [schema.items] : []),
    ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
  ]
  const has = (schema['x-kubernetes-validations']?.length ?? 0) > 0 || children.some(hasRules)
  withRules.set(schema, has)
  return has
}

// `x-kubernetes-validations`: rules in CEL that a schema puts on its values, and on how they may change.
import { equal } from '../../std/equal.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json } from '../../std/json.ts'
import { record } from '../../std/json-parts.ts'
import { RULE_STEPS_MAX, STEPS_MAX } from './cel/budget.ts'
import { evaluateCel, optional } from './cel/engine.ts'
import type { CelAnswer, Expression } from './cel/engine.ts'
import { CelValues } from './cel/values.ts'
import { counterparts } from './counterparts.ts'
import { duplicate, forbidden, invalid, required } from './field-errors.ts'
import type { FieldErrorType, FieldProblem } from './field-errors.ts'
import type { Structural, ValidationRule } from './structural.ts'

const NOT_CHECKED =
  'some validation rules were not checked because the object was invalid; ' +
  'correct the existing errors to complete validation'
const OUT_OF_BUDGET =
  'validation failed due to running out of cost budget, no further validation rules will be run'
const TOO_DEAR =
  "'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost " +
  'exceeds limit for rule:'
const BLOCKING: ReadonlySet<FieldErrorType> = new Set(['Required', 'TooLong', 'TooMany', 'TypeInvalid'])

/** Kubernetes runs no rule on an object that is malformed, and says so. */
export function validateRules(
  schema: Structural,
  value: Json,
  { path = '', old, earlier }: { path?: string; old: Json | undefined; earlier: readonly FieldProblem[] },
): readonly FieldProblem[] {
  if (!hasRules(schema)) return []
  if (earlier.some(problem => BLOCKING.has(problem.type))) return [invalid('<nil>', null, NOT_CHECKED)]
  return problemsOf(schema, value, { path, old, run: { left: STEPS_MAX, values: new CelValues() } })
}

interface Place {
  readonly path: string
  readonly old: Json | undefined
  readonly run: Run
}

/** What all the rules of one object share. */
interface Run {
  /** Steps that they may still take; below zero: it has been said. */
  left: number
  readonly values: CelValues
}

function problemsOf(schema: Structural, value: Json, { path, old, run }: Place): readonly FieldProblem[] {
  if (!hasRules(schema) || value === null) return []
  // What was wrong before may stay so; whether a change was right is asked of each.
  const isUnchanged = old !== undefined && equal(value, old)
  if (isUnchanged && !hasTransitions(schema)) return []
  const own = (schema['x-kubernetes-validations'] ?? []).flatMap(rule => {
    if (isUnchanged && !isTransition(rule)) return []
    const problem = broken(schema, rule, { value, old, path, run })
    return problem ? [problem] : []
  })
  return [...own, ...nestedProblems(schema, value, { path, old, run })]
}

function nestedProblems(schema: Structural, value: Json, { path, old, run }: Place): readonly FieldProblem[] {
  const { items } = schema
  if (Array.isArray(value)) {
    if (!items) return []
    const before = counterparts(schema, value, old)
    return value.flatMap((one: Json, i) =>
      problemsOf(items, one, { path: `${path}[${i}]`, old: before[i], run }),
    )
  }
  if (!isJsonObject(value)) return []
  const before = record(old)
  return Object.entries(value).flatMap(([field, one]) => {
    const of = schema.properties?.[field] ?? schema.additionalProperties
    if (typeof of !== 'object') return []
    const at = path === '' ? field : `${path}.${field}`
    return problemsOf(of, one, { path: at, old: before[field], run })
  })
}

function broken(
  schema: Structural,
  rule: ValidationRule,
  { value, old, path, run }: Place & { value: Json },
): FieldProblem | undefined {
  const isOfChange = isTransition(rule)
  if (isOfChange && old === undefined && !rule.optionalOldSelf) return undefined
  if (run.left < 0) return undefined
  const before = old === undefined ? undefined : run.values.of(schema, old)
  const oldSelf = rule.optionalOldSelf ? optional(before) : before
  const context = { self: run.values.of(schema, value), ...(isOfChange ? { oldSelf } : {}) }
  const isOldSelfOptional = rule.optionalOldSelf === true
  const answer = evaluated({ source: rule.rule, isOldSelfOptional }, context, run)
  if ('isSkipped' in answer || ('value' in answer && answer.value === true)) return undefined
  const type = shownType(schema)
  const said = rule.message ?? rule.rule
  if ('isOutOfBudget' in answer) {
    const isAll = run.left <= 0
    run.left = -1
    return invalid(path, type, isAll ? OUT_OF_BUDGET : `${TOO_DEAR} ${said}`)
  }
  if ('problem' in answer) return invalid(path, type, `${answer.problem} evaluating rule: ${said}`)
  return problemFor(rule, {
    path: rule.fieldPath ? `${path}${rule.fieldPath}` : path,
    type,
    message: saidBy(rule, context, run) ?? (rule.message?.trim() || `failed rule: ${rule.rule.trim()}`),
  })
}

function isTransition({ rule }: ValidationRule): boolean {
  return /\boldSelf\b/.test(rule)
}

function evaluated(expression: Expression, context: Record<string, unknown>, run: Run): CelAnswer {
  const granted = Math.min(run.left, RULE_STEPS_MAX)
  const purse = { left: granted }
  const answer = evaluateCel(expression, context, purse)
  run.left -= granted - Math.max(purse.left, 0)
  return answer
}

function saidBy(rule: ValidationRule, context: Record<string, unknown>, run: Run): string | undefined {
  if (!rule.messageExpression) return undefined
  const isOldSelfOptional = rule.optionalOldSelf === true
  const said = evaluated({ source: rule.messageExpression, isOldSelfOptional }, context, run)
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

const hasRules = somewhere(() => true)
const hasTransitions = somewhere(isTransition)

/** Whether a schema, or one of its parts, has such a rule; each schema is looked through once. */
function somewhere(isMeant: (rule: ValidationRule) => boolean): (schema: Structural) => boolean {
  const known = new WeakMap<Structural, boolean>()
  const has = (schema: Structural): boolean => {
    const answer = known.get(schema)
    if (answer !== undefined) return answer
    const children = [
      ...Object.values(schema.properties ?? {}),
      ...(schema.items ? [schema.items] : []),
      ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
    ]
    const found = (schema['x-kubernetes-validations'] ?? []).some(isMeant) || children.some(has)
    known.set(schema, found)
    return found
  }
  return has
}

// kubectl's JSONPath, one expression of it: `.spec.replicas`,
// `{.status.conditions[?(@.type=="Ready")].status}`. Printer columns of CRDs and the web metric use it.
// Parsed once, then asked often.
import { isJsonObject, type Json } from '../std/json.ts'
import { parseSteps } from './json-path-parser.ts'
import type { Filter, Operand, PathStep } from './json-path-steps.ts'

export interface JsonPath {
  /** All values that the path leads to, in order; none when it leads nowhere. */
  find(value: Json): readonly Json[]
}

/** How many values one question may touch. */
const MAX_VALUES = 100_000

/** The path that a text names, with or without braces and leading `$`; undefined when the text is none. */
export function compileJsonPath(text: string): JsonPath | undefined {
  const steps = parseSteps(text)
  return steps === undefined ? undefined : { find: value => follow([value], steps) }
}

function follow(values: readonly Json[], steps: readonly PathStep[]): readonly Json[] {
  return steps.reduce(
    (found: readonly Json[], step) => found.flatMap(value => stepFrom(value, step)).slice(0, MAX_VALUES),
    values,
  )
}

function stepFrom(value: Json, step: PathStep): readonly Json[] {
  switch (step.kind) {
    case 'field':
      return isJsonObject(value) && Object.hasOwn(value, step.name) ? [value[step.name] as Json] : []
    case 'index': {
      const item = Array.isArray(value) ? (value as readonly Json[]).at(step.index) : undefined
      return item === undefined ? [] : [item]
    }
    case 'slice':
      return Array.isArray(value) ? sliced(value, step) : []
    case 'wildcard':
      return childrenOf(value)
    case 'descend':
      return descendants(value)
    case 'union':
      return step.steps.flatMap(one => stepFrom(value, one))
    case 'filter':
      return (Array.isArray(value) ? (value as readonly Json[]) : []).filter(item => passes(item, step.test))
  }
}

function sliced(list: readonly Json[], slice: Extract<PathStep, { kind: 'slice' }>): readonly Json[] {
  const step = slice.step ?? 1
  if (step <= 0) return []
  return list.slice(slice.from ?? 0, slice.to ?? list.length).filter((_, index) => index % step === 0)
}

function childrenOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value
  return isJsonObject(value) ? Object.values(value) : []
}

function descendants(value: Json): readonly Json[] {
  const found: Json[] = []
  const pending: Json[] = [value]
  while (pending.length > 0 && found.length < MAX_VALUES) {
    const next = pending.shift() as Json
    found.push(next)
    pending.push(...childrenOf(next))
  }
  return found
}

function passes(item: Json, { left, operator, right }: Filter): boolean {
  const values = operandValues(item, left)
  if (operator === undefined || right === undefined) return values.length > 0
  const [a] = values
  const [b] = operandValues(item, right)
  return a !== undefined && b !== undefined && compares(a, operator, b)
}

function operandValues(item: Json, operand: Operand): readonly Json[] {
  return 'steps' in operand ? follow([item], operand.steps) : [operand.value]
}

function compares(a: Json, operator: NonNullable<Filter['operator']>, b: Json): boolean {
  if (operator === '==') return a === b
  if (operator === '!=') return a !== b
  const areNumbers = typeof a === 'number' && typeof b === 'number'
  const areTexts = typeof a === 'string' && typeof b === 'string'
  if (!areNumbers && !areTexts) return false
  if (operator === '<') return a < b
  if (operator === '<=') return a <= b
  return operator === '>' ? a > b : a >= b
}

// What a measured result means: its conditions say whether it is good, bad or neither.
import type { AnalysisPhase } from '../api/analysis.ts'
import { conditionEnvironment } from '../lang/expression/environment.ts'
import { readExpression } from '../lang/expression/expression.ts'
import { isNil, itemsOf, typeName } from '../lang/expression/go-values.ts'
import { NIL } from '../lang/expression/go-types.ts'
import type { GoType } from '../lang/expression/go-types.ts'
import type { Typed } from '../lang/expression/typed.ts'
import type { Instant } from '../std/instant.ts'
import { remembered } from '../std/remembered.ts'

export interface Conditions {
  readonly successCondition?: string
  readonly failureCondition?: string
}

export interface Verdict {
  readonly phase: AnalysisPhase
  readonly message?: string
}

type Answer = { readonly holds: boolean } | { readonly problem: string }

const NO_CONDITION = ''
const NO_DATA = 'metric result is nil or empty: no data returned from the metric provider'

/** The phase of a measurement whose provider answered; bit by bit, for whoever lets others work in between. */
export function* judging(conditions: Conditions, result: Typed, now: Instant): Generator<undefined, Verdict> {
  const { successCondition = NO_CONDITION, failureCondition = NO_CONDITION } = conditions
  const success = yield* answered('successCondition', successCondition, { result, now })
  if (success !== undefined && 'problem' in success) return { phase: 'Error', message: success.problem }
  const failure = yield* answered('failureCondition', failureCondition, { result, now })
  if (failure !== undefined && 'problem' in failure) return { phase: 'Error', message: failure.problem }
  return { phase: verdict(success?.holds, failure?.holds) }
}

/** A failure wins; neither one nor the other is inconclusive. */
function verdict(isGood: boolean | undefined, isBad: boolean | undefined): AnalysisPhase {
  if (isBad === true) return 'Failed'
  if (isGood === undefined) return 'Successful'
  if (isGood) return 'Successful'
  return isBad === undefined ? 'Failed' : 'Inconclusive'
}

interface Judged {
  readonly result: Typed
  readonly now: Instant
}

/** Undefined when there is no such condition. */
function* answered(
  name: string,
  text: string,
  { result, now }: Judged,
): Generator<undefined, Answer | undefined> {
  if (text === NO_CONDITION) return undefined
  const isMissing = isNil(result.value)
  const read = reader(isMissing ? NIL : result.type)(text)
  const answer = 'problem' in read ? read : yield* read.value.evaluation(isMissing ? null : result.value, now)
  if ('value' in answer && typeof answer.value === 'boolean') return { holds: answer.value }
  const wrong = 'problem' in answer ? answer.problem : `expected bool, but got ${typeName(answer.value)}`
  // Compat: without data no other complaint counts.
  const isEmpty = isMissing || itemsOf(result.value)?.length === 0
  return { problem: `could not evaluate ${name} "${text}": ${isEmpty ? NO_DATA : wrong}` }
}

type Reader = (text: string) => ReturnType<typeof readExpression>

const SHORT = 4096
const MOST = 500
const readers = new WeakMap<GoType, Reader>()

/** What a run asks again and again is read once for each type of result. */
function reader(type: GoType): Reader {
  const known = readers.get(type)
  if (known !== undefined) return known
  const environment = conditionEnvironment(type)
  const read = (text: string) => readExpression(text, environment)
  const kept = remembered(MOST, read)
  const made: Reader = text => (text.length > SHORT ? read : kept)(text)
  readers.set(type, made)
  return made
}

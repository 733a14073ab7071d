// What a measured result means: its conditions say whether it is good, bad or neither.
import type { AnalysisPhase } from '../api/analysis.ts'
import type { Typed } from '../lang/expression/typed.ts'
import { assert } from '../std/assert.ts'
import type { Instant } from '../std/instant.ts'

export interface Conditions {
  readonly successCondition?: string
  readonly failureCondition?: string
}

export interface Verdict {
  readonly phase: AnalysisPhase
  readonly message?: string
}

const NO_CONDITION = ''

/** The phase of a measurement whose provider answered. */
export function judge(conditions: Conditions, result: Typed, now: Instant): Verdict {
  const { successCondition = NO_CONDITION, failureCondition = NO_CONDITION } = conditions
  if (successCondition === NO_CONDITION && failureCondition === NO_CONDITION) return { phase: 'Successful' }
  const holds = (text: string) => compares(text, result, now)
  if (failureCondition !== NO_CONDITION && holds(failureCondition)) return { phase: 'Failed' }
  if (successCondition === NO_CONDITION || holds(successCondition)) return { phase: 'Successful' }
  return { phase: failureCondition === NO_CONDITION ? 'Failed' : 'Inconclusive' }
}

/** For now: `result` or its first element against a number. */
function compares(text: string, result: Typed, now: Instant): boolean {
  const read = /^result(\[0\])? *(<|>|<=|>=|==) *(\d+(?:\.\d+)?)$/.exec(text)
  assert(read !== null, `a condition that cannot be judged yet at ${now}: ${text}`)
  const value = read[1] === undefined ? result.value : (result.value as readonly unknown[])[0]
  const [left, right] = [Number(value), Number(read[3])]
  if (read[2] === '<') return left < right
  if (read[2] === '>') return left > right
  if (read[2] === '<=') return left <= right
  return read[2] === '>=' ? left >= right : left === right
}

// A moment as a text names it: `rangeQuery.start` and `end`.
import type { Instant } from '../../std/instant.ts'
import { TIME_ENVIRONMENT } from './environment.ts'
import { readExpression } from './expression.ts'
import { GoTime, typeName } from './go-values.ts'

export type TimeRead = { readonly nanoseconds: bigint } | { readonly problem: string }

/** The moment that the expression gives, in nanoseconds since the epoch, or why it gives none. */
export function timeOf(text: string, now: Instant): TimeRead {
  const read = readExpression(text, TIME_ENVIRONMENT)
  if ('problem' in read) return read
  const answer = read.value.evaluate(null, now)
  if ('problem' in answer) return answer
  const { value } = answer
  if (value instanceof GoTime) return { nanoseconds: value.nanoseconds }
  return { problem: `expected time.Time, but got ${typeName(value)}` }
}

// When the next measurement of a metric begins.
import type { Measurement, MetricResult } from '../api/analysis.ts'
import type { Instant } from '../std/instant.ts'
import { parseInstant } from '../std/instant.ts'
import { isOver } from './phases.ts'
import type { MetricPlan } from './plan.ts'

/** Compat: after an error, and where no interval is said. */
const RETRY_MS = 10_000

export interface RunTimes {
  readonly now: Instant
  readonly startedAt: Instant
  readonly isTerminating: boolean
}

/** The number of the measurement that comes next, or is under way; those that have ended in errors count. */
export function nextNumber(result: MetricResult | undefined): number {
  return (result?.count ?? 0) + (result?.error ?? 0) + 1
}

/** Undefined: none is to come, or one is under way. */
export function nextMeasurementAt(
  plan: MetricPlan,
  result: MetricResult | undefined,
  { now, startedAt, isTerminating }: RunTimes,
): Instant | undefined {
  if (isTerminating || isOver(result?.phase)) return undefined
  const last = result?.measurements?.at(-1)
  if (last === undefined) return startedAt + plan.initialDelayMs
  if (!isOver(last.phase) || isCountReached(plan, result)) return undefined
  const endedAt = endOf(last, startedAt)
  if (isBeyond(endedAt, now)) return now
  return Math.max(endedAt + delayAfter(plan, last), endOfCrowd(plan, result, now))
}

/** When a metric that was measured too often within a second may be measured again. */
function endOfCrowd({ retention }: MetricPlan, result: MetricResult | undefined, now: Instant): Instant {
  const first = result?.measurements?.at(-Math.min(MOST_A_SECOND, retention))
  const endedAt = first === undefined ? 0 : endOf(first, 0)
  return isBeyond(endedAt, now) ? 0 : endedAt + SECOND_MS
}

/** The clock went back: what was measured in its future says nothing about when the next one is due. */
function isBeyond(at: Instant, now: Instant): boolean {
  return at > now + JUMP_MS
}

function endOf({ finishedAt = '' }: Measurement, otherwise: Instant): Instant {
  return parseInstant(finishedAt) ?? otherwise
}

/** An interval of a millisecond must not wear out the metric server, nor the API server. */
const MOST_A_SECOND = 5
const SECOND_MS = 1000
const JUMP_MS = 60_000

function delayAfter({ intervalMs = RETRY_MS }: MetricPlan, { phase }: Measurement): number {
  return phase === 'Error' ? RETRY_MS : intervalMs
}

export function isCountReached({ count }: MetricPlan, result: MetricResult | undefined): boolean {
  return count !== undefined && (result?.count ?? 0) >= count
}

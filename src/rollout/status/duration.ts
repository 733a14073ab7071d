// How long an update took, and how much of that it waited for people: `status.duration`, from which the
// duration metrics come. Called by status.ts (station g).
import type { CompletionStatus, DurationStatus, RolloutSpec, RolloutStatus } from '../../api/rollout.ts'
import { autoPromotionEnabled, pauseSeconds } from '../../api/defaults.ts'
import type { Instant } from '../../std/instant.ts'
import { parseInstant, printInstant } from '../../std/instant.ts'
import { isPromoted } from './conditions.ts'
import type { Story } from '../story.ts'

export interface DurationFacts {
  readonly now: Instant
  readonly spec: RolloutSpec
  readonly before: RolloutStatus
  /** The status that is about to be written. */
  readonly next: RolloutStatus
  readonly progress: Story
  /** All pods of the wanted revision are available. */
  readonly isAvailable: boolean
}

export function durationOf(facts: DurationFacts): DurationStatus | undefined {
  return finished(paused(started(facts), facts), facts)
}

function started(facts: DurationFacts): DurationStatus | undefined {
  const { before, now, progress } = facts
  const duration = before.duration
  const isRunning = duration?.rolloutStartedAt !== undefined && duration.finishedAt === undefined
  const fresh: DurationStatus = { rolloutStartedAt: printInstant(now) }
  if (progress.isRetry && !progress.isPromoted) return fresh
  if (!progress.isReset) return duration ?? fresh
  if (progress.rollback === undefined) return fresh
  // Going back in the middle is the same update, which now ends otherwise.
  if (isRunning) return { ...duration, completionStatus: 'FastRolledBack' }
  return progress.isPromoted ? (duration ?? fresh) : fresh
}

function paused(duration: DurationStatus | undefined, facts: DurationFacts): DurationStatus | undefined {
  if (duration === undefined || duration.finishedAt !== undefined) return duration
  const { manualPauseStartedAt, ...rest } = duration
  if (waitsForSomebody(facts))
    return { ...duration, manualPauseStartedAt: manualPauseStartedAt ?? printInstant(facts.now) }
  return manualPauseStartedAt === undefined ? duration : afterPause(rest, manualPauseStartedAt, facts.now)
}

function afterPause(rest: DurationStatus, since: string, now: Instant): DurationStatus {
  const seconds = Math.floor((now - (parseInstant(since) ?? now)) / 1000)
  const total = (rest.totalManualPauseDurationSeconds ?? 0) + Math.max(0, seconds)
  return total === 0 ? rest : { ...rest, totalManualPauseDurationSeconds: total }
}

function finished(duration: DurationStatus | undefined, facts: DurationFacts): DurationStatus | undefined {
  if (duration === undefined || duration.finishedAt !== undefined) return duration
  const how = completion(duration, facts)
  return how === undefined
    ? duration
    : { ...duration, finishedAt: printInstant(facts.now), completionStatus: how }
}

function completion(duration: DurationStatus, facts: DurationFacts): CompletionStatus | undefined {
  if (facts.next.abort === true) return 'Aborted'
  if (!isPromoted(facts.next) || !facts.isAvailable) return undefined
  if (duration.completionStatus !== undefined) return duration.completionStatus
  return facts.progress.isFull ? 'FastPromoted' : 'Promoted'
}

/** Whether nothing goes on until a person acts; a timed pause goes on by itself. */
function waitsForSomebody({ spec, next }: DurationFacts): boolean {
  if (spec.paused === true) return true
  return (next.pauseConditions ?? []).some(({ reason }) => {
    if (reason === 'BlueGreenPause') return !autoPromotionEnabled(spec)
    if (reason !== 'CanaryPauseStep') return true
    const step = spec.strategy?.canary?.steps?.[next.currentStepIndex ?? 0]
    return step?.pause === undefined || pauseSeconds(step.pause) === undefined
  })
}

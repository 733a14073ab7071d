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
  /** The ReplicaSet of the wanted revision was made before the stable one's. */
  readonly isOlder: boolean
  /** All pods of the wanted revision are available. */
  readonly isAvailable: boolean
}

export function durationOf(facts: DurationFacts): DurationStatus | undefined {
  const duration = started(facts)
  if (duration === undefined || duration.finishedAt !== undefined) return duration
  const completionStatus = completion(duration, facts)
  if (completionStatus === undefined)
    return waitsForSomebody(facts) ? paused(duration, facts.now) : resumed(duration, facts.now)
  return { ...resumed(duration, facts.now), finishedAt: printInstant(facts.now), completionStatus }
}

function started(facts: DurationFacts): DurationStatus | undefined {
  const { before, now, progress } = facts
  const { duration } = before
  const fresh: DurationStatus = { rolloutStartedAt: printInstant(now) }
  if (progress.isRetry && !progress.isPromoted) return fresh
  if (!progress.isReset) return duration ?? (progress.isFirst ? fresh : undefined)
  // Going back in the middle is the same update, which now ends otherwise.
  const isUnderWay = duration?.rolloutStartedAt !== undefined && duration.finishedAt === undefined
  const back = goingBack(facts)
  if (isUnderWay && back !== undefined) return { ...duration, completionStatus: back }
  return progress.isPromoted ? duration : fresh
}

/** With other steps it begins anew: what was measured before proves nothing in them. */
function goingBack({ progress, isOlder, before }: DurationFacts): CompletionStatus | undefined {
  const isBack = isOlder && before.currentPodHash !== progress.hash
  if (!progress.isPromoted && !isBack) return undefined
  return progress.rollback === undefined ? 'RolledBack' : 'FastRolledBack'
}

function completion(duration: DurationStatus, facts: DurationFacts): CompletionStatus | undefined {
  const { next, progress, isAvailable } = facts
  if (next.abort === true) return duration.completionStatus ?? 'Aborted'
  if (!isPromoted(next) || !isAvailable) return undefined
  return duration.completionStatus ?? (progress.isFull ? 'FastPromoted' : 'Promoted')
}

function paused(duration: DurationStatus, now: Instant): DurationStatus {
  return { ...duration, manualPauseStartedAt: duration.manualPauseStartedAt ?? printInstant(now) }
}

/** Whole seconds of each pause; 0 tells that there was one. */
function resumed({ manualPauseStartedAt, ...rest }: DurationStatus, now: Instant): DurationStatus {
  if (manualPauseStartedAt === undefined) return rest
  const seconds = Math.floor((now - (parseInstant(manualPauseStartedAt) ?? now)) / 1000)
  const before = rest.totalManualPauseDurationSeconds ?? 0
  return { ...rest, totalManualPauseDurationSeconds: before + Math.max(0, seconds) }
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

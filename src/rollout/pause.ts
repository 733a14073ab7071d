// The pauses and the abort in a status: who holds an update, and since when. Users write here too; what they
// wrote is read in story.ts, and answered here (station g).
import { pauseSeconds } from '../api/defaults.ts'
import type { CanaryStep, PauseCondition, PauseReason, RolloutStatus } from '../api/rollout.ts'
import type { Instant } from '../std/instant.ts'
import { parseInstant, printInstant } from '../std/instant.ts'

export interface PauseChange {
  readonly now: Instant
  readonly isAborted: boolean
  /** Every pause ends: a new update, a promotion. */
  readonly clears: boolean
  readonly adds?: readonly (PauseReason | undefined)[]
  readonly removes?: PauseReason | undefined
  /** Pauses that are over by themselves: those of another strategy, and of an Experiment that has gone. */
  readonly foreign: readonly PauseReason[]
  /** What a person resumed has not been acted on yet: it is not forgotten. */
  readonly keepsResume: boolean
}

export type PauseFields = Pick<RolloutStatus, 'abort' | 'abortedAt' | 'pauseConditions' | 'controllerPause'>

/** Zero values: they take away what stood there before. */
const NONE: PauseFields = { abort: false, abortedAt: '', pauseConditions: [], controllerPause: false }

/** Compat: an abort ends every pause, and remembers when it was first seen. */
export function pauseFields(before: RolloutStatus, change: PauseChange): PauseFields {
  if (change.isAborted)
    return { ...NONE, abort: true, abortedAt: before.abortedAt ?? printInstant(change.now) }
  if (change.clears) return NONE
  const kept = (before.pauseConditions ?? []).filter(
    ({ reason }) => reason !== change.removes && !change.foreign.includes(reason),
  )
  const pauses = [...kept, ...added(kept, change)]
  if (pauses.length > 0) {
    return { ...NONE, pauseConditions: pauses, controllerPause: isController(before, change) }
  }
  return { ...NONE, controllerPause: change.keepsResume }
}

function added(kept: readonly PauseCondition[], { adds = [], now }: PauseChange): readonly PauseCondition[] {
  return adds.flatMap(reason =>
    reason === undefined || kept.some(pause => pause.reason === reason)
      ? []
      : [{ reason, startTime: printInstant(now) }],
  )
}

function isController(before: RolloutStatus, { adds = [] }: PauseChange): boolean {
  return before.controllerPause === true || adds.some(reason => reason !== undefined)
}

interface PausedStory {
  readonly status: RolloutStatus
  readonly now: Instant
  readonly wasResumed: boolean
}

/** Since when a step pauses, and until when; undefined when that has not begun. */
export function stepPause(
  { status, now }: Pick<PausedStory, 'status' | 'now'>,
  pause: CanaryStep['pause'],
): { readonly since: Instant; readonly until?: Instant } | undefined {
  const began = status.pauseConditions?.find(one => one.reason === 'CanaryPauseStep')
  if (began === undefined) return undefined
  const since = parseInstant(began.startTime) ?? now
  const seconds = pauseSeconds(pause ?? {})
  return seconds === undefined ? { since } : { since, until: since + seconds * 1000 }
}

/** Whether the pause of a step is over: its time has passed, or a person has ended it. */
export function isPauseOver(story: PausedStory, pause: CanaryStep['pause']): boolean {
  if (pause === undefined) return false
  const until = stepPause(story, pause)?.until
  return story.wasResumed || (until !== undefined && story.now >= until)
}

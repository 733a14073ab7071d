// What the change of a status tells people: status before and after → Events, in the order in which users
// know them.
import { EVENTS } from '../../api/event-words.ts'
import type { RolloutStatus } from '../../api/rollout.ts'
import type { EventNote } from '../../kube/write.ts'
import { conditionOf } from './conditions.ts'

export interface StatusChange {
  readonly before: RolloutStatus
  readonly next: RolloutStatus
  readonly revision: number
  /** Why the wanted revision became stable in this pass. */
  readonly promotedWhy: string | undefined
  /** What the strategy has to tell: weights, steps. */
  readonly told: readonly EventNote[]
  /** The update was aborted because it made no progress: Argo says so first. */
  readonly timedOutMessage: string | undefined
}

export function eventsOf(change: StatusChange): readonly EventNote[] {
  return [...begun(change), ...change.told, ...promoted(change), ...aborted(change), ...paused(change)]
}

function begun({ before, next, revision }: StatusChange): readonly EventNote[] {
  const was = conditionOf(before.conditions, 'Completed')?.status
  const is = conditionOf(next.conditions, 'Completed')?.status
  if (is !== 'False' || was === 'False') return []
  return [EVENTS.notCompleted({ revision, podHash: next.currentPodHash ?? '' })]
}

function promoted({ before, next, revision, promotedWhy }: StatusChange): readonly EventNote[] {
  if (promotedWhy === undefined || before.stableRS === next.stableRS) return []
  return [EVENTS.completed({ revision, podHash: next.currentPodHash ?? '' }, promotedWhy)]
}

function aborted({ before, next, timedOutMessage }: StatusChange): readonly EventNote[] {
  const was = conditionOf(before.conditions, 'Progressing')
  const is = conditionOf(next.conditions, 'Progressing')
  if (is?.reason !== 'RolloutAborted' || was?.reason === 'RolloutAborted') return []
  const first = timedOutMessage === undefined ? [] : [EVENTS.aborted(timedOutMessage)]
  return [...first, EVENTS.aborted(is.message)]
}

/** Compat: a pause that a person ended by clearing it, or that an abort ended, is not said to be resumed. */
function paused({ before, next }: StatusChange): readonly EventNote[] {
  const [was, is] = [before.pauseConditions?.[0], next.pauseConditions?.[0]]
  if (was === undefined && is !== undefined) return [EVENTS.paused(is.reason)]
  return was !== undefined && is === undefined && next.abort !== true ? [EVENTS.resumed] : []
}

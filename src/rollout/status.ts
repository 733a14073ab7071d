// What a Rollout reports (fourth step of a decision): the whole status, built on the stored one so that
// fields of others live on, as it will be true once the writes of this pass have succeeded; and the Events
// that its change tells.
import { timedOutMessage } from '../api/condition-words.ts'
import type { RolloutStatus } from '../api/rollout.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { Condition } from '../kube/core.ts'
import type { Wait } from '../kube/reconciler.ts'
import type { EventNote } from '../kube/write.ts'
import { hasDeadline } from '../workload/deadlines.ts'
import { actualReplicas, total } from '../workload/availability.ts'
import type { ConditionFacts } from './status/conditions.ts'
import { conditionsOf, hasTimedOut, progressDeadline } from './status/conditions.ts'
import { durationOf } from './status/duration.ts'
import { eventsOf } from './status/events.ts'
import { asStored } from './status/go-zero.ts'
import { phaseOf } from './phase.ts'
import type { Progress } from './progress.ts'
import { restartOf } from './restart.ts'
import type { RolloutSnapshot } from './snapshot.ts'
import { waitsUntil } from './status/transient.ts'
import { allReplicaSets } from './snapshot.ts'

/** What a strategy says about the status. */
export interface StrategyStatus {
  readonly fields: RolloutStatus
  /** Why the wanted revision becomes stable in this pass. */
  readonly promotedWhy: string | undefined
  readonly told: readonly EventNote[]
  /** An analysis has failed: the update is given up. */
  readonly abortWhy: string | undefined
  readonly isAvailable: boolean
  /** All pods of the wanted revision are available: an update can end. */
  readonly isComplete: boolean
  /** The present step may take as long as it likes. */
  readonly isEndless: boolean
}

export interface Outcome {
  readonly status: RolloutStatus
  readonly events: readonly EventNote[]
  readonly waits: readonly Wait[]
}

/** `ofStrategy` is asked a second time when the deadline turns out to abort the update. */
export function statusOf(
  snapshot: RolloutSnapshot,
  progress: Progress,
  ofStrategy: (progress: Progress) => StrategyStatus,
): Outcome {
  const first = draft(snapshot, progress, ofStrategy(progress))
  const { abortWhy } = first.strategy
  if (abortWhy !== undefined && !progress.isAborted) {
    const aborted = { ...progress, isAborted: true }
    return finish(
      snapshot,
      aborted,
      draft(snapshot, aborted, ofStrategy(aborted), { is: 'judged', abortWhy }),
    )
  }
  const aborts = snapshot.rollout.spec.progressDeadlineAbort === true && !progress.isPromoted
  if (!aborts || !hasTimedOut(first.facts)) return finish(snapshot, progress, first)
  const aborted = { ...progress, isAborted: true }
  const why = timedOutMessage(progress.replicaSet)
  const late = { is: 'late', abortWhy: why } as const
  return finish(snapshot, aborted, draft(snapshot, aborted, ofStrategy(aborted), late))
}

interface Draft {
  readonly facts: ConditionFacts
  readonly strategy: StrategyStatus
  readonly abort: Abort | undefined
}

/** Why this pass gives the update up. */
interface Abort {
  readonly is: 'late' | 'judged'
  readonly abortWhy: string
}

function draft(
  snapshot: RolloutSnapshot,
  progress: Progress,
  strategy: StrategyStatus,
  abort?: Abort,
): Draft {
  const { rollout, now } = snapshot
  const all = allReplicaSets(snapshot)
  const { currentStepIndex: _step, ...kept } = rollout.status ?? {}
  const next: RolloutStatus = {
    ...kept,
    ...baseFields(snapshot, progress),
    ...strategy.fields,
  }
  const facts: ConditionFacts = {
    now,
    rollout,
    next,
    replicaSet: progress.replicaSet,
    revision: progress.revision,
    isReset: progress.isReset,
    isAvailable: strategy.isAvailable,
    abortMessage: abort?.abortWhy,
    failure: replicaFailure(snapshot.current, all),
    deadlineCounts: !strategy.isEndless && !snapshot.older.some(hasDeadline),
  }
  return { facts, strategy, abort }
}

function baseFields(snapshot: RolloutSnapshot, progress: Progress): RolloutStatus {
  const { rollout, current } = snapshot
  return {
    currentPodHash: progress.hash,
    currentStepHash: progress.stepsHash,
    observedGeneration: String(rollout.metadata.generation ?? 0),
    replicas: total(actualReplicas, allReplicaSets(snapshot)),
    updatedReplicas: actualReplicas(current),
    restartedAt: restartOf(snapshot, progress).restartedAt,
    canary: {},
    blueGreen: {},
  }
}

function finish(snapshot: RolloutSnapshot, progress: Progress, { facts, strategy, abort }: Draft): Outcome {
  const { rollout, now } = snapshot
  const before = rollout.status ?? {}
  const conditions = conditionsOf(facts)
  const next = { ...facts.next, conditions }
  const { isComplete, promotedWhy, told } = strategy
  const duration = durationOf({ now, spec: rollout.spec, before, next, progress, isAvailable: isComplete })
  const status = asStored(before, {
    ...next,
    ...(duration === undefined ? {} : { duration }),
    ...phaseOf(rollout.spec, next),
  })
  const { revision } = progress
  const lateWhy = abort?.is === 'late' ? abort.abortWhy : undefined
  const events = eventsOf({ before, next, revision, promotedWhy, told, timedOutMessage: lateWhy })
  const replicaSets = allReplicaSets(snapshot)
  const until = waitsUntil(before, status, { spec: rollout.spec, replicaSets, now })
  if (until !== undefined && events.length === 0) {
    const wait = { for: 'pods to start', since: now, until }
    return { status: before, events, waits: [wait, ...deadlineWait(facts, before)] }
  }
  return { status, events, waits: deadlineWait(facts, status) }
}

/** Wakes the key when an update that makes no progress is to be called failed. */
function deadlineWait(facts: ConditionFacts, status: RolloutStatus): readonly Wait[] {
  const conditions = status.conditions ?? []
  if (!facts.deadlineCounts || status.abort === true || (status.pauseConditions?.length ?? 0) > 0) return []
  if (facts.rollout.spec.paused === true) return []
  const until = progressDeadline({ rollout: facts.rollout, conditions })
  return until === undefined || until < facts.now
    ? []
    : [{ for: `progress of ${facts.replicaSet}`, since: facts.now, until: until + 1 }]
}

function replicaFailure(current: ReplicaSet | undefined, all: readonly ReplicaSet[]): Condition | undefined {
  const failureOf = (one: ReplicaSet | undefined) =>
    one?.status?.conditions?.find(condition => condition.type === 'ReplicaFailure')
  return failureOf(current) ?? all.map(failureOf).find(found => found !== undefined)
}

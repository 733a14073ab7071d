// What a strategy has to report, and the facts by which its conditions are judged (station g): read by the
// verdict on the update, and by the status.
import type { RolloutStatus } from '../api/rollout.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { Condition } from '../kube/core.ts'
import type { EventNote } from '../kube/write.ts'
import { actualReplicas, total, wantedReplicas } from '../workload/availability.ts'
import { hasDeadline } from '../workload/deadlines.ts'
import type { Restart } from './restart.ts'
import type { ConditionFacts } from './status/conditions.ts'
import type { Story } from './story.ts'

export interface StrategyReport {
  readonly fields: RolloutStatus
  /** Why the wanted revision becomes stable in this pass. */
  readonly promotedWhy: string | undefined
  /** What is told before, and after, the change of weights. */
  readonly skipped: readonly EventNote[]
  readonly told: readonly EventNote[]
  readonly isAvailable: boolean
  /** All pods of the wanted revision are available: an update can end. */
  readonly isComplete: boolean
  /** The present step may take as long as it likes. */
  readonly isEndless: boolean
}

/** `abortWhy`: why this pass gives the update up. */
export function conditionFacts(
  story: Story,
  { report, restart }: { readonly report: StrategyReport; readonly restart: Restart },
  abortWhy?: string,
): ConditionFacts {
  const { rollout, now, status } = story
  const { currentStepIndex: _step, ...kept } = status
  return {
    now,
    rollout,
    next: { ...kept, ...baseFields(story, restart), ...report.fields },
    replicaSet: story.replicaSet,
    revision: story.revision,
    isReset: story.isReset,
    isAvailable: report.isAvailable,
    abortMessage: abortWhy,
    failure: replicaFailure(story.current, story.all),
    deadlineCounts:
      !report.isEndless && !story.older.some(one => hasDeadline(one) && wantedReplicas(one) > 0),
  }
}

function baseFields(story: Story, { restartedAt }: Restart): RolloutStatus {
  return {
    currentPodHash: story.hash,
    currentStepHash: story.stepsHash,
    observedGeneration: String(story.rollout.metadata.generation ?? 0),
    replicas: total(actualReplicas, story.all),
    updatedReplicas: actualReplicas(story.current),
    restartedAt,
    canary: {},
    blueGreen: {},
  }
}

function replicaFailure(current: ReplicaSet | undefined, all: readonly ReplicaSet[]): Condition | undefined {
  const failureOf = (one: ReplicaSet | undefined) =>
    one?.status?.conditions?.find(condition => condition.type === 'ReplicaFailure')
  return failureOf(current) ?? all.map(failureOf).find(found => found !== undefined)
}

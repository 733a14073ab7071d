// What a ReplicaSet reports: counts of its active pods, the generation that was acted on, and a failure to create or
// delete pods as a condition.
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Condition, Pod } from '../../kube/core.ts'
import type { KubeError } from '../../kube/errors.ts'
import type { Wait } from '../../kube/reconciler.ts'
import { parseInstant, printInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import { present } from '../../std/present.ts'
import { availableFrom, isReady } from './pod-readiness.ts'

export type ReplicaSetStatus = NonNullable<ReplicaSet['status']>

const REPLICA_FAILURE = 'ReplicaFailure'
const RETRY_AT_LEAST_MS = 1000
const RETRY_AT_MOST_MS = 60_000

/** Zero counts are left out, `replicas` apart, as Kubernetes prints them. */
export function replicaSetStatus(
  replicaSet: ReplicaSet,
  pods: readonly Pod[],
  now: Instant,
): ReplicaSetStatus {
  const templateLabels = Object.entries(replicaSet.spec.template.metadata?.labels ?? {})
  const minReadySeconds = replicaSet.spec.minReadySeconds ?? 0
  const count = (isCounted: (pod: Pod) => boolean) => pods.filter(isCounted).length || undefined
  const conditions = replicaSet.status?.conditions?.filter(condition => condition.type !== REPLICA_FAILURE)
  return present<ReplicaSetStatus>({
    ...replicaSet.status,
    replicas: pods.length,
    fullyLabeledReplicas: count(pod =>
      templateLabels.every(([name, value]) => pod.metadata.labels?.[name] === value),
    ),
    readyReplicas: count(isReady),
    availableReplicas: count(pod => (availableFrom(pod, minReadySeconds) ?? Infinity) <= now),
    observedGeneration: replicaSet.metadata.generation,
    conditions: conditions?.length ? conditions : undefined,
  })
}

/** The same status with the failure in it. A failure that lasts keeps its first reason and time, as in Kubernetes. */
export function withFailure(
  status: ReplicaSetStatus,
  replicaSet: ReplicaSet,
  failure: { reason: string; error: KubeError; now: Instant },
): ReplicaSetStatus {
  const known = failureOf(replicaSet)
  const condition: Condition = known ?? {
    type: REPLICA_FAILURE,
    status: 'True',
    lastTransitionTime: printInstant(failure.now),
    reason: failure.reason,
    message: failure.error.message,
  }
  return { ...status, conditions: [...(status.conditions ?? []), condition] }
}

/** When to try again: after as long as it has failed already, so that the attempts thin out. */
export function retryWait(replicaSet: ReplicaSet, now: Instant): Wait {
  const since = parseInstant(failureOf(replicaSet)?.lastTransitionTime ?? '') ?? now
  const delayMs = Math.min(RETRY_AT_MOST_MS, Math.max(RETRY_AT_LEAST_MS, now - since))
  return { for: `another attempt for ${replicaSet.metadata.name}`, since, until: now + delayMs }
}

/** The next ready pod that will become available by the mere passing of time. */
export function availabilityWaits(replicaSet: ReplicaSet, pods: readonly Pod[], now: Instant): Wait[] {
  const minReadySeconds = replicaSet.spec.minReadySeconds ?? 0
  const dues = pods
    .map(pod => availableFrom(pod, minReadySeconds) ?? Infinity)
    .filter(due => due > now && due < Infinity)
  if (dues.length === 0) return []
  return [{ for: `minReadySeconds of ${replicaSet.metadata.name}`, since: now, until: Math.min(...dues) }]
}

function failureOf(replicaSet: ReplicaSet): Condition | undefined {
  return replicaSet.status?.conditions?.find(condition => condition.type === REPLICA_FAILURE)
}

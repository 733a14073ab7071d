// How many pods ReplicaSets have, and whether that is enough: questions that both strategies and experiments
// ask.
import type { ReplicaProgressThreshold } from '../api/rollout.ts'
import { DESIRED_REPLICAS } from '../api/words.ts'
import type { ReplicaSet } from '../kube/apps.ts'

type Several = readonly (ReplicaSet | undefined)[]

/** What it should have; an API server fills in 1 where nothing is said. */
export function wantedReplicas(replicaSet: ReplicaSet | undefined): number {
  return replicaSet === undefined ? 0 : (replicaSet.spec.replicas ?? 1)
}

export function actualReplicas(replicaSet: ReplicaSet | undefined): number {
  return replicaSet?.status?.replicas ?? 0
}

export function readyReplicas(replicaSet: ReplicaSet | undefined): number {
  return replicaSet?.status?.readyReplicas ?? 0
}

export function availableReplicas(replicaSet: ReplicaSet | undefined): number {
  return replicaSet?.status?.availableReplicas ?? 0
}

/** Available pods that stay: one that is to go carries nobody for long. */
export function stayingReplicas(replicaSet: ReplicaSet | undefined): number {
  return Math.min(wantedReplicas(replicaSet), availableReplicas(replicaSet))
}

/** The sum of one of the counts above over several ReplicaSets. */
export function total(count: (replicaSet: ReplicaSet | undefined) => number, replicaSets: Several): number {
  return replicaSets.reduce((sum, one) => sum + count(one), 0)
}

/** Whether it has, or should have, any pod. */
export function isActive(replicaSet: ReplicaSet | undefined): boolean {
  return wantedReplicas(replicaSet) > 0 || actualReplicas(replicaSet) > 0
}

/** `spec.replicas` of the Rollout when the ReplicaSet was last scaled; undefined when it never was. */
export function desiredReplicas(replicaSet: ReplicaSet): number | undefined {
  const text = replicaSet.metadata.annotations?.[DESIRED_REPLICAS]
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined
}

/** Whether it was scaled to the Rollout's whole size and all its pods are available. */
export function isSaturated(replicaSet: ReplicaSet | undefined, replicas: number): boolean {
  return (
    replicaSet !== undefined &&
    wantedReplicas(replicaSet) === replicas &&
    desiredReplicas(replicaSet) === replicas &&
    availableReplicas(replicaSet) === replicas
  )
}

/**
 * Whether the new ReplicaSet has come far enough to go on. Without a threshold: it was scaled to `desired`
 * and all are available. With one: enough are available and stay, whatever it was scaled to.
 */
export function hasReached(
  replicaSet: ReplicaSet | undefined,
  desired: number,
  threshold?: ReplicaProgressThreshold,
): boolean {
  const available = availableReplicas(replicaSet)
  if (threshold === undefined) return wantedReplicas(replicaSet) === desired && available === desired
  const staying = stayingReplicas(replicaSet)
  if (threshold.type !== 'Percent') return staying >= Math.min(threshold.value, desired)
  return desired === 0 || (staying / desired) * 100 >= threshold.value
}

/** Whether it has and wants no pods, and its controller has seen that. */
export function hasNoPods(replicaSet: ReplicaSet): boolean {
  const isSeen = (replicaSet.metadata.generation ?? 0) <= (replicaSet.status?.observedGeneration ?? 0)
  return isSeen && wantedReplicas(replicaSet) === 0 && actualReplicas(replicaSet) === 0
}

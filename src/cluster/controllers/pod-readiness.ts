// What controllers ask about a pod: is it still active, ready, and since when; available after minReadySeconds.
import type { Condition, Pod } from '../../kube/core.ts'
import { parseInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'

/** Neither finished nor on its way out: what a ReplicaSet counts. */
export function isActive(pod: Pod): boolean {
  return !isFinished(pod) && pod.metadata.deletionTimestamp === undefined
}

export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}

export function isReady(pod: Pod): boolean {
  return readyCondition(pod)?.status === 'True'
}

/** When the pod became ready; undefined while it is not. */
export function readySince(pod: Pod): Instant | undefined {
  const condition = readyCondition(pod)
  if (condition?.status !== 'True' || condition.lastTransitionTime === undefined) return undefined
  return parseInstant(condition.lastTransitionTime)
}

/** When a ready pod counts as available; undefined while it is not ready. */
export function availableFrom(pod: Pod, minReadySeconds: number): Instant | undefined {
  if (!isReady(pod)) return undefined
  if (minReadySeconds === 0) return -Infinity
  const since = readySince(pod)
  return since === undefined ? undefined : since + minReadySeconds * 1000
}

function readyCondition(pod: Pod): Condition | undefined {
  return pod.status?.conditions?.find(condition => condition.type === 'Ready')
}

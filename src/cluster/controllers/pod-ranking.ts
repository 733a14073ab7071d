// Which pods a ReplicaSet gives up first, in Kubernetes' order: unassigned, pending, not ready, cheap to delete,
// young, often restarted. Ages are compared by their logarithm, so that among pods of much the same age chance decides.
import type { Pod } from '../../kube/core.ts'
import { parseInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import { isReady, readySince } from './pod-readiness.ts'

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'
const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/** The pods in the order in which they should go. All share one node, so no node is doubled up. */
export function inDeletionOrder(pods: readonly Pod[], now: Instant): readonly Pod[] {
  return pods.toSorted((a, b) => compareForDeletion(a, b, now))
}

/** Negative when `a` goes before `b`. */
function compareForDeletion(a: Pod, b: Pod, now: Instant): number {
  return (
    Number(isAssigned(a)) - Number(isAssigned(b)) ||
    phaseRank(a) - phaseRank(b) ||
    Number(isReady(a)) - Number(isReady(b)) ||
    deletionCost(a) - deletionCost(b) ||
    compareReadyTime(a, b, now) ||
    restarts(b) - restarts(a) ||
    youngerFirst({ a, b, since: createdAt, now })
  )
}

function isAssigned(pod: Pod): boolean {
  return (pod.spec.nodeName ?? '') !== ''
}

function phaseRank(pod: Pod): number {
  return PHASE_ORDER[pod.status?.phase ?? 'Pending'] ?? 0
}

/** A cost that is not a 32-bit integer counts as none, as in Kubernetes. */
function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[DELETION_COST] ?? '0'
  if (!/^(0|-?[1-9]\d*)$/.test(text)) return 0
  const cost = Number(text)
  return Math.abs(cost) <= 2 ** 31 - 1 || cost === -(2 ** 31) ? cost : 0
}

function compareReadyTime(a: Pod, b: Pod, now: Instant): number {
  if (!isReady(a) || !isReady(b)) return 0
  return youngerFirst({ a, b, since: readySince, now })
}

function createdAt(pod: Pod): Instant | undefined {
  return parseInstant(pod.metadata.creationTimestamp ?? '')
}

interface AgeComparison {
  readonly a: Pod
  readonly b: Pod
  readonly since: (pod: Pod) => Instant | undefined
  readonly now: Instant
}

function youngerFirst({ a, b, since, now }: AgeComparison): number {
  const [fromA, fromB] = [since(a), since(b)]
  if (fromA === fromB) return 0
  if (fromA === undefined) return -1
  if (fromB === undefined) return 1
  const difference = logarithmOfAge(fromA, now) - logarithmOfAge(fromB, now)
  return difference !== 0 ? difference : (a.metadata.uid ?? '') < (b.metadata.uid ?? '') ? -1 : 1
}

function logarithmOfAge(since: Instant, now: Instant): number {
  const nanoseconds = (now - since) * 1e6
  return nanoseconds > 0 ? Math.trunc(Math.log2(nanoseconds)) : -1
}

function restarts(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map(container => container.restartCount))
}

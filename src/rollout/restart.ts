// A restart: every pod that is older than `restartAt` is evicted, only as many at a time as may be missing.
// PodDisruptionBudgets are honoured by the API server; a refused eviction is tried again (trim, in
// moves.ts).
import { maxUnavailable } from '../api/defaults.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import { isConditionTrue } from '../kube/conditions.ts'
import type { Pod } from '../kube/core.ts'
import { POD } from '../kube/kinds.ts'
import { refOf } from '../kube/object.ts'
import type { Wait } from '../kube/reconciler.ts'
import type { Write } from '../kube/write.ts'
import type { Instant } from '../std/instant.ts'
import { parseInstant } from '../std/instant.ts'
import { stayingReplicas, total, wantedReplicas } from '../workload/availability.ts'
import type { Story } from './story.ts'

export interface Restart {
  readonly evictions: readonly Write[]
  readonly waits: readonly Wait[]
  /** `spec.restartAt`, once every pod is younger. */
  readonly restartedAt: string
}

/** How soon a refused eviction is tried again. */
const RETRY_MS = 30_000

export function restartOf(story: Story): Restart {
  const { rollout, now } = story
  const { restartAt = '' } = rollout.spec
  const restartedAt = rollout.status?.restartedAt ?? ''
  const due = parseInstant(restartAt)
  // Compat: a new template restarts everything by itself; one that is planned for later is still to come.
  const isAhead = due !== undefined && now < due
  if (story.isReset) return { evictions: [], waits: [], restartedAt: isAhead ? restartedAt : restartAt }
  if (due === undefined || due === parseInstant(restartedAt)) return { evictions: [], waits: [], restartedAt }
  if (isAhead) return { evictions: [], waits: [{ for: 'restart', since: now, until: due }], restartedAt }
  const old = Object.values(story.snapshot.pods).flatMap(pods => pods.filter(pod => isOlder(pod, due)))
  if (old.length === 0) return { evictions: [], waits: [], restartedAt: restartAt }
  const wait = { for: 'pods to be restarted', since: now, until: now + RETRY_MS }
  return { evictions: evict(story, old), waits: [wait], restartedAt }
}

function isOlder(pod: Pod, due: Instant): boolean {
  const { creationTimestamp = '', deletionTimestamp } = pod.metadata
  return deletionTimestamp === undefined && (parseInstant(creationTimestamp) ?? 0) < due
}

/** A ReplicaSet learns late of pods that were evicted; and a pod that is ready now need not be available yet. */
function carrying({ snapshot }: Story, replicaSet: ReplicaSet | undefined): number {
  const pods = snapshot.pods[replicaSet?.metadata.name ?? ''] ?? []
  return Math.min(stayingReplicas(replicaSet), pods.filter(isReady).length)
}

function isReady(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && isConditionTrue(pod, 'Ready')
}

/** Of a revision that has several, one stays ready: its share of the users has nobody else. */
function restartable({ snapshot }: Story, replicaSet: ReplicaSet, old: readonly Pod[]): readonly Pod[] {
  const ready = (snapshot.pods[replicaSet.metadata.name] ?? []).filter(isReady)
  const isLast = wantedReplicas(replicaSet) > 1 ? 1 : 0
  return ready.filter(pod => old.includes(pod)).slice(0, Math.max(0, ready.length - isLast))
}

/** Pods that are not ready may go at once: nothing is lost with them. */
function evict(story: Story, old: readonly Pod[]): readonly Write[] {
  const broken = old.filter(pod => !isReady(pod))
  return [...broken, ...evictable(story, old)].map(pod => ({
    verb: 'evict',
    target: refOf(POD, pod),
    why: `restart pod ${pod.metadata.name}`,
  }))
}

/**
 * As many as may be missing. Without a router of a canary the pods of all revisions serve the same users; else what
 * another revision lacks is no reason to wait.
 */
function evictable(story: Story, old: readonly Pod[]): readonly Pod[] {
  const { all, replicas, rollout } = story
  const { canary } = rollout.spec.strategy ?? {}
  const spare = Math.max(1, maxUnavailable(rollout.spec))
  const of = (sets: readonly ReplicaSet[], whole: number) => {
    const budget = Math.max(0, total(one => carrying(story, one), sets) - (whole - spare))
    return sets.flatMap(one => restartable(story, one, old)).slice(0, budget)
  }
  if (canary !== undefined && canary.trafficRouting === undefined)
    return of(all, Math.max(replicas, total(wantedReplicas, all)))
  return all.flatMap(one => of([one], wantedReplicas(one))).slice(0, spare)
}

// The ReplicaSet controller: as many active pods as are wanted, adopted, released, created and deleted as Kubernetes
// does it. Reads a snapshot, gives writes; runtime/loop/loop.ts plays it.
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Cache } from '../../kube/cache.ts'
import type { Pod } from '../../kube/core.ts'
import type { KubeError } from '../../kube/errors.ts'
import { POD, REPLICA_SET } from '../../kube/kinds.ts'
import { controllerKeys, controllerOf, keyOf, parseKey } from '../../kube/object.ts'
import type { Key, KubeObject } from '../../kube/object.ts'
import type { Reconciler } from '../../kube/reconciler.ts'
import { matches } from '../../kube/selector.ts'
import type { EventNote, Write } from '../../kube/write.ts'
import type { Instant } from '../../std/instant.ts'
import { inDeletionOrder } from './pod-ranking.ts'
import { isActive } from './pod-readiness.ts'
import { adoptPod, createPod, deletePod, releasePod } from './replica-set-pods.ts'
import { availabilityWaits, replicaSetStatus, retryWait, withFailure } from './replica-set-status.ts'
import type { ReplicaSetStatus } from './replica-set-status.ts'

/** How many pods one pass creates or deletes at most; the next pass sees them all and goes on. */
const BATCH = 100

const OWNED = 'owned-by-controller'
const ORPHANS = 'orphans-by-namespace'

export interface ReplicaSetSnapshot {
  readonly now: Instant
  readonly replicaSet: ReplicaSet
  /** Active pods that name this ReplicaSet as their controller. */
  readonly owned: readonly Pod[]
  /** Active pods without a controller that its selector matches. */
  readonly orphans: readonly Pod[]
}

export const replicaSets: Reconciler<ReplicaSetSnapshot, ReplicaSetStatus> = {
  kind: REPLICA_SET,
  indices: {
    [OWNED]: { of: POD, values: pod => uidOfController(pod) },
    [ORPHANS]: {
      of: POD,
      values: pod => (controllerOf(pod) === undefined ? [pod.metadata.namespace ?? ''] : []),
    },
  },
  watches: [
    { kind: REPLICA_SET, keysFor: (now, before) => [keyOf((now ?? before) as KubeObject)] },
    {
      kind: POD,
      keysFor: (now, before, cache) => [
        ...new Set([now, before].flatMap(pod => (pod ? keysOfPod(pod, cache) : []))),
      ],
    },
  ],
  gather(key, cache, now) {
    const { namespace, name } = parseKey(key)
    const replicaSet = cache.get<ReplicaSet>({ kind: REPLICA_SET, namespace, name })
    if (replicaSet === undefined) return undefined
    const owned = cache.by<Pod>(POD, OWNED, replicaSet.metadata.uid ?? '').filter(isActive)
    const orphans = cache.by<Pod>(POD, ORPHANS, namespace).filter(pod => {
      return isActive(pod) && selects(replicaSet, pod)
    })
    return { now, replicaSet, owned, orphans }
  },
  decide({ now, replicaSet, owned, orphans }) {
    const isLeaving = replicaSet.metadata.deletionTimestamp !== undefined
    const strangers = owned.filter(pod => !selects(replicaSet, pod))
    const adopted = isLeaving ? [] : orphans
    const pods = [...owned.filter(pod => selects(replicaSet, pod)), ...adopted]
    return {
      writes: [
        ...strangers.map(pod => releasePod(replicaSet, pod)),
        ...adopted.map(pod => adoptPod(replicaSet, pod)),
        ...(isLeaving ? [] : towardsWanted(replicaSet, pods, now)),
      ],
      status: replicaSetStatus(replicaSet, pods, now),
      waits: availabilityWaits(replicaSet, pods, now),
    }
  },
  recover({ now, replicaSet, owned }, write, error) {
    const failure = failureOf(write, error)
    if (failure === undefined) return undefined
    const pods = owned.filter(pod => selects(replicaSet, pod))
    const status = replicaSetStatus(replicaSet, pods, now)
    return {
      writes: [],
      waits: [retryWait(replicaSet, now)],
      status: withFailure(status, replicaSet, { reason: failure.reason, error, now }),
      events: [failure],
    }
  },
}

function towardsWanted(replicaSet: ReplicaSet, pods: readonly Pod[], now: Instant): Write[] {
  const missing = (replicaSet.spec.replicas ?? 1) - pods.length
  if (missing < 0) return inDeletionOrder(pods, now).slice(0, Math.min(-missing, BATCH)).map(deletePod)
  const { uid, resourceVersion } = replicaSet.metadata
  const seed = [uid, resourceVersion, now, pods.length].join('/')
  return Array.from({ length: Math.min(missing, BATCH) }, (_, i) => createPod(replicaSet, `${seed}/${i}`))
}

/** What people are told of a write that was refused; undefined where a fresh look at the cluster mends it. */
function failureOf(write: Write, error: KubeError): EventNote | undefined {
  if (['AlreadyExists', 'Conflict', 'NotFound', 'Unreachable'].includes(error.reason)) return undefined
  if (write.verb === 'create')
    return { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${error.message}` }
  if (write.verb === 'delete')
    return { type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${error.message}` }
  return undefined
}

function selects(replicaSet: ReplicaSet, pod: Pod): boolean {
  return matches(replicaSet.spec.selector, pod.metadata.labels)
}

function uidOfController(pod: KubeObject): readonly string[] {
  const owner = controllerOf(pod)
  return owner === undefined ? [] : [owner.uid]
}

function keysOfPod(pod: KubeObject, cache: Cache): readonly Key[] {
  const namespace = pod.metadata.namespace ?? ''
  if (controllerOf(pod) !== undefined) return controllerKeys(pod, REPLICA_SET)
  return cache
    .list<ReplicaSet>(REPLICA_SET, namespace)
    .filter(replicaSet => selects(replicaSet, pod as Pod))
    .map(keyOf)
}

// A ReplicaSet with its pods, as people see it: what it is to its rollout (stable, canary, …), how it is, how
// long it has left.
import { EXPERIMENT_TEMPLATE_NAME, POD_TEMPLATE_HASH, SCALE_DOWN_DEADLINE } from '../api/words.ts'
import type { Rollout } from '../api/rollout.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { Pod } from '../kube/core.ts'
import { podSummary } from '../workload/pod-status.ts'
import { revisionOf } from '../workload/replica-set.ts'
import { byAge, byRevisionThenName, ownedBy } from './owned.ts'
import { icon } from './words.ts'

export type Tag = 'stable' | 'canary' | 'active' | 'preview' | 'ping' | 'pong'

export interface PodView {
  readonly name: string
  readonly createdAt: string
  readonly status: string
  readonly icon: string
  readonly ready: number
  readonly total: number
  readonly restarts: number
}

export interface ReplicaSetView {
  readonly name: string
  readonly createdAt: string
  readonly revision: number
  readonly status: 'Healthy' | 'Progressing' | 'ScaledDown' | 'ReplicaFailure'
  readonly icon: string
  readonly tags: readonly Tag[]
  /** The template of an Experiment that it runs. */
  readonly template?: string
  readonly replicas: number
  readonly available: number
  readonly images: readonly string[]
  /** When its pods will go, as RFC 3339. */
  readonly scaleDownAt?: string
  readonly pods: readonly PodView[]
}

export interface ReplicaSetParts {
  readonly replicaSets: readonly ReplicaSet[]
  readonly pods: readonly Pod[]
}

/** The ReplicaSets that a Rollout or an Experiment owns; only those of a rollout have tags. */
export function replicaSetViews(
  owner: Parameters<typeof ownedBy>[0],
  parts: ReplicaSetParts,
  rollout?: Rollout,
): ReplicaSetView[] {
  return ownedBy(owner, parts.replicaSets)
    .map(one => replicaSetView(one, ownedBy(one, parts.pods), rollout))
    .toSorted(byRevisionThenName)
}

function replicaSetView(one: ReplicaSet, pods: readonly Pod[], rollout: Rollout | undefined): ReplicaSetView {
  const status = statusOf(one)
  const annotations = one.metadata.annotations ?? {}
  const scaleDownAt = annotations[SCALE_DOWN_DEADLINE]
  const template = annotations[EXPERIMENT_TEMPLATE_NAME]
  const hash = one.metadata.labels?.[POD_TEMPLATE_HASH] ?? ''
  return {
    name: one.metadata.name,
    createdAt: one.metadata.creationTimestamp ?? '',
    revision: revisionOf(one),
    status,
    icon: icon('replica set', status),
    tags: rollout === undefined ? [] : tagsOf(rollout, hash),
    ...(template === undefined ? {} : { template }),
    replicas: one.status?.replicas ?? 0,
    available: one.status?.availableReplicas ?? 0,
    images: one.spec.template.spec.containers.map(container => container.image ?? ''),
    ...(scaleDownAt === undefined || scaleDownAt === '' ? {} : { scaleDownAt }),
    pods: pods.map(podView).toSorted(byAge),
  }
}

function podView(pod: Pod): PodView {
  const { word, ready, total, restarts } = podSummary(pod)
  return {
    name: pod.metadata.name,
    createdAt: pod.metadata.creationTimestamp ?? '',
    status: word,
    icon: icon('pod', word),
    ready,
    total,
    restarts,
  }
}

function statusOf(one: ReplicaSet): ReplicaSetView['status'] {
  const { replicas } = one.spec
  const { observedGeneration = 0, availableReplicas = 0, conditions = [] } = one.status ?? {}
  if ((one.metadata.generation ?? 0) > observedGeneration) return 'Progressing'
  if (conditions.some(condition => condition.type === 'ReplicaFailure' && condition.status === 'True')) {
    return 'ReplicaFailure'
  }
  if (availableReplicas < (replicas ?? 0)) return 'Progressing'
  return replicas === 0 ? 'ScaledDown' : 'Healthy'
}

/**
 * What the ReplicaSet with this hash is to the rollout. A hash that is the stable one is never the canary
 * too.
 */
function tagsOf(rollout: Rollout, hash: string): Tag[] {
  const { status = {} } = rollout
  const isStable = status.stableRS === hash
  if (rollout.spec.strategy?.canary !== undefined) {
    const role: Tag | undefined = isStable ? 'stable' : status.currentPodHash === hash ? 'canary' : undefined
    return role === undefined ? [] : [role, ...pingPongTag(rollout, isStable)]
  }
  if (rollout.spec.strategy?.blueGreen === undefined) return []
  const isActive = status.blueGreen?.activeSelector === hash
  const isPreview = status.blueGreen?.previewSelector === hash && !isActive
  return [
    ...(isStable ? (['stable'] as const) : []),
    ...(isActive ? (['active'] as const) : []),
    ...(isPreview ? (['preview'] as const) : []),
  ]
}

function pingPongTag(rollout: Rollout, isStable: boolean): Tag[] {
  if (rollout.spec.strategy?.canary?.pingPong === undefined) return []
  const stableIsPing = rollout.status?.canary?.stablePingPong === 'ping'
  return [stableIsPing === isStable ? 'ping' : 'pong']
}

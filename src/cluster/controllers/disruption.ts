// The disruption controller: how many pods of a PodDisruptionBudget may be evicted now. The eviction itself is decided
// by the API server, which notes the evicted pod here; what is noted and does not go is forgotten after two minutes.
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Cache } from '../../kube/cache.ts'
import type { Condition, LabelSelector, Pod } from '../../kube/core.ts'
import { scaledValue } from '../../kube/int-or-string.ts'
import type { IntOrString } from '../../kube/int-or-string.ts'
import { POD, POD_DISRUPTION_BUDGET, REPLICA_SET } from '../../kube/kinds.ts'
import { controllerOf, keyOf, parseKey } from '../../kube/object.ts'
import type { Key, KubeObject } from '../../kube/object.ts'
import type { Decision, Reconciler } from '../../kube/reconciler.ts'
import { matches } from '../../kube/selector.ts'
import type { EventNote } from '../../kube/write.ts'
import { parseInstant, printInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import { isReady } from './pod-readiness.ts'

export interface PodDisruptionBudget extends KubeObject {
  readonly spec: {
    readonly minAvailable?: IntOrString
    readonly maxUnavailable?: IntOrString
    readonly selector?: LabelSelector
  }
  readonly status?: DisruptionStatus
}

export interface DisruptionStatus {
  readonly disruptedPods?: Readonly<Record<string, string>>
  readonly currentHealthy?: number
  readonly desiredHealthy?: number
  readonly disruptionsAllowed?: number
  readonly expectedPods?: number
  readonly observedGeneration?: number
  readonly conditions?: readonly DisruptionCondition[]
}

type DisruptionCondition = Condition & { readonly observedGeneration?: number }

export interface DisruptionSnapshot {
  readonly now: Instant
  readonly budget: PodDisruptionBudget
  readonly pods: readonly Pod[]
  /** The ReplicaSets that control some of the pods. */
  readonly replicaSets: readonly ReplicaSet[]
}

const EVICTED_WITHIN_MS = 120_000
const DISRUPTION_ALLOWED = 'DisruptionAllowed'

export const disruption: Reconciler<DisruptionSnapshot, DisruptionStatus> = {
  kind: POD_DISRUPTION_BUDGET,
  indices: {},
  watches: [
    {
      kind: POD_DISRUPTION_BUDGET,
      optional: true,
      keysFor: (now, before) => [keyOf((now ?? before) as KubeObject)],
    },
    {
      kind: POD,
      keysFor: (now, before, cache) => [
        ...new Set([now, before].flatMap(pod => (pod ? keysOfPod(pod as Pod, cache) : []))),
      ],
    },
    {
      kind: REPLICA_SET,
      keysFor: (now, before, cache) => keysOfNamespace((now ?? before) as KubeObject, cache),
    },
  ],
  gather(key, cache, now) {
    const { namespace, name } = parseKey(key)
    const budget = cache.get<PodDisruptionBudget>({ kind: POD_DISRUPTION_BUDGET, namespace, name })
    if (budget === undefined) return undefined
    const pods = cache.list<Pod>(POD, namespace).filter(pod => covers(budget, pod))
    const owners = new Set(pods.map(pod => controllerOf(pod)?.uid))
    const replicaSets = cache
      .list<ReplicaSet>(REPLICA_SET, namespace)
      .filter(one => owners.has(one.metadata.uid))
    return { now, budget, pods, replicaSets }
  },
  decide,
}

function decide({ now, budget, pods, replicaSets }: DisruptionSnapshot): Decision<DisruptionStatus> {
  const disrupted = stillExpected(budget, pods, now)
  const expected = expectation(budget, pods, replicaSets)
  const healthy = pods.filter(pod => {
    return pod.metadata.deletionTimestamp === undefined && !(pod.metadata.name in disrupted) && isReady(pod)
  }).length
  const spare = healthy - expected.desiredHealthy
  const disruptionsAllowed = expected.pods > 0 && spare > 0 ? spare : 0
  const { generation } = budget.metadata
  const status = {
    ...(Object.keys(disrupted).length > 0 && { disruptedPods: disrupted }),
    currentHealthy: healthy,
    desiredHealthy: expected.desiredHealthy,
    disruptionsAllowed,
    expectedPods: expected.pods,
    ...(generation !== undefined && { observedGeneration: generation }),
    conditions: conditionsOf(budget, { isAllowed: disruptionsAllowed > 0, now }),
  }
  const dues = Object.values(disrupted).map(at => (parseInstant(at) ?? now) + EVICTED_WITHIN_MS)
  return {
    writes: [],
    status,
    ...(expected.unmanaged > 0 && { events: [UNMANAGED] }),
    ...(dues.length > 0 && { waits: [{ for: 'evicted pods to go', since: now, until: Math.min(...dues) }] }),
  }
}

const UNMANAGED: EventNote = {
  type: 'Warning',
  reason: 'UnmanagedPods',
  message: 'Pods selected by this PodDisruptionBudget were found to be unmanaged. They do not count.',
}

/** The pods whose eviction was granted and that have not begun to go yet. */
function stillExpected(
  { status }: PodDisruptionBudget,
  pods: readonly Pod[],
  now: Instant,
): Readonly<Record<string, string>> {
  const noted = Object.entries(status?.disruptedPods ?? {}).filter(([name, at]) => {
    const pod = pods.find(one => one.metadata.name === name)
    const isLeaving = pod === undefined || pod.metadata.deletionTimestamp !== undefined
    return !isLeaving && (parseInstant(at) ?? 0) + EVICTED_WITHIN_MS >= now
  })
  return Object.fromEntries(noted)
}

interface Expectation {
  readonly pods: number
  readonly desiredHealthy: number
  /** Pods without a controller: a percentage cannot count them. */
  readonly unmanaged: number
}

function expectation(
  { spec }: PodDisruptionBudget,
  pods: readonly Pod[],
  replicaSets: readonly ReplicaSet[],
): Expectation {
  const { minAvailable, maxUnavailable } = spec
  if (maxUnavailable === undefined && typeof minAvailable === 'number')
    return { pods: pods.length, desiredHealthy: minAvailable, unmanaged: 0 }
  const scale = replicaSets.reduce((sum, one) => sum + (one.spec.replicas ?? 1), 0)
  const unmanaged = pods.filter(pod => controllerOf(pod) === undefined).length
  const missing = scaledValue(maxUnavailable ?? 0, scale, 'up') ?? 0
  const desiredHealthy =
    maxUnavailable === undefined
      ? (scaledValue(minAvailable ?? 0, scale, 'up') ?? 0)
      : Math.max(0, scale - missing)
  return { pods: scale, desiredHealthy, unmanaged }
}

function conditionsOf(
  { metadata, status }: PodDisruptionBudget,
  { isAllowed, now }: { isAllowed: boolean; now: Instant },
): readonly DisruptionCondition[] {
  const before = status?.conditions?.find(one => one.type === DISRUPTION_ALLOWED)
  const wanted = isAllowed ? 'True' : 'False'
  const since = before?.status === wanted ? before.lastTransitionTime : undefined
  return [
    {
      type: DISRUPTION_ALLOWED,
      status: wanted,
      reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
      message: '',
      observedGeneration: metadata.generation ?? 0,
      lastTransitionTime: since ?? printInstant(now),
    },
  ]
}

/** Without a selector nothing is covered; an empty one covers the namespace. */
function covers({ spec }: PodDisruptionBudget, pod: Pod): boolean {
  return spec.selector !== undefined && matches(spec.selector, pod.metadata.labels)
}

function keysOfPod(pod: Pod, cache: Cache): readonly Key[] {
  return cache
    .list<PodDisruptionBudget>(POD_DISRUPTION_BUDGET, pod.metadata.namespace ?? '')
    .filter(budget => covers(budget, pod))
    .map(keyOf)
}

function keysOfNamespace(object: KubeObject, cache: Cache): readonly Key[] {
  return cache.list(POD_DISRUPTION_BUDGET, object.metadata.namespace ?? '').map(keyOf)
}

// The others of a cluster, as pure models: ReplicaSets and Jobs decided on by the very functions of the embedded
// cluster's controllers, pods by the kubelet's table of stages. No queue, no cache, no wire: each looks at what is
// there, as soon as it has changed, and is right.
import { jobs } from '../../cluster/controllers/jobs.ts'
import type { ClusterJob } from '../../cluster/controllers/job-status.ts'
import { isActive } from '../../cluster/controllers/pod-readiness.ts'
import { replicaSets } from '../../cluster/controllers/replica-sets.ts'
import { simulatedImages } from '../../cluster/kubelet/images.ts'
import { nextStage } from '../../cluster/kubelet/stages.ts'
import type { Stage } from '../../cluster/kubelet/stages.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Pod } from '../../kube/core.ts'
import { JOB, POD, REPLICA_SET } from '../../kube/kinds.ts'
import { controllerOf, keyOf, parseKey, refOf } from '../../kube/object.ts'
import type { Key, Kind, KubeObject } from '../../kube/object.ts'
import type { Decision } from '../../kube/reconciler.ts'
import { matches } from '../../kube/selector.ts'
import { equal } from '../../std/equal.ts'
import type { Instant } from '../../std/instant.ts'
import type { ClusterChange, ClusterModel } from './cluster.ts'
import type { Timeline } from './timeline.ts'

export interface OthersOptions {
  readonly cluster: ClusterModel
  readonly timeline: Timeline
  /** How a pod fares otherwise than the table says: when its next stage really comes; undefined: never. */
  readonly fare?: (pod: Pod, stage: Stage) => Instant | undefined
}

export interface Others {
  /** Looks at the object again: how it fares has changed. */
  look(kind: Kind, object: KubeObject): void
}

const AROUND = { images: simulatedImages(['*']), nodeAddress: '127.0.0.1' }

interface World extends OthersOptions {
  readonly pods: Map<string, Set<Key>>
  readonly dirty: Map<string, () => void>
  isDraining: boolean
}

export function playOthers(options: OthersOptions): Others {
  const world: World = { ...options, pods: new Map(), dirty: new Map(), isDraining: false }
  const see = (change: ClusterChange) => {
    const object = change.now ?? change.before
    if (object === undefined) return
    if (change.kind.plural === POD.plural) seePod(world, change)
    else if (change.kind.plural === REPLICA_SET.plural || change.kind.plural === JOB.plural)
      mark(world, change.kind, keyOf(object))
  }
  for (const kind of [POD, REPLICA_SET, JOB])
    for (const now of options.cluster.list(kind)) see({ kind, now, before: undefined, version: 0 })
  options.cluster.onChange(see)
  return { look: (kind, object) => mark(world, kind, keyOf(object)) }
}

function seePod(world: World, { now, before }: ClusterChange): void {
  const pod = (now ?? before) as KubeObject
  const key = keyOf(pod)
  for (const owner of [before, now].map(one => (one === undefined ? undefined : controllerOf(one)))) {
    if (owner === undefined) continue
    const own = world.pods.get(owner.uid) ?? new Set()
    world.pods.set(owner.uid, now === undefined ? (own.delete(key), own) : own.add(key))
    const kind = owner.kind === JOB.kind ? JOB : REPLICA_SET
    mark(world, kind, `${pod.metadata.namespace ?? ''}/${owner.name}`)
  }
  if (now !== undefined) mark(world, POD, key)
}

function mark(world: World, kind: Kind, key: Key): void {
  world.dirty.set(`${kind.plural} ${key}`, () => decideOn(world, kind, key))
  if (world.isDraining) return
  world.isDraining = true
  world.timeline.at(world.timeline.now(), () => {
    for (const [name, act] of world.dirty) {
      world.dirty.delete(name)
      act()
    }
    world.isDraining = false
  })
}

function decideOn(world: World, kind: Kind, key: Key): void {
  const object = world.cluster.get({ kind, ...parseKey(key) })
  if (object === undefined) return
  if (kind === POD) return age(world, object as Pod)
  if (kind === JOB) return follow(world, kind, { object, decision: jobDecision(world, object as ClusterJob) })
  follow(world, kind, { object, decision: setDecision(world, object as ReplicaSet) })
}

function setDecision(world: World, replicaSet: ReplicaSet): Decision<unknown> {
  const owned = podsOf(world, replicaSet).filter(isActive)
  const orphans = world.cluster
    .list<Pod>(POD, replicaSet.metadata.namespace ?? '')
    .filter(pod => controllerOf(pod) === undefined && isActive(pod))
    .filter(pod => matches(replicaSet.spec.selector, pod.metadata.labels))
  return replicaSets.decide({ now: world.timeline.now(), replicaSet, owned, orphans })
}

function jobDecision(world: World, job: ClusterJob): Decision<unknown> {
  if (job.metadata.deletionTimestamp !== undefined) return { writes: [] }
  return jobs.decide({ now: world.timeline.now(), job, pods: podsOf(world, job) })
}

function podsOf({ cluster, pods }: World, owner: KubeObject): readonly Pod[] {
  return [...(pods.get(owner.metadata.uid ?? '') ?? [])].flatMap(
    key => cluster.get<Pod>({ kind: POD, ...parseKey(key) }) ?? [],
  )
}

function follow(
  world: World,
  kind: Kind,
  { object, decision }: { object: KubeObject; decision: Decision<unknown> },
): void {
  const { cluster, timeline } = world
  const { status } = decision
  for (const write of decision.writes) cluster.write(write)
  const standing = cluster.get(refOf(kind, object)) as (KubeObject & { status?: unknown }) | undefined
  if (status !== undefined && standing !== undefined && !equal(standing.status ?? {}, status))
    cluster.put(kind, { ...standing, status } as KubeObject)
  for (const { until } of decision.waits ?? [])
    if (until !== undefined) timeline.at(until, () => mark(world, kind, keyOf(object)))
}

function age(world: World, pod: Pod): void {
  const { cluster, timeline, fare } = world
  const stage = nextStage(pod, AROUND)
  if (stage === undefined) return
  const at = fare === undefined ? stage.at : fare(pod, stage)
  if (at === undefined) return
  if (at > timeline.now()) return timeline.at(at, () => mark(world, POD, keyOf(pod)))
  const status = stage.status?.(timeline.now())
  if (status !== undefined) cluster.put(POD, { ...pod, status } as Pod)
  else
    cluster.write({
      verb: 'delete',
      target: refOf(POD, pod),
      gracePeriodSeconds: 0,
      why: `nothing of pod ${pod.metadata.name} runs any more`,
    })
}

// In each scene the other order loses requests, and ours loses none.
import { describe, expect, test } from 'vitest'
import { byCreation } from '../../src/workload/replica-set.ts'
import { stayingReplicas } from '../../src/workload/availability.ts'
import {
  DESTINATION_RULE,
  INGRESS,
  REPLICA_SET,
  ROLLOUT,
  SERVICE,
  VIRTUAL_SERVICE,
} from '../../src/kube/kinds.ts'
import type { Rollout } from '../../src/api/rollout.ts'
import type { Kind } from '../../src/kube/object.ts'
import type { Json } from '../../src/std/json.ts'
import { autoscale } from '../../src/sim/lives/autoscaler.ts'
import type { ReplicaSet } from '../../src/kube/apps.ts'
import type { Write } from '../../src/kube/write.ts'
import { perform } from '../../src/sim/lives/acts.ts'
import { furniture, NAME, NAMESPACE, rolloutOf, servicesOf, sidesOf } from '../../src/sim/lives/furniture.ts'
import { SUBSETS } from '../../src/sim/lives/routes/istio.ts'
import type { Sides } from '../../src/sim/lives/routes/life-route.ts'
import type { LifeSpec } from '../../src/sim/lives/scenario.ts'
import { hashOf, loadsIn, setIn, sightOf } from '../../src/sim/lives/sight.ts'
import { faultyWay } from '../../src/sim/lives/way.ts'
import { createModelWorld } from '../../src/sim/model/world.ts'
import type { ModelWorld } from '../../src/sim/model/world.ts'
import { SCENES } from './scenes.ts'
import type { OtherWrite, Scene } from './scenes.ts'

const WHOLE_MS = 15_000
const END_MS = 240_000
/** How many pods may be missing before anybody notices. */
const SPARE = 1

/** The share of requests that nobody answers: who has no pod loses all, who has too few what they can not carry. */
function lostShare({ cluster }: ModelWorld, spec: LifeSpec): number {
  const sight = sightOf(cluster)
  return Object.entries(loadsIn(sight, spec)).reduce((sum, [hash, load]) => {
    const able = stayingReplicas(setIn(sight, hash))
    return sum + (able === 0 ? load : Math.max(0, load - (able + SPARE) / spec.replicas))
  }, 0)
}

/** Seconds of all traffic that are lost from the first whole moment to the end. */
function lostSeconds(scene: Scene, isOurs: boolean): number {
  const { spec, acts, at, others } = scene
  const world = createModelWorld({
    way: around =>
      faultyWay({ faults: [], ...around, begunAt: around.timeline.now(), onDeed: () => undefined }),
  })
  const { cluster, timeline } = world
  const begunAt = timeline.now()
  for (const object of [...furniture(spec), rolloutOf(spec)])
    cluster.write({ verb: 'create', object, why: 'it stands there' })
  if (spec.isAutoscaled === true) autoscale(world, 'all')
  for (const act of acts) timeline.at(begunAt + act.at, () => perform(world, spec, act))
  if (!isOurs) {
    timeline.at(begunAt + at, () => world.process().stop())
    for (const other of others)
      timeline.at(begunAt + at + other.afterMs, () => cluster.write(writeOf(world, spec, other)))
  }
  timeline.runUntil(begunAt + WHOLE_MS)
  let [lost, share, since] = [0, lostShare(world, spec), timeline.now()]
  const count = () => {
    lost += (share * (timeline.now() - since)) / 1000
    share = lostShare(world, spec)
    since = timeline.now()
  }
  cluster.onChange(count)
  timeline.runUntil(begunAt + END_MS)
  count()
  return lost
}

function writeOf({ cluster }: ModelWorld, spec: LifeSpec, other: OtherWrite): Write {
  const sets = cluster.list<ReplicaSet>(REPLICA_SET, NAMESPACE).toSorted(byCreation)
  const rollout = { kind: ROLLOUT, namespace: NAMESPACE, name: NAME }
  const patched = (kind: Kind, name: string, patch: Json): Write => {
    const target = { kind, namespace: NAMESPACE, name }
    const inStatus = kind === ROLLOUT ? { subresource: 'status' as const } : {}
    return { verb: 'patch', target, patch, why: 'another order', ...inStatus }
  }
  const scaled = (nth: number, replicas: number) =>
    patched(REPLICA_SET, sets[nth]?.metadata.name ?? '', { spec: { replicas } })
  const labelled = (nth: number) => {
    const set = sets[nth]
    return { 'rollouts-pod-template-hash': set === undefined ? '' : hashOf(set) }
  }
  if ('scale' in other) return scaled(other.scale, other.to)
  if ('follow' in other) return scaled(other.follow, cluster.get<Rollout>(rollout)?.spec.replicas ?? 0)
  if ('count' in other) {
    const [[key, hash] = []] = Object.entries(labelled(other.count))
    return patched(ROLLOUT, NAME, { status: { selector: `app=${NAME},${key}=${hash}` } })
  }
  if ('weigh' in other) return weighed(spec, other.weigh, patched)
  const selector = labelled(other.revision)
  if (sidesOf(spec) !== 'subsets')
    return patched(SERVICE, servicesOf(spec)[other.select], { spec: { selector } })
  const subsets = (['stable', 'canary'] as const).map(side => ({
    name: SUBSETS[side],
    labels: side === other.select ? selector : labelled(0),
  }))
  return patched(DESTINATION_RULE, NAME, { spec: { subsets } })
}

/** The second side gets that much. */
function weighed(
  spec: LifeSpec,
  weight: number,
  patched: (kind: Kind, name: string, patch: Json) => Write,
): Write {
  if (spec.router !== 'istio') {
    const annotations = { 'nginx.ingress.kubernetes.io/canary-weight': String(weight) }
    return patched(INGRESS, `${NAME}-${NAME}-canary`, { metadata: { annotations } })
  }
  const { stable, canary } = servicesOf(spec)
  const side = (name: keyof Sides, host: string) =>
    sidesOf(spec) === 'subsets' ? { host: NAME, subset: SUBSETS[name] } : { host }
  const route = [
    { destination: side('stable', stable), weight: 100 - weight },
    { destination: side('canary', canary), weight },
  ]
  return patched(VIRTUAL_SERVICE, NAME, { spec: { http: [{ route }] } })
}

describe('an order that has cost users requests elsewhere', () => {
  test.each(SCENES)('$name', scene => {
    expect(lostSeconds(scene, false)).toBeGreaterThan(0.5)
    expect(lostSeconds(scene, true)).toBe(0)
  })
})

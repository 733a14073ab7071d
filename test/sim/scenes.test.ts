// In each scene the other order loses requests, and ours loses none.
import { describe, expect, test } from 'vitest'
import { byCreation } from '../../src/workload/replica-set.ts'
import { stayingReplicas } from '../../src/workload/availability.ts'
import { INGRESS, REPLICA_SET, SERVICE } from '../../src/kube/kinds.ts'
import type { ReplicaSet } from '../../src/kube/apps.ts'
import type { Write } from '../../src/kube/write.ts'
import { perform } from '../../src/sim/lives/acts.ts'
import { furniture, NAME, NAMESPACE, rolloutOf, servicesOf } from '../../src/sim/lives/furniture.ts'
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
  const sight = sightOf({
    list: cluster.list,
    get: cluster.get,
    by: () => [],
    has: () => true,
    served: kind => kind,
  })
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
  for (const act of acts) timeline.at(begunAt + act.at, () => perform(world, spec, act))
  if (!isOurs) {
    timeline.at(begunAt + at, () => world.process().stop())
    for (const other of others)
      timeline.at(begunAt + at + other.afterMs, () => cluster.write(writeOf(world, spec, other)))
  }
  timeline.runUntil(begunAt + WHOLE_MS)
  let [lost, share, since] = [0, lostShare(world, spec), timeline.now()]
  cluster.onChange(() => {
    lost += (share * (timeline.now() - since)) / 1000
    share = lostShare(world, spec)
    since = timeline.now()
  })
  timeline.runUntil(begunAt + END_MS)
  return lost
}

function writeOf({ cluster }: ModelWorld, spec: LifeSpec, other: OtherWrite): Write {
  const sets = cluster.list<ReplicaSet>(REPLICA_SET, NAMESPACE).toSorted(byCreation)
  const at = (kind: typeof SERVICE, name: string) => ({ kind, namespace: NAMESPACE, name })
  const nameOf = (nth: number) => sets[nth]?.metadata.name ?? ''
  const why = 'another order'
  if ('scale' in other) {
    const target = at(REPLICA_SET, nameOf(other.scale))
    return { verb: 'patch', target, patch: { spec: { replicas: other.to } }, why }
  }
  if ('select' in other) {
    const set = sets[other.revision]
    const selector = { 'rollouts-pod-template-hash': set === undefined ? '' : hashOf(set) }
    return {
      verb: 'patch',
      target: at(SERVICE, servicesOf(spec)[other.select]),
      patch: { spec: { selector } },
      why,
    }
  }
  const annotations = { 'nginx.ingress.kubernetes.io/canary-weight': String(other.weigh) }
  return {
    verb: 'patch',
    target: at(INGRESS, `${NAME}-${NAME}-canary`),
    patch: { metadata: { annotations } },
    why,
  }
}

describe('an order that has cost users requests elsewhere', () => {
  test.each(SCENES)('$name', scene => {
    expect(lostSeconds(scene, false)).toBeGreaterThan(0.5)
    expect(lostSeconds(scene, true)).toBe(0)
  })
})

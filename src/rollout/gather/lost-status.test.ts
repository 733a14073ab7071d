// Whom a Rollout without a status takes for its stable revision.
import { expect, test } from 'vitest'
import type { Rollout, RolloutSpec, RolloutStatus } from '../../api/rollout.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Service } from '../../kube/core.ts'
import { DESTINATION_RULE, VIRTUAL_SERVICE } from '../../kube/kinds.ts'
import { fromJson, refKey } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import type { JsonObject } from '../../std/json.ts'
import { aReplicaSet, aRollout, aService, hashOf } from '../model.suite.ts'
import { withStable } from './lost-status.ts'

const [V1, V2, V3] = ['demo:v1', 'demo:v2', 'demo:v3'] as const

const aSet = (image: string, available: number): ReplicaSet =>
  aReplicaSet({ image, revision: 1, replicas: available, available })

interface World {
  readonly strategy: NonNullable<RolloutSpec['strategy']>
  readonly sets: readonly ReplicaSet[]
  readonly services?: readonly Service[]
  readonly named?: readonly (readonly [Kind, KubeObject])[]
  readonly status?: RolloutStatus
}

/** Version 2 is asked for. */
function read({ strategy, sets, services = [], named = [], status = {} }: World): Rollout {
  const rollout = aRollout(V2, { strategy }, status)
  return withStable(rollout, {
    owned: sets,
    current: sets.find(one => one.metadata.labels?.['rollouts-pod-template-hash'] === hashOf(V2)),
    services: Object.fromEntries(services.map(one => [one.metadata.name, one])),
    named: Object.fromEntries(
      named.map(([kind, one]) => [refKey({ kind, namespace: 'shop', name: one.metadata.name }), one]),
    ),
  })
}

const BLUE_GREEN = { blueGreen: { activeService: 'active' } }
const BOTH = [aSet(V1, 3), aSet(V2, 3)]
const [ONE, TWO] = [hashOf(V1), hashOf(V2)]

test('the revision that the active Service selects is stable, and what is asked for an update', () => {
  const { status } = read({ strategy: BLUE_GREEN, sets: BOTH, services: [aService('active', ONE)] })
  expect(status).toMatchObject({ stableRS: ONE, currentPodHash: ONE })
})

test('so is that of the stable Service, whoever has more pods', () => {
  const strategy = { canary: { stableService: 'stable', canaryService: 'canary' } }
  const services = [aService('stable', ONE), aService('canary', TWO)]
  const sets = [aSet(V1, 1), aSet(V2, 3), aSet(V3, 2)]
  expect(read({ strategy, sets, services }).status?.stableRS).toBe(ONE)
})

test('after a restore it is so before it has pods, and when it has none left it serves nobody', () => {
  const services = [aService('active', ONE)]
  const starting = aReplicaSet({ image: V1, revision: 1, replicas: 3, available: 0 })
  const of = (set: ReplicaSet, status: RolloutStatus = {}) =>
    read({ strategy: BLUE_GREEN, sets: [set, aSet(V2, 1)], services, status }).status?.stableRS
  expect(of(starting)).toBe(ONE)
  expect(of(aSet(V1, 0))).toBeUndefined()
  // A first deployment that another image replaces has a status.
  expect(of(starting, { currentPodHash: ONE })).toBeUndefined()
})

test('without a Service that names a revision it is the one that has the most pods', () => {
  const sets = [aSet(V3, 1), aSet(V1, 2), aSet(V2, 3)]
  expect(read({ strategy: { canary: {} }, sets }).status?.stableRS).toBe(ONE)
  const services = [aService('active')]
  expect(read({ strategy: BLUE_GREEN, sets, services }).status?.stableRS).toBe(ONE)
})

test('it is none that has no pods, where what is asked for has all pods that there should be', () => {
  const broken = (image: string, count: number) =>
    aReplicaSet({ image, revision: 1, replicas: count, available: 0 })
  const of = (sets: readonly ReplicaSet[]) => read({ strategy: { canary: {} }, sets }).status?.stableRS
  expect(of([broken(V3, 1), aSet(V2, 2)])).toBeUndefined()
  // After a restore others may come later.
  expect(of([broken(V1, 2), aSet(V2, 1)])).toBe(ONE)
  expect(of([broken(V1, 2), aSet(V2, 2)])).toBe(ONE)
})

test('of two with as many pods it is the older one', () => {
  const made = (image: string, second: number): ReplicaSet => {
    const set = aSet(image, 1)
    const creationTimestamp = `2026-08-01T12:00:0${second}Z`
    return { ...set, metadata: { ...set.metadata, creationTimestamp } }
  }
  const sets = [made(V3, 2), made(V1, 1), made(V2, 3)]
  expect(read({ strategy: { canary: {} }, sets }).status?.stableRS).toBe(ONE)
})

test('behind subsets it is the one that the stable subset leads to', () => {
  const rule = { name: 'demo', stableSubsetName: 'old', canarySubsetName: 'new' }
  const strategy = {
    canary: { trafficRouting: { istio: { virtualService: { name: 'demo' }, destinationRule: rule } } },
  }
  const subset = (name: string, hash: string) => ({ name, labels: { 'rollouts-pod-template-hash': hash } })
  const route = ['old', 'new'].map(name => ({ destination: { host: 'demo', subset: name }, weight: 50 }))
  const named = [
    [VIRTUAL_SERVICE, anObject(VIRTUAL_SERVICE, { hosts: ['demo'], http: [{ route }] })],
    [
      DESTINATION_RULE,
      anObject(DESTINATION_RULE, { host: 'demo', subsets: [subset('old', ONE), subset('new', TWO)] }),
    ],
  ] as const
  const sets = [aSet(V1, 1), aSet(V3, 3), aSet(V2, 1)]
  expect(read({ strategy, sets, named }).status?.stableRS).toBe(ONE)
})

function anObject(kind: Kind, spec: JsonObject): KubeObject {
  const apiVersion = `${kind.group}/${kind.version}`
  return fromJson({ apiVersion, kind: kind.kind, metadata: { name: 'demo', namespace: 'shop' }, spec })
}

test('of a pair it is the one that does not lead to what is asked for', () => {
  const strategy = { canary: { pingPong: { pingService: 'ping', pongService: 'pong' } } }
  const paired = (ping: string, pong: string) =>
    read({ strategy, sets: BOTH, services: [aService('ping', ping), aService('pong', pong)] }).status
  expect(paired(ONE, TWO)).toMatchObject({ stableRS: ONE, canary: { stablePingPong: 'ping' } })
  expect(paired(TWO, ONE)).toMatchObject({ stableRS: ONE, canary: { stablePingPong: 'pong' } })
  expect(paired(TWO, TWO)).toMatchObject({ stableRS: TWO })
})

test('of a pair that is shared by a route it has users, whichever of the two it is', () => {
  const trafficRouting = { istio: { virtualService: { name: 'demo' } } }
  const strategy = { canary: { trafficRouting, pingPong: { pingService: 'ping', pongService: 'pong' } } }
  const led = (weight: number) => {
    const sides = { ping: 100 - weight, pong: weight }
    const route = Object.entries(sides).map(([host, one]) => ({ destination: { host }, weight: one }))
    const services = [aService('ping', ONE), aService('pong', TWO)]
    const named = [
      [VIRTUAL_SERVICE, anObject(VIRTUAL_SERVICE, { hosts: ['demo'], http: [{ route }] })],
    ] as const
    return read({ strategy, sets: BOTH, services, named }).status?.stableRS
  }
  expect([0, 40, 100].map(led)).toEqual([ONE, ONE, TWO])
})

test.each<[string, World]>([
  [
    'that names its stable revision',
    { strategy: BLUE_GREEN, sets: BOTH, services: [aService('active', ONE)], status: { stableRS: TWO } },
  ],
  [
    'whose users are on what is asked for',
    { strategy: BLUE_GREEN, sets: BOTH, services: [aService('active', TWO)] },
  ],
  [
    'whose users are on a revision without pods',
    { strategy: BLUE_GREEN, sets: [aSet(V1, 0), aSet(V2, 1)], services: [aService('active', ONE)] },
  ],
  ['that has no other revision', { strategy: { canary: {} }, sets: [aSet(V2, 1)] }],
])('a Rollout %s stays as it is', (_what, world) => {
  const { status } = read(world)
  expect(status).toEqual(world.status ?? {})
})

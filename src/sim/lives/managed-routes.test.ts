// Users whom a step sends to the canary by a header are in no share, and must have a pod all the same.
import { expect, test } from 'vitest'
import type { RolloutStatus } from '../../api/rollout.ts'
import { seededRandom } from '../../doors/random.ts'
import { knownKind, VIRTUAL_SERVICE } from '../../kube/kinds.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import type { Json } from '../../std/json.ts'
import { aReplicaSet, aRollout, aService, hashOf } from '../../rollout/model.suite.ts'
import { createCluster } from '../model/cluster.ts'
import { named } from './routes/life-route.ts'
import { broken } from './judge.ts'
import { unrest } from './rest.ts'
import { PLAIN, sightWith } from './sight.suite.ts'
import { after, loadsIn, weightsIn } from './sight.ts'
import type { LifeSpec } from './scenario.ts'

const [OLD, FRESH] = [hashOf('demo:v1'), hashOf('demo:v2')]
const SPEC: LifeSpec = { ...PLAIN, router: 'istio', replicas: 4, hasManagedRoutes: true }

const WEIGHED = [
  { destination: { host: 'stable' }, weight: 100 },
  { destination: { host: 'canary' }, weight: 0 },
]
const BY_HEADER = {
  name: 'inside',
  match: [{ headers: { team: { exact: 'inside' } } }],
  route: [{ destination: { host: 'canary' }, weight: 100 }],
}
const COPIES = { name: 'copies', route: WEIGHED, mirror: { host: 'canary' } }

function routes(...made: readonly Json[]): KubeObject {
  return named(VIRTUAL_SERVICE, { spec: { hosts: ['demo'], http: [...made, { route: WEIGHED }] } })
}

function standing(
  route: KubeObject,
  pods: number,
  phase: RolloutStatus['phase'] = 'Progressing',
): readonly KubeObject[] {
  const status: RolloutStatus = {
    phase,
    stableRS: OLD,
    currentPodHash: phase === 'Healthy' ? OLD : FRESH,
    observedGeneration: '1',
    availableReplicas: 4 + pods,
    HPAReplicas: 4 + pods,
  }
  return [
    aRollout(phase === 'Healthy' ? 'demo:v1' : 'demo:v2', { replicas: 4 }, status),
    aReplicaSet({ image: 'demo:v1', revision: 1, replicas: 4 }),
    aReplicaSet({ image: 'demo:v2', revision: 2, replicas: pods }),
    aService('stable', OLD),
    aService('canary', phase === 'Healthy' ? OLD : FRESH),
    route,
  ]
}

function lawOf(route: KubeObject, pods: number, made: KubeObject): string | undefined {
  const before = sightWith(standing(route, pods))
  const patch = { spec: (made as KubeObject & { spec: Json }).spec }
  const target = { kind: VIRTUAL_SERVICE, namespace: 'shop', name: 'demo' }
  const write = { verb: 'patch', target, patch, why: 'a write' } as const
  return broken({ spec: SPEC, write, before, after: after(before, write) })?.law
}

test('the weights are those of the route that no step has made', () => {
  const sight = sightWith(standing(routes(BY_HEADER), 1))
  expect(weightsIn(sight, SPEC)).toEqual({ canary: 0, all: 100, others: {} })
  expect(loadsIn(sight, SPEC)[FRESH]).toBeGreaterThan(0)
  expect(loadsIn(sightWith(standing(routes(COPIES), 1)), SPEC)[FRESH]).toBe(0)
})

test('a header leads to pods that are there', () => {
  expect(lawOf(routes(), 1, routes(BY_HEADER))).toBeUndefined()
  expect(lawOf(routes(), 0, routes(COPIES))).toBeUndefined()
  expect(lawOf(routes(), 0, routes(BY_HEADER))).toBe('traffic only to revisions that can carry it')
})

test('what is over leaves no route', () => {
  const told = (route: KubeObject) => {
    const cluster = createCluster({ now: () => 0, random: seededRandom(1) })
    for (const one of standing(route, 0, 'Healthy')) cluster.put(knownKind(one) as Kind, one)
    return unrest({ cluster }, SPEC)
  }
  expect(told(routes())).toEqual([])
  expect(told(routes(COPIES)).map(({ what }) => what)).toEqual(['the route copies still leads to the canary'])
})

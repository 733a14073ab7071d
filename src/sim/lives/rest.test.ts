// How a life may stand at its end, and how not: each law of rest with a world that it allows and one that it refuses.
import { expect, test } from 'vitest'
import type { RolloutStatus } from '../../api/rollout.ts'
import { seededRandom } from '../../doors/random.ts'
import { knownKind } from '../../kube/kinds.ts'
import type { Kind } from '../../kube/object.ts'
import { canaryIngress } from '../../rollout/any-state.suite.ts'
import { aReplicaSet, aRollout, aService, hashOf } from '../../rollout/model.suite.ts'
import { createCluster } from '../model/cluster.ts'
import { unrest } from './rest.ts'
import type { LifeSpec } from './scenario.ts'

const SPEC: LifeSpec = {
  strategy: 'routed',
  router: 'nginx',
  replicas: 2,
  steps: [],
  hasServices: true,
  isAutomatic: true,
  isAnalysed: false,
}
const V1 = 'demo:v1'
const HEALTHY: RolloutStatus = {
  phase: 'Healthy',
  observedGeneration: '1',
  stableRS: hashOf(V1),
  currentPodHash: hashOf(V1),
  availableReplicas: 2,
  HPAReplicas: 2,
}

interface Stand {
  readonly status?: RolloutStatus
  readonly selected?: string
  readonly weight?: number
  readonly available?: number
}

function standing({ status = {}, selected = hashOf(V1), weight = 0, available = 2 }: Stand) {
  const cluster = createCluster({ now: () => 0, random: seededRandom(1) })
  const objects = [
    aRollout(V1, {}, { ...HEALTHY, ...status }),
    aReplicaSet({ image: V1, revision: 1, replicas: 2, available }),
    aService('stable', selected),
    aService('canary', hashOf(V1)),
    canaryIngress(weight),
  ]
  for (const object of objects) cluster.put(knownKind(object) as Kind, object)
  return unrest({ cluster }, SPEC)[0]?.law
}

const STUCK = 'Healthy, or an explained stop'
const RIGHT = 'at rest users are where the status says'

test('Healthy and whole, or stopped with a reason, is rest', () => {
  expect(standing({})).toBeUndefined()
  expect(standing({ status: { phase: 'Paused', message: 'CanaryPauseStep' } })).toBeUndefined()
})

test.each<[law: string, stand: Stand]>([
  [STUCK, { status: { phase: 'Progressing', message: 'more replicas need to be updated' } }],
  [STUCK, { status: { phase: 'Degraded', message: '' } }],
  [STUCK, { status: { observedGeneration: '0' } }],
  ['at rest the status counts what is there', { status: { availableReplicas: 1 } }],
  ['at rest the status counts what is there', { status: { HPAReplicas: 4 } }],
  [RIGHT, { weight: 20 }],
  [RIGHT, { selected: 'gone' }],
  ['at rest nothing is left over', { status: { promoteFull: true } }],
  [RIGHT, { status: { currentPodHash: 'another' } }],
  [RIGHT, { available: 1, status: { availableReplicas: 1 } }],
])('%s: not with %o', (law, stand) => expect(standing(stand)).toBe(law))

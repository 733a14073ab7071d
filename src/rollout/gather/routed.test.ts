// What routes give to experiments: read from the routes themselves, by those who keep pods and by the status, also when
// a status that named it was never written.
import { expect, test } from 'vitest'
import type { TrafficWeights } from '../../api/rollout.ts'
import { POD_TEMPLATE_HASH } from '../../api/words.ts'
import { EXPERIMENT, REPLICA_SET, ROLLOUT, SERVICE, VIRTUAL_SERVICE } from '../../kube/kinds.ts'
import { asJson, fromJson, ownerReference } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import { createStore } from '../../runtime/mirror/store.ts'
import { podsOfExperiment } from '../any-state.suite.ts'
import { aReplicaSet, aRollout, aService, hashOf, NOW } from '../model.suite.ts'
import { rolloutReconciler } from '../reconciler.ts'
import type { RolloutSnapshot } from '../snapshot.ts'
import { INDICES } from './indices.ts'
import { experimentsRouted } from './routed.ts'

const [V1, V2] = ['demo:v1', 'demo:v2'] as const
const TRYING = `demo-${hashOf(V2)}-2-0`
const TRIED = `${TRYING}-b`
const weights = (canary: number, stable: number) => ({
  canary: { weight: canary, serviceName: 'canary', podTemplateHash: hashOf(V2) },
  stable: { weight: stable, serviceName: 'stable', podTemplateHash: hashOf(V1) },
})

function virtualService(shares: Readonly<Record<string, number>>): KubeObject {
  const route = Object.entries(shares).map(([host, weight]) => ({ destination: { host }, weight }))
  const metadata = { name: 'demo', namespace: 'shop' }
  const spec = { hosts: ['demo'], http: [{ route }] }
  return fromJson({ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata, spec })
}

interface Stand {
  readonly phase?: string
  readonly minReadySeconds?: number
  /** What the status says that experiments get. */
  readonly recorded?: NonNullable<TrafficWeights['additional']>
}

function standing(
  shares: Readonly<Record<string, number>>,
  { phase = 'Running', minReadySeconds, recorded = [] }: Stand = {},
) {
  const strategy = {
    canary: {
      stableService: 'stable',
      canaryService: 'canary',
      trafficRouting: { istio: { virtualService: { name: 'demo' } } },
      steps: [{ experiment: { templates: [{ name: 'b', specRef: 'canary' as const, weight: 10 }] } }],
    },
  }
  const additional = recorded.length === 0 ? {} : { additional: recorded }
  const given = recorded.reduce((sum, one) => sum + one.weight, 0)
  const canary = { weights: { ...weights(0, 100 - given), ...additional }, currentExperiment: TRYING }
  const status = { stableRS: hashOf(V1), currentPodHash: hashOf(V2), currentStepIndex: 0, canary }
  const spec = { replicas: 2, strategy, ...(minReadySeconds === undefined ? {} : { minReadySeconds }) }
  const rollout = aRollout(V2, spec, status)
  const experiment = fromJson({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Experiment',
    metadata: {
      name: TRYING,
      namespace: 'shop',
      uid: 'try',
      labels: { [POD_TEMPLATE_HASH]: hashOf(V2) },
      ownerReferences: [asJson(ownerReference(rollout))],
    },
    spec: { templates: [{ name: 'b', template: {}, selector: {} }] },
    status: {
      phase,
      templateStatuses: [
        { name: 'b', status: 'Running', availableReplicas: 1, serviceName: TRIED, podTemplateHash: 'hash-b' },
      ],
    },
  })
  const store = createStore({ indices: [INDICES] })
  const objects: readonly (readonly [Kind, KubeObject])[] = [
    [ROLLOUT, rollout],
    [REPLICA_SET, aReplicaSet({ image: V1, revision: 1, replicas: 2 })],
    [REPLICA_SET, aReplicaSet({ image: V2, revision: 2, replicas: 0 })],
    [SERVICE, aService('stable', hashOf(V1))],
    [SERVICE, aService('canary', hashOf(V1))],
    [VIRTUAL_SERVICE, virtualService(shares)],
    [EXPERIMENT, experiment],
    [REPLICA_SET, podsOfExperiment('try', 'hash-b', 1)],
  ]
  for (const [kind, object] of objects)
    store.put(kind, { ...object, metadata: { ...object.metadata, resourceVersion: '1' } })
  return { store, rollout }
}

test('a Service of an experiment that a route gives a weight is named, whatever is recorded', () => {
  const { store, rollout } = standing({ stable: 90, canary: 0, [TRIED]: 10 })
  expect(experimentsRouted(rollout, store)).toEqual([TRIED])
  const without = standing({ stable: 100, canary: 0, [TRIED]: 0 })
  expect(experimentsRouted(without.rollout, without.store)).toEqual([])
})

const LED = { stable: 90, canary: 0, [TRIED]: 10 }
const reconciler = rolloutReconciler({ ours: {}, theirs: {} })

function decided(phase: string) {
  const { store } = standing(LED, { phase, minReadySeconds: 999 })
  return reconciler.decide(reconciler.gather('shop/demo', store, NOW, {}) as RolloutSnapshot)
}

test('with a mistake in the spec the status says what the route gives to an experiment', () => {
  const { status, writes } = decided('Running')
  expect(status?.phase).toBe('Degraded')
  expect(status?.canary?.weights).toEqual({
    ...weights(0, 90),
    additional: [{ weight: 10, serviceName: TRIED }],
  })
  expect(writes.map(one => one.why).filter(why => why.includes('weight'))).toEqual([])
})

test.each(['Failed', 'Successful'])(
  'with a mistake in the spec an experiment that is %s loses its users',
  phase => {
    const { status, writes } = decided(phase)
    expect(status?.canary?.weights).toEqual(weights(0, 100))
    expect(writes.map(one => one.why)).toContain(
      'set the weights in VirtualService demo to 0 canary, 100 stable',
    )
  },
)

test('a recorded Service that no route names is not told any more, whatever it is called', () => {
  const recorded = [{ weight: 5, serviceName: 'constructor' }]
  const { store } = standing({ stable: 100, canary: 0 }, { minReadySeconds: 999, recorded })
  const { status } = reconciler.decide(reconciler.gather('shop/demo', store, NOW, {}) as RolloutSnapshot)
  expect(status?.canary?.weights).toEqual(weights(0, 100))
})

// Another strategy, or other Services, in the middle of an update: nobody comes to what is not proven, and users of
// what was left come back.
import { expect, test } from 'vitest'
import type { RolloutSpec } from '../api/rollout.ts'
import { POD_TEMPLATE_HASH } from '../api/words.ts'
import type { KubeObject } from '../kube/object.ts'
import { wantedReplicas } from '../workload/availability.ts'
import { anHttpRoute, ROUTING } from './any-state.suite.ts'
import { aModel, anIngress, aRollout, aService, hashOf, rest, template } from './model.suite.ts'
import type { Model } from './model.suite.ts'

const [V1, V2, V3] = ['demo:v1', 'demo:v2', 'demo:v3'] as const
const manual = { activeService: 'active', previewService: 'preview', autoPromotionEnabled: false }
const routed = {
  canary: {
    stableService: 'stable',
    canaryService: 'canary',
    steps: [{ setWeight: 60 }, { pause: {} }],
    trafficRouting: ROUTING.nginx,
  },
}

/** The second version waits for a person, ten pods each as far as the strategy asks for them. */
function waiting(strategy: object, route: KubeObject = anIngress('stable')): Model {
  const services = ['stable', 'canary', 'active', 'preview'].map(name => aService(name))
  const spec = { replicas: 10, strategy } as Partial<RolloutSpec>
  const model = aModel([aRollout(V1, spec), ...services, route])
  rest(model)
  edit(model, { template: template(V2) })
  rest(model)
  return model
}

function edit(model: Model, spec: object): void {
  model.put({ ...model.rollout(), spec: { ...model.rollout().spec, ...spec } } as KubeObject)
}

/** So many pods of an image are available. */
function able(model: Model, image: string, available: number): void {
  const set = model.replicaSet(image)
  const replicas = wantedReplicas(set)
  const ready = Math.min(replicas, available)
  model.put({ ...set, status: { replicas, readyReplicas: ready, availableReplicas: ready } } as never)
}

/** Passes while one pod of the first version, or more, is not ready. */
function passes(model: Model, count: number, stable = 9): void {
  for (let n = 0; n < count; n++) {
    able(model, V1, stable)
    able(model, V2, 10)
    model.pass()
  }
}

const selected = (model: Model, service: string) => model.service(service)?.spec.selector?.[POD_TEMPLATE_HASH]

test('a router that is left with its Services gives its users to what became stable meanwhile', () => {
  const model = waiting(routed)
  edit(model, { strategy: { canary: {} } })
  passes(model, 8)
  rest(model)
  expect(model.rollout().status?.stableRS).toBe(hashOf(V2))
  expect([model.weight('nginx'), selected(model, 'stable')]).toEqual([0, undefined])
  edit(model, { template: template(V3) })
  rest(model)
  expect(model.rollout().status).toMatchObject({ stableRS: hashOf(V3), phase: 'Healthy' })
})

test.each([
  ['of a canary', { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } }],
  ['of a routed canary', routed],
])('blue/green in the place %s waits for its person, though a stable pod is missing', (_, strategy) => {
  const model = waiting(strategy)
  edit(model, { strategy: { blueGreen: manual } })
  passes(model, 12)
  expect(selected(model, 'active')).not.toBe(hashOf(V2))
  expect(model.rollout().status?.stableRS).toBe(hashOf(V1))
})

test('an active Service is given back when another one has its role', () => {
  const model = waiting({ blueGreen: manual })
  edit(model, { strategy: { blueGreen: { ...manual, activeService: 'stable' } } })
  passes(model, 4, 0)
  expect([selected(model, 'active'), selected(model, 'stable')]).toEqual([hashOf(V1), undefined])
  rest(model)
  expect([selected(model, 'active'), selected(model, 'stable')]).toEqual([undefined, hashOf(V1)])
})

test('an active Service is given back when the preview has shrunk to what a canary without Services gives it', () => {
  const model = waiting({ blueGreen: manual })
  edit(model, { strategy: { canary: { steps: [{ setWeight: 10 }, { pause: {} }] } } })
  model.pass()
  expect([selected(model, 'active'), model.replicaSet(V2)?.spec.replicas]).toEqual([hashOf(V1), 10])
  rest(model)
  expect([selected(model, 'active'), model.replicaSet(V2)?.spec.replicas]).toEqual([undefined, 1])
})

test('what the analysis of a canary could not tell holds no preview, which waits for its own person', () => {
  const model = waiting(routed)
  const { status } = model.rollout()
  const unclear = { name: 'check', status: 'Inconclusive' as const }
  const pauseConditions = [{ reason: 'InconclusiveAnalysisRun', startTime: '2026-08-01T11:59:00Z' }]
  const canary = { ...status?.canary, currentBackgroundAnalysisRunStatus: unclear }
  model.put({
    ...model.rollout(),
    status: { ...status, canary, pauseConditions, controllerPause: true },
  } as never)
  edit(model, { strategy: { blueGreen: manual } })
  rest(model)
  expect(model.rollout().status?.pauseConditions?.map(one => one.reason)).toEqual(['BlueGreenPause'])
  expect([selected(model, 'preview'), selected(model, 'active')]).toEqual([hashOf(V2), hashOf(V1)])
})

test('blue/green that a canary has just become waits for its person, though one has gone on with the canary', () => {
  const model = waiting(routed)
  const { status } = model.rollout()
  expect(status?.pauseConditions?.[0]?.reason).toBe('CanaryPauseStep')
  model.put({ ...model.rollout(), status: { ...status, pauseConditions: [] } } as KubeObject)
  edit(model, { strategy: { blueGreen: manual } })
  rest(model)
  expect(selected(model, 'active')).toBe(hashOf(V1))
  expect(model.rollout().status?.pauseConditions?.[0]?.reason).toBe('BlueGreenPause')
})

test.each([
  ['blue/green', { blueGreen: manual }],
  ['a canary without a router', { canary: {} }],
])(
  'the weights of a router that was left for %s are told no more, also with a mistake in the spec',
  (_, strategy) => {
    const router = { ...routed.canary, trafficRouting: ROUTING.httpRoute }
    const model = waiting({ canary: router }, anHttpRoute(0))
    const { status } = model.rollout()
    expect(status?.canary?.weights?.canary.weight).toBe(60)
    edit(model, { strategy })
    for (let pass = 0; model.weight('httpRoute') !== 0; pass++) {
      expect(pass).toBeLessThan(10)
      model.pass()
    }
    edit(model, { minReadySeconds: -1 })
    model.put({ ...model.rollout(), status } as KubeObject)
    rest(model)
    expect(model.rollout().status).toMatchObject({ phase: 'Degraded', canary: {} })
    expect(model.rollout().status?.canary).not.toHaveProperty('weights')
  },
)

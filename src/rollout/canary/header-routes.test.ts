// Users whom a step sends to the canary by a header are in no share, and have a pod as long as their route stands.
import { expect, test } from 'vitest'
import type { CanaryStep } from '../../api/rollout.ts'
import { POD_TEMPLATE_HASH } from '../../api/words.ts'
import { VIRTUAL_SERVICE } from '../../kube/kinds.ts'
import { asJson } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import { objects, record } from '../../std/json-parts.ts'
import { wantedReplicas } from '../../workload/availability.ts'
import { aModel, aRollout, aService, hashOf, rest, template } from '../model.suite.ts'
import type { Model } from '../model.suite.ts'
import { ROUTE_SCENES } from '../routes.suite.ts'

const [V1, V2, V3] = ['demo:v1', 'demo:v2', 'demo:v3'] as const
const BY_HEADER: CanaryStep = {
  setHeaderRoute: { name: 'inside', match: [{ headerName: 'team', headerValue: { exact: 'inside' } }] },
}

/** The second version waits behind a header; its own pods are of the scale that the first step sets. */
function waiting(more: readonly CanaryStep[]): Model {
  const steps = [{ setCanaryScale: { replicas: 1 } }, BY_HEADER, { pause: {} }, ...more]
  const { istio } = ROUTE_SCENES
  const trafficRouting = { ...istio.trafficRouting, managedRoutes: [{ name: 'inside' }] }
  const canary = { steps, stableService: 'stable', canaryService: 'canary', trafficRouting }
  const model = aModel([
    aRollout(V1, { replicas: 4, strategy: { canary } }),
    aService('stable'),
    aService('canary'),
    istio.object(0, { stable: 'stable', canary: 'canary' }),
  ])
  rest(model)
  edit(model, { template: template(V2) })
  rest(model)
  expect([isLed(model), wantedReplicas(model.replicaSet(V2))]).toEqual([true, 1])
  return model
}

function edit(model: Model, spec: object): void {
  model.put({ ...model.rollout(), spec: { ...model.rollout().spec, ...spec } } as KubeObject)
}

function resume(model: Model): void {
  model.put({ ...model.rollout(), status: { ...model.rollout().status, pauseConditions: [] } } as KubeObject)
}

function isLed(model: Model): boolean {
  const route = model.objects().find(one => one.kind === VIRTUAL_SERVICE.kind) as KubeObject
  return objects(record(record(asJson(route))['spec'])['http']).some(one => one['name'] === 'inside')
}

/** After each write: the canary Service leads to a pod, as long as a header leads there. */
function served(model: Model): void {
  if (!isLed(model)) return
  const hash = model.service('canary')?.spec.selector?.[POD_TEMPLATE_HASH]
  const serving = model.replicaSets().filter(one => one.metadata.labels?.[POD_TEMPLATE_HASH] === hash)
  expect(serving.reduce((sum, one) => sum + wantedReplicas(one), 0)).toBeGreaterThan(0)
}

test.each([{ matchTrafficWeight: true }, { replicas: 0 }])('%j takes their route away first', scale => {
  const model = waiting([{ setCanaryScale: scale }, { pause: {} }])
  resume(model)
  rest(model, () => () => served(model))
  expect([isLed(model), wantedReplicas(model.replicaSet(V2))]).toEqual([false, 0])
})

test.each([{ matchTrafficWeight: true }, { replicas: 0 }])(
  '%j waits while that can not be written',
  scale => {
    const model = waiting([{ setCanaryScale: scale }, { pause: {} }])
    const stable = model.replicaSet(V1)
    model.put({ ...stable, status: { replicas: 4, readyReplicas: 0, availableReplicas: 0 } } as never)
    resume(model)
    for (let n = 0; n < 5; n++) {
      model.pass()
      served(model)
    }
  },
)

test('another image leaves them the pods of the one before until their route has gone', () => {
  const model = waiting([])
  edit(model, { template: template(V3) })
  rest(model, () => () => served(model))
  expect(model.service('canary')?.spec.selector?.[POD_TEMPLATE_HASH]).toBe(hashOf(V3))
})

test('an abort takes their route away also with a mistake in the spec', () => {
  const model = waiting([])
  edit(model, { minReadySeconds: 999 })
  rest(model)
  expect([isLed(model), model.rollout().status?.phase]).toEqual([true, 'Degraded'])
  model.put({ ...model.rollout(), status: { ...model.rollout().status, abort: true } } as KubeObject)
  rest(model, () => () => served(model))
  expect(isLed(model)).toBe(false)
})

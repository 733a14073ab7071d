// Users whom a step sends to the canary by a header are in no share, and have a pod as long as their route stands.
import { expect, test } from 'vitest'
import type { CanaryStep } from '../../api/rollout.ts'
import { POD_TEMPLATE_HASH, REMEMBERED_ROUTING } from '../../api/words.ts'
import { asJson, fromJson } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import { applyMergePatch } from '../../kube/patch.ts'
import type { Write } from '../../kube/write.ts'
import type { Json } from '../../std/json.ts'
import { wantedReplicas } from '../../workload/availability.ts'
import { aModel, aRollout, aService, hashOf, rest, template } from '../model.suite.ts'
import type { Model } from '../model.suite.ts'
import { ROUTE_SCENES } from '../routes.suite.ts'

const [V1, V2, V3] = ['demo:v1', 'demo:v2', 'demo:v3'] as const
const BY_HEADER: CanaryStep = {
  setHeaderRoute: { name: 'inside', match: [{ headerName: 'team', headerValue: { exact: 'inside' } }] },
}

const BY_COPIES: CanaryStep = {
  setMirrorRoute: { name: 'inside', percentage: 50, match: [{ method: { exact: 'GET' } }] },
}

/** The second version waits behind a header; its own pods are of the scale that the first step sets. */
function waiting(
  more: readonly CanaryStep[],
  router: 'istio' | 'alb' | 'apisix' = 'istio',
  route = BY_HEADER,
): Model {
  const steps = [{ setCanaryScale: { replicas: 1 } }, route, { pause: {} }, ...more]
  const scene = ROUTE_SCENES[router]
  const trafficRouting = { ...scene.trafficRouting, managedRoutes: [{ name: 'inside' }] }
  const canary = { steps, stableService: 'stable', canaryService: 'canary', trafficRouting }
  const model = aModel([
    aRollout(V1, { replicas: 4, strategy: { canary } }),
    aService('stable'),
    aService('canary'),
    aService('root'),
    scene.object(0, { stable: 'stable', canary: 'canary' }),
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
  const routes = Object.values(ROUTE_SCENES).map(scene => scene.kind.kind as string)
  return model.objects().some(one => routes.includes(one.kind) && JSON.stringify(one).includes('"inside"'))
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

test.each([
  ['their route', BY_HEADER],
  ['the route of copies', BY_COPIES],
])('an abort takes %s away also with a mistake in the spec', (_, route) => {
  const model = waiting([], 'istio', route)
  edit(model, { minReadySeconds: 999 })
  rest(model)
  expect([isLed(model), model.rollout().status?.phase]).toEqual([true, 'Degraded'])
  model.put({ ...model.rollout(), status: { ...model.rollout().status, abort: true } } as KubeObject)
  rest(model, () => () => served(model))
  expect(isLed(model)).toBe(false)
})

const ROUTERS = ['istio', 'alb', 'apisix'] as const

/** `managedRoutes` as they are to be from now on; the steps have no route any more, or one of a new name. */
function manages(
  model: Model,
  managedRoutes: readonly { name: string }[],
  steps: readonly CanaryStep[],
): void {
  const { canary } = model.rollout().spec.strategy ?? {}
  const trafficRouting = { ...canary?.trafficRouting, managedRoutes }
  edit(model, { strategy: { canary: { ...canary, steps, trafficRouting } } })
}

test.each(ROUTERS)(
  '%s: a route that is no longer managed is taken away, whatever hinders the first try',
  router => {
    const model = waiting([], router)
    manages(model, [], [{ setCanaryScale: { replicas: 1 } }, { pause: {} }])
    const [memory] = model.decide().writes
    expect(memory).toMatchObject({ verb: 'patch', why: 'remember what is routed' })
    // The pass ends after its first write.
    const { patch } = memory as Extract<Write, { verb: 'patch' }>
    model.put(fromJson(applyMergePatch(asJson(model.rollout()), patch as Json)))
    rest(model, () => () => served(model))
    expect(isLed(model)).toBe(false)
    expect(model.rollout().metadata.annotations?.[REMEMBERED_ROUTING]).not.toContain('inside')
  },
)

test.each(ROUTERS)('%s: an abort takes it away also while a step still names it', router => {
  const model = waiting([], router)
  manages(model, [{ name: 'outside' }], model.rollout().spec.strategy?.canary?.steps ?? [])
  rest(model)
  expect([isLed(model), model.rollout().status?.message]).toEqual([true, expect.stringContaining('inside')])
  model.put({ ...model.rollout(), status: { ...model.rollout().status, abort: true } } as KubeObject)
  rest(model, () => () => served(model))
  expect(isLed(model)).toBe(false)
})

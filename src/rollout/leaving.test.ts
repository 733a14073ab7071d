// A router that leaves the spec: its weight goes before anything moves that it goes to, then its objects, then the
// memory of it. Each in the sentences of its writes.
import { describe, expect, test } from 'vitest'
import type { CanaryStep, RolloutSpec, RolloutStatus } from '../api/rollout.ts'
import type { TrafficRouting } from '../api/traffic.ts'
import { POD_TEMPLATE_HASH, REMEMBERED_ROUTING } from '../api/words.ts'
import type { KubeObject } from '../kube/object.ts'
import { parseJson } from '../std/json.ts'
import { stepsHash } from '../workload/steps-hash.ts'
import { aMapping, anHttpRoute, canaryIngress, ROUTING } from './any-state.suite.ts'
import type { Model, Router } from './model.suite.ts'
import {
  aModel,
  anIngress,
  aReplicaSet,
  aRollout,
  aService,
  hashOf,
  rest,
  ROUTERS,
  template,
} from './model.suite.ts'
import { ROUTE_SCENES } from './routes.suite.ts'
import type { PlayedRouter } from './routes.suite.ts'

const [V1, V2, V3] = ['demo:v1', 'demo:v2', 'demo:v3'] as const
const [H1, H2, H3] = [hashOf(V1), hashOf(V2), hashOf(V3)]
const STEPS: readonly CanaryStep[] = [{ setWeight: 60 }, { pause: {} }]
const CANARY = { steps: STEPS, stableService: 'stable', canaryService: 'canary' }

const SERVICES = { stable: 'stable', canary: 'canary' }
const played = (router: PlayedRouter) => [ROUTE_SCENES[router].object(60, SERVICES)]
const ROUTES: Readonly<Record<Router, readonly KubeObject[]>> = {
  istio: played('istio'),
  alb: played('alb'),
  smi: played('smi'),
  traefik: played('traefik'),
  apisix: played('apisix'),
  nginx: [anIngress('stable'), canaryIngress(60)],
  ambassador: [aMapping('demo', 'stable'), aMapping('demo-canary', 'canary', 60)],
  httpRoute: [anHttpRoute(60)],
}

function remembered(...all: readonly TrafficRouting[]): string {
  const services = { canary: 'canary', stable: 'stable' }
  return JSON.stringify(all.map(trafficRouting => ({ rollout: 'demo', services, trafficRouting })))
}

const STATUS: RolloutStatus = {
  currentPodHash: H2,
  stableRS: H1,
  currentStepHash: stepsHash(STEPS),
  currentStepIndex: 1,
  observedGeneration: '1',
  blueGreen: {},
  canary: {
    weights: {
      canary: { weight: 60, serviceName: 'canary', podTemplateHash: H2 },
      stable: { weight: 40, serviceName: 'stable', podTemplateHash: H1 },
    },
  },
  controllerPause: true,
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-08-01T11:59:55Z' }],
}

/** The second version has 60 % of the users and waits for a person. */
function at60(router: Router, { available = 5 } = {}): Model {
  const strategy = { canary: { ...CANARY, trafficRouting: ROUTING[router] } }
  const rollout = aRollout(V2, { replicas: 5, strategy } as Partial<RolloutSpec>, STATUS)
  const annotations = {
    [REMEMBERED_ROUTING]: remembered(ROUTING[router]),
    'rollout.argoproj.io/revision': '2',
  }
  return aModel([
    { ...rollout, metadata: { ...rollout.metadata, annotations } } as KubeObject,
    aReplicaSet({ image: V1, revision: 1, replicas: 5, available }),
    aReplicaSet({ image: V2, revision: 2, replicas: 3, desired: 5 }),
    aService('stable', H1),
    aService('canary', H2),
    ...ROUTES[router],
  ])
}

function edit(model: Model, spec: Partial<RolloutSpec>): void {
  const rollout = model.rollout()
  model.put({ ...rollout, spec: { ...rollout.spec, ...spec } } as KubeObject)
}

const removed = (model: Model, more: object = {}) =>
  edit(model, { strategy: { canary: { ...CANARY, ...more } } } as Partial<RolloutSpec>)
const exchanged = (model: Model, trafficRouting: TrafficRouting) => removed(model, { trafficRouting })

/** The sentences, with the names of images for hashes. */
function whys(model: Model): readonly string[] {
  const named = (text: string) =>
    [V1, V2, V3].reduce((all, image) => all.replaceAll(hashOf(image), image.slice(5)), text)
  return model.decide().writes.map(write => named(write.why))
}

const selected = (model: Model, service: string) => model.service(service)?.spec.selector?.[POD_TEMPLATE_HASH]
const memory = (model: Model) => {
  const text = model.rollout().metadata.annotations?.[REMEMBERED_ROUTING]
  return text === undefined ? [] : (parseJson(text) as unknown as { trafficRouting: TrafficRouting }[])
}
const isThere = (model: Model, name: string) => model.objects().some(one => one.metadata.name === name)
const waited = (model: Model) => (model.decide().waits ?? []).map(wait => wait.for)

describe('what is routed is remembered', () => {
  const first = () =>
    aModel([
      aRollout(V1, { strategy: { canary: { ...CANARY, trafficRouting: ROUTING.nginx } } } as never),
      aService('stable'),
      aService('canary'),
      anIngress('stable'),
    ])
  test('with the revision, in one write', () => {
    const model = first()
    const { writes } = model.decide()
    expect(writes[0]).toMatchObject({
      why: 'set the revision to 1',
      patch: {
        metadata: {
          annotations: {
            'rollout.argoproj.io/revision': '1',
            [REMEMBERED_ROUTING]: remembered(ROUTING.nginx),
          },
        },
      },
    })
    rest(model)
    expect(model.rollout().status?.phase).toBe('Healthy')
    model.put({ ...model.rollout(), spec: { ...model.rollout().spec, template: template(V2) } } as KubeObject)
    const mine: string[] = []
    rest(model, write => {
      if (write.verb === 'patch' && write.target.kind.kind === 'Rollout') mine.push(write.why)
    })
    expect(mine).toEqual(['set the revision to 2'])
  })
  test('not by a canary without a router, nor by one that stands still without a weight', () => {
    const plain = aModel([aRollout(V1, { strategy: { canary: { steps: STEPS } } })])
    rest(plain)
    expect(plain.rollout().metadata.annotations).not.toHaveProperty([REMEMBERED_ROUTING])
    const model = first()
    rest(model)
    const { [REMEMBERED_ROUTING]: _gone, ...annotations } = model.rollout().metadata.annotations ?? {}
    model.put({ ...model.rollout(), metadata: { ...model.rollout().metadata, annotations } } as KubeObject)
    expect(whys(model)).toEqual([])
  })
  test('when another controller has left it at a weight', () => {
    const model = at60('nginx')
    const { [REMEMBERED_ROUTING]: _gone, ...annotations } = model.rollout().metadata.annotations ?? {}
    model.put({ ...model.rollout(), metadata: { ...model.rollout().metadata, annotations } } as KubeObject)
    expect(whys(model)).toEqual(['remember what is routed'])
    rest(model)
    expect(memory(model)).toMatchObject([{ trafficRouting: ROUTING.nginx }])
  })
  test('and is not taken over by a copy of the Rollout under another name', () => {
    const model = at60('httpRoute')
    const annotations = {
      ...model.rollout().metadata.annotations,
      [REMEMBERED_ROUTING]: remembered(ROUTING.httpRoute).replace('"demo"', '"original"'),
    }
    model.put({ ...model.rollout(), metadata: { ...model.rollout().metadata, annotations } } as KubeObject)
    removed(model)
    rest(model)
    expect(model.weight('httpRoute')).toBe(60)
    expect(memory(model)).toEqual([])
  })
})

describe.each(ROUTERS)('%s removed at 60 %%', router => {
  test('loses its weight in the first pass, before pods go; then what is ours goes, and it is forgotten', () => {
    const model = at60(router)
    removed(model)
    expect(whys(model)[0]).toMatch(/^take the (canary's )?weight .*(away|whose router was left)$/)
    model.pass()
    expect(model.weight(router)).toBe(0)
    expect(model.rollout().status?.canary?.weights).toBeUndefined()
    rest(model)
    model.now += 5000
    rest(model)
    expect([isThere(model, 'demo-demo-canary'), isThere(model, 'demo-canary')]).toEqual([false, false])
    expect(memory(model)).toEqual([])
    expect(whys(model)).toEqual([])
  })
  test('also while a person holds the Rollout', () => {
    const model = at60(router)
    removed(model)
    edit(model, { paused: true })
    rest(model)
    expect(model.weight(router)).toBe(0)
  })
  test('waits for the stable pods, and until then all stays that users come to', () => {
    const model = at60(router, { available: 3 })
    removed(model)
    edit(model, { template: template(V3) })
    for (let pass = 0; pass < 5; pass++) model.pass()
    expect([model.weight(router), selected(model, 'canary')]).toEqual([60, H2])
    expect(model.replicaSets().map(one => one.spec.replicas)).toEqual([5, 3, 3])
    expect(waited(model).join()).toMatch(/3 of 5 available: a router that is no longer asked for still has/)
    const next = model.replicaSet(V3)
    model.put({ ...next, status: { replicas: 3, readyReplicas: 3, availableReplicas: 3 } } as KubeObject)
    for (let pass = 0; pass < 5; pass++) model.pass()
    expect([model.weight(router), selected(model, 'canary')]).toEqual([60, H2])
    const before: string[] = []
    rest(model, write => {
      if (selected(model, 'canary') === H2) before.push(write.why)
    })
    expect(before.join()).toMatch(/take the (canary's )?weight/)
    expect([model.weight(router), selected(model, 'canary')]).toEqual([0, H3])
  })
  test('gives its weight back when its canary becomes blue/green, before the preview moves', () => {
    const model = at60(router)
    const blueGreen = { activeService: 'stable', previewService: 'canary', autoPromotionEnabled: false }
    edit(model, { strategy: { blueGreen }, template: template(V3) })
    rest(model, write => () => {
      if (selected(model, 'canary') !== H2) expect(model.weight(router), write.why).toBe(0)
    })
    expect([model.weight(router), selected(model, 'stable'), selected(model, 'canary')]).toEqual([0, H1, H3])
  })
  test('and the preview waits, with its pods, while stable can not carry all', () => {
    const model = at60(router, { available: 3 })
    const blueGreen = { activeService: 'stable', previewService: 'canary', previewReplicaCount: 1 }
    edit(model, { strategy: { blueGreen } })
    for (let pass = 0; pass < 5; pass++) model.pass()
    expect([model.weight(router), selected(model, 'canary')]).toEqual([60, H2])
    expect(model.replicaSet(V2)?.spec.replicas).toBe(3)
    expect(model.rollout().status?.blueGreen?.previewSelector).toBe(H2)
    rest(model)
    expect(model.weight(router)).toBe(0)
  })
})

test('a canary whose stable pods never come can still be promoted, and then gives its weight back', () => {
  const model = at60('nginx', { available: 0 })
  removed(model)
  model.put({
    ...model.rollout(),
    status: { ...model.rollout().status, pauseConditions: [] },
  } as KubeObject)
  for (let pass = 0; pass < 30; pass++) {
    model.pass()
    for (const one of model.replicaSets()) {
      const replicas = one.metadata.name.endsWith(H1) ? 0 : (one.spec.replicas ?? 0)
      const status = { ...one.status, replicas: one.spec.replicas ?? 0, availableReplicas: replicas }
      model.put({ ...one, status } as KubeObject)
    }
  }
  expect(model.rollout().status).toMatchObject({ stableRS: H2, phase: 'Healthy' })
  expect([model.weight('nginx'), selected(model, 'stable')]).toEqual([0, H2])
})

test('the Services that a left router shares out are not given back before its weight is', () => {
  const model = at60('httpRoute', { available: 3 })
  edit(model, { strategy: { canary: { steps: STEPS } } } as Partial<RolloutSpec>)
  for (let pass = 0; pass < 5; pass++) model.pass()
  expect([selected(model, 'stable'), selected(model, 'canary')]).toEqual([H1, H2])
  rest(model, write => () => {
    if (selected(model, 'canary') === undefined) expect(model.weight('httpRoute'), write.why).toBe(0)
  })
  expect([selected(model, 'stable'), selected(model, 'canary')]).toEqual([undefined, undefined])
})

describe('exchanged', () => {
  test('NGINX for an HTTPRoute, and back: one has a weight, the other has none', () => {
    const model = at60('nginx')
    model.put(anHttpRoute(0))
    exchanged(model, ROUTING.httpRoute)
    expect(whys(model).filter(why => /Ingress|HTTPRoute/.test(why))).toEqual([
      'take the weight of canary Ingress demo-demo-canary away, whose router was left',
      'set the weights in HTTPRoute demo to 60 canary, 40 stable',
    ])
    rest(model)
    expect([model.weight('nginx'), model.weight('httpRoute')]).toEqual([0, 60])
    expect(isThere(model, 'demo-demo-canary')).toBe(false)
    expect(memory(model)).toMatchObject([{ trafficRouting: ROUTING.httpRoute }])
    exchanged(model, ROUTING.nginx)
    rest(model)
    expect([model.weight('nginx'), model.weight('httpRoute')]).toEqual([60, 0])
    expect(memory(model)).toMatchObject([{ trafficRouting: ROUTING.nginx }])
  })
  test('and back before the first has given its weight away: nothing is left', () => {
    const model = at60('nginx', { available: 3 })
    model.put(anHttpRoute(0))
    exchanged(model, ROUTING.httpRoute)
    model.pass()
    expect(memory(model)).toHaveLength(2)
    exchanged(model, ROUTING.nginx)
    rest(model)
    expect([model.weight('nginx'), model.weight('httpRoute')]).toEqual([60, 0])
    expect(memory(model)).toMatchObject([{ trafficRouting: ROUTING.nginx }])
  })
  test('one of two Ingresses taken out: only its weight goes', () => {
    const model = at60('nginx')
    const extra = (one: KubeObject, name: string) =>
      ({ ...one, metadata: { ...one.metadata, name, uid: name } }) as KubeObject
    model.put(extra(anIngress('stable'), 'extra'))
    model.put(extra(canaryIngress(60), 'demo-extra-canary'))
    const several = { nginx: { stableIngresses: ['demo', 'extra'] } }
    const annotations = { ...model.rollout().metadata.annotations, [REMEMBERED_ROUTING]: remembered(several) }
    model.put({ ...model.rollout(), metadata: { ...model.rollout().metadata, annotations } } as KubeObject)
    rest(model)
    expect([model.weight('nginx'), isThere(model, 'demo-extra-canary')]).toEqual([60, false])
  })
  test('for one that is not there: nothing is left, until somebody aborts', () => {
    const model = at60('nginx')
    exchanged(model, { nginx: { stableIngress: 'misspelt' } })
    rest(model)
    expect(model.rollout().status?.phase).toBe('Degraded')
    expect(model.weight('nginx')).toBe(60)
    model.put({ ...model.rollout(), status: { ...model.rollout().status, abort: true } } as KubeObject)
    rest(model)
    expect(model.weight('nginx')).toBe(0)
    expect(selected(model, 'stable')).toBe(H1)
  })
})

test('removed at rest, its objects go and nothing else moves', () => {
  const model = at60('nginx')
  rest(model)
  model.put({ ...model.rollout(), status: { ...model.rollout().status, promoteFull: true } } as KubeObject)
  rest(model)
  expect(model.rollout().status).toMatchObject({ stableRS: H2, phase: 'Healthy' })
  model.now += 60_000
  rest(model)
  removed(model)
  expect(whys(model)).toEqual(['delete canary Ingress demo-demo-canary, whose router was left'])
  rest(model)
  expect(model.rollout().status?.phase).toBe('Healthy')
  expect(memory(model)).toEqual([])
})

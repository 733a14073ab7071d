// A canary's side that goes ahead of its pods: by a pair of Services that swap roles, or by the subsets of a
// DestinationRule. Users never come to a revision that has no pods.
import { describe, expect, test } from 'vitest'
import type { Rollout, RolloutSpec } from '../api/rollout.ts'
import { POD_TEMPLATE_HASH } from '../api/words.ts'
import { DESTINATION_RULE, VIRTUAL_SERVICE } from '../kube/kinds.ts'
import { asJson, fromJson } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import { objects, record, text } from '../std/json-parts.ts'
import { availableReplicas } from '../workload/availability.ts'
import { becomes } from './canary/canary.suite.ts'
import { anObject, specIn } from './halfway.suite.ts'
import { aModel, aRollout, aService, hashOf, rest, template } from './model.suite.ts'
import type { Model } from './model.suite.ts'
import { ROUTE_SCENES } from './routes.suite.ts'

const [V1, V2, V3] = ['demo:v1', 'demo:v2', 'demo:v3'] as const
const [H1, H2, H3] = [V1, V2, V3].map(hashOf) as [string, string, string]
const STEPS = [{ setWeight: 60 }, { pause: {} }]

function edit(model: Model, spec: Partial<RolloutSpec>): void {
  const rollout = model.rollout()
  const { generation = 1 } = rollout.metadata
  model.put({
    ...rollout,
    metadata: { ...rollout.metadata, generation: generation + 1 },
    spec: { ...rollout.spec, ...spec },
  } as KubeObject)
}

function abort(model: Model): void {
  const rollout = model.rollout()
  model.put({ ...rollout, status: { ...rollout.status, abort: true } } as KubeObject)
}

/** A third image in the middle of an update, aborted before it has pods. */
function abortNext(model: Model): void {
  edit(model, { template: template(V3) })
  while (model.pass()) expect(model.rollout().status?.abort).toBeUndefined()
  abort(model)
}

function resume(model: Model): void {
  const rollout = model.rollout()
  model.put({ ...rollout, status: { ...rollout.status, pauseConditions: [] } } as KubeObject)
}

const find = (model: Model, kind: string) =>
  asJson(model.objects().find(one => one.kind === kind) as KubeObject)
const selected = (model: Model, name: string) => model.service(name)?.spec.selector?.[POD_TEMPLATE_HASH]

function availableOf(model: Model, hash: string | undefined): number {
  return model
    .replicaSets()
    .filter(one => one.metadata.labels?.[POD_TEMPLATE_HASH] === hash)
    .reduce((sum, one) => sum + availableReplicas(one), 0)
}

/** Destination → weight. */
function weights(model: Model): Record<string, number> {
  const [route] = objects(record(find(model, VIRTUAL_SERVICE.kind)['spec'])['http'])
  return Object.fromEntries(
    objects(route?.['route']).map(one => {
      const { host, subset } = record(one['destination'])
      return [text(subset ?? host), Number(one['weight'] ?? 0)]
    }),
  )
}

describe('Services that swap roles', () => {
  function aPair(more: object = {}, shared = { stable: 'ping', canary: 'pong' }): Model {
    const canary = {
      steps: STEPS,
      pingPong: { pingService: 'ping', pongService: 'pong' },
      trafficRouting: ROUTE_SCENES.istio.trafficRouting,
      ...more,
    }
    const model = aModel([
      aRollout(V1, { replicas: 5, strategy: { canary } } as Partial<RolloutSpec>),
      ...['ping', 'pong', 'stable', 'canary'].map(name => aService(name)),
      ROUTE_SCENES.istio.object(0, shared),
    ])
    rest(model)
    return model
  }

  /** After each write: whoever gets a weight has pods. */
  const served = (model: Model) => () => {
    for (const [service, weight] of Object.entries(weights(model))) {
      if (weight > 0) expect(availableOf(model, selected(model, service)), service).toBeGreaterThan(0)
    }
  }

  test('the first revision becomes stable behind ping, and pong stays as it is', () => {
    const model = aPair()
    expect(model.rollout().status?.canary?.stablePingPong).toBe('ping')
    expect([selected(model, 'ping'), selected(model, 'pong')]).toEqual([H1, undefined])
    expect(weights(model)).toEqual({ ping: 100, pong: 0 })
  })
  test('an update goes by pong; then pong is stable, and no Service with users has changed its pods', () => {
    const model = aPair()
    edit(model, { template: template(V2) })
    rest(model, (_write, now) => served(now))
    expect([selected(model, 'ping'), selected(model, 'pong')]).toEqual([H1, H2])
    expect(weights(model)).toEqual({ ping: 40, pong: 60 })
    resume(model)
    rest(model, (write, now) => {
      expect(write.why).not.toContain('switch service')
      return served(now)
    })
    expect(model.rollout().status).toMatchObject({ stableRS: H2, canary: { stablePingPong: 'pong' } })
    expect(weights(model)).toEqual({ ping: 0, pong: 100 })
    edit(model, { template: template(V3) })
    rest(model, (_write, now) => served(now))
    expect([selected(model, 'ping'), selected(model, 'pong')]).toEqual([H3, H2])
    expect(weights(model)).toEqual({ ping: 60, pong: 40 })
  })
  test('a new image in the middle waits until nobody comes to the Service that it takes over', () => {
    const model = aPair()
    edit(model, { template: template(V2) })
    rest(model)
    edit(model, { template: template(V3) })
    rest(model, (_write, now) => served(now))
    expect([selected(model, 'pong'), weights(model)['pong']]).toEqual([H3, 60])
  })
  test('where a revision was stable before the pair came, its users stay behind ping', () => {
    const model = aPair()
    const rollout = model.rollout()
    const { canary: _canary, ...status } = rollout.status ?? {}
    model.put({ ...rollout, status: { ...status, canary: {} } } as KubeObject)
    for (const name of ['ping', 'pong']) model.put(aService(name))
    rest(model)
    edit(model, { template: template(V2) })
    rest(model, (_write, now) => served(now))
    expect([selected(model, 'ping'), selected(model, 'pong')]).toEqual([H1, H2])
    expect(weights(model)).toEqual({ ping: 40, pong: 60 })
    resume(model)
    rest(model, (_write, now) => served(now))
    expect(model.rollout().status).toMatchObject({ stableRS: H2, canary: { stablePingPong: 'pong' } })
  })
  test('an abort takes the weight away, and leaves the Service where it is', () => {
    const model = aPair()
    edit(model, { template: template(V2) })
    rest(model)
    abort(model)
    rest(model, (_write, now) => served(now))
    expect([selected(model, 'ping'), selected(model, 'pong')]).toEqual([H1, H2])
    expect(weights(model)).toEqual({ ping: 100, pong: 0 })
  })
  test('an abort sends the users of an earlier revision back, and none of them to the one that was given up', () => {
    const model = aPair({ dynamicStableScale: true })
    edit(model, { template: template(V2) })
    rest(model)
    abortNext(model)
    becomes(model, V3, { replicas: 3 })
    rest(model, (_write, now) => () => {
      if (weights(now)['pong'] !== 0) expect(selected(now, 'pong')).toBe(H2)
    })
    expect(weights(model)).toEqual({ ping: 100, pong: 0 })
  })
  test('the stable Service, deleted and made again, selects the stable revision again', () => {
    const model = aPair()
    model.put(aService('ping'))
    rest(model, (_write, now) => served(now))
    expect([selected(model, 'ping'), selected(model, 'pong')]).toEqual([H1, undefined])
  })
  test('beside a stable and a canary Service it swaps too, and Istio shares between those two', () => {
    const names = { stable: 'stable', canary: 'canary' }
    const model = aPair({ stableService: 'stable', canaryService: 'canary' }, names)
    edit(model, { template: template(V2) })
    rest(model)
    expect(['stable', 'canary', 'ping', 'pong'].map(name => selected(model, name))).toEqual([H1, H2, H1, H2])
    expect(weights(model)).toEqual({ stable: 40, canary: 60 })
    resume(model)
    rest(model)
    expect(model.rollout().status?.canary?.stablePingPong).toBe('pong')
    expect(['stable', 'ping', 'pong'].map(name => selected(model, name))).toEqual([H2, H1, H2])
  })
})

describe('subsets that select the pods of a revision', () => {
  function aMesh(more: object = {}): Model {
    const istio = {
      virtualService: { name: 'demo' },
      destinationRule: { name: 'demo', canarySubsetName: 'next', stableSubsetName: 'now' },
    }
    const canary = { steps: STEPS, trafficRouting: { istio }, ...more }
    const route = [
      { destination: { host: 'demo', subset: 'now' }, weight: 100 },
      { destination: { host: 'demo', subset: 'next' }, weight: 0 },
    ]
    const model = aModel([
      aRollout(V1, { replicas: 5, strategy: { canary } } as Partial<RolloutSpec>),
      fromJson({
        apiVersion: 'networking.istio.io/v1',
        kind: VIRTUAL_SERVICE.kind,
        metadata: { name: 'demo', namespace: 'shop' },
        spec: { http: [{ route }] },
      }),
      fromJson({
        apiVersion: 'networking.istio.io/v1',
        kind: DESTINATION_RULE.kind,
        metadata: { name: 'demo', namespace: 'shop' },
        spec: { host: 'demo', subsets: [{ name: 'now' }, { name: 'next' }] },
      }),
    ])
    rest(model)
    return model
  }

  const subset = (model: Model, name: string) => {
    const all = objects(record(find(model, DESTINATION_RULE.kind)['spec'])['subsets'])
    return text(record(all.find(one => one['name'] === name)?.['labels'])[POD_TEMPLATE_HASH])
  }
  const served = (model: Model) => () => {
    for (const [name, weight] of Object.entries(weights(model))) {
      if (weight > 0) expect(availableOf(model, subset(model, name)), name).toBeGreaterThan(0)
    }
  }
  const stable = ({ status }: Rollout) => status?.stableRS

  test('follow the revisions through an update, a new image in the middle, and an end', () => {
    const model = aMesh()
    expect([subset(model, 'now'), subset(model, 'next')]).toEqual([H1, H1])
    edit(model, { template: template(V2) })
    rest(model, (_write, now) => served(now))
    expect([subset(model, 'now'), subset(model, 'next')]).toEqual([H1, H2])
    expect(weights(model)).toEqual({ now: 40, next: 60 })
    edit(model, { template: template(V3) })
    rest(model, (_write, now) => served(now))
    expect([subset(model, 'now'), subset(model, 'next')]).toEqual([H1, H3])
    resume(model)
    rest(model, (_write, now) => served(now))
    expect([stable(model.rollout()), subset(model, 'now'), subset(model, 'next')]).toEqual([H3, H3, H3])
    expect(weights(model)).toEqual({ now: 100, next: 0 })
  })
  test('stay with the pods of an earlier revision until an abort has given their users back', () => {
    const model = aMesh({ dynamicStableScale: true })
    edit(model, { template: template(V2) })
    rest(model)
    abortNext(model)
    rest(model, (_write, now) => served(now))
    expect(weights(model)).toEqual({ now: 100, next: 0 })
  })

  test('follow the stable revision also with a mistake in the spec, when nobody is at the canary', () => {
    const model = aMesh()
    edit(model, { minReadySeconds: -1 })
    const rule = model.objects().find(one => one.kind === DESTINATION_RULE.kind) as KubeObject
    const moved = { name: 'now', labels: { [POD_TEMPLATE_HASH]: H2 } }
    model.put({
      ...rule,
      spec: { ...record(record(rule)['spec']), subsets: [moved, { name: 'next' }] },
    } as never)
    rest(model)
    expect(subset(model, 'now')).toBe(H1)
  })

  test('lead to the new stable revision before it gets all, also where its image has changed by then', () => {
    const model = aMesh()
    edit(model, { template: template(V2) })
    rest(model)
    resume(model)
    while (stable(model.rollout()) !== H2) if (!model.pass()) model.pods()
    model.put({
      ...model.replicaSet(V1),
      spec: { ...model.replicaSet(V1)?.spec, replicas: 0 },
      status: { replicas: 0 },
    } as KubeObject)
    edit(model, { template: template(V3) })
    rest(model, (_write, now) => served(now))
    expect([subset(model, 'now'), subset(model, 'next')]).toEqual([H2, H3])
  })
})

test('an HTTPRoute that names the pair is weighed, though the strategy names no other Service', () => {
  const backend = (name: string, weight: number) => ({ name, port: 80, weight })
  const route = anObject('gateway.networking.k8s.io/v1', 'HTTPRoute', {
    rules: [{ backendRefs: [backend('ping', 100), backend('pong', 0)] }],
  })
  const canary = {
    steps: [{ setWeight: 40 }, { pause: {} }],
    pingPong: { pingService: 'ping', pongService: 'pong' },
    trafficRouting: { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'httproute' } } },
  }
  const services = ['ping', 'pong'].map(name => aService(name))
  const model = aModel([aRollout('demo:v1', { strategy: { canary } }), ...services, route])
  rest(model)
  expect(model.rollout().status?.phase).toBe('Healthy')
  edit(model, { template: template('demo:v2') })
  rest(model)
  const given = () =>
    objects(objects(specIn(model, 'HTTPRoute')['rules'])[0]?.['backendRefs']).map(one => one['weight'])
  expect(given()).toEqual([60, 40])
  abort(model)
  rest(model)
  expect(given()).toEqual([100, 0])
})

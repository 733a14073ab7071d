// One of several routes, or rules, of a router's object is broken: the way back takes what can be taken, and says what
// stays.
import { describe, expect, test } from 'vitest'
import { REMEMBERED_ROUTING } from '../api/words.ts'
import {
  abort,
  anObject,
  BY_SUBSETS,
  destinationRule,
  halfway,
  host,
  istio,
  podsOf,
  putSpec,
  routesOf,
  selects,
  specIn,
  statusWeight,
  subset,
  subsetHashes,
  V1,
  virtualService,
  withoutRouter,
} from './halfway.suite.ts'
import { hashOf, rest } from './model.suite.ts'
import type { Model } from './model.suite.ts'

const memory = (model: Model) => model.rollout().metadata.annotations?.[REMEMBERED_ROUTING]
const waited = (model: Model) => (model.decide().waits ?? []).map(one => one.for).join()

/** Route b loses a side. */
function half(to: typeof host, keeps: 'stable' | 'canary', more: object = {}): Model {
  const route = [to('stable', 100), to('canary', 0)]
  const routes = ['a', 'b'].map(name => ({ name, route }))
  const trafficRouting = istio(['a', 'b'], to === subset ? BY_SUBSETS : {})
  const objects = [virtualService(routes), destinationRule('stable', 'canary')]
  const model = halfway({ trafficRouting, routes: objects, canary: more })
  const [a = {}] = specIn(model, 'VirtualService')['http'] as never[]
  putSpec(model, 'VirtualService', { http: [a, { name: 'b', route: [to(keeps, 40)] }] })
  return model
}

describe.each([
  ['Services', host],
  ['subsets', subset],
] as const)('a VirtualService by %s', (by, to) => {
  test.each([{}, { dynamicStableScale: true }])('an abort weighs the other route (%j)', more => {
    const model = half(to, 'stable', more)
    abort(model)
    expect(routesOf(model)).toEqual([['stable 100', 'canary 0'], ['stable 40']])
    expect([podsOf(model), statusWeight(model)]).toEqual([[5, 0], 0])
    if (by === 'subsets') expect(subsetHashes(model)['stable']).toBe(hashOf(V1))
  })
  test('what an abort can not take back is said, and keeps its pods', () => {
    const model = half(to, 'canary')
    abort(model)
    expect(routesOf(model)).toEqual([['stable 100', 'canary 0'], ['canary 40']])
    expect(statusWeight(model)).toBe(100)
    expect(waited(model)).toContain('users of the canary to go back: what stands for the router Istio')
    if (by === 'subsets') expect([subsetHashes(model)['stable'], podsOf(model)[1]]).toEqual([hashOf(V1), 2])
    putSpec(model, 'VirtualService', { http: [{ name: 'a', route: [to('stable', 100), to('canary', 0)] }] })
    expect(statusWeight(model)).toBe(0)
  })
  test('left, it is forgotten once its weight is gone, and gives nothing back before', () => {
    const model = half(to, 'canary')
    withoutRouter(model)
    rest(model)
    expect(routesOf(model)).toEqual([['stable 100', 'canary 0'], ['canary 40']])
    expect(memory(model)).toBeDefined()
    expect(waited(model)).toContain('what stands for the router Istio can not be weighed')
    expect(podsOf(model)[1]).toBeGreaterThan(0)
    if (by === 'subsets') expect(subsetHashes(model)['stable']).toBe(hashOf(V1))
    const whole = [to('stable', 60), to('canary', 40)]
    putSpec(model, 'VirtualService', { http: [{ name: 'b', route: whole }] })
    expect([routesOf(model), memory(model)]).toEqual([[['stable 100', 'canary 0']], undefined])
    if (by === 'subsets') expect(subsetHashes(model)).toEqual({ stable: '', canary: '' })
  })
})

test('a second route, with a name, beside the only one: an abort weighs what is the Rollout’s', () => {
  const route = { name: 'a', route: [subset('stable', 100), subset('canary', 0)] }
  const objects = [virtualService([route]), destinationRule('stable', 'canary')]
  const model = halfway({ trafficRouting: istio(undefined, BY_SUBSETS), routes: objects })
  const [a = {}] = specIn(model, 'VirtualService')['http'] as never[]
  putSpec(model, 'VirtualService', { http: [{ name: 'health', route: [host('elsewhere', 100)] }, a] })
  abort(model)
  expect(routesOf(model)).toEqual([['elsewhere 100'], ['stable 100', 'canary 0']])
  expect(subsetHashes(model)['stable']).toBe(hashOf(V1))
})

test('the route of a header goes with an abort also when the weighted one has lost its canary, or has gone', () => {
  const match = [{ headerName: 'team', headerValue: { exact: 'inside' } }]
  const steps = [
    { setCanaryScale: { replicas: 1 } },
    { setHeaderRoute: { name: 'inside', match } },
    { pause: {} },
  ]
  const trafficRouting = { ...istio(['a'], BY_SUBSETS), managedRoutes: [{ name: 'inside' }] }
  for (const weighted of [[{ name: 'a', route: [subset('stable', 100)] }], []]) {
    const routes = [virtualService([{ name: 'a', route: [subset('stable', 100), subset('canary', 0)] }])]
    const objects = [...routes, destinationRule('stable', 'canary')]
    const model = halfway({ trafficRouting, routes: objects, canary: { steps } })
    const [inside = {}] = specIn(model, 'VirtualService')['http'] as never[]
    expect(inside).toHaveProperty('name', 'inside')
    putSpec(model, 'VirtualService', { http: [inside, ...weighted] })
    abort(model)
    expect(specIn(model, 'VirtualService')['http']).toEqual(weighted)
    expect(subsetHashes(model)['stable']).toBe(hashOf(V1))
  }
})

test('an HTTPRoute that has lost its stable backend: the canary Service goes back, as soon as stable is whole', () => {
  const backend = (name: string, weight: number) => ({ name, port: 80, weight })
  const route = anObject('gateway.networking.k8s.io/v1', 'HTTPRoute', {
    rules: [{ backendRefs: [backend('stable', 100), backend('canary', 0)] }],
  })
  const trafficRouting = { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'httproute' } } }
  const model = halfway({ trafficRouting, routes: [route], canary: { dynamicStableScale: true } })
  putSpec(model, 'HTTPRoute', { rules: [{ backendRefs: [backend('canary', 40)] }] })
  abort(model)
  expect([selects(model, 'canary'), podsOf(model)[0]]).toEqual([hashOf(V1), 5])
})

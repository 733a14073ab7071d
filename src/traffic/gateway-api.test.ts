// Gateway API: the laws of the family, golden files, and what is its own.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BackendRef, HttpRoute, HttpRouteRule } from '../kube/networking.ts'
import { asJson } from '../kube/object.ts'
import type { JsonObject } from '../std/json.ts'
import { gatewayApi } from './gateway-api.ts'
import { applied, anIntent, bound, foundIn, NAMESPACE, routerGoldens, routerLaws } from './router.suite.ts'
import type { RouterMember, Scene } from './router.suite.ts'

const PLUGIN = 'argoproj-labs/gatewayAPI'
const SHARED: HttpRouteRule = {
  backendRefs: [
    { name: 'stable', port: 80 },
    { name: 'canary', port: 80 },
  ],
}

function aRoute(name: string, rules: readonly HttpRouteRule[], namespace = NAMESPACE): HttpRoute {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name, namespace },
    spec: { parentRefs: [{ name: 'gateway' }], rules },
  }
}

const backend: fc.Arbitrary<BackendRef> = fc
  .tuple(fc.constantFrom('third', 'fourth'), fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }))
  .map(([name, weight]) => (weight === undefined ? { name, port: 80 } : { name, port: 80, weight }))
const maybe = fc.option(fc.nat({ max: 5 }), { nil: undefined })
const weighed = (backendRef: BackendRef, given: number | undefined): BackendRef =>
  given === undefined ? backendRef : { ...backendRef, weight: given }
const shared: fc.Arbitrary<HttpRouteRule> = fc
  .tuple(fc.array(backend, { maxLength: 1 }), maybe, maybe)
  .map(([others, a, b]) => ({
    backendRefs: [
      weighed({ name: 'canary', port: 80 }, a),
      ...others,
      weighed({ kind: 'Service', group: '', name: 'stable', port: 80 }, b),
    ],
  }))
const alien: fc.Arbitrary<HttpRouteRule> = fc.constantFrom<HttpRouteRule>(
  { backendRefs: [{ name: 'third', port: 80 }] },
  { backendRefs: [{ name: 'stable', port: 80, weight: 7 }] },
  { backendRefs: [{ name: 'canary', port: 80 }], matches: [{ headers: [{ name: 'x', value: 'y' }] }] },
  { filters: [{ type: 'RequestRedirect' }] },
  { backendRefs: [{ kind: 'Bucket', group: 'x', name: 'canary' }, { name: 'stable' }] },
  { backendRefs: [{ name: 'canary', namespace: 'elsewhere' }, { name: 'stable' }] },
)
const rules = fc
  .tuple(fc.array(alien, { maxLength: 2 }), shared, fc.array(fc.oneof(alien, shared), { maxLength: 2 }))
  .map(([before, rule, after]) => [...before, rule, ...after])

const scenes: fc.Arbitrary<Scene> = fc
  .record({ first: rules, second: rules, several: fc.boolean(), max: fc.constantFrom(undefined, 1000) })
  .map(parts => {
    const settings = parts.several
      ? { httpRoutes: [{ name: 'main' }, { name: 'extra' }] }
      : { httpRoute: 'main' }
    const plugins = { [PLUGIN]: { ...settings, namespace: NAMESPACE } }
    return {
      trafficRouting: parts.max === undefined ? { plugins } : { plugins, maxTrafficWeight: parts.max },
      maxWeight: parts.max ?? 100,
      objects: [aRoute('main', parts.first), aRoute('extra', parts.second)],
    }
  })

const NAMES = ['stable', 'canary']

const member: RouterMember<ReturnType<typeof gatewayApi.config> & object> = {
  router: gatewayApi,
  carriesOthers: true,
  scenes,
  withoutOurs(object: JsonObject) {
    const { spec } = object as unknown as HttpRoute
    const theirs = (spec.rules ?? []).map(rule => {
      const refs = rule.backendRefs ?? []
      const isOurs = (one: BackendRef) =>
        NAMES.includes(one.name) && one.namespace === undefined && (one.kind ?? 'Service') === 'Service'
      const isShared = NAMES.every(name => refs.some(one => isOurs(one) && one.name === name))
      const strip = ({ weight, ...one }: BackendRef) => (isShared && isOurs(one) ? one : { ...one, weight })
      return { ...rule, backendRefs: refs.map(strip) }
    })
    return asJson({ ...object, spec: { ...spec, rules: theirs } })
  },
}

routerLaws(member)
routerGoldens(member, new URL('testdata/gateway-api/', import.meta.url))

describe('Gateway API', () => {
  const boundTo = (settings: object) => bound(gatewayApi, { plugins: { [PLUGIN]: settings as JsonObject } })
  const main = boundTo({ httpRoute: 'main' })
  const route = (settings: object, objects: readonly HttpRoute[]) =>
    gatewayApi.route(boundTo(settings), anIntent(10), foundIn(member, objects))

  test('is asked for by the name of the plug-in alone', () => {
    expect(gatewayApi.config({})).toBeUndefined()
    expect(gatewayApi.config({ plugins: { 'other/plugin': {} } })).toBeUndefined()
  })
  test.each([
    {},
    { httpRoute: 5 },
    { httpRoute: '' },
    { httpRoutes: 'main' },
    { httpRoutes: [{}] },
    { httpRoutes: [] },
  ])('says that the settings %j name no route', settings => {
    expect(route(settings, [aRoute('main', [SHARED])])).toHaveProperty(
      'invalid.message',
      'the settings name no HTTPRoute',
    )
  })
  test.each<[string, object]>([
    ['grpcRoute', { grpcRoute: 'chat' }],
    ['tcpRoutes', { tcpRoutes: [{ name: 'db' }] }],
    ['tlsRoute', { tlsRoute: 'tls' }],
    ['httpRouteSelector', { httpRouteSelector: { matchLabels: { app: 'shop' } } }],
  ])('says that it cannot do %s', (field, more) => {
    const there = [aRoute('main', [SHARED])]
    expect(route({ httpRoute: 'main', ...more }, there)).toMatchObject({
      invalid: { path: `spec.strategy.canary.trafficRouting.plugins.${PLUGIN}.${field}` },
    })
    expect(route({ httpRoute: 'main', [field]: '' }, there)).toHaveProperty('placed')
  })
  test('finds a route in another namespace, which then must say where the Services are', () => {
    const settings = { httpRoute: 'main', namespace: 'infra' }
    expect(route(settings, [aRoute('main', [SHARED], 'infra')])).toHaveProperty('invalid.message')
    const far = (SHARED.backendRefs ?? []).map(one => ({ ...one, namespace: NAMESPACE }))
    expect(route(settings, [aRoute('main', [{ backendRefs: far }], 'infra')])).toHaveProperty('placed')
  })
  test('needs a rule with both Services, each of them once', () => {
    const one = { backendRefs: [{ name: 'stable' }] }
    expect(route({ httpRoute: 'main' }, [aRoute('main', [one])])).toHaveProperty(
      'invalid.message',
      'HTTPRoute "main" has no rule with both backends stable and canary',
    )
    const twice = { backendRefs: [...(SHARED.backendRefs ?? []), { name: 'stable', port: 81 }] }
    expect(route({ httpRoute: 'main' }, [aRoute('main', [twice])])).toHaveProperty(
      'invalid.message',
      'HTTPRoute "main" has a rule that names a backend twice',
    )
  })
  const reads = (...all: (readonly HttpRouteRule[])[]) => {
    const names = all.map((_rules, i) => `route-${i}`)
    const routes = all.map((one, i) => aRoute(`route-${i}`, one))
    const settings = boundTo({ httpRoutes: names.map(name => ({ name })) })
    return gatewayApi.read(settings, foundIn(member, routes))?.canary
  }
  const rule = (canary: number, stable?: number, more: Partial<HttpRouteRule> = {}): HttpRouteRule => ({
    backendRefs: [
      { name: 'canary', weight: canary },
      ...(stable === undefined ? [] : [{ name: 'stable', weight: stable }]),
    ],
    ...more,
  })

  test('reads the share of the canary of what the two get, rounded up', () => {
    expect(reads([SHARED])).toBe(50)
    expect(reads([rule(1, 2)])).toBe(34)
    expect(reads([rule(7, 93)])).toBe(7)
    expect(reads([rule(30, 0)])).toBe(100)
    expect(reads([rule(0, 0)])).toBe(0)
    const third = { name: 'third', weight: 100 }
    expect(reads([{ backendRefs: [...(rule(30, 70).backendRefs ?? []), third] }])).toBe(30)
  })
  test('reads the largest of all rules and routes; what is missing or malformed says nothing', () => {
    expect(reads([rule(10, 90), rule(20, 80)])).toBe(20)
    expect(reads([rule(10, 90)], [rule(20, 80)])).toBe(20)
    expect(reads([rule(10, 90)], 5 as unknown as [])).toBe(10)
    expect(reads(5 as unknown as [])).toBeUndefined()
    const one = boundTo({ httpRoutes: [{ name: 'main' }, { name: 'gone' }] })
    expect(gatewayApi.read(one, foundIn(member, [aRoute('main', [rule(10, 90)])]))?.canary).toBe(10)
    expect(gatewayApi.read(main, {})).toBeUndefined()
  })
  test('reads all where somebody took the stable Service out, and no more where testers have a rule', () => {
    const matches = [{ headers: [{ name: 'x-tester', value: 'yes' }] }]
    expect(reads([rule(100)])).toBe(100)
    expect(reads([{ backendRefs: [{ name: 'stable' }] }, rule(1, undefined, { matches })])).toBe(0)
    expect(reads([rule(100, undefined, { matches: [...matches, { path: { value: '/' } }] })])).toBe(100)
    expect(reads([rule(1, undefined, { matches }), rule(10, 90)])).toBe(10)
    const preview = { matches: [{ path: { value: '/preview' } }] }
    expect(reads([rule(1, undefined, preview), rule(10, 90)])).toBe(10)
    expect(reads([{ backendRefs: [{ name: 'third' }] }])).toBe(0)
  })
  test('left, it gives all to the stable Service in every rule that both share, and leaves the others', () => {
    const matches = [{ headers: [{ name: 'x-tester', value: 'yes' }] }]
    const testers = rule(1, undefined, { matches })
    const found = foundIn(member, [aRoute('main', [rule(30, 70), testers, rule(0, 0)])])
    const after = applied(gatewayApi.leave(main, { now: 0 }, found), found)
    expect(Object.values(after)).toMatchObject([{ spec: { rules: [rule(0, 100), testers, rule(0, 100)] } }])
    expect(gatewayApi.leave(main, { now: 0 }, after)).toEqual({ placed: [] })
    const none = foundIn(member, [aRoute('main', [testers, { backendRefs: [{ name: 'stable' }] }])])
    expect(gatewayApi.leave(main, { now: 0 }, none)).toEqual({ placed: [] })
  })
})

// Gateway API: the laws of the family, golden files, and what is its own.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BackendRef, HttpRoute, HttpRouteRule } from '../kube/networking.ts'
import type { Json, JsonObject } from '../std/json.ts'
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
const shared: fc.Arbitrary<HttpRouteRule> = fc
  .tuple(fc.array(backend, { maxLength: 1 }), fc.nat({ max: 5 }), fc.nat({ max: 5 }))
  .map(([others, a, b]) => ({
    backendRefs: [
      { name: 'canary', port: 80, weight: a },
      ...others,
      { kind: 'Service', group: '', name: 'stable', port: 80, weight: b },
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
    return { ...object, spec: { ...spec, rules: theirs } } as unknown as Json
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
  test('reads the weight of a backend that says nothing as 1', () => {
    const found = foundIn(member, [aRoute('main', [SHARED])])
    expect(gatewayApi.read(main, found)).toEqual({
      stable: 1,
      canary: 1,
      others: {},
    })
  })
  test('is silent where rules or routes do not say the same', () => {
    const found = foundIn(member, [aRoute('main', [SHARED])])
    const after = applied(gatewayApi.route(main, anIntent(10), found), found)
    const [weighed] = Object.values(after) as [HttpRoute]
    const mixed = foundIn(member, [aRoute('main', [SHARED, ...(weighed.spec.rules ?? [])])])
    expect(gatewayApi.read(main, mixed)).toBeUndefined()
    expect(gatewayApi.read(main, {})).toBeUndefined()
  })
})

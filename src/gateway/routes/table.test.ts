// The order of routes, the weights' slots, hosts and endpoints: laws and stories.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../doors/random.ts'
import type { EndpointSlice, Pod, Service } from '../../kube/core.ts'
import { createMatcher } from '../matching.ts'
import { backendsOf } from './endpoints.ts'
import type { RouteInput } from './endpoints.ts'
import type { Route } from './route.ts'
import { serviceRoutes } from './service.ts'
import { compareRoutes, routeTable } from './table.ts'
import { slotCounts, weightedChoice } from './weights.ts'

function aRoute(more: Partial<Route>): Route {
  return {
    id: 'r',
    host: '',
    path: { how: 'prefix', value: '/' },
    headers: [],
    backends: [],
    from: '/services/shop/web',
    isImplicit: false,
    ...more,
  }
}

function asked(host: string, path = '/', headers: Record<string, string> = {}) {
  return { host, path, method: 'GET', header: (name: string) => headers[name], query: () => undefined }
}

const anyRoute: fc.Arbitrary<Route> = fc
  .record({
    id: fc.string({ maxLength: 4 }),
    host: fc.constantFrom('', '*.com', '*.shop.com', 'a.shop.com', 'b.com'),
    how: fc.constantFrom('exact' as const, 'prefix' as const),
    value: fc.constantFrom('/', '/a', '/a/b', '/c'),
    headers: fc.nat(2),
    isImplicit: fc.boolean(),
  })
  .map(({ how, value, headers, ...rest }) =>
    aRoute({
      ...rest,
      path: { how, value },
      headers: [
        { name: 'x', how: 'exact' as const, value: '1' },
        { name: 'y', how: 'exact' as const, value: '1' },
      ].slice(0, headers),
    }),
  )

describe('the table', () => {
  test('is a total order: whatever order the objects come in, the table is the same', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyRoute, { selector: route => route.id, maxLength: 8 }), routes => {
        const forwards = routeTable(routes).routes.map(route => route.id)
        expect(routeTable(routes.toReversed()).routes.map(route => route.id)).toEqual(forwards)
      }),
    )
  })

  test('comparing is transitive and antisymmetric', () => {
    fc.assert(
      fc.property(anyRoute, anyRoute, anyRoute, (a, b, c) => {
        expect(Math.sign(compareRoutes(a, b))).toBe(-Math.sign(compareRoutes(b, a)) + 0)
        if (compareRoutes(a, b) <= 0 && compareRoutes(b, c) <= 0)
          expect(compareRoutes(a, c)).toBeLessThanOrEqual(0)
      }),
    )
  })

  test('exact host before wildcard before none, longer prefix first, more headers first', () => {
    const routes = [
      aRoute({ id: 'none' }),
      aRoute({ id: 'wide', host: '*.com' }),
      aRoute({ id: 'narrow', host: '*.shop.com' }),
      aRoute({ id: 'exact', host: 'a.shop.com' }),
      aRoute({ id: 'long', host: 'a.shop.com', path: { how: 'prefix', value: '/cart' } }),
      aRoute({
        id: 'header',
        host: 'a.shop.com',
        path: { how: 'prefix', value: '/cart' },
        headers: [{ name: 'x-user', how: 'exact', value: 'ada' }],
      }),
    ]
    const matcher = createMatcher(routeTable(routes))
    const found = (...args: Parameters<typeof asked>) => matcher.match(asked(...args))?.id
    expect(found('a.shop.com', '/cart/1', { 'x-user': 'ada' })).toBe('header')
    expect(found('a.shop.com', '/cart')).toBe('long')
    expect(found('a.shop.com', '/carts')).toBe('exact')
    expect(found('b.shop.com')).toBe('narrow')
    expect(found('shop.com')).toBe('wide')
    expect(found('elsewhere.org')).toBe('none')
  })

  test('an object wins over the implicit host of a Service', () => {
    const host = 'web.shop.localhost'
    const bare = aRoute({ id: 'bare', host, isImplicit: true, path: { how: 'prefix', value: '/' } })
    const object = aRoute({ id: 'object', host })
    expect(createMatcher(routeTable([bare, object])).match(asked(host))?.id).toBe('object')
  })

  test('a Service is reached by its name inside the cluster as well', () => {
    const matcher = createMatcher(routeTable([aRoute({ id: 'bare', host: 'web.shop.localhost' })]))
    for (const host of ['web.shop', 'web.shop.svc', 'web.shop.svc.cluster.local', 'web.shop.localhost'])
      expect(matcher.match(asked(host))?.id).toBe('bare')
    expect(matcher.match(asked('web.other.svc'))).toBeUndefined()
  })

  test('a pattern that would take others for ever is answered', () => {
    const headers = [{ name: 'x', how: 'regex' as const, value: '(a+)+$' }]
    const matcher = createMatcher(routeTable([aRoute({ headers })]))
    expect(matcher.match(asked('h', '/', { x: `${'a'.repeat(5000)}!` }))).toBeUndefined()
  })

  test('a broken pattern matches nothing', () => {
    const headers = [{ name: 'x', how: 'regex' as const, value: '(' }]
    expect(
      createMatcher(routeTable([aRoute({ headers })])).match(asked('h', '/', { x: '(' })),
    ).toBeUndefined()
  })
})

describe('weights', () => {
  test('30 and 70: exactly 30 of every 100, in another order each time', () => {
    fc.assert(
      fc.property(fc.integer(), seed => {
        const choice = weightedChoice([30, 70], seededRandom(seed))
        const block = () => Array.from({ length: 100 }, () => choice.next())
        const [first, second] = [block(), block()]
        for (const one of [first, second]) expect(one.filter(backend => backend === 0)).toHaveLength(30)
        expect(first).not.toEqual(second)
      }),
    )
  })

  test('every block gives each backend its slots, whatever the weights', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2000), { minLength: 1, maxLength: 5 }), fc.integer(), (weights, seed) => {
        const counts = slotCounts(weights)
        const size = counts.reduce((sum, count) => sum + count, 0)
        const sum = weights.reduce((total, weight) => total + weight, 0)
        expect(size === 0).toBe(sum === 0)
        weights.forEach((weight, i) => {
          if (sum > 0) expect(Math.abs(counts[i]! - (weight * size) / sum)).toBeLessThan(1)
          if (weight === 0) expect(counts[i]).toBe(0)
        })
        const choice = weightedChoice(weights, seededRandom(seed))
        const chosen = Array.from({ length: size }, () => choice.next())
        if (size > 1)
          counts.forEach((count, i) => expect(chosen.filter(backend => backend === i)).toHaveLength(count))
      }),
    )
  })

  test('no weight at all chooses nobody', () => {
    expect(weightedChoice([0, 0], seededRandom(1)).next()).toBeUndefined()
    expect(weightedChoice([], seededRandom(1)).next()).toBeUndefined()
  })
})

describe('a Service’s host', () => {
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  }
  const slice = (endpoints: EndpointSlice['endpoints']): EndpointSlice => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-x', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    endpoints,
    ports: [{ name: 'http', port: 8080 }],
  })
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web-1',
      namespace: 'shop',
      labels: { app: 'web', 'rollouts-pod-template-hash': 'abc' },
    },
    spec: { containers: [{ name: 'web', image: 'host:5000/acme/web:v2.0' }] },
  }
  const rollout = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { strategy: { canary: {} } },
    status: { stableRS: 'old', currentPodHash: 'abc' },
  }
  const at = (ip: string, conditions: object, name = 'web-1') => ({
    addresses: [ip],
    conditions,
    targetRef: { kind: 'Pod', name },
  })
  const input = (slices: readonly EndpointSlice[]): RouteInput => ({
    services: [service],
    slices,
    pods: [pod],
    experiments: [],
    rollouts: [rollout],
    resolve: (ip, port) => (ip === '10.88.0.9' ? undefined : { host: '127.0.0.1', port: port + 1 }),
  })
  const routes = (...slices: EndpointSlice[]) =>
    serviceRoutes(input(slices), backendsOf(input(slices))).routes.map(route => [
      route.host,
      route.backends[0]?.endpoints,
    ])

  test('leads to its ready endpoints at their real addresses, with who they are', () => {
    const endpoints = [
      at('10.88.0.1', { ready: true }),
      at('10.88.0.2', { ready: false }),
      at('10.88.0.9', { ready: true }),
    ]
    expect(routes(slice(endpoints))).toEqual([
      [
        'web.shop.localhost',
        [
          {
            pod: 'web-1',
            rollout: 'web',
            hash: 'abc',
            revision: 'web/abc',
            app: 'web',
            role: 'canary',
            version: 'v2.0',
            host: '127.0.0.1',
            port: 8081,
          },
        ],
      ],
    ])
  })

  test('knows a pod’s Rollout by its selector where two have the same template', () => {
    const named = (name: string, app: string, status: object) => ({
      ...rollout,
      metadata: { name, namespace: 'shop' },
      spec: { ...rollout.spec, selector: { matchLabels: { app } } },
      status,
    })
    const rollouts = [named('other', 'other', { stableRS: 'abc' }), named('web', 'web', rollout.status)]
    const of = { ...input([slice([at('10.88.0.1', { ready: true })])]), rollouts }
    expect(serviceRoutes(of, backendsOf(of)).routes[0]?.backends[0]?.endpoints).toMatchObject([
      { rollout: 'web', role: 'canary' },
    ])
  })

  test('knows the Rollout of a pod whose revision is neither stable nor new, without a role', () => {
    const selector = { matchLabels: { app: 'web' } }
    const status = { stableRS: 'older', currentPodHash: 'newer' }
    const of = {
      ...input([slice([at('10.88.0.1', { ready: true })])]),
      rollouts: [{ ...rollout, spec: { ...rollout.spec, selector }, status }],
    }
    expect(serviceRoutes(of, backendsOf(of)).routes[0]?.backends[0]?.endpoints).toMatchObject([
      { rollout: 'web', hash: 'abc', role: '' },
    ])
  })

  test('leads to pods that end but still serve when there is nobody else', () => {
    const ending = at('10.88.0.1', { ready: false, serving: true, terminating: true })
    expect(routes(slice([ending]))[0]?.[1]).toHaveLength(1)
    expect(routes(slice([ending, at('10.88.0.2', { ready: true }, 'web-2')]))[0]?.[1]).toMatchObject([
      { pod: 'web-2' },
    ])
  })

  test('stands even when nobody is behind it, so that the answer can name the Service', () => {
    expect(routes()).toEqual([['web.shop.localhost', []]])
  })
})

// Mappings, Ingresses and HTTPRoutes as routes: where a request to a host goes, and with which weights.
import { describe, expect, test } from 'vitest'
import type { Json } from '../../std/json.ts'
import { httpRoute, ingress, mapping, noticesOf, table, to, whereTo } from './families.suite.ts'

describe('Mappings', () => {
  const main = mapping('web', { hostname: 'web.test', prefix: '/', service: 'stable:80' })

  test('a canary Mapping takes its weight, the main one the rest', () => {
    const canary = mapping('web-canary', {
      hostname: 'web.test',
      prefix: '/',
      service: 'canary:80',
      weight: 30,
    })
    expect(whereTo([main], 'web.test/')).toBe('stable=100')
    expect(whereTo([canary, main], 'web.test/any/where')).toBe('stable=70 canary=30')
  })

  test('v2 names its host in another field', () => {
    const old = mapping('old', { host: 'Old.test', prefix: '/', service: 'stable' }, { version: 'v2' })
    expect(whereTo([old], 'old.test/x')).toBe('stable=100')
  })

  test('win over the implicit host of a Service', () => {
    const all = mapping('all', { hostname: 'all-traffic.shop.localhost', prefix: '/', service: 'stable' })
    expect(whereTo([], 'all-traffic.shop.localhost/')).toBe('all-traffic=1')
    expect(whereTo([all], 'all-traffic.shop.localhost/')).toBe('stable=100')
  })

  test('headers, methods, longer prefixes and any host', () => {
    const objects = [
      mapping('any', { hostname: '*', prefix: '/', service: 'stable' }),
      mapping('post', { hostname: '*', prefix: '/', method: 'post', service: 'canary' }),
      mapping('head', { prefix: '/', headers: { 'X-Canary': 'yes' }, service: 'canary' }),
      mapping('api', { prefix: '/api/', service: 'all-traffic.shop.svc.cluster.local:80', rewrite: '/v1/' }),
      mapping('regex', { prefix: '/item/[0-9]+', prefix_regex: true, service: 'canary' }),
    ]
    expect(whereTo(objects, 'x.test/')).toBe('stable=100')
    expect(whereTo(objects, 'x.test/', { method: 'POST' })).toBe('canary=100')
    expect(whereTo(objects, 'x.test/', { headers: { 'x-canary': 'yes' } })).toBe('canary=100')
    expect(whereTo(objects, 'x.test/api/1')).toBe('all-traffic=100')
    expect(whereTo(objects, 'x.test/item/12')).toBe('canary=100')
    expect(table(objects).routes.find(route => route.path.value === '/api/')?.filters).toEqual({
      rewrite: { how: 'text', to: '/v1/' },
    })
  })

  test('one without a service or with a host pattern makes no route', () => {
    const objects = [
      mapping('empty', { prefix: '/' }),
      mapping('pattern', { host: '.*', host_regex: true, prefix: '/', service: 'stable' }),
    ]
    expect(whereTo(objects, 'x.test/')).toBeUndefined()
  })
})

describe('Ingresses', () => {
  const main = ingress('web', { spec: { rules: [{ host: 'web.test', http: { paths: [to('stable')] } }] } })
  const canary = (annotations: Record<string, string>) =>
    ingress('web-canary', {
      annotations: { canary: 'true', ...annotations },
      spec: { rules: [{ host: 'web.test', http: { paths: [to('canary')] } }] },
    })

  test('hosts, paths and a default backend', () => {
    const objects = [
      ingress('many', {
        spec: {
          defaultBackend: { service: { name: 'all-traffic', port: { name: 'http' } } },
          rules: [
            { host: 'a.test', http: { paths: [to('stable'), to('canary', '/new', 'Exact')] } },
            { host: '*.wild.test', http: { paths: [to('canary')] } },
          ],
        },
      }),
    ]
    expect(whereTo(objects, 'a.test/x')).toBe('stable=1')
    expect(whereTo(objects, 'a.test/new')).toBe('canary=1')
    expect(whereTo(objects, 'a.test/newer')).toBe('stable=1')
    expect(whereTo(objects, 'b.wild.test/')).toBe('canary=1')
    expect(whereTo(objects, 'elsewhere.test/')).toBe('all-traffic=1')
  })

  test('a canary Ingress splits its main one by weight', () => {
    expect(whereTo([main, canary({ 'canary-weight': '30' })], 'web.test/')).toBe('canary=30 stable=70')
    const total = canary({ 'canary-weight': '5', 'canary-weight-total': '1000' })
    expect(whereTo([main, total], 'web.test/')).toBe('canary=5 stable=995')
    expect(whereTo([canary({ 'canary-weight': '30' })], 'web.test/')).toBeUndefined()
  })

  test('a header decides before a cookie, a cookie before the weight', () => {
    const annotations = { 'canary-by-header': 'X-Go', 'canary-by-cookie': 'go', 'canary-weight': '0' }
    const objects = [main, canary(annotations)]
    expect(whereTo(objects, 'web.test/', { headers: { 'x-go': 'always' } })).toBe('canary=1')
    expect(whereTo(objects, 'web.test/', { headers: { 'x-go': 'never', cookie: 'go=always' } })).toBe(
      'stable=1',
    )
    expect(whereTo(objects, 'web.test/', { headers: { cookie: 'a=1; go=always' } })).toBe('canary=1')
    expect(whereTo(objects, 'web.test/', { headers: { 'x-go': 'perhaps' } })).toBe('canary=0 stable=100')
  })

  test('a header value or pattern sends to the canary', () => {
    const value = canary({ 'canary-by-header': 'x-go', 'canary-by-header-value': 'blue' })
    expect(whereTo([main, value], 'web.test/', { headers: { 'x-go': 'blue' } })).toBe('canary=1')
    const pattern = canary({ 'canary-by-header': 'x-go', 'canary-by-header-pattern': 'bl.+' })
    expect(whereTo([main, pattern], 'web.test/', { headers: { 'x-go': 'black' } })).toBe('canary=1')
  })

  const annotated = (one: Json, annotations: Record<string, string>, more: object = {}): Json => {
    const { metadata, ...rest } = one as { metadata: object }
    return { ...rest, metadata: { ...metadata, annotations, ...more } } as never
  }

  test('annotations of others that end alike mean nothing', () => {
    const foreign = { 'release.acme.example/canary': 'true', 'acme.example/affinity': 'cookie' }
    const objects = [annotated(main, foreign)]
    expect(whereTo(objects, 'web.test/')).toBe('stable=1')
    expect(table(objects).routes.find(route => !route.isImplicit)).not.toHaveProperty('session')
  })

  describe('with a prefix of their Rollout', () => {
    const rollout = (nginx: Json): Json => ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { strategy: { canary: { trafficRouting: { nginx } } } },
    })
    const ours = { 'acme.example/canary': 'true', 'acme.example/canary-weight': '30' }
    const owner = {
      ownerReferences: [
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', controller: true },
      ],
    }
    const made = annotated(canary({}), ours, owner)

    test.each([
      ['stableIngress', { stableIngress: 'web', annotationPrefix: 'acme.example' }],
      ['stableIngresses', { stableIngresses: ['web'], annotationPrefix: 'acme.example' }],
    ])('%s: those that it makes and routes by are read by it', (_, nginx) => {
      const rollouts = [rollout(nginx)]
      expect(whereTo([main, made], 'web.test/', { rollouts })).toBe('canary=30 stable=70')
      const sticky = table([annotated(main, { 'acme.example/affinity': 'cookie' })], { rollouts })
      expect(sticky.routes.find(route => !route.isImplicit)?.session?.name).toBe('INGRESSCOOKIE')
    })

    test('no other Ingress is read by it, and a broken Rollout says none', () => {
      const rollouts = [rollout({ stableIngress: 'other', annotationPrefix: 'acme.example' })]
      const alone = annotated(main, ours)
      expect(whereTo([alone], 'web.test/', { rollouts })).toBe('stable=1')
      const broken = [rollout({ stableIngress: ['web'], annotationPrefix: 7 }), rollout('nginx')]
      expect(whereTo([alone], 'web.test/', { rollouts: broken })).toBe('stable=1')
    })
  })

  test('cookie affinity is honoured where it is asked for', () => {
    const sticky = ingress('sticky', {
      annotations: { affinity: 'cookie', 'session-cookie-name': 'where' },
      spec: { rules: [{ http: { paths: [to('stable')] } }] },
    })
    expect(table([sticky]).routes.find(route => !route.isImplicit)?.session?.name).toBe('where')
  })
})

describe('HTTPRoutes', () => {
  const split = [
    { name: 'stable', port: 80, weight: 70 },
    { name: 'canary', port: 80, weight: 30 },
  ]

  test('hosts, matches and weights of their rules', () => {
    const objects = [
      httpRoute({
        hostnames: ['web.test', '*.wild.test'],
        rules: [
          { backendRefs: split },
          { matches: [{ path: { type: 'Exact', value: '/only' } }], backendRefs: [{ name: 'canary' }] },
          {
            matches: [
              { headers: [{ name: 'X-User', value: 'ada' }], method: 'GET' },
              { queryParams: [{ name: 'beta', value: '1' }] },
            ],
            backendRefs: [{ name: 'canary', weight: 1 }],
          },
        ],
      }),
    ]
    expect(whereTo(objects, 'web.test/x')).toBe('stable=70 canary=30')
    expect(whereTo(objects, 'a.wild.test/x')).toBe('stable=70 canary=30')
    expect(whereTo(objects, 'web.test/only')).toBe('canary=1')
    expect(whereTo(objects, 'web.test/x', { headers: { 'x-user': 'ada' } })).toBe('canary=1')
    expect(whereTo(objects, 'web.test/x', { query: { beta: '1' } })).toBe('canary=1')
    expect(whereTo(objects, 'other.test/')).toBeUndefined()
  })

  test('without hostnames serve any host; other kinds of backend keep their part', () => {
    const objects = [
      httpRoute({ rules: [{ backendRefs: [{ name: 'stable' }, { kind: 'Bucket', name: 'files' }] }] }),
    ]
    expect(whereTo(objects, 'whatever.test/')).toBe('stable=1 files=1')
  })

  test('may replace the matched prefix', () => {
    const filters = [
      { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/v2' } } },
    ]
    const matches = [{ path: { type: 'PathPrefix', value: '/api' } }]
    const { routes } = table([
      httpRoute({ hostnames: ['web.test'], rules: [{ matches, filters, backendRefs: split }] }),
    ])
    expect(routes.find(one => !one.isImplicit)).toMatchObject({
      filters: { rewrite: { how: 'prefix', to: '/v2' } },
      path: { how: 'prefix', value: '/api' },
    })
  })
})

test('an object of any shape makes no table impossible', () => {
  const odd: readonly Json[] = [7, 'a', null, [], {}, [7, null, {}], { a: [null] }]
  const objects = odd.flatMap(one => [
    httpRoute(one),
    httpRoute({ hostnames: one, rules: one }),
    httpRoute({ rules: [{ matches: one, filters: one, backendRefs: one }] }),
    httpRoute({ rules: [{ matches: [{ path: one, headers: one, queryParams: one, method: one }] }] }),
    httpRoute({
      rules: [{ backendRefs: [{ name: one, namespace: one, kind: one, port: one, weight: one }] }],
    }),
    ...['requestHeaderModifier', 'responseHeaderModifier', 'requestRedirect', 'urlRewrite'].map(name =>
      httpRoute({ rules: [{ filters: [{ type: name[0]?.toUpperCase() + name.slice(1), [name]: one }] }] }),
    ),
    mapping('m', one),
    mapping('m', { prefix: one, service: one, hostname: one, headers: one, method: one, weight: one }),
    mapping('m', { prefix: '/', service: 'stable', headers: one, query_parameters: one, rewrite: one }),
    mapping('m', { prefix: '/', service: 'stable', add_request_headers: one, remove_request_headers: one }),
  ])
  expect(whereTo(objects, 'stable.shop.localhost/')).toBeDefined()
})

test('App Mesh is said not to be played', () => {
  const metadata = { name: 'web', namespace: 'shop' }
  const object = { apiVersion: 'appmesh.k8s.aws/v1beta2', kind: 'VirtualService', metadata, spec: {} }
  expect(noticesOf([object])).toMatchObject([
    { reason: 'RouteNotPlayed', message: expect.stringMatching(/^App Mesh is not played/) },
  ])
})

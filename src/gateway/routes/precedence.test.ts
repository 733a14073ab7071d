// Which of several routes that fit a request takes it, and who is told that he does not.
import { describe, expect, test } from 'vitest'
import type { Json } from '../../std/json.ts'
import { httpRoute, ingress, mapping, noticesOf, routeTo, to, whereTo } from './families.suite.ts'

const header = (name: string) => ({ name, value: '1' })
const sent = { headers: { a: '1', b: '1', c: '1' }, query: { q: '1', r: '1' } }
const old = { creationTimestamp: '2026-01-01T00:00:00Z' }
const young = { creationTimestamp: '2026-01-02T00:00:00Z' }

describe('rules of an HTTPRoute', () => {
  const firstOf = (...matches: readonly Json[]) => {
    const named = ['stable', 'canary', 'all-traffic']
    const rules = matches.map((match, i) => ({ matches: [match], backendRefs: [{ name: named[i] ?? '' }] }))
    return whereTo([httpRoute({ rules })], 'web.test/', sent)
  }

  test('by method go before those by headers, these before those by query, however many', () => {
    const method = { method: 'GET' }
    const headers = { headers: [header('a'), header('b')] }
    const queries = { queryParams: [header('q'), header('r')] }
    expect(firstOf(headers, method)).toBe('canary=1')
    expect(firstOf(queries, { headers: [header('a')] })).toBe('canary=1')
    expect(firstOf(queries, headers, method)).toBe('all-traffic=1')
    expect(firstOf({ headers: [header('a')] }, headers)).toBe('canary=1')
  })

  test('that are alike are asked in their order, also beyond the tenth', () => {
    const rules = Array.from({ length: 12 }, (_, i) => ({
      matches: [{ headers: [header(i === 2 ? 'a' : i === 10 ? 'b' : `none-${i}`)] }],
      backendRefs: [{ name: i === 2 ? 'stable' : 'canary' }],
    }))
    expect(whereTo([httpRoute({ rules })], 'web.test/', sent)).toBe('stable=1')
  })

  test('of the oldest route come first, then by the names of their namespaces and routes', () => {
    const named = (name: string, service: string, more: object) =>
      httpRoute({ rules: [{ backendRefs: [{ name: service }] }] }, { name, ...more })
    const objects = [named('a', 'canary', young), named('b', 'stable', old)]
    expect(whereTo(objects, 'web.test/')).toBe('stable=1')
    expect(whereTo([named('a', 'canary', old), named('b', 'stable', old)], 'web.test/')).toBe('canary=1')
  })
})

describe('two objects for one host and path', () => {
  const spec = (service: string, path = '/') => ({
    rules: [{ host: 'web.test', http: { paths: [to(service, path)] } }],
  })
  const first = ingress('z-first', { metadata: old, spec: spec('stable') })

  test('the older Ingress keeps it, and the author of the younger one is told', () => {
    const second = ingress('a-second', { metadata: young, spec: spec('canary') })
    expect(whereTo([second, first], 'web.test/')).toBe('stable=1')
    expect(noticesOf([second, first])).toEqual([
      {
        from: 'networking.k8s.io/ingresses/shop/a-second',
        reason: 'RouteConflict',
        message:
          'host "web.test" and path "/" are served by Ingress shop/z-first: it is older, or before it by name',
      },
    ])
  })

  test('a canary beside the younger one takes nothing from the older one', () => {
    const elsewhere = { namespace: 'aside', ...young }
    const second = ingress('second', { metadata: elsewhere, spec: spec('canary') })
    const annotations = { canary: 'true', 'canary-by-header': 'a', 'canary-by-header-value': '1' }
    const canary = ingress('second-canary', { annotations, spec: spec('canary') }) as { metadata: object }
    const moved = { ...canary, metadata: { ...canary.metadata, namespace: 'aside' } }
    expect(whereTo([moved as never, second, first], 'web.test/', sent)).toBe('stable=1')
  })

  test('other paths of the younger one are served', () => {
    const more = { rules: [{ host: 'web.test', http: { paths: [to('canary'), to('canary', '/more')] } }] }
    const second = ingress('second', { metadata: young, spec: more })
    expect(whereTo([second, first], 'web.test/more')).toBe('canary=1')
  })

  test('an HTTPRoute that never gets a request is told so', () => {
    const rules = [{ backendRefs: [{ name: 'canary' }] }]
    const route = (name: string, metadata: object) =>
      httpRoute({ hostnames: ['web.test'], rules }, { name, ...metadata })
    expect(noticesOf([route('b', old), route('a', young)])).toEqual([
      {
        from: 'gateway.networking.k8s.io/httproutes/shop/a',
        reason: 'RouteConflict',
        message: expect.stringMatching(/host "web.test" and path "\/".*HTTPRoute shop\/b/),
      },
    ])
    expect(noticesOf([httpRoute({ rules: [...rules, ...rules] })])).toEqual([])
  })
})

describe('a host', () => {
  const only = ingress('only', {
    spec: { rules: [{ host: 'only.test', http: { paths: [to('stable', '/only')] } }] },
  })
  const anywhere = ingress('anywhere', { spec: { rules: [{ http: { paths: [to('canary', '/admin')] } }] } })
  const wild = ingress('wild', {
    spec: { rules: [{ host: '*.test', http: { paths: [to('canary', '/wild')] } }] },
  })

  test('that an Ingress names is served by Ingresses for that host alone', () => {
    expect(whereTo([only, anywhere, wild], 'only.test/only')).toBe('stable=1')
    expect(whereTo([only, anywhere, wild], 'only.test/admin')).toBeUndefined()
    expect(whereTo([only, anywhere, wild], 'only.test/wild')).toBeUndefined()
    expect(whereTo([only, anywhere, wild], 'other.test/wild')).toBe('canary=1')
    expect(whereTo([only, anywhere, wild], 'other.test/admin')).toBeUndefined()
    expect(whereTo([only, anywhere, wild], 'elsewhere.org/admin')).toBe('canary=1')
  })

  test('of a Service keeps its other paths when an Ingress names it', () => {
    const named = { rules: [{ host: 'stable.shop.localhost', http: { paths: [to('canary', '/only')] } }] }
    const objects = [ingress('named', { spec: named })]
    expect(whereTo(objects, 'stable.shop.localhost/only')).toBe('canary=1')
    expect(whereTo(objects, 'stable.shop.localhost/')).toBe('stable=1')
  })

  test('has the default backend of its own Ingress for all other paths, behind what others say of it', () => {
    const defaultBackend = { service: { name: 'all-traffic', port: { number: 80 } } }
    const spec = { defaultBackend, rules: [{ host: 'only.test', http: { paths: [to('stable', '/only')] } }] }
    const objects = [ingress('only', { spec }), anywhere]
    expect(whereTo(objects, 'only.test/x')).toBe('all-traffic=1')
    const root = ingress('root', {
      spec: { rules: [{ host: 'only.test', http: { paths: [to('canary')] } }] },
    })
    expect(whereTo([...objects, root], 'only.test/x')).toBe('canary=1')
    expect(noticesOf([...objects, root])).toEqual([])
  })

  test('of an HTTPRoute or a Mapping leaves other paths to those for wider hosts, as their precedence says', () => {
    const matches = [{ path: { type: 'PathPrefix', value: '/only' } }]
    const narrow = { hostnames: ['only.test'], rules: [{ matches, backendRefs: [{ name: 'stable' }] }] }
    const wide = { rules: [{ backendRefs: [{ name: 'canary' }] }] }
    const routes = [httpRoute(narrow), httpRoute(wide, { name: 'wide' })]
    expect(whereTo(routes, 'only.test/x')).toBe('canary=1')
    const mappings = [
      mapping('narrow', { hostname: 'only.test', prefix: '/only', service: 'stable' }),
      mapping('wide', { hostname: '*', prefix: '/', service: 'canary' }),
    ]
    expect(whereTo(mappings, 'only.test/x')).toBe('canary=100')
  })
})

test('whoever made a route stands in it', () => {
  expect(routeTo([httpRoute({ rules: [{}] })], 'web.test/')?.from).toBe(
    'gateway.networking.k8s.io/httproutes/shop/web',
  )
})

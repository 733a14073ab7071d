// IngressRoutes and TraefikServices: the rule language, priorities, weights of weights, mirrors.
import { describe, expect, test } from 'vitest'
import type { Json } from '../../../std/json.ts'
import { noticesOf, routeTo, whereTo } from '../families.suite.ts'

const object = (kind: string, name: string, spec: Json): Json => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind,
  metadata: { name, namespace: 'shop' },
  spec,
})
const to = (name: string, more: object = {}) => ({ name, port: 80, ...more })
const routes = (...all: readonly object[]) => object('IngressRoute', 'web', { routes: all as Json })
const rule = (match: string, ...services: readonly object[]) => ({ kind: 'Rule', match, services })
const weighted = (name: string, ...services: readonly object[]) =>
  object('TraefikService', name, { weighted: { services: services as Json } })
const shared = (name: string, weight: number) => ({ name, kind: 'TraefikService', weight })
const messages = (objects: readonly Json[]) => noticesOf(objects).map(one => one.message)

describe('a rule', () => {
  test.each([
    ['Host(`web.test`)', 'web.test/', {}],
    ['Host("web.test")', 'web.test/', {}],
    ['Host(`web.test`, `b.test`)', 'b.test/', {}],
    ['PathPrefix(`/a`)', 'any.test/ab', {}],
    ['Host(`web.test`) && Path(`/a`)', 'web.test/a', {}],
    ['Host(`web.test`) && (Path(`/b`) || PathPrefix(`/c`))', 'web.test/c/d', {}],
    ['Host(`a.test`) || Host(`web.test`) && Method(`POST`)', 'web.test/', { method: 'POST' }],
    ['Header(`X-A`, `1`)', 'any.test/', { headers: { 'x-a': '1' } }],
    ['Headers(`X-A`, `1`)', 'any.test/', { headers: { 'x-a': '1' } }],
    ['HeaderRegexp(`X-A`, `^v[0-9]`)', 'any.test/', { headers: { 'x-a': 'v2-x' } }],
    ['Query(`v`, `2`)', 'any.test/', { query: { v: '2' } }],
    ['Query(`v=2`)', 'any.test/', { query: { v: '2' } }],
  ])('%s takes its requests, and no others', (match, url, asked) => {
    const objects = [routes(rule(match, to('canary')))]
    expect(messages(objects)).toEqual([])
    expect(whereTo(objects, url, asked)).toBe('canary=1')
    expect(whereTo(objects, 'nobody.test/nowhere', { headers: { 'x-a': 'other' } })).toBeUndefined()
  })

  test.each([
    ['', 'its rule cannot be read'],
    ['Host(`a`', 'its rule cannot be read'],
    ['Host(`a`) && ', 'its rule cannot be read'],
    ['Host(`a`) Path(`/`)', 'its rule cannot be read'],
    ['!Host(`a`)', 'a rule with ! is not played'],
    ['ClientIP(`10.0.0.1`)', 'ClientIP is not played'],
    ['constructor(`x`)', 'constructor is not played'],
    ['Host(`a`) && Host(`b`)', 'Host stands twice in one alternative'],
    ['Path(`/{id}`)', 'a path with a pattern is not played'],
    [`${'('.repeat(2000)}Host(\`a\`)`, 'its rule has too many brackets'],
    [Array(7).fill('(Path(`/a`) || Path(`/b`))').join(' && '), 'its rule has too many alternatives'],
    ['x'.repeat(4001), 'its rule is longer than 4000 characters'],
  ])('%.40s takes no request, and says so', (match, problem) => {
    const objects = [routes(rule(match, to('canary')))]
    expect(whereTo(objects, 'a/')).toBeUndefined()
    expect(messages(objects)).toEqual([`routes[0] takes no request: ${problem}`])
  })

  test('of higher priority comes first; without one the longer rule', () => {
    const short = 'Host(`web.test`)'
    const long = 'Host(`web.test`) && PathPrefix(`/`)'
    expect(whereTo([routes(rule(short, to('stable')), rule(long, to('canary')))], 'web.test/')).toBe(
      'canary=1',
    )
    const first = { ...rule(short, to('stable')), priority: 1000 }
    expect(whereTo([routes(first, rule(long, to('canary')))], 'web.test/')).toBe('stable=1')
  })

  test('with middlewares answers 500: what may keep others out is not skipped', () => {
    const objects = [routes({ ...rule('Host(`web.test`)', to('stable')), middlewares: [{ name: 'auth' }] })]
    expect(routeTo(objects, 'web.test/')?.filters?.refusal).toBe('middlewares are not played')
    expect(messages(objects)).toEqual(['routes[0] answers 500: middlewares are not played'])
  })
})

describe('services', () => {
  const route = routes(rule('Host(`web.test`)', { name: 'split', kind: 'TraefikService' }))

  test('of a TraefikService share by weight; of one in another by parts of its weight', () => {
    const flat = weighted('split', to('stable', { weight: 70 }), to('canary', { weight: 30 }))
    const shares = routeTo([route, flat], 'web.test/')?.backends.map(one => one.weight.toFixed(2))
    expect(shares).toEqual(['0.70', '0.30'])
    const inner = weighted('inner', to('stable', { weight: 1 }), to('canary', { weight: 3 }))
    const nested = weighted('split', to('all-traffic', { weight: 1 }), shared('inner', 1))
    const parts = routeTo([route, nested, inner], 'web.test/')?.backends
    expect(parts?.map(one => `${one.service} ${one.weight}`)).toEqual([
      'all-traffic 0.5',
      'stable 0.125',
      'canary 0.375',
    ])
  })

  test('are kept by cookie and mirrored', () => {
    const sticky = object('TraefikService', 'split', {
      weighted: { services: [to('stable', { weight: 1 })], sticky: { cookie: { name: 'mine' } } },
    })
    expect(routeTo([route, sticky], 'web.test/')?.session?.name).toBe('mine')
    const mirroring = object('TraefikService', 'split', {
      mirroring: { name: 'stable', port: 80, mirrors: [to('canary', { percent: 20 })] },
    })
    expect(whereTo([route, mirroring], 'web.test/')).toBe('stable=1')
    expect(routeTo([route, mirroring], 'web.test/')?.mirrors).toMatchObject([
      { backend: { service: 'canary' }, percent: 20 },
    ])
  })

  test.each([
    [[], 'TraefikService shop/split does not exist'],
    [[object('TraefikService', 'split', {})], 'TraefikService shop/split has neither weighted nor mirroring'],
    [[weighted('split', shared('split', 1))], 'TraefikServices lead to each other without end'],
    [[weighted('split', to('gone'))], 'Service shop/gone does not exist'],
    [
      [weighted('split', to('stable', { namespace: 'other' }))],
      'a Service of another namespace is not served',
    ],
  ])('that are not there have nobody, and that is said: %j', (services, problem) => {
    expect(messages([route, ...services])).toEqual([`routes[0] has nobody for its share: ${problem}`])
  })
})

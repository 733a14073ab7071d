// VirtualServices and DestinationRules as routes: which rule takes a request, and which pods get it.
import { describe, expect, test } from 'vitest'
import type { Json } from '../../../std/json.ts'
import { istio, noticesOf, routeTo, whereTo } from '../families.suite.ts'

const to = (host: string, weight?: number, more: object = {}): Json => ({
  destination: { host },
  ...(weight !== undefined && { weight }),
  ...more,
})
const virtualService = (...http: readonly object[]) =>
  istio('VirtualService', 'web', { hosts: ['web.test'], http: http as Json })
const messages = (objects: readonly Json[]) => noticesOf(objects).map(({ message }) => message)

describe('a VirtualService', () => {
  test('splits by weight; one that stands alone needs none', () => {
    expect(whereTo([virtualService({ route: [to('stable', 70), to('canary', 30)] })], 'web.test/')).toBe(
      'stable=70 canary=30',
    )
    expect(whereTo([virtualService({ route: [to('stable')] })], 'web.test/any/where')).toBe('stable=1')
    expect(whereTo([virtualService({ route: [to('stable'), to('canary', 100)] })], 'web.test/')).toBe(
      'stable=0 canary=100',
    )
  })

  test('is for its hosts: names of Services, whole and short ones, wildcards, any', () => {
    const hosts = ['all-traffic', 'stable.shop.svc.cluster.local', '*.wild.test', 'Big.Test']
    const objects = [istio('VirtualService', 'web', { hosts, http: [{ route: [to('canary')] }] })]
    for (const host of ['all-traffic.shop.localhost', 'stable.shop.localhost', 'a.wild.test', 'big.test'])
      expect(whereTo(objects, `${host}/`), host).toBe('canary=1')
    expect(whereTo(objects, 'canary.shop.localhost/')).toBe('canary=1')
    expect(whereTo(objects, 'elsewhere.test/')).toBeUndefined()
    const any = istio('VirtualService', 'any', { hosts: ['*'], http: [{ route: [to('stable')] }] })
    expect(whereTo([any], 'elsewhere.test/')).toBe('stable=1')
  })

  test('the first rule that a request matches takes it, however general it is', () => {
    const objects = [
      virtualService(
        { match: [{ headers: { 'X-Canary': { exact: 'yes' } } }], route: [to('canary')] },
        { match: [{ uri: { prefix: '/a' } }], route: [to('stable')] },
        { match: [{ uri: { exact: '/a/longer' } }], route: [to('canary')] },
      ),
    ]
    expect(whereTo(objects, 'web.test/x', { headers: { 'x-canary': 'yes' } })).toBe('canary=1')
    expect(whereTo(objects, 'web.test/a/longer')).toBe('stable=1')
    expect(whereTo(objects, 'web.test/b')).toBeUndefined()
  })

  test.each([
    [{ uri: { regex: '/item/[0-9]+' } }, 'web.test/item/12', {}, 'web.test/item/x'],
    [{ uri: { prefix: '/it' } }, 'web.test/item', {}, 'web.test/x'],
    [{ method: { exact: 'POST' } }, 'web.test/', { method: 'POST' }, 'web.test/'],
    [{ headers: { a: { prefix: 'x.' } } }, 'web.test/', { headers: { a: 'x.1' } }, 'web.test/'],
    [{ headers: { a: {} } }, 'web.test/', { headers: { a: '' } }, 'web.test/'],
    [{ queryParams: { v: { exact: '2' } } }, 'web.test/', { query: { v: '2' } }, 'web.test/'],
    [{ withoutHeaders: { a: {} } }, 'web.test/', {}, undefined],
  ])('a match %j', (match, yes, asked, no) => {
    const objects = [virtualService({ match: [match], route: [to('canary')] })]
    expect(whereTo(objects, yes, asked)).toBe('canary=1')
    expect(messages(objects)).toEqual([])
    if (no !== undefined) expect(whereTo(objects, no)).toBeUndefined()
  })

  test('a header prefix is a text, no pattern', () => {
    const objects = [virtualService({ match: [{ headers: { a: { prefix: 'x.' } } }], route: [to('canary')] })]
    expect(whereTo(objects, 'web.test/', { headers: { a: 'xy1' } })).toBeUndefined()
  })

  test.each([
    [{ sourceLabels: { app: 'web' } }, 'a condition on sourceLabels is not played'],
    [{ port: 8080 }, 'a condition on port is not played'],
    [{ ignoreUriCase: true }, 'ignoreUriCase is not played'],
    [{ method: { regex: 'P.*' } }, 'a method that is no exact one is not played'],
    [{ withoutHeaders: { a: { exact: 'x' } } }, 'withoutHeaders with a value is not played'],
  ])('a match %j takes no request, and says so', (match, problem) => {
    const objects = [virtualService({ match: [match], route: [to('canary')] })]
    expect(whereTo(objects, 'web.test/')).toBeUndefined()
    expect(messages(objects)).toEqual([`http[0] match[0] takes no request: ${problem}`])
  })

  test('rewrites, redirects and changes headers', () => {
    const rule = (more: object) =>
      routeTo([virtualService({ match: [{ uri: { prefix: '/a' } }], ...more })], 'web.test/a/b')?.filters
    const route = [to('stable')]
    expect(rule({ route, rewrite: { uri: '/v1', authority: 'in.test' } })).toEqual({
      rewrite: { how: 'text', to: '/v1' },
      hostname: 'in.test',
    })
    expect(rule({ redirect: { uri: '/new', redirectCode: 308 } })).toEqual({
      redirect: { status: 308, rewrite: { how: 'full', to: '/new' } },
    })
    expect(rule({ route, headers: { request: { set: { a: '1' }, remove: ['b'] } } })).toEqual({
      request: { set: [['a', '1']], add: [], remove: ['b'] },
    })
  })

  test.each([
    [{ fault: {} }, 'fault is not played'],
    [{ rewrite: { uriRegexRewrite: {} } }, 'uriRegexRewrite is not played'],
    [{ redirect: { redirectCode: 299 } }, 'a redirect with that status is not played'],
    [
      { headers: { request: { set: { Host: 'x' } } } },
      'the header Host belongs to the message itself and is not changed',
    ],
  ])('a rule with %j answers 500, and says so', (more, problem) => {
    const objects = [virtualService({ route: [to('stable')], ...more })]
    expect(routeTo(objects, 'web.test/')?.filters?.refusal).toBe(problem)
    expect(messages(objects)).toEqual([`http[0] answers 500: ${problem}`])
  })

  test('mirrors to one or more, all requests or a share', () => {
    const mirrors = (more: object) =>
      routeTo([virtualService({ route: [to('stable')], ...more })], 'web.test/')?.mirrors?.map(
        ({ backend, percent }) => `${backend.service} ${percent}`,
      )
    expect(mirrors({})).toBeUndefined()
    expect(mirrors({ mirror: { host: 'canary' } })).toEqual(['canary 100'])
    expect(mirrors({ mirror: { host: 'canary' }, mirrorPercentage: { value: 12.5 } })).toEqual([
      'canary 12.5',
    ])
    expect(mirrors({ mirrors: [{ destination: { host: 'canary' }, percentage: { value: 5 } }] })).toEqual([
      'canary 5',
    ])
  })

  test('a Service that is not there has its share, and nobody behind it', () => {
    const objects = [virtualService({ route: [to('stable', 90), to('gone', 10)] })]
    expect(whereTo(objects, 'web.test/')).toBe('stable=90 gone=10')
    expect(messages(objects)).toEqual(['http[0] answers 503 for its share: Service shop/gone does not exist'])
  })

  test('rules for tcp and tls are said not to be played', () => {
    const objects = [istio('VirtualService', 'web', { hosts: ['web.test'], tcp: [{ route: [] }] })]
    expect(messages(objects)).toEqual(['rules for tcp are not played: the gateway here speaks HTTP alone'])
  })
})

describe('subsets of a DestinationRule', () => {
  const route = [
    { destination: { host: 'stable', subset: 'old' }, weight: 60 },
    { destination: { host: 'stable.shop.svc.cluster.local', subset: 'new' }, weight: 40 },
  ]
  const subsets = [
    { name: 'old', labels: { version: '1' } },
    { name: 'new', labels: { version: '2' } },
  ]
  const rule = istio('DestinationRule', 'web', { host: 'stable', subsets })
  const pods = [
    { metadata: { name: 'stable-1', namespace: 'shop', labels: { version: '1' } }, spec: { containers: [] } },
  ]

  test('cut a Service’s pods by their labels', () => {
    const found = routeTo([virtualService({ route }), rule], 'web.test/', { pods })
    expect(
      found?.backends.map(({ subset, weight, endpoints }) => [subset, weight, endpoints.length]),
    ).toEqual([
      ['old', 60, 1],
      ['new', 40, 0],
    ])
  })

  test('that are nowhere have nobody, and that is said', () => {
    expect(messages([virtualService({ route }), rule])).toEqual([])
    expect(messages([virtualService({ route })])[0]).toBe(
      'http[0] answers 503 for its share: no DestinationRule for stable has a subset "old"',
    )
  })
})

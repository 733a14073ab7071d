// ApisixRoutes: which rule takes a request, and where it leads.
import { describe, expect, test } from 'vitest'
import type { Json } from '../../std/json.ts'
import { noticesOf, whereTo } from './families.suite.ts'

const route = (...http: readonly object[]): Json => ({
  apiVersion: 'apisix.apache.org/v2',
  kind: 'ApisixRoute',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { http: http as Json },
})
const to = (service: string, weight?: number) => ({
  serviceName: service,
  servicePort: 80,
  ...(weight !== undefined && { weight }),
})
const rule = (match: object, ...backends: readonly object[]) => ({
  match: { hosts: ['web.test'], paths: ['/*'], ...match },
  backends,
})
const messages = (object: Json) => noticesOf([object]).map(one => one.message)

describe('a rule', () => {
  test('splits by weight; each counts 100 where none is said', () => {
    expect(whereTo([route(rule({}, to('stable', 70), to('canary', 30)))], 'web.test/a')).toBe(
      'stable=70 canary=30',
    )
    expect(whereTo([route(rule({}, to('stable'), to('canary', 50)))], 'web.test/')).toBe(
      'stable=100 canary=50',
    )
  })

  test('is for its hosts, paths and methods', () => {
    const objects = [route(rule({ paths: ['/a/*', '/b'], methods: ['GET'] }, to('stable')))]
    expect(whereTo(objects, 'web.test/a/x')).toBe('stable=100')
    expect(whereTo(objects, 'web.test/b')).toBe('stable=100')
    expect(whereTo(objects, 'web.test/b/x')).toBeUndefined()
    expect(whereTo(objects, 'web.test/b', { method: 'POST' })).toBeUndefined()
    expect(whereTo(objects, 'else.test/b')).toBeUndefined()
    expect(whereTo([route(rule({ hosts: [] }, to('stable')))], 'else.test/b')).toBe('stable=100')
  })

  test('of higher priority comes first, and each of its expressions must hold', () => {
    const exprs = [{ subject: { scope: 'Header', name: 'X-Canary' }, op: 'Equal', value: 'yes' }]
    const objects = [route(rule({}, to('stable')), { ...rule({ exprs }, to('canary')), priority: 1 })]
    expect(whereTo(objects, 'web.test/')).toBe('stable=100')
    expect(whereTo(objects, 'web.test/', { headers: { 'x-canary': 'yes' } })).toBe('canary=100')
  })

  test.each([
    [{ subject: { scope: 'Header', name: 'A' }, op: 'RegexMatch', value: '^v.*' }, { headers: { a: 'v1' } }],
    [
      { subject: { scope: 'Header', name: 'A' }, op: 'RegexMatchCaseInsensitive', value: '^V' },
      { headers: { a: 'v' } },
    ],
    [{ subject: { scope: 'Header', name: 'A' }, op: 'In', set: ['x', 'y.'] }, { headers: { a: 'y.' } }],
    [{ subject: { scope: 'Query', name: 'v' }, op: 'Equal', value: '2' }, { query: { v: '2' } }],
    [
      { subject: { scope: 'Cookie', name: 'v' }, op: 'Equal', value: '2' },
      { headers: { cookie: 'a=1; v=2' } },
    ],
  ])('expression %j', (expr, asked) => {
    const objects = [route(rule({ exprs: [expr] }, to('canary')))]
    expect(whereTo(objects, 'web.test/', asked)).toBe('canary=100')
    expect(whereTo(objects, 'web.test/', { headers: { a: 'other' } })).toBeUndefined()
  })

  test.each([
    [{ exprs: [{ subject: { scope: 'Header', name: 'A' }, op: 'NotIn' }] }, 'Header NotIn is not played'],
    [{ exprs: [{ subject: { scope: 'Path' }, op: 'Equal' }] }, 'Path Equal is not played'],
    [{ remoteAddrs: ['10.0.0.0/8'] }, 'a condition on remoteAddrs is not played'],
  ])('with %j takes no request, and says so', (match, problem) => {
    const object = route(rule(match, to('canary')))
    expect(whereTo([object], 'web.test/')).toBeUndefined()
    expect(messages(object)).toEqual([`http[0] takes no request: ${problem}`])
  })

  test('is served without its plugins, and that is said', () => {
    const plugins = [
      { name: 'limit-count', enable: true },
      { name: 'cors', enable: false },
    ]
    const object = route({ ...rule({}, to('stable')), plugins })
    expect(whereTo([object], 'web.test/')).toBe('stable=100')
    expect(messages(object)).toEqual(['http[0] is served without its plugins: limit-count'])
  })
})

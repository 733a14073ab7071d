// APISIX: the laws of the family, golden files, and what is its own.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { APISIX_ROUTE } from '../../kube/kinds.ts'
import { fromJson, refKey } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { JsonObject } from '../../std/json.ts'
import { objects, record, withFields } from '../../std/json-parts.ts'
import { applied, anIntent, bound, foundIn, NAMESPACE, routerGoldens, routerLaws } from '../router.suite.ts'
import type { RouterMember, Scene } from '../router.suite.ts'
import { apisix } from './apisix.ts'

function aRoute(name: string, http: readonly JsonObject[], more: JsonObject = {}): KubeObject {
  const metadata = { name, namespace: NAMESPACE, ...more }
  return fromJson({ apiVersion: 'apisix.apache.org/v2', kind: 'ApisixRoute', metadata, spec: { http } })
}

const backend = (serviceName: string, weight?: number): JsonObject => ({
  serviceName,
  servicePort: 80,
  ...(weight === undefined ? {} : { weight }),
})
const weight = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined })
const rule = (name: string) =>
  fc.tuple(weight, weight, fc.boolean(), fc.option(fc.nat({ max: 9 }))).map(([a, b, hasGuest, priority]) => ({
    name,
    match: { paths: ['/*'] },
    backends: [...(hasGuest ? [backend('guest', 5)] : []), backend('stable', a), backend('canary', b)],
    ...(priority === null ? {} : { priority }),
  }))

const managedRoutes = [{ name: 'h' }]
const scenes: fc.Arbitrary<Scene> = fc
  .record({ a: rule('a'), b: rule('main'), named: fc.boolean() })
  .map(({ a, b, named }) => ({
    trafficRouting: {
      apisix: { route: named ? { name: 'main', rules: ['a', 'main'] } : { name: 'main' } },
      managedRoutes,
    },
    maxWeight: 100,
    objects: [aRoute('main', [a, b])],
  }))

const member: RouterMember<ReturnType<typeof apisix.config> & object> = {
  router: apisix,
  scenes,
  withoutOurs(object: JsonObject) {
    const http = objects(record(object['spec'])['http']).map(one => ({
      ...one,
      backends: objects(one['backends']).map(each =>
        each['serviceName'] === 'guest' ? each : withFields(each, { weight: undefined }),
      ),
    }))
    return { ...object, spec: { http } }
  },
  isSilent: object => object.metadata.name === 'h',
}

routerLaws(member)
routerGoldens(member, new URL('../testdata/apisix/', import.meta.url))

describe('APISIX', () => {
  const key = refKey({ kind: APISIX_ROUTE, namespace: NAMESPACE, name: 'h' })
  const main = bound(apisix, { apisix: { route: { name: 'main', rules: ['a'] } }, managedRoutes })
  const exprs = [{ subject: { scope: 'Cookie', name: 'k' }, op: 'Equal', value: 'v' }]
  const a = {
    name: 'a',
    match: { paths: ['/*'], exprs },
    backends: [backend('stable'), backend('canary')],
    priority: 3,
  }
  const b = { name: 'b', backends: [backend('stable')] }
  const found = foundIn(member, [aRoute('main', [a, b])])
  const header = (headerValue: { exact?: string; prefix?: string; regex?: string }) => ({
    headerRoutes: [{ name: 'h', match: [{ headerName: 'x', headerValue }] }],
  })

  test.each([
    [{ exact: 'yes' }, { op: 'Equal', value: 'yes' }],
    [{ prefix: 'v1' }, { op: 'RegexMatch', value: '^v1.*' }],
    [{ regex: '.+' }, { op: 'RegexMatch', value: '.+' }],
  ])('a route by header %j is a route of our own that goes before the user’s', (value, wanted) => {
    const after = applied(apisix.route(main, anIntent(20, header(value)), found), found)
    expect(apisix.read(main, after)).toMatchObject({ canary: 20, byHeader: true })
    expect(apisix.read(main, found)).not.toHaveProperty('byHeader')
    const foreign = {
      ...after[key],
      metadata: { ...after[key]?.metadata, ownerReferences: [] },
    } as KubeObject
    expect(apisix.read(main, { ...found, [key]: foreign })).not.toHaveProperty('byHeader')
    expect(after[key]).toMatchObject({
      metadata: { name: 'h', ownerReferences: [{ kind: 'Rollout', name: 'guestbook' }] },
      spec: {
        http: [
          {
            name: 'a',
            priority: 4,
            match: { paths: ['/*'], exprs: [{ subject: { scope: 'Header', name: 'x' }, ...wanted }] },
            backends: [{ serviceName: 'canary', servicePort: 80, weight: 100 }],
          },
          b,
        ],
      },
    })
    expect(applied(apisix.route(main, anIntent(20), after), after)[key]).toBeUndefined()
    expect(applied(apisix.leave(main, { now: 0 }, after), after)[key]).toBeUndefined()
  })
  test('a route by header whose name somebody else has is said, and his stays', () => {
    const theirs = { ...found, ...foundIn(member, [aRoute('h', [b])]) }
    expect(apisix.route(main, anIntent(20, header({ exact: 'y' })), theirs)).toHaveProperty(
      'problem.message',
      'duplicate ApisixRoute [h] already exists',
    )
    expect(applied(apisix.route(main, anIntent(20), theirs), theirs)[key]).toBe(theirs[key])
    expect(applied(apisix.leave(main, { now: 0 }, theirs), theirs)[key]).toBe(theirs[key])
  })
  test('with one of its rules broken the other gives its weight back; what stays is waited for', () => {
    const left = (one: JsonObject) => {
      const state = foundIn(member, [aRoute('main', [{ ...a, backends: [one] }, b])])
      const placing = apisix.leave(main, { now: 0 }, state)
      const after = applied(placing, state)
      return { waits: placing.waits?.length, canary: apisix.read(main, after)?.canary }
    }
    expect(left(backend('stable', 60))).toEqual({ canary: 0 })
    expect(left(backend('canary', 40))).toEqual({ waits: 1, canary: 100 })
  })
  test.each<[string, JsonObject, string]>([
    ['a rule that is not there', { ...a, name: 'z' }, 'Apisix http route rule a not found'],
    [
      'a backend that is not there',
      { ...a, backends: [backend('stable')] },
      'apisix route canary backend was not found',
    ],
    [
      'a weight that is none',
      { ...a, backends: [backend('stable', -1), backend('canary')] },
      'the weight -1 is none',
    ],
  ])('%s is said', (_what, one, message) => {
    const state = foundIn(member, [aRoute('main', [one])])
    expect(apisix.route(main, anIntent(20), state)).toHaveProperty('invalid.message', message)
  })
})

// Ambassador: the laws of the family, golden files, and what is its own.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AMBASSADOR_MAPPING } from '../kube/kinds.ts'
import { refKey } from '../kube/object.ts'
import type { JsonObject } from '../std/json.ts'
import { ambassador, type Mapping } from './ambassador.ts'
import { applied, anIntent, bound, foundIn, NAMESPACE, routerGoldens, routerLaws } from './router.suite.ts'
import type { RouterMember, Scene } from './router.suite.ts'

function aMapping(name: string, spec: Mapping['spec'], apiVersion = 'getambassador.io/v3alpha1'): Mapping {
  return { apiVersion, kind: 'Mapping', metadata: { name, namespace: NAMESPACE }, spec }
}

const apiVersion = fc.constantFrom('getambassador.io/v2', 'getambassador.io/v3alpha1')
const spec = fc.record({
  prefix: fc.constantFrom('/', '/a'),
  service: fc.constantFrom('stable', 'stable:80', 'http://stable.shop:80', 'stable.shop.svc.cluster.local'),
  timeout_ms: fc.integer({ min: 1, max: 9 }),
})

const scenes: fc.Arbitrary<Scene> = fc
  .record({ apiVersion, first: spec, second: spec, several: fc.boolean() })
  .map(parts => ({
    trafficRouting: { ambassador: { mappings: parts.several ? ['main', 'extra'] : ['main'] } },
    maxWeight: 100,
    objects: [
      aMapping('main', parts.first, parts.apiVersion),
      aMapping('extra', parts.second, parts.apiVersion),
    ],
  }))

const member: RouterMember<ReturnType<typeof ambassador.config> & object> = {
  router: ambassador,
  scenes,
  withoutOurs: ({ spec: _ours, ...rest }: JsonObject) => rest,
}

routerLaws(member)
routerGoldens(member, new URL('testdata/ambassador/', import.meta.url))

describe('Ambassador', () => {
  const trafficRouting = { ambassador: { mappings: ['main'] } }
  const main = bound(ambassador, trafficRouting)
  const found = foundIn(member, [aMapping('main', { prefix: '/', service: 'stable:80' })])
  const key = refKey({ kind: AMBASSADOR_MAPPING, namespace: NAMESPACE, name: 'main-canary' })
  const route = (weight: number, state = found, more = {}) =>
    ambassador.route(main, anIntent(weight, more), state)

  test('makes no canary Mapping before the canary gets any weight', () => {
    const told = [
      { type: 'Normal', reason: 'CanaryMappingWeightUpdate', message: 'Set canary mapping weight to 0' },
    ]
    expect(route(0)).toEqual({ placed: [], told })
    expect(Object.keys(applied(route(1), found))).toContain(key)
  })
  test('keeps the canary Mapping for five seconds after the end, with weight 0, then deletes it', () => {
    const at30 = applied(route(30), found)
    const ended = 1_000_000
    const zero = route(0, at30, { endedAt: ended, now: ended })
    expect(zero).toMatchObject({ waits: [{ for: 'end of canary Mapping main-canary', until: ended + 5000 }] })
    const at0 = applied(zero, at30)
    expect(at0[key]).toHaveProperty('spec.weight', 0)
    const wait = { for: 'end of canary Mapping main-canary', since: ended, until: ended + 5000 }
    expect(route(0, at0, { endedAt: ended, now: ended + 4999 })).toEqual({ placed: [], waits: [wait] })
    const gone = applied(route(0, at0, { endedAt: ended, now: ended + 5000 }), at0)
    expect(gone[key]).toBeUndefined()
    expect(route(0, gone, { endedAt: ended, now: ended + 6000 })).toMatchObject({ placed: [] })
  })
  test('keeps it in the middle of an update, whatever the weight', () => {
    const at0 = applied(route(0, applied(route(30), found)), found)
    expect(applied(route(0, at0), at0)[key]).toHaveProperty('spec.weight', 0)
  })
  test('changes the service only where it is the stable one, not where its name occurs', () => {
    const places = (service: string) => {
      const state = foundIn(member, [aMapping('main', { prefix: '/', service })])
      const routed = route(10, state)
      return 'placed' in routed ? (applied(routed, state)[key] as Mapping).spec.service : undefined
    }
    expect(places('https://stable.shop:8443')).toBe('https://canary.shop:8443')
    expect(places('unstable:80')).toBeUndefined()
    expect(places('stable-2:80')).toBeUndefined()
    expect(places('other.stable:80')).toBeUndefined()
  })
  test('does not accept a Mapping with a weight of its own', () => {
    const state = foundIn(member, [aMapping('main', { prefix: '/', service: 'stable', weight: 5 })])
    expect(route(10, state)).toHaveProperty(
      'invalid.message',
      'ambassador mapping "main" can not define weight',
    )
  })
  test('leaves a Mapping alone that somebody else controls, and adopts one that nobody does', () => {
    const canary = aMapping('main-canary', { prefix: '/', service: 'canary:80', weight: 5 })
    const owner = { apiVersion: 'v1', kind: 'X', name: 'x', uid: 'another', controller: true }
    const theirs = { ...canary, metadata: { ...canary.metadata, ownerReferences: [owner] } }
    expect(route(10, { ...found, ...foundIn(member, [theirs]) })).toHaveProperty('problem.message')
    const state = { ...found, ...foundIn(member, [canary]) }
    expect(applied(route(10, state), state)[key]?.metadata.ownerReferences).toMatchObject([
      { kind: 'Rollout', uid: main.rollout.metadata.uid },
    ])
  })
})

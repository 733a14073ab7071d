// Ambassador: the laws of the family, golden files, and what is its own.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AMBASSADOR_MAPPING } from '../kube/kinds.ts'
import { refKey } from '../kube/object.ts'
import type { JsonObject } from '../std/json.ts'
import { ambassador } from './ambassador.ts'
import type { Mapping } from './canary-mapping.ts'
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

/** A canary Mapping that stood there before: the owner's, or one that nobody has. */
const before = fc.option(
  fc.constantFrom<Mapping['spec'][]>({}, { weight: 0 }, { weight: 30 }, { weight: 900 }),
  {
    nil: undefined,
  },
)
const canaries = (name: string, mappingSpec: Mapping['spec'] | undefined, version: string) =>
  mappingSpec === undefined ? [] : [aMapping(`${name}-canary`, mappingSpec, version)]

const scenes: fc.Arbitrary<Scene> = fc
  .record({ apiVersion, first: spec, second: spec, several: fc.boolean(), canary: before, another: before })
  .map(parts => ({
    trafficRouting: { ambassador: { mappings: parts.several ? ['main', 'extra'] : ['main'] } },
    maxWeight: 100,
    objects: [
      aMapping('main', parts.first, parts.apiVersion),
      aMapping('extra', parts.second, parts.apiVersion),
      ...canaries('main', parts.canary, parts.apiVersion),
      ...canaries('extra', parts.another, parts.apiVersion),
    ],
  }))

const member: RouterMember<ReturnType<typeof ambassador.config> & object> = {
  router: ambassador,
  scenes,
  withoutOurs({ spec: _ours, metadata, ...rest }: JsonObject) {
    const { ownerReferences: _owner, annotations = {}, ...others } = metadata as JsonObject
    const { 'crossfade.dev/weightless-since': _since, ...theirs } = annotations as JsonObject
    return { ...rest, metadata: { ...others, annotations: theirs } }
  },
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
      'Ambassador mapping "main" can not define weight',
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
  test('reads the largest weight of several canary Mappings, as Emissary takes it', () => {
    const two = bound(ambassador, { ambassador: { mappings: ['main', 'extra'] } })
    const canary = (name: string, more: object) =>
      aMapping(`${name}-canary`, { service: 'canary:80', ...more })
    const base = (name: string) => aMapping(name, { prefix: '/', service: 'stable:80' })
    const reads = (...objects: Mapping[]) => ambassador.read(two, foundIn(member, objects))?.canary
    const bases = [base('main'), base('extra')]
    expect(reads(...bases)).toBe(0)
    expect(reads(...bases, canary('extra', { weight: 20 }))).toBe(20)
    expect(reads(...bases, canary('main', { weight: 30 }), canary('extra', { weight: 20 }))).toBe(30)
    expect(reads(...bases, canary('main', { weight: 'x' }), canary('extra', { weight: 20 }))).toBe(20)
    expect(reads(...bases, canary('main', { weight: 900 }))).toBe(100)
    expect(reads(...bases, canary('main', { weight: -5 }))).toBe(0)
    expect(reads(base('main'), canary('main', { weight: 30 }))).toBe(30)
    expect(reads(base('main'), canary('main', { weight: 'x' }))).toBeUndefined()
  })
  test('reads a canary Mapping without a weight as half, and one that stands alone as all', () => {
    const canary = (more: object) => aMapping('main-canary', { service: 'canary:80', ...more })
    expect(ambassador.read(main, { ...found, ...foundIn(member, [canary({})]) })?.canary).toBe(50)
    expect(ambassador.read(main, foundIn(member, [canary({ weight: 5 })]))?.canary).toBe(100)
  })
  test('left, it keeps the canary Mapping for five seconds with weight 0, then deletes it', () => {
    const at30 = applied(route(30), found)
    const start = ambassador.leave(main, { now: 1_000_000 }, at30)
    expect(start).toMatchObject({
      placed: [{ event: { message: 'Set canary mapping weight to 0' } }],
      waits: [{ for: 'end of canary Mapping main-canary', until: 1_005_000 }],
    })
    const at0 = applied(start, at30)
    expect(at0[key]).toHaveProperty('spec.weight', 0)
    const wait = { for: 'end of canary Mapping main-canary', since: 1_000_000, until: 1_005_000 }
    expect(ambassador.leave(main, { now: 1_004_999 }, at0)).toEqual({ placed: [], waits: [wait] })
    const gone = applied(ambassador.leave(main, { now: 1_005_000 }, at0), at0)
    expect(gone[key]).toBeUndefined()
    expect(ambassador.leave(main, { now: 1_005_001 }, gone)).toEqual({ placed: [] })
    const again = applied(route(30, at0), at0)
    expect(again[key]?.metadata.annotations).toEqual({})
  })
  test('left while the user’s Mapping is gone, it deletes the canary Mapping, which gets all, at once', () => {
    const { [key]: canary } = applied(route(30), found)
    const alone = { [key]: canary as Mapping }
    expect(ambassador.leave(main, { now: 1_000_000 }, alone)).toMatchObject({
      placed: [{ object: undefined }],
    })
  })
  test('left, it does not count from a time that somebody wrote into the future, or that is none', () => {
    const at0 = applied(ambassador.leave(main, { now: 1_000_000 }, applied(route(30), found)), found)
    const mapping = at0[key] as Mapping
    for (const since of ['2999-01-01T00:00:00Z', 'soon']) {
      const annotations = { 'crossfade.dev/weightless-since': since }
      const state = { ...at0, [key]: { ...mapping, metadata: { ...mapping.metadata, annotations } } }
      const placing = ambassador.leave(main, { now: 2_000_000 }, state)
      expect(placing).toMatchObject({ waits: [{ until: 2_005_000 }] })
      expect(applied(placing, state)[key]?.metadata.annotations).toEqual({
        'crossfade.dev/weightless-since': '1970-01-01T00:33:20.000000Z',
      })
    }
  })
  test('left, it does not touch a Mapping that somebody else controls', () => {
    const canary = aMapping('main-canary', { prefix: '/', service: 'canary:80', weight: 5 })
    const owner = { apiVersion: 'v1', kind: 'X', name: 'x', uid: 'another', controller: true }
    const theirs = { ...canary, metadata: { ...canary.metadata, ownerReferences: [owner] } }
    const state = { ...found, ...foundIn(member, [theirs]) }
    expect(ambassador.leave(main, { now: 1_000_000 }, state)).toEqual({ placed: [] })
  })
})

// NGINX: the laws of the family, golden files, and what is its own.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TrafficRouting } from '../api/traffic.ts'
import { INGRESS } from '../kube/kinds.ts'
import type { Ingress } from '../kube/networking.ts'
import { refKey, type KubeObject } from '../kube/object.ts'
import type { JsonObject } from '../std/json.ts'
import { nginx } from './nginx.ts'
import { applied, anIntent, bound, foundIn, NAMESPACE, routerGoldens, routerLaws } from './router.suite.ts'
import type { RouterMember, Scene } from './router.suite.ts'

const NGINX = 'nginx.ingress.kubernetes.io'

function anIngress(name: string, more: Partial<Ingress['spec']> = {}): Ingress {
  const backend = { service: { name: 'stable', port: { number: 80 } } }
  const rules = [{ host: 'demo.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }]
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: NAMESPACE },
    spec: { ingressClassName: 'nginx', rules, ...more },
  }
}

const service = fc.constantFrom('stable', 'other', 'canary')
const path = fc.record({
  path: fc.constantFrom('/', '/a', '/b'),
  pathType: fc.constant('Prefix'),
  backend: fc.oneof(
    service.map(name => ({ service: { name, port: { number: 80 } } })),
    fc.constant({ resource: { kind: 'Bucket', name: 'x' } }),
  ),
})
const rule = fc.oneof(
  fc.record({ host: fc.constantFrom('a.example', 'b.example') }),
  fc.record({ http: fc.record({ paths: fc.array(path, { minLength: 1, maxLength: 3 }) }) }),
)

const ingress = (name: string): fc.Arbitrary<Ingress> =>
  fc
    .record({
      before: fc.array(rule, { maxLength: 2 }),
      after: fc.array(rule, { maxLength: 2 }),
      tls: fc.option(fc.constant([{ hosts: ['a.example'], secretName: 's' }]), { nil: undefined }),
    })
    .map(({ before, after, tls }) => {
      const good = anIngress(name)
      const rules = [...before, ...(good.spec.rules ?? []), ...after]
      return anIngress(name, tls === undefined ? { rules } : { rules, tls })
    })

/** A canary Ingress that stood there before, with something of somebody else's in it. */
function aCanary(name: string, annotations: Record<string, string>, creationTimestamp?: string): KubeObject {
  const owner = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    name: 'guestbook',
    uid: 'uid-of-guestbook',
  }
  const metadata = {
    name: `guestbook-${name}-canary`,
    namespace: NAMESPACE,
    annotations,
    labels: { team: 'x' },
    ownerReferences: [{ ...owner, controller: true }],
    ...(creationTimestamp !== undefined && { creationTimestamp }),
  }
  return { ...anIngress(name), metadata }
}

const written = fc.constantFrom('', 'true', 'false', '0', '30', '-1', '900', '1e2', 'x')
const canaryAnnotations = fc.dictionary(
  fc.oneof(
    fc.constantFrom('mine', 'yours'),
    fc.constantFrom('canary', 'canary-weight', 'canary-weight-total').map(name => `${NGINX}/${name}`),
  ),
  written,
  { maxKeys: 4 },
)
const prefix = fc.constantFrom(undefined, 'custom.example')
const scenes: fc.Arbitrary<Scene> = fc
  .record({
    prefix,
    max: fc.constantFrom(undefined, 7, 100, 1000),
    several: fc.boolean(),
    first: ingress('main'),
    second: ingress('extra'),
    canary: fc.option(canaryAnnotations, { nil: undefined }),
    another: fc.option(canaryAnnotations, { nil: undefined }),
  })
  .map(parts => {
    const names = parts.several ? { stableIngresses: ['main', 'extra'] } : { stableIngress: 'main' }
    const settings = parts.prefix === undefined ? names : { ...names, annotationPrefix: parts.prefix }
    const trafficRouting: TrafficRouting =
      parts.max === undefined ? { nginx: settings } : { nginx: settings, maxTrafficWeight: parts.max }
    const canaries = [
      ...(parts.canary === undefined ? [] : [aCanary('main', parts.canary)]),
      ...(parts.another === undefined ? [] : [aCanary('extra', parts.another)]),
    ]
    return { trafficRouting, maxWeight: parts.max ?? 100, objects: [parts.first, parts.second, ...canaries] }
  })

const OURS = /\/canary(-weight(-total)?)?$/

const member: RouterMember<ReturnType<typeof nginx.config> & object> = {
  router: nginx,
  scenes,
  withoutOurs({ spec: _ours, metadata, ...rest }: JsonObject) {
    const { annotations, ...others } = metadata as JsonObject
    const theirs = Object.entries((annotations ?? {}) as JsonObject).filter(([key]) => !OURS.test(key))
    return { ...rest, metadata: { ...others, annotations: Object.fromEntries(theirs) } }
  },
}

routerLaws(member)
routerGoldens(member, new URL('testdata/nginx/', import.meta.url))

const CANARY = refKey({ kind: INGRESS, namespace: NAMESPACE, name: 'guestbook-main-canary' })

describe('NGINX', () => {
  const trafficRouting = { nginx: { stableIngress: 'main' } }
  const main = bound(nginx, trafficRouting)
  const found = foundIn(member, [anIngress('main')])

  test('says which of the two fields is missing, or is too much', () => {
    const neither = bound(nginx, { nginx: {} })
    expect(nginx.route(neither, anIntent(1), found)).toHaveProperty(
      'invalid.message',
      'Either StableIngress or StableIngresses must be configured. Neither are configured.',
    )
    const both = bound(nginx, { nginx: { stableIngress: 'a', stableIngresses: ['b'] } })
    expect(nginx.route(both, anIntent(1), found)).toHaveProperty(
      'invalid.message',
      'Either StableIngress or StableIngresses must be configured. Both are configured.',
    )
  })
  test('leaves an Ingress alone that somebody else controls', () => {
    const theirs = aCanary('main', {})
    const owner = { apiVersion: 'v1', kind: 'X', name: 'x', uid: 'another', controller: true }
    const foreign = { ...theirs, metadata: { ...theirs.metadata, ownerReferences: [owner] } }
    const routed = nginx.route(main, anIntent(1), foundIn(member, [anIngress('main'), foreign]))
    expect(routed).toHaveProperty(
      'problem.message',
      'canary ingress `guestbook-main-canary` controlled by different object',
    )
  })
  test('left, it takes the weight away first, then deletes the canary Ingress, headers and all', () => {
    const byHeader = { [`${NGINX}/canary-by-header`]: 'x-tester' }
    const ours = aCanary('main', {
      ...byHeader,
      [`${NGINX}/canary`]: 'true',
      [`${NGINX}/canary-weight`]: '30',
    })
    const state = foundIn(member, [anIngress('main'), ours])
    const placing = nginx.leave(main, { now: 0 }, state)
    expect(placing.placed).toMatchObject([
      { event: { message: "Updating Ingress `guestbook-main-canary` to desiredWeight '0'" } },
    ])
    const at0 = applied(placing, state)
    expect(at0[CANARY]?.metadata.annotations).toEqual({
      ...byHeader,
      [`${NGINX}/canary`]: 'true',
      [`${NGINX}/canary-weight`]: '0',
    })
    const last = nginx.leave(main, { now: 0 }, at0)
    expect(last.placed.map(({ ref, object }) => [ref.name, object])).toEqual([
      ['guestbook-main-canary', undefined],
    ])
    expect(nginx.leave(main, { now: 0 }, applied(last, at0))).toEqual({ placed: [] })
  })
  test('left, it deletes at once what no weight of 0 would take from users', () => {
    const off = aCanary('main', { [`${NGINX}/canary`]: 'false', [`${NGINX}/canary-weight`]: '30' })
    const alone = foundIn(member, [off])
    expect(nginx.leave(main, { now: 0 }, alone)).toMatchObject({ placed: [{ object: undefined }] })
  })
  test('left, it does not touch an Ingress that somebody else controls, or nobody', () => {
    const ours = aCanary('main', {})
    const owner = { apiVersion: 'v1', kind: 'X', name: 'x', uid: 'another', controller: true }
    const foreign = { ...ours, metadata: { ...ours.metadata, ownerReferences: [owner] } }
    const { ownerReferences: _none, ...metadata } = ours.metadata
    for (const theirs of [foreign, { ...ours, metadata }]) {
      expect(nginx.leave(main, { now: 0 }, foundIn(member, [anIngress('main'), theirs]))).toEqual({
        placed: [],
      })
    }
  })
  test('keeps the end of a name that would be too long', () => {
    const name = 'x'.repeat(250)
    const long = bound(nginx, { nginx: { stableIngress: name } })
    const names = nginx.refs(long).map(ref => ref.name)
    expect(names[1]).toHaveLength(253)
    expect(names[1]).toMatch(/^guestbook-x+-canary$/)
  })
  test('takes the maximum back out when the user does', () => {
    const large = bound(nginx, { ...trafficRouting, maxTrafficWeight: 1000 })
    const before = applied(nginx.route(large, anIntent(1), found), found)
    const after = applied(nginx.route(main, anIntent(1), before), before)
    const total = 'nginx.ingress.kubernetes.io/canary-weight-total'
    expect(before[CANARY]?.metadata.annotations).toHaveProperty([total], '1000')
    expect(after[CANARY]?.metadata.annotations).not.toHaveProperty([total])
  })
})

describe('what NGINX makes of the annotations', () => {
  const WEIGHT = { [`${NGINX}/canary`]: 'true', [`${NGINX}/canary-weight`]: '30' }
  const read = (annotations: Record<string, string>, more: { max?: number; objects?: KubeObject[] } = {}) => {
    const { max, objects = [anIngress('main'), aCanary('main', annotations)] } = more
    const trafficRouting = {
      nginx: { stableIngress: 'main' },
      ...(max !== undefined && { maxTrafficWeight: max }),
    }
    return nginx.read(bound(nginx, trafficRouting), foundIn(member, objects))?.canary
  }
  const weight = (text: string) => read({ ...WEIGHT, [`${NGINX}/canary-weight`]: text })

  test.each([
    ['30', 30],
    ['+30', 30],
    ['030', 30],
    ['130', 100],
    ['-30', 0],
    ['3.5', 0],
    [' 30', 0],
    ['x', 0],
    ['', 0],
  ])('the weight %j is %d', (text, is) => expect(weight(text)).toBe(is))
  test.each([
    ['1000', undefined, 3],
    ['200', 1000, 150],
    ['0', undefined, 30],
    ['x', undefined, 30],
    ['30', undefined, 100],
  ])('30 of a total of %j is, where all is %s, %d', (total, max, is) =>
    expect(
      read({ ...WEIGHT, [`${NGINX}/canary-weight-total`]: total }, max === undefined ? {} : { max }),
    ).toBe(is),
  )
  test('a maximum that the Ingress does not know yet', () => expect(read(WEIGHT, { max: 1000 })).toBe(300))
  test('headers and cookies choose for those who send them; the weight is for all others', () => {
    const byHeader = { [`${NGINX}/canary-by-header`]: 'x-tester', [`${NGINX}/canary-by-cookie`]: 'tester' }
    expect(read({ ...WEIGHT, ...byHeader })).toBe(30)
    expect(read({ [`${NGINX}/canary`]: 'true', ...byHeader })).toBe(0)
  })
  test('without `canary: true` it is an Ingress like any other: the older of two gets all', () => {
    const off = { ...WEIGHT, [`${NGINX}/canary`]: 'false' }
    const made = (canary: string, stable: string) => {
      const main = anIngress('main')
      return [
        { ...main, metadata: { ...main.metadata, creationTimestamp: stable } },
        aCanary('main', off, canary),
      ]
    }
    expect(read(off, { objects: made('2026-08-02T00:00:00Z', '2026-08-01T00:00:00Z') })).toBe(0)
    expect(read(off, { objects: made('2026-08-01T00:00:00Z', '2026-08-02T00:00:00Z') })).toBe(100)
    expect(read(off, { objects: [aCanary('main', off)] })).toBe(100)
    expect(read({ ...WEIGHT, [`${NGINX}/canary`]: 'True' })).toBe(30)
  })
  test('the largest of several counts; one that is not there or that is not ours says nothing', () => {
    const two = bound(nginx, { nginx: { stableIngresses: ['main', 'extra'] } })
    const canary = (name: string, text: string) =>
      aCanary(name, { ...WEIGHT, [`${NGINX}/canary-weight`]: text })
    const reads = (...objects: KubeObject[]) => nginx.read(two, foundIn(member, objects))?.canary
    expect(reads(canary('main', '10'), canary('extra', '20'))).toBe(20)
    expect(reads(canary('main', '10'), canary('extra', 'x'))).toBe(10)
    expect(reads(canary('main', '10'))).toBe(10)
    expect(reads(anIngress('extra'))).toBe(0)
    const theirs = canary('main', '60')
    const owner = { apiVersion: 'v1', kind: 'X', name: 'x', uid: 'another', controller: true }
    const foreign = { ...theirs, metadata: { ...theirs.metadata, ownerReferences: [owner] } }
    expect(reads(foreign)).toBeUndefined()
    expect(reads(foreign, anIngress('main'))).toBe(0)
  })
})

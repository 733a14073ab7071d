// Routers that a Rollout no longer asks for: what is remembered of them, and what they still do.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TrafficRouting } from '../api/traffic.ts'
import { AMBASSADOR_MAPPING, HTTP_ROUTE, INGRESS } from '../kube/kinds.ts'
import type { HttpRoute, Ingress } from '../kube/networking.ts'
import { refKey, type KubeObject } from '../kube/object.ts'
import { parseJson, type Json } from '../std/json.ts'
import type { Mapping } from './canary-mapping.ts'
import { leaving, leftHash, leftShare, routersIn, type RememberedRouting } from './leaving.ts'
import { routersOf } from './registry.ts'
import type { BoundRouter } from './registry.ts'
import { applied, aRollout, anIntent, left, NAMESPACE } from './router.suite.ts'
import type { Found } from './router.ts'

const GATEWAY = 'argoproj-labs/gatewayAPI'
const NGINX: TrafficRouting = { nginx: { stableIngress: 'main' }, maxTrafficWeight: 1000 }
const ROUTE: TrafficRouting = { plugins: { [GATEWAY]: { httpRoute: 'main' } } }
const MAPPING: TrafficRouting = { ambassador: { mappings: ['main'] } }
const services = { stable: 'stable', canary: 'canary' }
const rollout = 'guestbook'

/** As it comes back from where it was written. */
function remembered(routing: RememberedRouting): Json {
  return parseJson(JSON.stringify(routing)) ?? null
}

const ingress: Ingress = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'main', namespace: NAMESPACE },
  spec: { rules: [{ http: { paths: [{ backend: { service: { name: 'stable' } } }] } }] },
}
const httpRoute: HttpRoute = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'main', namespace: NAMESPACE },
  spec: { rules: [{ backendRefs: [{ name: 'stable' }, { name: 'canary' }] }] },
}
const key = (kind: typeof INGRESS, name: string) => refKey({ kind, namespace: NAMESPACE, name })
const world: Found = { [key(INGRESS, 'main')]: ingress, [key(HTTP_ROUTE, 'main')]: httpRoute }
const CANARY = key(INGRESS, 'guestbook-main-canary')

describe('what is remembered', () => {
  test.each([NGINX, ROUTE, MAPPING, { ...NGINX, ...ROUTE }])('gives the routers that %j gave', routing => {
    const [asked, known] = [
      routersOf(aRollout(routing)),
      routersIn(remembered({ rollout, trafficRouting: routing, services }), aRollout({})),
    ]
    expect(known.map(({ name, refs }) => [name, refs])).toEqual(asked.map(({ name, refs }) => [name, refs]))
  })
  test('reads and routes between the Services that there were then', () => {
    const then = { stable: 'old-stable', canary: 'old-canary' }
    const backendRefs = [
      { name: 'old-stable', weight: 70 },
      { name: 'old-canary', weight: 30 },
    ]
    const found = {
      [key(HTTP_ROUTE, 'main')]: { ...httpRoute, spec: { rules: [{ backendRefs }] } } as KubeObject,
    }
    const [router] = routersIn(remembered({ rollout, trafficRouting: ROUTE, services: then }), aRollout({}))
    expect(router?.read(found)?.canary).toBe(30)
    expect(routersOf(aRollout(ROUTE))[0]?.read(found)?.canary).toBe(0)
    const after = Object.values(applied(router?.leave({ now: 0 }, found) ?? { placed: [] }, found))
    expect(after).toMatchObject([{ spec: { rules: [{ backendRefs: [{ weight: 100 }, { weight: 0 }] }] } }])
  })
  test.each<Json>([
    null,
    5,
    'nginx',
    [],
    {},
    { rollout, services },
    { rollout, trafficRouting: NGINX as Json },
    { trafficRouting: NGINX as Json, services },
    { rollout: 'copied', trafficRouting: NGINX as Json, services },
    { rollout, trafficRouting: NGINX as Json, services: { stable: 'stable' } },
    { rollout, trafficRouting: 'nginx', services },
    ...[null, 5, [], { stableIngress: 5 }, { stableIngresses: 'main' }, { stableIngresses: [null] }].map(
      nginx => ({
        rollout,
        trafficRouting: { nginx },
        services,
      }),
    ),
    ...[null, {}, { mappings: 'main' }, { mappings: [5] }].map(ambassador => ({
      rollout,
      trafficRouting: { ambassador },
      services,
    })),
    ...[null, 'x', {}].map(plugins => ({ rollout, trafficRouting: { plugins }, services })),
  ])('%j gives no routers', value => expect(routersIn(value, aRollout({}))).toEqual([]))
  test('whatever somebody wrote into it, nothing throws', () => {
    const names = ['trafficRouting', 'services', 'nginx', 'stableIngress', 'stableIngresses', 'ambassador']
    const more = [
      'mappings',
      'plugins',
      GATEWAY,
      'httpRoute',
      'httpRoutes',
      'maxTrafficWeight',
      'stable',
      'canary',
    ]
    const { value: junk } = fc.letrec<{ value: Json }>(tie => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<Json>('main', '', 5, -1, null, true),
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom(...names, ...more), tie('value'), { maxKeys: 4 }),
      ),
    }))
    const routing = fc.record({ nginx: junk, ambassador: junk, plugins: junk, maxTrafficWeight: junk })
    const any = fc.oneof(
      junk,
      fc.record({ rollout: fc.constant(rollout), trafficRouting: routing, services: fc.constant(services) }),
    )
    fc.assert(
      fc.property(any, value => {
        for (const router of routersIn(value as Json, aRollout({}))) {
          expect(router.refs.every(ref => typeof ref.name === 'string')).toBe(true)
          router.read(world)
          router.leave({ now: 0 }, world)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('leaving', () => {
  const bound = (routing: TrafficRouting) => routersOf(aRollout(routing))
  const at60 = (routing: TrafficRouting, found: Found) =>
    bound(routing).reduce((state, router) => {
      const { maxTrafficWeight: maxWeight = 100 } = routing
      return applied(router.route(anIntent((60 * maxWeight) / 100, { maxWeight }), state), state)
    }, found)
  const gone = (before: TrafficRouting, now: TrafficRouting, found: Found) =>
    left((at, state) => leaving(bound(before), bound(now), { ...at, found: state }), found).at(-1)

  test('NGINX exchanged for an HTTPRoute, and back: the one that was left has no weight, the other keeps its', () => {
    const exchanged = gone(NGINX, ROUTE, at60(ROUTE, at60(NGINX, world)))
    expect(exchanged?.[CANARY]).toBeUndefined()
    expect(bound(ROUTE)[0]?.read(exchanged ?? {})?.canary).toBe(60)
    const back = gone(ROUTE, NGINX, at60(NGINX, exchanged ?? {}))
    expect(bound(ROUTE)[0]?.read(back ?? {})?.canary).toBe(0)
    expect(bound(NGINX)[0]?.read(back ?? {})?.canary).toBe(600)
  })
  test('Ambassador removed: its canary Mapping goes when its time is over', () => {
    const ref = { kind: AMBASSADOR_MAPPING, namespace: NAMESPACE }
    const spec = { prefix: '/', service: 'stable' }
    const base: Mapping = {
      apiVersion: 'getambassador.io/v3alpha1',
      kind: 'Mapping',
      metadata: { name: 'main', namespace: NAMESPACE },
      spec,
    }
    const found = { ...world, [refKey({ ...ref, name: 'main' })]: base }
    const after = gone(MAPPING, {}, at60(MAPPING, found))
    expect(after).toEqual(found)
  })
  test('what a staying router holds too is no longer theirs', () => {
    const several: TrafficRouting = { nginx: { stableIngresses: ['main', 'extra'] } }
    const extra = { ...ingress, metadata: { ...ingress.metadata, name: 'extra' } }
    const before = at60(several, { ...world, [key(INGRESS, 'extra')]: extra })
    const after = gone(several, NGINX, before) ?? {}
    expect(after[CANARY]).toBe(before[CANARY])
    expect(after[key(INGRESS, 'guestbook-extra-canary')]).toBeUndefined()
    expect(gone(NGINX, NGINX, before)).toBeUndefined()
  })
  test('the share that is left is the largest that one of their own objects gives', () => {
    expect(leftShare(bound(NGINX), [], at60(NGINX, world))).toBe(0.6)
    expect(leftShare([...bound(ROUTE), ...bound(NGINX)], [], at60(NGINX, at60(ROUTE, world)))).toBe(0.6)
    expect(leftShare(bound(NGINX), bound(NGINX), at60(NGINX, world))).toBe(0)
    expect(leftShare(bound(NGINX), [], world)).toBe(0)
    expect(leftShare([], [], world)).toBe(0)
  })
  test('an object of two that were left is placed once', () => {
    const found = at60(NGINX, world)
    const twice = [...bound(NGINX), ...bound(NGINX)]
    expect(leaving(twice, [], { now: 0, found }).placed).toHaveLength(1)
  })
})

test('of the revisions that left routers select themselves the first counts that still has users', () => {
  const selecting = (canary: number, canaryHash?: string) => {
    const read = () => ({ stable: 100 - canary, canary, others: {}, ...(canaryHash && { canaryHash }) })
    return { refs: [], read } as unknown as BoundRouter
  }
  expect(leftHash([selecting(0, 'v1'), selecting(50), selecting(75, 'v2')], [], {})).toBe('v2')
  expect(leftHash([selecting(0, 'v1'), selecting(50)], [], {})).toBeUndefined()
})

// Istio: the laws of the family, golden files, and what is its own.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DESTINATION_RULE, VIRTUAL_SERVICE } from '../../kube/kinds.ts'
import { fromJson, refKey, specOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { objects, record, text, withFields } from '../../std/json-parts.ts'
import { applied, anIntent, bound, foundIn, NAMESPACE, routerGoldens, routerLaws } from '../router.suite.ts'
import type { RouterMember, Scene } from '../router.suite.ts'
import type { Found } from '../router.ts'
import { istio } from './istio.ts'

function aService(name: string, spec: Json, namespace = NAMESPACE): KubeObject {
  const metadata = { name, namespace }
  return fromJson({ apiVersion: 'networking.istio.io/v1beta1', kind: 'VirtualService', metadata, spec })
}

function aRule(subsets: Json): KubeObject {
  const metadata = { name: 'rule', namespace: NAMESPACE }
  const spec = { host: 'shop', trafficPolicy: { tls: {} }, subsets }
  return fromJson({ apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata, spec })
}

const to = (host: string, weight?: number, more: JsonObject = {}): JsonObject => ({
  destination: { host, ...more },
  ...(weight === undefined ? {} : { weight }),
})
const toSubset = (subset: string, weight?: number) => to('shop', weight, { subset })

const namingService = (name: string): JsonObject => ({ templates: [{ name: 'a', service: { name } }] })

const weight = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined })
const fields = fc.constantFrom<JsonObject>({}, { timeout: '4s' }, { retries: { attempts: 2 }, fault: {} })
const guestsFirst = fc.boolean()

/** A route between both sides, told apart by Services or by subsets; others keep nothing of the weight. */
const shared = (isSubsets: boolean) =>
  fc.tuple(weight, weight, guestsFirst, fields).map(([a, b, first, more]) => {
    const sides = isSubsets
      ? [toSubset('now', a), toSubset('next', b)]
      : [to('stable.shop.svc', a), to('canary', b, { port: { number: 80 } })]
    const guest = to('guest', 0)
    return { ...more, route: first ? [guest, ...sides] : [...sides, guest] }
  })

const alien = fc.constantFrom<JsonObject>(
  { name: 'theirs', route: [to('other', 40), to('stable', 60)] },
  { name: 'aside', redirect: { uri: '/' } },
  { name: 'odd', match: [{ uri: { prefix: '/' } }], route: [to('elsewhere')] },
)

const scenes: fc.Arbitrary<Scene> = fc
  .boolean()
  .chain(isSubsets =>
    fc.record({
      isSubsets: fc.constant(isSubsets),
      first: shared(isSubsets),
      second: shared(isSubsets),
      before: fc.array(alien, { maxLength: 2 }),
      after: fc.array(alien, { maxLength: 1 }),
      section: fc.constantFrom('http', 'tls', 'tcp'),
    }),
  )
  .map(({ isSubsets, first, second, before, after, section }) => {
    const http = [...before, { ...first, name: 'main' }, ...after]
    const matched = { ...second, match: [{ port: 443, sniHosts: ['a', 'b'] }] }
    const asked =
      section === 'http'
        ? { routes: ['main'] }
        : section === 'tls'
          ? { tlsRoutes: [{ port: 443, sniHosts: ['b', 'a'] }] }
          : { tcpRoutes: [{ port: 443 }] }
    const destinationRule = { name: 'rule', canarySubsetName: 'next', stableSubsetName: 'now' }
    const only = section === 'http' ? { http } : { [section]: [matched] }
    return {
      trafficRouting: {
        istio: {
          virtualServices: [{ name: 'main', ...asked }, { name: 'extra' }],
          ...(isSubsets ? { destinationRule } : {}),
        },
        managedRoutes: [{ name: 'h' }, { name: 'm' }],
      },
      maxWeight: 100,
      objects: [
        aService('main', { hosts: ['a.example'], ...only }),
        aService('extra', { http: [second], exportTo: ['.'] }),
        ...(isSubsets
          ? [
              aRule([
                { name: 'old', labels: { v: '1' } },
                { name: 'next', labels: { a: 'b' } },
                { name: 'now' },
              ]),
            ]
          : []),
      ],
    }
  })

const HASH = 'rollouts-pod-template-hash'
const MANAGER = 'argo-rollouts.argoproj.io/managed-by-rollouts'

/** Without the weights of both sides, the hashes of both subsets and the note of whose they are. */
function withoutOurs(object: JsonObject): Json {
  const spec = record(object['spec'])
  const isOurs = (entry: JsonObject) => {
    const { host, subset } = record(entry['destination'])
    return /^(stable|canary)($|\.)/.test(text(host)) || subset === 'now' || subset === 'next'
  }
  const stripped = (route: JsonObject): JsonObject => {
    const entries = objects(route['route'])
    const isShared = entries.filter(isOurs).length === 2
    return isShared
      ? { ...route, route: entries.map(one => (isOurs(one) ? withFields(one, { weight: undefined }) : one)) }
      : route
  }
  const sections = ['http', 'tls', 'tcp'].flatMap(section =>
    spec[section] === undefined ? [] : [[section, objects(spec[section]).map(stripped)] as const],
  )
  const subsets = objects(spec['subsets']).map(one =>
    withFields(one, {
      labels: withFields(record(one['labels']), { [HASH]: undefined }),
    }),
  )
  const metadata = record(object['metadata'])
  const annotations = withFields(record(metadata['annotations']), { [MANAGER]: undefined })
  return {
    ...object,
    metadata: { ...metadata, annotations },
    spec: { ...spec, ...Object.fromEntries(sections), subsets },
  }
}

const member: RouterMember<ReturnType<typeof istio.config> & object> = {
  router: istio,
  carriesOthers: true,
  scenes,
  withoutOurs,
  meaning: spec => JSON.parse(JSON.stringify(spec).replaceAll(',"weight":0}', '}')) as Json,
  isSilent: object => object.kind === 'DestinationRule',
}

routerLaws(member)
routerGoldens(member, new URL('../testdata/istio/', import.meta.url))

const key = refKey({ kind: VIRTUAL_SERVICE, namespace: NAMESPACE, name: 'main' })
const ruleKey = refKey({ kind: DESTINATION_RULE, namespace: NAMESPACE, name: 'rule' })

describe('Istio', () => {
  const one = bound(istio, {
    istio: { virtualService: { name: 'main' } },
    managedRoutes: [{ name: 'vip' }, { name: 'shadow' }],
  })
  const found = (...http: readonly JsonObject[]) => foundIn(member, [aService('main', { http: [...http] })])
  const plain = found({ route: [to('stable', 100), to('canary', 0)] })
  const httpOf = (state: ReturnType<typeof found>) => objects(specOf(state[key] as KubeObject)['http'])
  const match = [{ headerName: 'x-vip', headerValue: { exact: 'yes' } }]

  test('destinations of others keep their weight, and ours share the rest', () => {
    const state = found({ route: [to('guest', 10), to('stable', 90), to('canary', 0)] })
    const weights = (percent: number) => {
      const after = applied(istio.route(one, anIntent(percent), state), state)
      expect(Math.abs((istio.read(one, after)?.canary ?? -9) - percent)).toBeLessThanOrEqual(1)
      return objects(httpOf(after)[0]?.['route']).map(entry => entry['weight'])
    }
    expect(weights(30)).toEqual([10, 63, 27])
    expect(weights(100)).toEqual([10, 0, 90])
    expect(weights(0)).toEqual([10, 90, 0])
    expect(weights(1)).toEqual([10, 89, 1])
    const whole = found({ route: [to('guest', 100), to('stable', 0), to('canary', 0)] })
    expect(istio.route(one, anIntent(30), whole)).toHaveProperty('invalid.message')
  })
  test('whatever others have, the canary gets nothing of nothing, all of all, and a share within one part', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 100 }), (guest, percent) => {
        const state = found({ route: [to('guest', guest), to('stable'), to('canary')] })
        const after = applied(istio.route(one, anIntent(percent), state), state)
        const said = istio.read(one, after)?.canary ?? -1
        if (percent % 100 === 0) expect(said).toBe(percent)
        else if (percent > 0) expect(said).toBeGreaterThan(0)
        else expect(Math.abs(said - percent)).toBeLessThanOrEqual(Math.ceil(100 / (100 - guest)))
        const all = objects(httpOf(after)[0]?.['route']).map(entry => Number(entry['weight'] ?? 0))
        expect(all.reduce((sum, part) => sum + part)).toBe(100)
      }),
    )
  })
  test('a header route and a mirror route stand first, in the order of the managed routes, and go again', () => {
    const wish = anIntent(20, {
      mirrorRoutes: [{ name: 'shadow', match: [{ path: { prefix: '/' } }], percentage: 35 }],
      headerRoutes: [{ name: 'vip', match }],
    })
    const after = applied(istio.route(one, wish, plain), plain)
    expect(httpOf(after)).toEqual([
      {
        name: 'vip',
        match: [{ headers: { 'x-vip': { exact: 'yes' } } }],
        route: [to('canary', 100)],
      },
      {
        name: 'shadow',
        match: [{ uri: { prefix: '/' } }],
        route: [to('stable', 80), to('canary', 20)],
        mirror: { host: 'canary' },
        mirrorPercentage: { value: 35 },
      },
      { route: [to('stable', 80), to('canary', 20)] },
    ])
    const ended = istio.route(one, anIntent(0), after)
    expect(applied(ended, after)).toEqual(plain)
  })
  test('with a mirror route beside it, the only route of the user still gets its weights', () => {
    const mirrorRoutes = [{ name: 'shadow', match: [{ path: { prefix: '/' } }], percentage: 50 }]
    const at10 = applied(istio.route(one, anIntent(10, { mirrorRoutes }), plain), plain)
    const at60 = applied(istio.route(one, anIntent(60, { mirrorRoutes }), at10), at10)
    expect(httpOf(at60).map(route => objects(route['route'])[1]?.['weight'])).toEqual([60, 60])
    expect(istio.read(one, at60)?.canary).toBe(60)
  })
  test('a VirtualService that is named twice, for two of its routes, is written once, and then stands', () => {
    const twice = bound(istio, {
      istio: { virtualServices: ['a', 'b'].map(route => ({ name: 'main', routes: [route] })) },
      managedRoutes: [{ name: 'vip' }, { name: 'shadow' }],
    })
    const sides = (port: number) => [to('stable', 100, { port: { number: port } }), to('canary', 0)]
    const state = found({ name: 'a', route: sides(80) }, { name: 'b', route: sides(81) })
    const wish = anIntent(20, {
      mirrorRoutes: [{ name: 'shadow', match: [{ path: { prefix: '/' } }], percentage: 35 }],
      headerRoutes: [{ name: 'vip', match }],
    })
    const routed = istio.route(twice, wish, state)
    expect(routed).toMatchObject({ placed: { length: 1 } })
    const after = applied(routed, state)
    expect(httpOf(after).map(route => route['name'])).toEqual(['vip', 'shadow', 'a', 'b'])
    const given = httpOf(after).map(route => objects(route['route']).map(entry => entry['weight']))
    expect(given.slice(2)).toEqual([
      [80, 20],
      [80, 20],
    ])
    expect(applied(istio.route(twice, wish, after), after)).toEqual(after)
    expect(applied(istio.route(twice, anIntent(0), after), after)).toEqual(state)
    const left = istio.leave(twice, { now: 0 }, after)
    expect(left).toEqual({ placed: [expect.objectContaining({ object: expect.anything() as unknown })] })
    expect(applied(left, after)).toEqual(state)
  })
  test('several routes without a name stay one each, in their order, beside a route of a step', () => {
    const named = bound(istio, {
      istio: { virtualService: { name: 'main', routes: ['main'] } },
      managedRoutes: [{ name: 'vip' }],
    })
    const aside = [{ redirect: { uri: '/a' } }, { redirect: { uri: '/b' } }]
    const state = found(...aside, { name: 'main', route: [to('stable', 100), to('canary', 0)] })
    const after = applied(
      istio.route(named, anIntent(10, { headerRoutes: [{ name: 'vip', match }] }), state),
      state,
    )
    expect(httpOf(after).map(route => route['redirect'] ?? route['name'])).toEqual([
      'vip',
      { uri: '/a' },
      { uri: '/b' },
      'main',
    ])
  })
  test('a destination of an experiment gets its weight from the stable side, and goes with the experiment', () => {
    const service = 'guestbook-6dffcf47fd-2-1-base'
    const others = [{ service, podHash: 'x', weight: 5 }]
    const after = applied(istio.route(one, anIntent(20, { others }), plain), plain)
    expect(httpOf(after)).toEqual([{ route: [to('stable', 75), to('canary', 20), to(service, 5)] }])
    expect(applied(istio.route(one, anIntent(0), after), after)).toEqual(plain)
  })
  test.each([
    ['by a step', { spec: { strategy: { canary: { steps: [{ experiment: namingService('shop-a') }] } } } }],
    ['by the status', { status: { canary: { weights: { additional: [{ serviceName: 'shop-a' }] } } } }],
  ])('a Service that is named %s is an experiment’s as well', (_, more) => {
    const others = [{ service: 'shop-a', podHash: 'x', weight: 5 }]
    const after = applied(istio.route(one, anIntent(20, { others }), plain), plain)
    const rollout = { ...one.rollout, ...more } as KubeObject
    expect(applied(istio.route({ ...one, rollout }, anIntent(0), after), after)).toEqual(plain)
  })
  const bySubsets = {
    istio: {
      virtualService: { name: 'main' },
      destinationRule: {
        name: 'rule',
        canarySubsetName: 'next',
        stableSubsetName: 'now',
        additionalSubsetNames: ['pinned'],
      },
    },
  }
  const subsets = bound(istio, bySubsets)
  const rule = aRule([
    { name: 'now', labels: { app: 'shop' } },
    { name: 'next' },
    { name: 'legacy', labels: { g: 'o' } },
  ])
  const bySubset = foundIn(member, [
    aService('main', {
      http: [{ route: [toSubset('now', 85), toSubset('next', 0), toSubset('pinned', 15)] }],
    }),
    rule,
  ])

  test('subsets follow the ReplicaSets, those of others stay, and named ones keep their weight', () => {
    const after = applied(istio.route(subsets, anIntent(30), bySubset), bySubset)
    expect(after[ruleKey]).toHaveProperty('spec.subsets', [
      { name: 'now', labels: { app: 'shop', [HASH]: 'old' } },
      { name: 'next', labels: { [HASH]: 'new' } },
      { name: 'legacy', labels: { g: 'o' } },
    ])
    expect(objects(httpOf(after)[0]?.['route']).map(entry => entry['weight'])).toEqual([55, 30, 15])
    expect(istio.read(subsets, after)?.canary).toBe(30)
  })
  test('a DestinationRule that another Rollout manages is left alone, and said', () => {
    const theirs = { ...rule, metadata: { ...rule.metadata, annotations: { [MANAGER]: 'another' } } }
    const state = { ...bySubset, [ruleKey]: theirs }
    expect(istio.route(subsets, anIntent(30), state)).toHaveProperty(
      'invalid.message',
      'DestinationRule "rule" is managed by another Rollout',
    )
    expect(applied(istio.leave(subsets, { now: 0 }, state), state)[ruleKey]).toBe(theirs)
  })
  test('a subset loses its weight before it follows another ReplicaSet, and follows before it gets some', () => {
    const order = (weightNow: number, state = bySubset) => {
      const routed = istio.route(subsets, anIntent(weightNow), state)
      return 'placed' in routed ? routed.placed.map(one_ => one_.ref.kind.kind) : []
    }
    expect(order(30)).toEqual(['DestinationRule', 'VirtualService'])
    const at30 = applied(istio.route(subsets, anIntent(30), bySubset), bySubset)
    const next = { canary: { service: '', podHash: 'newer', weight: 0 } }
    const routed = istio.route(subsets, anIntent(0, next), at30)
    expect(routed).toMatchObject({
      placed: [{ ref: { kind: { kind: 'VirtualService' } } }, { ref: { kind: { kind: 'DestinationRule' } } }],
    })
    expect(order(0, at30)).toEqual(['DestinationRule', 'VirtualService'])
  })
  test('left, the stable subset follows the stable revision before it gets all, and is given back after that', () => {
    const at30 = applied(istio.route(subsets, anIntent(30), bySubset), bySubset)
    const first = istio.leave(subsets, { now: 0, stableHash: 'newer' }, at30)
    expect(first.placed.map(one_ => one_.ref.kind.kind)).toEqual(['DestinationRule', 'VirtualService'])
    const once = applied(first, at30)
    const hashesIn = (state: typeof at30) =>
      objects(specOf(state[ruleKey] as KubeObject)['subsets']).map(one_ => record(one_['labels'])[HASH])
    expect([hashesIn(once)[0], istio.read(subsets, once)?.canary]).toEqual(['newer', 0])
    const last = istio.leave(subsets, { now: 0, stableHash: 'newer' }, once)
    expect(last.placed.map(one_ => one_.ref.kind.kind)).toEqual(['DestinationRule'])
    expect(hashesIn(applied(last, once))).toEqual([undefined, undefined, undefined])
  })
  test('a subset loses who comes to it by a header before it follows another ReplicaSet', () => {
    const byHeader = anIntent(0, { headerRoutes: [{ name: 'vip', match }] })
    const router = bound(istio, { ...bySubsets, managedRoutes: [{ name: 'vip' }] })
    const state = applied(istio.route(router, byHeader, bySubset), bySubset)
    const next = { canary: { service: '', podHash: 'newer', weight: 0 } }
    const order = (intent: typeof byHeader) => {
      const routed = istio.route(router, intent, state)
      return 'placed' in routed ? routed.placed.map(one_ => one_.ref.kind.kind) : []
    }
    expect(order(anIntent(0, next))).toEqual(['VirtualService', 'DestinationRule'])
    expect(order({ ...byHeader, ...next })).toEqual(['DestinationRule', 'VirtualService'])
  })
  test('the stable subset follows before it gets a weight; the canary’s, which loses it, in the next pass', () => {
    const at30 = applied(istio.route(subsets, anIntent(30), bySubset), bySubset)
    const side = (podHash: string, weightNow: number) => ({ service: '', podHash, weight: weightNow })
    const intent = anIntent(0, { stable: side('new', 100), canary: side('newer', 0) })
    const routed = istio.route(subsets, intent, at30)
    expect(routed).toMatchObject({
      placed: [{ ref: { kind: { kind: 'DestinationRule' } } }, { ref: { kind: { kind: 'VirtualService' } } }],
    })
    const hashes = (state: typeof at30) =>
      objects(specOf(state[ruleKey] as KubeObject)['subsets']).map(one_ => record(one_['labels'])[HASH])
    const once = applied(routed, at30)
    expect([istio.read(subsets, once)?.canary, hashes(once)]).toEqual([0, ['new', 'new', undefined]])
    expect(hashes(applied(istio.route(subsets, intent, once), once))).toEqual(['new', 'newer', undefined])
  })
  test.each<[string, JsonObject, string]>([
    [
      'a weight that is a text',
      { route: [to('stable'), { ...to('canary'), weight: '5' }] },
      'The weight "5"',
    ],
    ['a negative weight', { route: [to('stable'), to('canary', -1)] }, 'The weight -1'],
    ['a huge weight', { route: [to('stable'), to('canary', 1e12)] }, 'The weight 1000000000000'],
    [
      'a route to one side alone',
      { route: [to('stable', 100)] },
      "Canary Service 'canary' not found in route",
    ],
    ['a side that is named twice', { route: [to('stable'), to('canary'), to('stable')] }, 'is named twice'],
    ['destinations that are none', { route: [to('stable'), to('canary'), 5] }, 'malformed'],
  ])('%s is said', (_what, route, words) => {
    const routed = istio.route(one, anIntent(10), found(route))
    expect(routed).toHaveProperty(
      'invalid.path',
      'spec.strategy.canary.trafficRouting.istio.virtualService.name',
    )
    expect(routed).toHaveProperty('invalid.message', expect.stringContaining(words))
  })
  test('of several routes one must be named, and what is named must be there', () => {
    const two = found({ name: 'a', route: [to('stable'), to('canary')] }, { name: 'b', route: [to('x')] })
    expect(istio.route(one, anIntent(10), two)).toHaveProperty(
      'invalid.message',
      expect.stringContaining('named'),
    )
    const typo = bound(istio, { istio: { virtualService: { name: 'main', routes: ['typo'] } } })
    expect(istio.route(typo, anIntent(10), two)).toHaveProperty(
      'invalid.message',
      expect.stringContaining("HTTP Route 'typo' is not found in the defined Virtual Service."),
    )
  })
  test('of 1,000 routes each gets its weights', () => {
    const routes = Array.from({ length: 1000 }, (_one, i) => ({
      name: `r${i}`,
      route: [to('stable', 100), to('canary', 0)],
    }))
    const all = bound(istio, {
      istio: { virtualService: { name: 'main', routes: routes.map(one_ => one_.name) } },
    })
    const state = found(...routes)
    const after = applied(istio.route(all, anIntent(30), state), state)
    expect(istio.read(all, after)?.canary).toBe(30)
  })
  test('of two Rollouts in a VirtualService each leaves the routes of the other’s steps where they stand', () => {
    const mine = (whose: string) =>
      ['stable', 'canary'].map((side, i) => to(whose === 'a' ? side : `b-${side}`, i === 0 ? 100 : 0))
    const services = [aService('main', { http: ['a', 'b'].map(name => ({ name, route: mine(name) })) })]
    const of = (name: string) => ({
      ...bound(istio, {
        istio: { virtualService: { name: 'main', routes: [name] } },
        managedRoutes: [{ name: `h${name}` }],
      }),
      ...(name === 'b' ? { services: { stable: 'b-stable', canary: 'b-canary' } } : {}),
    })
    const give = (name: string, state: Found) =>
      applied(
        istio.route(of(name), anIntent(0, { headerRoutes: [{ name: `h${name}`, match }] }), state),
        state,
      )
    const both = give('b', give('a', foundIn(member, services)))
    const names = Object.values(both).map(service =>
      objects(specOf(service)['http']).map(route => route['name']),
    )
    expect(names[0]).toEqual(['hb', 'ha', 'a', 'b'])
    expect(give('a', both)).toEqual(both)
    expect(give('b', both)).toEqual(both)
  })
  test('a route of a step that stands beside no HTTP route is said, until another VirtualService has one', () => {
    const tls = [{ match: [{ port: 443 }], route: [to('stable', 100), to('canary', 0)] }]
    const http = [{ route: [to('stable', 100), to('canary', 0)] }]
    const intent = anIntent(0, { headerRoutes: [{ name: 'inside', match }] })
    const routing = (...names: readonly string[]) =>
      bound(istio, { istio: { virtualServices: names.map(name => ({ name })) } })
    const state = foundIn(member, [aService('tls', { tls }), aService('http', { http })])
    expect(istio.route(routing('tls'), intent, state)).toHaveProperty(
      'invalid.message',
      expect.stringContaining('a step can not make the route "inside"'),
    )
    expect(istio.route(routing('tls'), anIntent(0), state)).toHaveProperty('placed')
    expect(istio.route(routing('tls', 'http'), intent, state)).toHaveProperty('placed')
  })
  test.each([
    ['main', NAMESPACE, 'main'],
    ['main.infra', 'infra', 'main'],
    ['main.infra.cluster.local', 'infra', 'main'],
    ['a.b.infra', 'infra', 'a.b'],
  ])('%s is in the namespace %s', (name, namespace, service) => {
    const asked = bound(istio, { istio: { virtualService: { name } } })
    expect(istio.refs(asked)).toMatchObject([{ namespace, name: service }])
  })
})

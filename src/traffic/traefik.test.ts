// Traefik: the laws of the family, golden files, and what is its own.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asJson, fromJson } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import type { JsonObject } from '../std/json.ts'
import { objects, record, withFields } from '../std/json-parts.ts'
import { applied, anIntent, bound, foundIn, NAMESPACE, routerGoldens, routerLaws } from './router.suite.ts'
import type { RouterMember, Scene } from './router.suite.ts'
import { traefik } from './traefik.ts'

function aService(services: readonly JsonObject[], group = 'traefik.io'): KubeObject {
  const metadata = { name: 'main', namespace: NAMESPACE }
  const spec = { weighted: { services, sticky: { cookie: { name: 'c' } } } }
  return fromJson({ apiVersion: `${group}/v1alpha1`, kind: 'TraefikService', metadata, spec })
}

const weight = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined })
const entry = (name: string, given: number | undefined, more: JsonObject = {}): JsonObject => ({
  name,
  port: 80,
  ...more,
  ...(given === undefined ? {} : { weight: given }),
})
const guest = fc.constantFrom<JsonObject>(
  { name: 'guest', port: 80, weight: 7 },
  { name: 'canary', kind: 'TraefikService', weight: 3 },
)
const trafficRouting = { traefik: { weightedTraefikServiceName: 'main' } }

const scenes: fc.Arbitrary<Scene> = fc
  .record({ guests: fc.array(guest, { maxLength: 2 }), a: weight, b: weight, last: fc.boolean() })
  .map(({ guests, a, b, last }) => {
    const sides = [entry('canary', a), entry('stable', b, { kind: 'Service' })]
    const services = last ? [...guests, ...sides] : [...sides, ...guests]
    return { trafficRouting, maxWeight: 100, objects: [aService(services)] }
  })

const member: RouterMember<ReturnType<typeof traefik.config> & object> = {
  router: traefik,
  scenes,
  withoutOurs(object: JsonObject) {
    const spec = record(object['spec'])
    const weighted = record(spec['weighted'])
    const isOurs = (one: JsonObject) =>
      (one['kind'] ?? 'Service') === 'Service' && ['stable', 'canary'].includes(String(one['name']))
    const services = objects(weighted['services']).map(one =>
      isOurs(one) ? withFields(one, { weight: undefined }) : one,
    )
    return { ...object, spec: { ...spec, weighted: { ...weighted, services } } }
  },
}

routerLaws(member)
routerGoldens(member, new URL('testdata/traefik/', import.meta.url))

describe('Traefik', () => {
  const main = bound(traefik, trafficRouting)
  const sides = [entry('stable', undefined), entry('canary', undefined)]
  const route = (service: KubeObject, percent = 10) =>
    traefik.route(main, anIntent(percent), foundIn(member, [service]))

  test('weights the service of the old group where there is no other', () => {
    const { kinds } = traefik
    const old = aService(sides, 'traefik.containo.us')
    const [, of] = kinds
    const found = { [`${of?.group}/traefikservices/${NAMESPACE}/main`]: old }
    const after = applied(traefik.route(main, anIntent(30), found), found)
    expect(traefik.read(main, after)?.canary).toBe(30)
  })
  test.each<[string, readonly JsonObject[], string]>([
    ['no canary', [entry('stable', 1)], 'traefik canary service was not found'],
    ['no stable Service', [entry('canary', 1)], 'traefik stable service was not found'],
    ['a side twice', [...sides, entry('canary', 1)], 'traefik canary service is named twice'],
    [
      'a weight that is a text',
      [entry('stable', 1), { name: 'canary', weight: '5' }],
      'the weight "5" is none',
    ],
    ['a negative weight', [entry('stable', 1), { name: 'canary', weight: -5 }], 'the weight -5 is none'],
    [
      'a huge weight',
      [entry('stable', 1), { name: 'canary', weight: 1e12 }],
      'the weight 1000000000000 is none',
    ],
  ])('%s is said', (_what, services, message) => {
    expect(route(aService(services))).toHaveProperty('invalid.message', message)
  })
  test('left, a canary that is named twice gives its weight back, one without a stable side is waited for', () => {
    const left = (services: readonly JsonObject[]) => {
      const found = foundIn(member, [aService(services)])
      const placing = traefik.leave(main, { now: 0 }, found)
      return [traefik.read(main, applied(placing, found))?.canary, placing.waits?.length]
    }
    expect(left([entry('stable', 60), entry('canary', 20), entry('canary', 20)])).toEqual([0, undefined])
    expect(left([entry('canary', 40)])).toEqual([100, 1])
  })
  test('asked for what stands there, it has nothing to write', () => {
    const at10 = aService([entry('stable', 90), entry('canary', 10)])
    const routed = route(at10)
    expect('placed' in routed && routed.placed.map(one => one.object)).toEqual([asJson(at10)])
  })
})

// `maxTrafficWeight` with two routers, of which one knows it.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TrafficRouting } from '../api/traffic.ts'
import { fromJson, refKey } from '../kube/object.ts'
import { ofHundred } from './maximum.ts'
import type { BoundRouter } from './registry.ts'
import { routersOf } from './registry.ts'
import { anIntent, applied, aRollout, NAMESPACE } from './router.suite.ts'
import type { Found } from './router.ts'

const NGINX = { nginx: { stableIngress: 'main' } }
const weighed = (names: string) =>
  ['stable', 'canary'].map((name, i) => ({ [names]: name, port: 80, weight: i === 0 ? 100 : 0 }))

const SPECS: Readonly<Record<string, readonly [TrafficRouting, kind: string, spec: object]>> = {
  Istio: [
    { istio: { virtualService: { name: 'main' } } },
    'VirtualService',
    { http: [{ route: ['stable', 'canary'].map(host => ({ destination: { host } })) }] },
  ],
  Traefik: [
    { traefik: { weightedTraefikServiceName: 'main' } },
    'TraefikService',
    { weighted: { services: weighed('name') } },
  ],
  Apisix: [
    { apisix: { route: { name: 'main' } } },
    'ApisixRoute',
    { http: [{ name: 'main', backends: weighed('serviceName') }] },
  ],
  SMI: [{ smi: {} }, 'TrafficSplit', {}],
}

/** The router that stands beside NGINX, and its world. */
function beside(name: string, maxTrafficWeight: number): { router: BoundRouter; found: Found } {
  const [routing, kind, spec] = SPECS[name] ?? [{}, '', {}]
  const routers = routersOf(aRollout({ ...NGINX, ...routing, maxTrafficWeight }))
  const router = routers.find(one => one.name === name) as BoundRouter
  const object = fromJson({
    apiVersion: 'v1',
    kind,
    metadata: { name: 'main', namespace: NAMESPACE },
    spec,
  } as never)
  const found = name === 'SMI' ? {} : Object.fromEntries(router.refs.map(ref => [refKey(ref), object]))
  return { router, found }
}

test.each(Object.keys(SPECS))('%s is given weights of 100, and read back as of the maximum', name => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat({ max: 100 }), (maxWeight, percent) => {
      const { router, found } = beside(name, maxWeight)
      const weight = Math.floor((percent * maxWeight) / 100)
      const routed = router.route(anIntent(weight, { maxWeight }), found)
      const said = router.read(applied(routed, found))
      const hundredth = Math.ceil(maxWeight / 100)
      expect(said?.canary).toBeGreaterThanOrEqual(weight - hundredth)
      expect(said?.canary).toBeLessThanOrEqual(Math.max(weight, weight === 0 ? 0 : hundredth))
      expect((said?.canary ?? 0) + (said?.stable ?? 0)).toBe(maxWeight)
      const why = 'placed' in routed ? routed.placed[0]?.why : ''
      expect(/ (\d+) canary/.exec(why ?? '')?.[1]).toBe(
        String(weight === 0 ? 0 : Math.max(1, Math.floor((weight * 100) / maxWeight))),
      )
    }),
  )
})

test('together they are never more than 100, however small the shares of experiments are', () => {
  const others = ['a', 'b'].map(service => ({ service, podHash: service, weight: 5 }))
  const { canary, stable, ...rest } = ofHundred({ ...anIntent(990, { maxWeight: 1000 }), others })
  expect([canary.weight, stable.weight, ...rest.others.map(one => one.weight)]).toEqual([99, 0, 1, 0])
})

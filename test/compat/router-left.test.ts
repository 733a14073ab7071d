// A router that is taken out of the spec, or exchanged, leaves no weight behind: who comes in at its door gets no
// more of a new version than is said. Which version users get is looked at through the gateway's own routes. In
// virtual time.
import { afterEach, describe, expect, test } from 'vitest'
import { routesOf } from '../../src/gateway/routes/families.ts'
import { routeTable } from '../../src/gateway/routes/table.ts'
import type { EndpointSlice, Pod, Service } from '../../src/kube/core.ts'
import {
  AMBASSADOR_MAPPING,
  ENDPOINT_SLICE,
  HTTP_ROUTE,
  INGRESS,
  ROLLOUT,
  SERVICE,
} from '../../src/kube/kinds.ts'
import type { Json } from '../../src/std/json.ts'
import { REMEMBERED_ROUTING } from '../../src/api/words.ts'
import { aScene } from './scene.ts'
import type { Scene } from './scene.ts'

const HOST = 'shop.example.com'
const DOORS = [INGRESS, AMBASSADOR_MAPPING, HTTP_ROUTE]

function shop(strategy: object) {
  const labels = { app: 'shop' }
  const containers = [{ name: 'web', image: 'shop:v1', ports: [{ containerPort: 8080 }] }]
  const template = { metadata: { labels }, spec: { containers } }
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'shop' },
    spec: { replicas: 5, selector: { matchLabels: labels }, template, strategy },
  }
}

function service(name: string) {
  const spec = { selector: { app: 'shop' }, ports: [{ port: 80, targetPort: 8080 }] }
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec }
}

const backend = { service: { name: 'stable', port: { number: 80 } } }
const ingress = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'shop' },
  spec: {
    ingressClassName: 'nginx',
    rules: [{ host: HOST, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
  },
}
const mapping = {
  apiVersion: 'getambassador.io/v3alpha1',
  kind: 'Mapping',
  metadata: { name: 'shop' },
  spec: { hostname: HOST, prefix: '/', service: 'stable:80' },
}
const httpRoute = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'shop' },
  spec: {
    parentRefs: [{ name: 'gateway' }],
    hostnames: [HOST],
    rules: [
      {
        backendRefs: [
          { name: 'stable', port: 80 },
          { name: 'canary', port: 80 },
        ],
      },
    ],
  },
}

const CANARY = { stableService: 'stable', canaryService: 'canary' }
const STEPS = [{ setWeight: 60 }, { pause: {} }]
const ROUTERS = {
  NGINX: { object: ingress, trafficRouting: { nginx: { stableIngress: 'shop' } } },
  Ambassador: { object: mapping, trafficRouting: { ambassador: { mappings: ['shop'] } } },
  'the Gateway API': {
    object: httpRoute,
    trafficRouting: { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'shop' } } },
  },
}
type Router = keyof typeof ROUTERS

/** What share of the users that come in by a kind of object gets each version, by the pods that they reach. */
async function versions(scene: Scene, { door = DOORS } = {}): Promise<Readonly<Record<string, number>>> {
  const services = await scene.list<Service>(SERVICE)
  const objects = (await Promise.all(door.map(kind => scene.list(kind)))).flat()
  const slices = await scene.list<EndpointSlice>(ENDPOINT_SLICE)
  const resolve = (host: string, port: number) => ({ host, port })
  const input = { services, slices, pods: [], rollouts: [], experiments: [], resolve }
  const made = routesOf(input, ({ kind }) => objects.filter(one => one.kind === kind))
  const { routes } = routeTable(made.routes)
  const found = routes.find(route => route.host === HOST)?.backends ?? []
  const all = found.reduce((sum, one) => sum + one.weight, 0)
  const pods = await scene.pods()
  const shares: Record<string, number> = {}
  for (const { service: name, weight } of found) {
    const { selector = {} } = services.find(one => one.metadata.name === name)?.spec ?? {}
    const reached = pods.filter(pod => isSelected(pod, selector))
    for (const pod of reached) {
      const version = pod.spec.containers[0]?.image?.split(':')[1] ?? ''
      shares[version] = (shares[version] ?? 0) + weight / all / reached.length
    }
  }
  return Object.fromEntries(
    Object.entries(shares).flatMap(([name, share]) => (share > 0 ? [[name, Math.round(share * 100)]] : [])),
  )
}

function isSelected({ metadata }: Pod, selector: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => metadata.labels?.[key] === value)
}

describe('a router that leaves the spec', () => {
  const scenes: Scene[] = []
  afterEach(async () => {
    for (const one of scenes.splice(0)) await one.stop()
  })
  /** The second version has 60 % of the users. */
  async function at60(router: Router, ...more: readonly object[]): Promise<Scene> {
    const scene = await aScene()
    scenes.push(scene)
    const { object, trafficRouting } = ROUTERS[router]
    const strategy = { canary: { ...CANARY, trafficRouting, steps: STEPS } }
    await scene.make(service('stable'), service('canary'), object, ...more, shop(strategy))
    await scene.pass(20)
    await scene.run('set image shop web=shop:v2')
    await scene.pass(20)
    expect(await versions(scene)).toEqual({ v1: 40, v2: 60 })
    return scene
  }
  const edit = (scene: Scene, strategy: object) =>
    scene.patch(ROLLOUT, 'shop', { spec: { strategy } } as unknown as Json)
  const removed = (scene: Scene, more: object = {}) =>
    edit(scene, { canary: { trafficRouting: null, ...more } })
  const canaries = async (scene: Scene) =>
    (await Promise.all(DOORS.map(kind => scene.list(kind))))
      .flat()
      .map(one => one.metadata.name)
      .filter(name => name.endsWith('-canary'))
  const phase = async (scene: Scene) => (await scene.rollout('shop')).status?.phase
  const memory = async (scene: Scene) =>
    (await scene.rollout('shop')).metadata.annotations?.[REMEMBERED_ROUTING]

  describe.each(Object.keys(ROUTERS) as Router[])('%s', router => {
    test('removed in the middle: nobody gets the new version by it, and later updates are free of it', async () => {
      const scene = await at60(router)
      await removed(scene)
      await scene.pass(3)
      expect(await versions(scene)).toEqual({ v1: 100 })
      expect((await scene.rollout('shop')).status?.canary?.weights).toBeUndefined()
      await scene.pass(10)
      expect(await canaries(scene)).toEqual([])
      expect(await memory(scene)).toBeUndefined()
      await scene.run('promote shop')
      await scene.pass(20)
      expect(await phase(scene)).toBe('Healthy')
      expect(await versions(scene)).toEqual({ v2: 100 })
      await removed(scene, { steps: [{ setWeight: 20 }, { pause: {} }] })
      await scene.run('set image shop web=shop:v3')
      await scene.pass(20)
      expect(await phase(scene)).toBe('Paused')
      expect((await versions(scene))['v3'] ?? 0).toBeLessThanOrEqual(20)
    })

    test('removed at rest: what it made goes, nothing else moves', async () => {
      const scene = await at60(router)
      await scene.run('promote shop')
      await scene.pass(60)
      expect(await phase(scene)).toBe('Healthy')
      const before = (await scene.pods()).map(pod => pod.metadata.name)
      await removed(scene)
      await scene.pass(20)
      expect(await canaries(scene)).toEqual([])
      expect(await memory(scene)).toBeUndefined()
      expect(await phase(scene)).toBe('Healthy')
      expect((await scene.pods()).map(pod => pod.metadata.name)).toEqual(before)
      expect(await versions(scene)).toEqual({ v2: 100 })
    })

    test('removed since the canary becomes blue/green: the preview is seen by nobody', async () => {
      const scene = await at60(router)
      const blueGreen = { activeService: 'stable', previewService: 'canary', autoPromotionEnabled: false }
      await edit(scene, { canary: null, blueGreen })
      await scene.run('set image shop web=shop:v3')
      await scene.pass(20)
      expect(await phase(scene)).toBe('Paused')
      expect(await versions(scene)).toEqual({ v1: 100 })
      await scene.run('promote shop')
      await scene.pass(20)
      expect(await versions(scene)).toEqual({ v3: 100 })
      expect(await memory(scene)).toBeUndefined()
    })
  })

  test('NGINX exchanged for the Gateway API, and back: only the door that is asked for has a canary', async () => {
    const scene = await at60('NGINX')
    await scene.make({ ...httpRoute, spec: { ...httpRoute.spec, rules: [weighed(100, 0)] } })
    const both = async () => [
      await versions(scene, { door: [INGRESS] }),
      await versions(scene, { door: [HTTP_ROUTE] }),
    ]
    const { NGINX, 'the Gateway API': gateway } = ROUTERS
    await edit(scene, { canary: { trafficRouting: { ...gateway.trafficRouting, nginx: null } } })
    await scene.pass(10)
    expect(await both()).toEqual([{ v1: 100 }, { v1: 40, v2: 60 }])
    expect(await canaries(scene)).toEqual([])
    await edit(scene, { canary: { trafficRouting: { ...NGINX.trafficRouting, plugins: null } } })
    await scene.pass(10)
    expect(await both()).toEqual([{ v1: 40, v2: 60 }, { v1: 100 }])
    await scene.run('promote shop')
    await scene.pass(60)
    expect(await both()).toEqual([{ v2: 100 }, { v2: 100 }])
    expect(await phase(scene)).toBe('Healthy')
  })
})

function weighed(stable: number, canary: number) {
  const backendRefs = [
    { name: 'stable', port: 80, weight: stable },
    { name: 'canary', port: 80, weight: canary },
  ]
  return { backendRefs }
}

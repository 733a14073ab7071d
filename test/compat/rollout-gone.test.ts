// A Rollout that is deleted in the middle of an update: its routers send everybody to the stable Service at once. One
// that has become another controller's keeps its weight. In virtual time.
import { afterEach, describe, expect, test } from 'vitest'
import { INSTANCE_ID } from '../../src/api/words.ts'
import { AMBASSADOR_MAPPING, HTTP_ROUTE, INGRESS, MESH_ROUTER, ROLLOUT } from '../../src/kube/kinds.ts'
import type { Kind } from '../../src/kube/object.ts'
import { asJson } from '../../src/kube/object.ts'
import { ROUTE_SCENES, playedRouters } from '../../src/rollout/routes.suite.ts'
import type { RouteScene } from '../../src/rollout/routes.suite.ts'
import type { Json, JsonObject } from '../../src/std/json.ts'
import { objects, record, text } from '../../src/std/json-parts.ts'
import { aScene } from './scene.ts'
import type { Scene } from './scene.ts'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.stop()
})

const labels = { app: 'demo' }
const NAMES = { stable: 'stable', canary: 'canary' }

/** A family of routers: what stands there, and the weight that its object gives the canary. */
interface Family {
  readonly trafficRouting: object
  readonly objects: readonly object[]
  readonly kind: Kind
  readonly name: string
  weight(object: JsonObject): unknown
}

const made = (kind: Kind, name: string, spec: Json) => ({
  apiVersion: `${kind.group}/${kind.version}`,
  kind: kind.kind,
  metadata: { name },
  spec,
})

const node = (name: string) => ({
  apiVersion: 'appmesh.k8s.aws/v1beta2',
  kind: 'VirtualNode',
  metadata: { name },
  spec: { podSelector: { matchLabels: labels } },
})
const target = (name: string, weight: number) => ({ virtualNodeRef: { name }, weight })

const FAMILIES: Readonly<Record<string, Family>> = {
  ...Object.fromEntries(
    playedRouters
      .filter(name => name !== 'smi')
      .map((name): readonly [string, Family] => {
        const scene: RouteScene = ROUTE_SCENES[name]
        return [name, { ...scene, objects: [scene.object(0, NAMES)] }]
      }),
  ),
  nginx: {
    trafficRouting: { nginx: { stableIngress: 'demo' } },
    objects: [
      made(INGRESS, 'demo', {
        rules: [
          {
            host: 'demo',
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: 'stable', port: { number: 80 } } },
                },
              ],
            },
          },
        ],
      }),
    ],
    kind: INGRESS,
    name: 'demo-demo-canary',
    weight: object =>
      record(record(object['metadata'])['annotations'])['nginx.ingress.kubernetes.io/canary-weight'],
  },
  Ambassador: {
    trafficRouting: { ambassador: { mappings: ['demo'] } },
    objects: [made(AMBASSADOR_MAPPING, 'demo', { prefix: '/', service: 'stable:80' })],
    kind: AMBASSADOR_MAPPING,
    name: 'demo-canary',
    weight: object => record(object['spec'])['weight'],
  },
  'App Mesh': {
    trafficRouting: {
      appMesh: {
        virtualService: { name: 'demo' },
        virtualNodeGroup: { canaryVirtualNodeRef: { name: 'next' }, stableVirtualNodeRef: { name: 'now' } },
      },
    },
    objects: [
      node('now'),
      node('next'),
      {
        apiVersion: 'appmesh.k8s.aws/v1beta2',
        kind: 'VirtualService',
        metadata: { name: 'demo' },
        spec: { provider: { virtualRouter: { virtualRouterRef: { name: 'demo' } } } },
      },
      made(MESH_ROUTER, 'demo', {
        routes: [
          { name: 'h', httpRoute: { action: { weightedTargets: [target('next', 0), target('now', 100)] } } },
        ],
      }),
    ],
    kind: MESH_ROUTER,
    name: 'demo',
    weight: object => {
      const route = objects(record(object['spec'])['routes'])[0]
      const { weightedTargets } = record(record(route?.['httpRoute'])['action'])
      return objects(weightedTargets)[0]?.['weight']
    },
  },
  'the Gateway API': {
    trafficRouting: { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'demo' } } },
    objects: [
      made(HTTP_ROUTE, 'demo', {
        rules: [
          {
            backendRefs: [
              { name: 'stable', port: 80 },
              { name: 'canary', port: 80 },
            ],
          },
        ],
      }),
    ],
    kind: HTTP_ROUTE,
    name: 'demo',
    weight: object => {
      const refs = objects(objects(record(object['spec'])['rules'])[0]?.['backendRefs'])
      return refs.find(one => text(one['name']) === 'canary')?.['weight']
    },
  },
}

async function atTwenty({ trafficRouting, objects: standing }: Family): Promise<Scene> {
  const scene = await aScene()
  scenes.push(scene)
  const services = ['stable', 'canary', 'root'].map(name => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: labels, ports: [{ port: 80 }] },
  }))
  const steps = [{ setWeight: 20 }, { pause: {} }]
  const canary = { stableService: 'stable', canaryService: 'canary', trafficRouting, steps }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'demo:1' }] } }
  const rollout = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'demo' },
    spec: { replicas: 4, selector: { matchLabels: labels }, template, strategy: { canary } },
  }
  await scene.make(...services, ...standing, rollout)
  await scene.pass(8)
  await scene.run('set image demo web=demo:2')
  await scene.pass(8)
  return scene
}

async function weightIn(scene: Scene, { kind, name, weight }: Family): Promise<number | undefined> {
  const found = (await scene.list(kind)).find(one => one.metadata.name === name)
  return found === undefined ? undefined : Number(weight(asJson(found)) ?? 0)
}

describe('a Rollout that is deleted', () => {
  test.each(Object.entries(FAMILIES))('gives the weight back at once: %s', async (_name, family) => {
    const scene = await atTwenty(family)
    expect(await weightIn(scene, family)).toBe(20)
    await scene.remove(ROLLOUT, 'demo')
    expect((await weightIn(scene, family)) ?? 0, 'in the same moment').toBe(0)
    await scene.pass(30)
    expect((await weightIn(scene, family)) ?? 0).toBe(0)
  })

  test('keeps its weight when it has only become another controller’s', async () => {
    const family = FAMILIES['istio'] as Family
    const scene = await atTwenty(family)
    await scene.patch(ROLLOUT, 'demo', { metadata: { labels: { [INSTANCE_ID]: 'another' } } })
    await scene.pass(30)
    expect(await weightIn(scene, family)).toBe(20)
  })
})

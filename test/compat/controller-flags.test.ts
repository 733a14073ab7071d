// What the controller's flags about routers change: an Ingress of a class that was not named goes on having its
// weights, and its Rollout says so; of Traefik's two groups only the one that was named is looked at.
import { afterEach, expect, test } from 'vitest'
import { EVENT, INGRESS, TRAEFIK_SERVICE } from '../../src/kube/kinds.ts'
import type { ReconcilerOptions } from '../../src/controller/reconcilers.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { aScene } from './scene.ts'
import type { Scene } from './scene.ts'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.stop()
})

const labels = { app: 'shop' }
const service = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: labels, ports: [{ port: 80 }] },
})
const backend = { service: { name: 'stable', port: { number: 80 } } }
const ingress = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'shop' },
  spec: {
    ingressClassName: 'outer',
    rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
  },
}
const aRollout = (trafficRouting: object) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'shop' },
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'shop:1' }] } },
    strategy: {
      canary: {
        stableService: 'stable',
        canaryService: 'canary',
        trafficRouting,
        steps: [{ setWeight: 20 }, { pause: {} }],
      },
    },
  },
})

async function starting(options: ReconcilerOptions, ...more: readonly object[]): Promise<Scene> {
  const scene = await aScene(options)
  scenes.push(scene)
  await scene.make(service('stable'), service('canary'), ...more)
  await scene.pass(8)
  return scene
}

async function told(scene: Scene): Promise<string | undefined> {
  const { conditions = [] } = (await scene.rollout('shop')).status ?? {}
  return conditions.find(one => one.type === 'IngressClassNotListed')?.message
}

const started = (classes: readonly string[]) =>
  starting({ ingressClasses: { nginx: classes } }, ingress, aRollout({ nginx: { stableIngress: 'shop' } }))

test('an Ingress of a class that was not named has its weights, and a condition says so', async () => {
  const scene = await started(['nginx', 'inner'])
  await scene.run('set image shop web=shop:2')
  await scene.pass(8)
  const canary = (await scene.list(INGRESS)).find(one => one.metadata.name === 'shop-shop-canary')
  expect(canary?.metadata.annotations?.['nginx.ingress.kubernetes.io/canary-weight']).toBe('20')
  expect(await told(scene)).toContain(
    'Ingress "shop" has the class "outer", and --nginx-ingress-classes names nginx, inner',
  )
  const events = await scene.list<KubeObject & { readonly reason?: string }>(EVENT)
  expect(events.filter(one => one.reason === 'IngressClassNotListed').length).toBe(1)
  await scene.patch(INGRESS, 'shop', { spec: { ingressClassName: 'inner' } })
  await scene.pass(3)
  expect(await told(scene)).toBeUndefined()
})

test('an Ingress of a class that was named is nothing to speak of', async () => {
  expect(await told(await started(['outer']))).toBeUndefined()
})

test('of the two groups of Traefik only the one that was named is looked at', async () => {
  const services = ['stable', 'canary'].map(name => ({ name, port: 80 }))
  const metadata = { name: 'shop' }
  const old = { kind: 'TraefikService', metadata, spec: { weighted: { services } } }
  const objects = [
    { apiVersion: 'traefik.containo.us/v1alpha1', ...old },
    aRollout({ traefik: { weightedTraefikServiceName: 'shop' } }),
  ]
  const phases = async (routeVersions: readonly string[]) => {
    const scene = await starting({ routeVersions }, ...objects)
    return (await scene.rollout('shop')).status
  }
  expect((await phases([]))?.phase).toBe('Healthy')
  expect((await phases(['traefik.containo.us/v1alpha1']))?.phase).toBe('Healthy')
  expect((await phases([`${TRAEFIK_SERVICE.group}/v1alpha1`]))?.message).toContain(
    'traefikservices.traefik.io "shop" not found',
  )
})

// The shop whose canary is played behind routers: its Rollout and Services, objects of routers as people write them,
// and short readings of what the controller has made of them.
import { DESTINATION_RULE, INGRESS, VIRTUAL_SERVICE } from '../../src/kube/kinds.ts'
import type { Kind } from '../../src/kube/object.ts'
import { asJson } from '../../src/kube/object.ts'
import type { Json, JsonObject } from '../../src/std/json.ts'
import { objects, record } from '../../src/std/json-parts.ts'
import type { Scene } from './scene.ts'

export const labels = { app: 'shop' }
export const SHARED = { stableService: 'stable', canaryService: 'canary' }

export function shop(strategy: object, replicas = 4) {
  const containers = [{ name: 'web', image: 'shop:1', ports: [{ containerPort: 8080 }] }]
  const template = { metadata: { labels }, spec: { containers } }
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'shop' },
    spec: { replicas, selector: { matchLabels: labels }, template, strategy },
  }
}

export const canary = (trafficRouting: object, steps: readonly object[], more: object = SHARED) =>
  shop({ canary: { ...more, trafficRouting, steps } })

export const service = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: labels, ports: [{ port: 80 }] },
})
export const SERVICES = ['stable', 'canary'].map(service)

export const anObject = (kind: Kind, name: string, spec: Json) => ({
  apiVersion: `${kind.group}/${kind.version}`,
  kind: kind.kind,
  metadata: { name },
  spec,
})
export const to = (host: string, weight: number) => ({ destination: { host }, weight })
export const mesh = (
  spec: Json = { http: [{ name: 'main', route: [to('stable', 100), to('canary', 0)] }] },
) => anObject(VIRTUAL_SERVICE, 'shop', spec)
export const ISTIO = { istio: { virtualService: { name: 'shop' } } }

/** The two sides as subsets of one host. */
const sides = ['now', 'next']
const bySubset = (subset: string, i: number) => ({
  destination: { host: 'shop', subset },
  weight: i === 0 ? 100 : 0,
})
export const SUBSETS = mesh({ http: [{ route: sides.map(bySubset) }] })
export const RULE = anObject(DESTINATION_RULE, 'shop', {
  host: 'shop',
  subsets: sides.map(name => ({ name })),
})
export const BY_SUBSETS = {
  istio: {
    ...ISTIO.istio,
    destinationRule: { name: 'shop', stableSubsetName: 'now', canarySubsetName: 'next' },
  },
}

export async function specOf(scene: Scene, kind: Kind, name = 'shop'): Promise<JsonObject> {
  const found = (await scene.list(kind)).find(one => one.metadata.name === name)
  return record(found === undefined ? undefined : asJson(found)['spec'])
}

/** Weights of all routes of a section, in order. */
export async function meshWeights(scene: Scene, section = 'http'): Promise<readonly (readonly number[])[]> {
  const routes = objects((await specOf(scene, VIRTUAL_SERVICE))[section])
  return routes.map(route => objects(route['route']).map(one => Number(one['weight'] ?? 0)))
}

export async function annotationOf(scene: Scene, ingress: string, key: string): Promise<string | undefined> {
  const found = (await scene.list(INGRESS)).find(one => one.metadata.name === ingress)
  return found?.metadata.annotations?.[`alb.ingress.kubernetes.io/${key}`]
}

export const albIngress = (name: string, backend = 'root') => {
  const path = {
    path: '/*',
    pathType: 'ImplementationSpecific',
    backend: { service: { name: backend, port: { name: 'use-annotation' } } },
  }
  return anObject(INGRESS, name, { rules: [{ http: { paths: [path] } }] })
}
export const action = (...groups: readonly (readonly [string, number])[]) => {
  const TargetGroups = groups.map(([ServiceName, Weight]) => ({ ServiceName, ServicePort: '80', Weight }))
  return JSON.stringify({ Type: 'forward', ForwardConfig: { TargetGroups } })
}

export const image = (scene: Scene, tag: number) => scene.run(`set image shop web=shop:${tag}`)
export const phase = async (scene: Scene) => (await scene.rollout('shop')).status?.phase

// The objects of routers in small worlds: what a Rollout says, what stands there with a weight, and how it is read.
import { APISIX_ROUTE, INGRESS, TRAEFIK_SERVICE, TRAFFIC_SPLIT, VIRTUAL_SERVICE } from '../kube/kinds.ts'
import { fromJson } from '../kube/object.ts'
import type { Kind, KubeObject } from '../kube/object.ts'
import type { JsonObject } from '../std/json.ts'
import { objects, record, text } from '../std/json-parts.ts'
import type { TrafficRouting } from '../api/traffic.ts'
import type { Services } from '../traffic/router.ts'

export interface RouteScene {
  readonly trafficRouting: TrafficRouting
  readonly kind: Kind
  readonly name: string
  object(weight: number, services: Services): KubeObject
  /** What the object gives the canary; undefined when it does not say. */
  weight(object: JsonObject): unknown
}

function made(kind: Kind, name: string, more: JsonObject): KubeObject {
  const { metadata = {}, ...rest } = more
  return fromJson({
    apiVersion: `${kind.group}/${kind.version}`,
    kind: kind.kind,
    ...rest,
    metadata: { name, namespace: 'shop', uid: `route-${kind.plural}`, ...record(metadata) },
  })
}

export const OWNER = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  name: 'demo',
  uid: 'rollout',
  controller: true,
}

const ACTION = 'alb.ingress.kubernetes.io/actions.root'
const first = (list: unknown) => objects(list)[0] ?? {}

function actionOf(weight: number, { stable, canary }: Services): string {
  const group = (service: string, share: number) => ({
    ServiceName: service,
    ServicePort: '80',
    Weight: share,
  })
  const TargetGroups = [group(canary, weight), group(stable, 100 - weight)]
  return JSON.stringify({ Type: 'forward', ForwardConfig: { TargetGroups } })
}

/** Of those whose canary has no object of its own, the weight of the entry of that name. */
function among(list: unknown, isCanary: (entry: JsonObject) => boolean): unknown {
  return objects(list).find(isCanary)?.['weight']
}

const CANARIES = ['canary', 'preview']

export const ROUTE_SCENES = {
  istio: {
    trafficRouting: { istio: { virtualService: { name: 'demo' } } },
    kind: VIRTUAL_SERVICE,
    name: 'demo',
    object(weight, { stable, canary }) {
      const route = [
        { destination: { host: stable }, weight: 100 - weight },
        { destination: { host: canary }, weight },
      ]
      return made(VIRTUAL_SERVICE, 'demo', { spec: { hosts: ['demo'], http: [{ route }] } })
    },
    weight: object =>
      among(first(record(object['spec'])['http'])['route'], entry =>
        CANARIES.includes(text(record(entry['destination'])['host'])),
      ),
  },
  alb: {
    trafficRouting: { alb: { ingress: 'lb', rootService: 'root', servicePort: 80 } },
    kind: INGRESS,
    name: 'lb',
    object(weight, services) {
      const backend = { service: { name: 'root', port: { name: 'use-annotation' } } }
      const rules = [{ http: { paths: [{ path: '/*', pathType: 'ImplementationSpecific', backend }] } }]
      const annotations = { [ACTION]: actionOf(weight, services) }
      return made(INGRESS, 'lb', { metadata: { annotations }, spec: { rules } })
    },
    weight(object) {
      const action = text(record(record(object['metadata'])['annotations'])[ACTION])
      const { ForwardConfig } = JSON.parse(action) as { ForwardConfig: { TargetGroups: JsonObject[] } }
      return ForwardConfig.TargetGroups.find(one => CANARIES.includes(text(one['ServiceName'])))?.['Weight']
    },
  },
  smi: {
    trafficRouting: { smi: {} },
    kind: TRAFFIC_SPLIT,
    name: 'demo',
    object(weight, { stable, canary }) {
      const backends = [
        { service: canary, weight: String(weight) },
        { service: stable, weight: String(100 - weight) },
      ]
      const metadata = { ownerReferences: [OWNER] }
      return made(TRAFFIC_SPLIT, 'demo', { metadata, spec: { service: stable, backends } })
    },
    weight: object =>
      among(record(object['spec'])['backends'], entry => CANARIES.includes(text(entry['service']))),
  },
  traefik: {
    trafficRouting: { traefik: { weightedTraefikServiceName: 'demo' } },
    kind: TRAEFIK_SERVICE,
    name: 'demo',
    object(weight, { stable, canary }) {
      const services = [
        { name: stable, port: 80, weight: 100 - weight },
        { name: canary, port: 80, weight },
      ]
      return made(TRAEFIK_SERVICE, 'demo', { spec: { weighted: { services } } })
    },
    weight: object =>
      among(record(record(object['spec'])['weighted'])['services'], entry =>
        CANARIES.includes(text(entry['name'])),
      ),
  },
  apisix: {
    trafficRouting: { apisix: { route: { name: 'demo' } } },
    kind: APISIX_ROUTE,
    name: 'demo',
    object(weight, { stable, canary }) {
      const backends = [
        { serviceName: stable, servicePort: 80, weight: 100 - weight },
        { serviceName: canary, servicePort: 80, weight },
      ]
      return made(APISIX_ROUTE, 'demo', { spec: { http: [{ name: 'demo', backends }] } })
    },
    weight: object =>
      among(first(record(object['spec'])['http'])['backends'], entry =>
        CANARIES.includes(text(entry['serviceName'])),
      ),
  },
} as const satisfies Record<string, RouteScene>

export type PlayedRouter = keyof typeof ROUTE_SCENES

export const playedRouters = Object.keys(ROUTE_SCENES) as readonly PlayedRouter[]

export function routeScene(router: string): RouteScene | undefined {
  return (ROUTE_SCENES as Readonly<Record<string, RouteScene>>)[router]
}

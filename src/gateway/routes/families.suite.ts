// Objects as they are applied, the table that they make, and where it sends a request: for the tests of all families.
import type { EndpointSlice, Pod, Service } from '../../kube/core.ts'
import { fromJson } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Json } from '../../std/json.ts'
import { createMatcher } from '../matching.ts'
import type { RouteInput } from './endpoints.ts'
import { routesOf } from './families.ts'
import { conflicts } from './conflicts.ts'
import type { Made, Notice } from './route-family.ts'
import type { Route, RouteTable } from './route.ts'
import { routeTable } from './table.ts'

/** Services of the namespace `shop`; those after `empty` have no endpoints. */
const SERVED = ['stable', 'canary', 'all-traffic']

export interface World {
  readonly rollouts?: readonly Json[]
  readonly experiments?: readonly Json[]
  readonly pods?: readonly Json[]
  /** Services without a ready pod. */
  readonly empty?: readonly string[]
  /** Where all pods really listen. */
  readonly port?: number
}

export function table(objects: readonly Json[], world: World = {}): RouteTable {
  return routeTable(made(objects, world).routes)
}

/** What their authors are told. */
export function noticesOf(objects: readonly Json[], world: World = {}): readonly Notice[] {
  const { routes, notices } = made(objects, world)
  return [...notices, ...conflicts(routeTable(routes))]
}

function made(
  objects: readonly Json[],
  { rollouts = [], experiments = [], pods = [], empty = [], port: real }: World,
): Made {
  const input: RouteInput = {
    services: [...SERVED, ...empty.filter(name => !SERVED.includes(name))].map(aService),
    slices: SERVED.filter(name => !empty.includes(name)).map(aSlice),
    pods: pods.map(one => fromJson(one) as Pod),
    rollouts: rollouts.map(fromJson),
    experiments: experiments.map(fromJson),
    resolve: (_, port) => ({ host: '127.0.0.1', port: real ?? port }),
  }
  const all = objects.map(fromJson)
  return routesOf(input, kind =>
    all.filter(object => object.kind === kind.kind && groupOf(object) === kind.group),
  )
}

function groupOf({ apiVersion }: KubeObject): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : ''
}

function aService(name: string): Service {
  return fromJson({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop' },
    spec: { ports: [{ name: 'http', port: 80 }] },
  }) as Service
}

function aSlice(name: string): EndpointSlice {
  return fromJson({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: 'shop', labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.88.0.1'], targetRef: { kind: 'Pod', name: `${name}-1` } }],
    ports: [{ name: 'http', port: 80 }],
  }) as unknown as EndpointSlice
}

export interface Asked extends World {
  readonly headers?: Record<string, string>
  readonly method?: string
  readonly query?: Record<string, string>
}

export function routeTo(objects: readonly Json[], url: string, asked: Asked = {}): Route | undefined {
  const slash = url.indexOf('/')
  return createMatcher(table(objects, asked)).match({
    host: url.slice(0, slash),
    path: url.slice(slash),
    method: asked.method ?? 'GET',
    header: name => asked.headers?.[name],
    query: name => asked.query?.[name],
  })
}

/** `canary=30 stable=70`, or undefined when no route takes the request. */
export function whereTo(objects: readonly Json[], url: string, asked: Asked = {}): string | undefined {
  const route = routeTo(objects, url, asked)
  return route?.backends.map(({ service, subset, weight }) => `${subset ?? service}=${weight}`).join(' ')
}

export function mapping(name: string, spec: Json, more: { version?: string; metadata?: object } = {}): Json {
  return {
    apiVersion: `getambassador.io/${more.version ?? 'v3alpha1'}`,
    kind: 'Mapping',
    metadata: { name, namespace: 'shop', ...more.metadata },
    spec,
  }
}

/** Annotations without NGINX's prefix. */
export function ingress(
  name: string,
  more: { annotations?: Record<string, string>; metadata?: object; spec: Json },
): Json {
  const annotations = Object.fromEntries(
    Object.entries(more.annotations ?? {}).map(([key, value]) => [
      `nginx.ingress.kubernetes.io/${key}`,
      value,
    ]),
  )
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: 'shop', annotations, ...more.metadata },
    spec: more.spec,
  }
}

export function to(name: string, path = '/', pathType = 'Prefix'): Json {
  return { path, pathType, backend: { service: { name, port: { number: 80 } } } }
}

export function httpRoute(spec: Json, metadata: object = {}): Json {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'web', namespace: 'shop', ...metadata },
    spec,
  }
}

export function istio(kind: 'VirtualService' | 'DestinationRule', name: string, spec: Json): Json {
  return { apiVersion: 'networking.istio.io/v1', kind, metadata: { name, namespace: 'shop' }, spec }
}

// Ingresses: hosts and paths to Services. One that NGINX would take for a canary makes no routes of its own: it changes
// those of the Ingress that it stands beside.
import type { Ingress, IngressBackend, IngressPath } from '../../kube/networking.ts'
import { INGRESS } from '../../kube/kinds.ts'
import { refKey, refOf } from '../../kube/object.ts'
import type { Backends } from './endpoints.ts'
import type { RouteFamily } from './route-family.ts'
import { placeKey } from './ingress-place.ts'
import type { Place } from './ingress-place.ts'
import { canariesOf, canaryRoutes, isCanaryIngress, nginxAnnotation } from './nginx-ingress.ts'
import type { Canary } from './nginx-ingress.ts'
import type { Route, RouteBackend } from './route.ts'

export const ingresses: RouteFamily = {
  name: 'ingress',
  kinds: [INGRESS],
  routes({ objects }, backends) {
    const all = objects as readonly Ingress[]
    const canaries = canariesOf(all, placesOf, (ingress, backend) => backendOf(ingress, backend, backends))
    return all
      .filter(ingress => !isCanaryIngress(ingress))
      .flatMap(ingress => routesOf(ingress, backends, canaries))
  },
}

function routesOf(
  ingress: Ingress,
  backends: Backends,
  canaries: ReadonlyMap<string, Canary>,
): readonly Route[] {
  const from = refKey(refOf(INGRESS, ingress))
  const affinityCookie = affinityOf(ingress)
  return placesOf(ingress).flatMap((place, i) => {
    const stable = backendOf(ingress, place.backend, backends)
    if (stable === undefined) return []
    const route: Route = {
      id: `${from}/${i}`,
      host: place.host,
      path: place.path,
      headers: [],
      backends: [stable],
      ...(affinityCookie !== undefined && { affinityCookie }),
      from,
      isImplicit: false,
    }
    const canary = canaries.get(placeKey(ingress, place))
    return canary === undefined ? [route] : canaryRoutes(route, stable, canary)
  })
}

/** Every host and path that it names; its default backend for whatever else comes. */
function placesOf({ spec }: Ingress): readonly Place[] {
  const fallback = spec.defaultBackend
  return [
    ...(spec.rules ?? []).flatMap(({ host = '', http }) =>
      (http?.paths ?? []).map(path => ({ host: hostOf(host), path: pathOf(path), backend: path.backend })),
    ),
    ...(fallback ? [{ host: '', path: { how: 'prefix' as const, value: '/' }, backend: fallback }] : []),
  ]
}

function hostOf(host: string): string {
  return host === '*' ? '' : host.toLowerCase()
}

function pathOf({ path = '/', pathType }: IngressPath): Route['path'] {
  if (pathType === 'Exact') return { how: 'exact', value: path }
  return { how: pathType === 'Prefix' ? 'prefix' : 'text-prefix', value: path }
}

function backendOf(
  { metadata }: Ingress,
  { service }: IngressBackend,
  backends: Backends,
): RouteBackend | undefined {
  if (service === undefined) return undefined
  const { namespace = '' } = metadata
  const port = service.port?.number ?? service.port?.name
  const endpoints = backends.endpoints(namespace, service.name, port) ?? []
  return { namespace, service: service.name, weight: 1, endpoints }
}

function affinityOf(ingress: Ingress): string | undefined {
  if (nginxAnnotation(ingress, 'affinity') !== 'cookie') return undefined
  return nginxAnnotation(ingress, 'session-cookie-name') ?? 'INGRESSCOOKIE'
}

// Ingresses: hosts and paths to Services. One that NGINX would take for a canary makes no routes of its own: it changes
// those of the Ingress that it stands beside.
import type { Ingress, IngressBackend } from '../../kube/networking.ts'
import { INGRESS } from '../../kube/kinds.ts'
import { refKey, refOf } from '../../kube/object.ts'
import type { Backends } from './endpoints.ts'
import type { RouteFamily } from './route-family.ts'
import { placeKey, placesOf } from './ingress-place.ts'
import { annotationsBy } from './nginx-annotations.ts'
import type { ReadAnnotation } from './nginx-annotations.ts'
import { canariesOf, canaryRoutes, isCanaryIngress } from './nginx-ingress.ts'
import type { Canary } from './nginx-ingress.ts'
import type { Route, RouteBackend } from './route.ts'

export const ingresses: RouteFamily = {
  name: 'ingress',
  kinds: [INGRESS],
  routes({ objects, rollouts }, backends) {
    const all = objects as readonly Ingress[]
    const read = annotationsBy(rollouts)
    const canaries = canariesOf(all, read, (ingress, backend) => backendOf(ingress, backend, backends))
    const routes = all
      .filter(ingress => !isCanaryIngress(ingress, read))
      .flatMap(ingress => routesOf(ingress, affinityOf(ingress, read), { backends, canaries }))
    return { routes, notices: [] }
  },
}

function routesOf(
  ingress: Ingress,
  affinityCookie: string | undefined,
  { backends, canaries }: { backends: Backends; canaries: ReadonlyMap<string, Canary> },
): readonly Route[] {
  const from = refKey(refOf(INGRESS, ingress))
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

function affinityOf(ingress: Ingress, read: ReadAnnotation): string | undefined {
  if (read(ingress, 'affinity') !== 'cookie') return undefined
  return read(ingress, 'session-cookie-name') ?? 'INGRESSCOOKIE'
}

// Ingresses: hosts and paths to Services. One that NGINX would take for a canary makes no routes of its own: it changes
// those of the Ingress that it stands beside.
import type { Ingress, IngressBackend } from '../../kube/networking.ts'
import { INGRESS } from '../../kube/kinds.ts'
import { keyOf, refKey, refOf } from '../../kube/object.ts'
import type { RefKey } from '../../kube/object.ts'
import { compareText } from '../../std/compare.ts'
import { conflict } from './conflicts.ts'
import type { Backends } from './endpoints.ts'
import { joined } from './route-family.ts'
import type { Made, RouteFamily } from './route-family.ts'
import { claimKey, placeKey, placesOf } from './ingress-place.ts'
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
    const claims = new Map<string, RefKey>()
    const made = all
      .filter(ingress => !isCanaryIngress(ingress, read))
      .toSorted(byAgeAndName)
      .map(ingress => madeOf(ingress, affinityOf(ingress, read), { backends, canaries, claims }))
    return joined(made)
  },
}

/** Of two for the same host and path the older one is served. */
function byAgeAndName(a: Ingress, b: Ingress): number {
  const [since, name] = [(one: Ingress) => one.metadata.creationTimestamp ?? '', keyOf]
  return compareText(since(a), since(b)) || compareText(name(a), name(b))
}

interface World {
  readonly backends: Backends
  readonly canaries: ReadonlyMap<string, Canary>
  /** Who has which host and path. */
  readonly claims: Map<string, RefKey>
}

function madeOf(ingress: Ingress, affinityCookie: string | undefined, world: World): Made {
  const from = refKey(refOf(INGRESS, ingress))
  const { backends, canaries, claims } = world
  const made = placesOf(ingress).map((place, i): Made => {
    const stable = backendOf(ingress, place.backend, backends)
    if (stable === undefined) return { routes: [], notices: [] }
    const key = claimKey(place)
    const owner = claims.get(key) ?? from
    if (owner !== from) return { routes: [], notices: [conflict({ ...place, from }, owner)] }
    claims.set(key, owner)
    const route: Route = {
      id: `${from}/${i}`,
      host: place.host,
      path: place.path,
      headers: [],
      backends: [stable],
      ...(affinityCookie !== undefined && { affinityCookie }),
      from,
      since: ingress.metadata.creationTimestamp ?? '',
      order: i,
      isImplicit: false,
      isFallback: place.isFallback,
      keepsHost: true,
    }
    const canary = canaries.get(placeKey(ingress, place))
    return { routes: canary === undefined ? [route] : canaryRoutes(route, stable, canary), notices: [] }
  })
  return joined(made)
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

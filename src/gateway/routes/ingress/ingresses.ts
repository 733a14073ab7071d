// Ingresses: hosts and paths to Services. One that NGINX would take for a canary makes no routes of its own: it changes
// those of the Ingress that it stands beside.
import type { Ingress, IngressBackend } from '../../../kube/networking.ts'
import { INGRESS, OLD_TRAEFIK_SERVICE, TRAEFIK_SERVICE } from '../../../kube/kinds.ts'
import { keyOf, refKey, refOf } from '../../../kube/object.ts'
import type { KubeObject, RefKey } from '../../../kube/object.ts'
import { text } from '../../../std/json-parts.ts'
import { compareText } from '../../../std/compare.ts'
import { conflict } from '../conflicts.ts'
import type { Backends } from '../endpoints.ts'
import { joined } from '../route-family.ts'
import type { Made, Notice, RouteFamily } from '../route-family.ts'
import { claimKey, placeKey, placesOf } from './place.ts'
import type { Place } from './place.ts'
import { patternHosts, patternPlace, rewriteFilters, unplayedAnnotations } from './nginx-paths.ts'
import { albActionOf, albPath } from './alb-actions.ts'
import type { AlbAction } from './alb-actions.ts'
import { ALB, annotationsBy, NGINX } from './annotations.ts'
import type { ReadAnnotation } from './annotations.ts'
import { nginxSession } from './nginx-session.ts'
import { canariesOf, canaryRoutes, isCanaryIngress } from './nginx-ingress.ts'
import type { Canary } from './nginx-ingress.ts'
import type { Route, RouteBackend } from '../route.ts'
import { leadsOf } from '../traefik/services.ts'
import type { Leads } from '../traefik/services.ts'

export const ingresses: RouteFamily = {
  name: 'ingress',
  kinds: [INGRESS, TRAEFIK_SERVICE, OLD_TRAEFIK_SERVICE],
  routes({ objects, rollouts }, backends) {
    const isIngress = ({ kind }: KubeObject) => kind === INGRESS.kind
    const all = objects.filter(isIngress) as readonly KubeObject[] as readonly Ingress[]
    const leads = leadsOf(
      objects.filter(one => !isIngress(one)),
      backends,
    )
    const read = annotationsBy(rollouts, NGINX)
    const canaries = canariesOf(all, read, (ingress, backend) => backendOf(ingress, backend, backends))
    const mains = all.filter(ingress => !isCanaryIngress(ingress, read)).toSorted(byAgeAndName)
    const hosts = patternHosts(mains, read)
    const readAlb = annotationsBy(rollouts, ALB)
    const world = { backends, leads, canaries, hosts, read, readAlb, claims: new Map<string, RefKey>() }
    return joined(mains.map(ingress => madeOf(ingress, world)))
  },
}

/** Of two for the same host and path the older one is served. */
function byAgeAndName(a: Ingress, b: Ingress): number {
  const [since, name] = [(one: Ingress) => one.metadata.creationTimestamp ?? '', keyOf]
  return compareText(since(a), since(b)) || compareText(name(a), name(b))
}

interface World {
  readonly backends: Backends
  readonly leads: Leads
  readonly canaries: ReadonlyMap<string, Canary>
  /** Hosts whose paths are patterns. */
  readonly hosts: ReadonlySet<string>
  readonly read: ReadAnnotation
  readonly readAlb: ReadAnnotation
  /** Who has which host and path. */
  readonly claims: Map<string, RefKey>
}

const NOTHING: Made = { routes: [], notices: [] }

function madeOf(ingress: Ingress, world: World): Made {
  const made = placesOf(ingress).map((place, i) =>
    placeMade(ingress, { place: patternPlace(place, world.hosts), i }, world),
  )
  const unplayed = unplayedAnnotations(ingress)
  if (unplayed.length === 0) return joined(made)
  const message = `annotations of NGINX that are not played: ${unplayed.join(', ').slice(0, 500)}`
  return joined([...made, { routes: [], notices: [notice(ingress, message)] }])
}

interface PlaceAt {
  readonly place: Place
  readonly i: number
}

function placeMade(ingress: Ingress, at: PlaceAt, world: World): Made {
  const { place } = at
  const from = refKey(refOf(INGRESS, ingress))
  const key = claimKey(place)
  const owner = world.claims.get(key) ?? from
  if (owner !== from) return { routes: [], notices: [conflict({ ...place, from }, owner)] }
  if (isTraefikService(place.backend)) {
    world.claims.set(key, owner)
    return traefikMade(ingress, at, world)
  }
  const action = albActionOf(ingress, place.backend, { read: world.readAlb, backends: world.backends })
  if (action !== undefined && 'problem' in action)
    return { routes: [], notices: [notice(ingress, `a path takes no request: ${action.problem}`)] }
  const stable = backendOf(ingress, place.backend, world.backends)
  if (stable === undefined) return NOTHING
  world.claims.set(key, owner)
  return action === undefined ? plainMade(ingress, { ...at, stable }, world) : actionMade(ingress, at, action)
}

const TRAEFIK_GROUPS: readonly unknown[] = [TRAEFIK_SERVICE.group, OLD_TRAEFIK_SERVICE.group]

function isTraefikService({ service, resource = {} }: IngressBackend): boolean {
  return (
    service === undefined &&
    resource['kind'] === TRAEFIK_SERVICE.kind &&
    TRAEFIK_GROUPS.includes(resource['apiGroup'])
  )
}

/** A place whose requests a TraefikService shares. */
function traefikMade(ingress: Ingress, { place, i }: PlaceAt, { leads }: World): Made {
  const name = text(place.backend.resource?.['name'])
  const { namespace = '' } = ingress.metadata
  const { problems, mirrors, session, backends } = leads([{ kind: TRAEFIK_SERVICE.kind, name }], namespace)
  const from = refKey(refOf(INGRESS, ingress))
  const notices = problems.map((problem): Notice => {
    return { from, reason: 'BackendRefused', message: `a path has nobody for its share: ${problem}` }
  })
  const route: Route = {
    ...placed(ingress, { place, i }),
    backends,
    ...(mirrors.length > 0 && { mirrors }),
    ...(session !== undefined && { session }),
  }
  return { routes: [route], notices }
}

/** What an action of the AWS load balancer makes of a place. */
function actionMade(ingress: Ingress, { place, i }: PlaceAt, action: AlbAction): Made {
  const path = albPath(place.path)
  return { routes: [{ ...placed(ingress, { place, i }), path, ...action }], notices: [] }
}

function placed(ingress: Ingress, { place, i }: PlaceAt): Omit<Route, 'backends'> {
  const from = refKey(refOf(INGRESS, ingress))
  return {
    id: `${from}/${i}`,
    host: place.host,
    path: place.path,
    headers: [],
    from,
    since: ingress.metadata.creationTimestamp ?? '',
    order: i,
    isImplicit: false,
    isFallback: place.isFallback,
    keepsHost: true,
  }
}

function plainMade(
  ingress: Ingress,
  { place, i, stable }: PlaceAt & { readonly stable: RouteBackend },
  { canaries, read }: World,
): Made {
  const filters = rewriteFilters(read(ingress, 'rewrite-target') ?? '', place.path.value)
  const session = nginxSession(ingress, place, read)
  const route: Route = {
    ...placed(ingress, { place, i }),
    ...(filters !== undefined && { filters }),
    backends: [stable],
    ...(session !== undefined && { session }),
  }
  const canary = canaries.get(placeKey(ingress, place))
  const notices =
    filters?.refusal === undefined ? [] : [notice(ingress, `its paths answer 500: ${filters.refusal}`)]
  return { routes: canary === undefined ? [route] : canaryRoutes(route, stable, canary), notices }
}

function notice(ingress: Ingress, message: string): Notice {
  return { from: refKey(refOf(INGRESS, ingress)), reason: 'RouteNotPlayed', message }
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

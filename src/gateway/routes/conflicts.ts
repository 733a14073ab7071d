// Routes that never get a request, because an earlier one of the table is for exactly the same: their authors are told.
import type { RefKey } from '../../kube/object.ts'
import type { Notice } from './route-family.ts'
import type { Route, RouteTable } from './route.ts'

export function conflicts({ routes }: RouteTable): readonly Notice[] {
  const first = new Map<string, RefKey>()
  return routes.flatMap(route => {
    const key = keyOf(route)
    const winner = first.get(key) ?? route.from
    first.set(key, winner)
    return route.isImplicit || winner === route.from ? [] : [conflict(route, winner)]
  })
}

export function conflict(
  { from, host, path }: Pick<Route, 'from' | 'host' | 'path'>,
  winner: RefKey,
): Notice {
  const place = `host ${JSON.stringify(host)} and path ${JSON.stringify(path.value)}`
  const message = `${place} are served by ${nameOf(winner)}: it is older, or before it by name`
  return { from, reason: 'RouteConflict', message }
}

function keyOf({ host, path, headers, methods, isImplicit, isFallback = false }: Route): string {
  return JSON.stringify([host, path, headers, methods ?? [], isImplicit, isFallback])
}

function nameOf(from: RefKey): string {
  const [plural = '', ...name] = from.split('/').slice(-3)
  return `${KINDS[plural] ?? plural} ${name.join('/')}`
}

const KINDS: Readonly<Record<string, string>> = {
  ingresses: 'Ingress',
  mappings: 'Mapping',
  httproutes: 'HTTPRoute',
  virtualservices: 'VirtualService',
  ingressroutes: 'IngressRoute',
  apisixroutes: 'ApisixRoute',
  trafficsplits: 'TrafficSplit',
}

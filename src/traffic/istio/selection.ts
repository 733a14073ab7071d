// Which routes of a VirtualService are a Rollout's: by name, port and hosts as the user has written them, or the only
// one that there is.
import type { KubeObject } from '../../kube/object.ts'
import { equal } from '../../std/equal.ts'
import type { JsonObject } from '../../std/json.ts'
import { list, objects, printed, record, text } from '../../std/json-parts.ts'
import type { IstioConfig, NamedService } from './settings.ts'

export const SECTIONS = ['http', 'tls', 'tcp'] as const
export type Section = (typeof SECTIONS)[number]

/** Indices of routes in each section. */
export type Selection = Readonly<Record<Section, readonly number[]>>

export interface Mismatch {
  /** What is wrong, in the words that users know. */
  readonly mismatch: string
  readonly cure: string
}

export function routesIn(service: KubeObject, section: Section): readonly JsonObject[] {
  return objects(record(record(service)['spec'])[section])
}

/** A route that a step has made: what shares out whoever comes is the user's, whatever its name. */
export function isOfStep(route: JsonObject, managed: readonly string[]): boolean {
  const isByHeader = objects(route['match']).some(one => one['headers'] !== undefined)
  const isShared = objects(route['route']).length > 1 && route['mirror'] === undefined && !isByHeader
  return managed.includes(text(route['name'])) && !isShared
}

/** The ones that the user names; without names the only one that no step makes. */
export function selectRoutes(
  service: KubeObject,
  { asked }: NamedService,
  { managed }: Pick<IstioConfig, 'managed'>,
): Selection | Mismatch {
  const http = selectHttp(routesIn(service, 'http'), asked.routes ?? [], managed)
  if ('mismatch' in http) return http
  const tls = selectTls(routesIn(service, 'tls'), asked.tlsRoutes ?? [])
  if ('mismatch' in tls) return tls
  const tcp = selectTcp(routesIn(service, 'tcp'), asked.tcpRoutes ?? [])
  if ('mismatch' in tcp) return tcp
  return { http, tls, tcp }
}

type Found = readonly number[] | Mismatch

function selectHttp(
  routes: readonly JsonObject[],
  names: readonly string[],
  managed: readonly string[],
): Found {
  if (names.length > 0) return byName(routes, names)
  const others = routes.flatMap((route, i) => (isOfStep(route, managed) ? [] : [i]))
  if (others.length < 2) return others
  const unnamed = others.filter(i => text(routes[i]?.['name']) === '')
  if (unnamed.length === 1) return unnamed
  return wrong('HTTP', 'The VirtualService has several HTTP routes, and none of them is named.', 'routes')
}

function byName(routes: readonly JsonObject[], names: readonly string[]): Found {
  const there = new Set(routes.map(route => text(route['name'])))
  const wanted = new Set(names)
  const lost = names.find(name => !there.has(name))
  if (lost !== undefined) {
    return wrong('HTTP', `HTTP Route '${lost}' is not found in the defined Virtual Service.`, 'routes')
  }
  return routes.flatMap((route, i) => (wanted.has(text(route['name'])) ? [i] : []))
}

type TlsAsked = NonNullable<NamedService['asked']['tlsRoutes']>
type TcpAsked = NonNullable<NamedService['asked']['tcpRoutes']>

function selectTls(routes: readonly JsonObject[], asked: TlsAsked): Found {
  if (asked.length === 0) return onlyOne(routes)
  return matching(routes, 'TLS', { asked, fits: fitsTls })
}

function fitsTls(match: JsonObject, { port = 0, sniHosts }: TlsAsked[number]): boolean {
  const isHosts = sniHosts === undefined || equal(sorted(sniHosts), sorted(list(match['sniHosts'])))
  return (match['port'] ?? 0) === port && isHosts
}

function selectTcp(routes: readonly JsonObject[], asked: TcpAsked): Found {
  if (asked.length === 0) return onlyOne(routes)
  return matching(routes, 'TCP', { asked, fits: (match, { port = 0 }) => (match['port'] ?? 0) === port })
}

function onlyOne(routes: readonly JsonObject[]): Found {
  return routes.length === 1 ? [0] : []
}

function matching<Asked>(
  routes: readonly JsonObject[],
  what: 'TLS' | 'TCP',
  {
    asked,
    fits,
  }: { readonly asked: readonly Asked[]; readonly fits: (match: JsonObject, one: Asked) => boolean },
): Found {
  const chosen = asked.map(one =>
    routes.flatMap((route, i) => (objects(route['match']).some(match => fits(match, one)) ? [i] : [])),
  )
  if (chosen.some(indices => indices.length === 0)) {
    return wrong(
      what,
      `No matching ${what} routes found in the defined Virtual Service.`,
      `${what.toLowerCase()}Routes`,
    )
  }
  return [...new Set(chosen.flat())].toSorted((a, b) => a - b)
}

function sorted(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.map(printed))].toSorted()
}

export function wrong(what: string, problem: string, field: string): Mismatch {
  const mismatch = `Istio VirtualService has invalid ${what} routes. Error: ${problem}`
  return { mismatch, cure: `Correct the VirtualService, or \`${field}\` of the Rollout.` }
}

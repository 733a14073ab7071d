// One VirtualService as it should be: the weights of the selected routes, and the routes that steps make.
import type { KubeObject } from '../../kube/object.ts'
import { asJson, fromJson, specOf } from '../../kube/object.ts'
import type { EventNote } from '../../kube/write.ts'
import { equal } from '../../std/equal.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { text } from '../../std/json-parts.ts'
import type { TrafficIntent } from '../router.ts'
import { largestByName } from '../weights.ts'
import { canaryShare, canGoBack, destinationProblem, experimentShares, weighed } from './destinations.ts'
import type { Sides } from './destinations.ts'
import { withManagedRoutes } from './http-routes.ts'
import { isOfStep, routesIn, SECTIONS, selectRoutes, wrong } from './selection.ts'
import type { Mismatch, Section, Selection } from './selection.ts'
import type { IstioConfig, NamedService } from './settings.ts'

export interface ServiceParts {
  readonly named: NamedService
  readonly managed: IstioConfig['managed']
  readonly sides: Sides
}

/** The routes of the VirtualService that are the Rollout's, or why there are none. */
export function ownRoutes(service: KubeObject, parts: ServiceParts): Selection | Mismatch {
  const malformed = SECTIONS.find(section => !isRouteList(specOf(service)[section]))
  if (malformed !== undefined) return wrong(malformed.toUpperCase(), 'The routes are malformed.', 'routes')
  const selection = selectRoutes(service, parts.named, parts)
  if ('mismatch' in selection) return selection
  const taken = selection.http.map(i => text(routesIn(service, 'http')[i]?.['name']))
  const own = taken.find(name => parts.managed.includes(name))
  if (own !== undefined) {
    return wrong(
      'HTTP',
      `HTTP Route '${own}' is the one to be weighed, and managedRoutes names it.`,
      'managedRoutes',
    )
  }
  const ours = { ...selection, ...unasked(service, selection, parts) }
  if (SECTIONS.every(section => ours[section].length === 0)) {
    return wrong('HTTP', 'The VirtualService has no route of the Rollout.', 'routes')
  }
  for (const section of SECTIONS) {
    const routes = routesIn(service, section)
    const problem = ours[section]
      .map(i => destinationProblem(routes[i] ?? {}, parts.sides))
      .find(one => one !== undefined)
    if (problem !== undefined) return wrong(section.toUpperCase(), problem, 'routes')
  }
  return ours
}

function isRouteList(value: Json | undefined): boolean {
  return value === undefined || (Array.isArray(value) && value.every(isJsonObject))
}

/** A TLS or TCP route that nobody has asked for is ours only when it has something of ours. */
function unasked(
  service: KubeObject,
  { tls, tcp }: Selection,
  { named, sides }: ServiceParts,
): Pick<Selection, 'tls' | 'tcp'> {
  const own = (section: Section, indices: readonly number[]) =>
    indices.filter(i => canaryShare(routesIn(service, section)[i] ?? {}, sides) !== undefined)
  return {
    tls: (named.asked.tlsRoutes ?? []).length > 0 ? tls : own('tls', tls),
    tcp: (named.asked.tcpRoutes ?? []).length > 0 ? tcp : own('tcp', tcp),
  }
}

export function routed(
  service: KubeObject,
  selection: Selection,
  { parts, intent }: { readonly parts: ServiceParts; readonly intent: RoutesIntent },
): KubeObject {
  const sections = Object.fromEntries(
    SECTIONS.filter(section => selection[section].length > 0).map(section => [
      section,
      weighedRoutes(routesIn(service, section), selection[section], route =>
        weighed(route, parts.sides, intent),
      ),
    ]),
  ) as Partial<Record<Section, readonly JsonObject[]>>
  const http = sections.http ?? routesIn(service, 'http')
  const primary = http[selection.http[0] ?? -1]
  const all = withManagedRoutes(http, primary, { ...parts, intent })
  const spec = {
    ...specOf(service),
    ...sections,
    ...(http.length === 0 ? {} : { http: all }),
  }
  return fromJson(asJson({ ...service, spec }) as JsonObject)
}

const NOBODY = { canary: { service: '', podHash: '', weight: 0 }, others: [] }

/** Nobody comes to the canary wherever that can be said, and by no route of a step. */
export function unrouted(service: KubeObject, parts: ServiceParts): KubeObject {
  const isSaying = sayingIn(service, parts)
  const back = (section: Section) =>
    routesIn(service, section).map((route, i) =>
      isSaying(section, route, i) && canGoBack(route, parts.sides)
        ? weighed(route, parts.sides, NOBODY)
        : route,
    )
  const spec = specOf(service)
  const written = SECTIONS.filter(one => spec[one] !== undefined && isRouteList(spec[one]))
  const sections = written.map(section => [
    section,
    section === 'http' ? back(section).filter(route => !isOfStep(route, parts.managed)) : back(section),
  ])
  return fromJson(asJson({ ...service, spec: { ...spec, ...Object.fromEntries(sections) } }) as JsonObject)
}

/** Routes may be a thousand, and all of them ours. */
function weighedRoutes(
  routes: readonly JsonObject[],
  indices: readonly number[],
  changed: (route: JsonObject) => JsonObject,
): readonly JsonObject[] {
  const ours = new Set(indices)
  return routes.map((route, i) => (ours.has(i) ? changed(route) : route))
}

export type RoutesIntent = Pick<TrafficIntent, 'canary' | 'others' | 'headerRoutes' | 'mirrorRoutes'>

/** The largest share of the canary in the selected routes; undefined where they say nothing. */
export function serviceShare(service: KubeObject, parts: ServiceParts): number | undefined {
  const said = sayingRoutes(service, parts)
    .map(route => canaryShare(route, parts.sides))
    .filter(share => share !== undefined)
  return said.length === 0 ? undefined : Math.max(...said)
}

/** What experiments get in these routes, each the most that one of them gives it. */
export function serviceOthers(service: KubeObject, parts: ServiceParts): Readonly<Record<string, number>> {
  const shares = sayingRoutes(service, parts).flatMap(route => experimentShares(route, parts.sides))
  return Object.fromEntries(largestByName(shares))
}

function sayingRoutes(service: KubeObject, parts: ServiceParts): readonly JsonObject[] {
  const isSaying = sayingIn(service, parts)
  return SECTIONS.flatMap(section =>
    routesIn(service, section).filter((route, i) => isSaying(section, route, i)),
  )
}

/** The selected routes; all where it cannot be told which they are. */
function sayingIn(service: KubeObject, parts: ServiceParts) {
  const selection = selectRoutes(service, parts.named, parts)
  if ('mismatch' in selection) {
    return (_section: Section, route: JsonObject) => !isOfStep(route, parts.managed)
  }
  const chosen = Object.fromEntries(SECTIONS.map(section => [section, new Set(selection[section])]))
  return (section: Section, _route: JsonObject, i: number) => chosen[section]?.has(i) === true
}

/** The names of routes by a header, or for copies, that steps have made. */
export function stepRoutesIn(
  service: KubeObject,
  managed: readonly string[],
  what: 'header' | 'mirror',
): readonly string[] {
  return routesIn(service, 'http')
    .filter(route => (route['mirror'] === undefined) === (what === 'header') && isOfStep(route, managed))
    .map(route => text(route['name']))
}

/** What is told of a change: of the weights, else of the routes that steps make. */
export function serviceEvent(before: KubeObject, after: KubeObject, parts: EventParts): EventNote {
  const { name } = before.metadata
  const say = (what: string): EventNote => ({
    type: 'Normal',
    reason: 'Updated VirtualService',
    message: `VirtualService \`${name}\` ${what}`,
  })
  const { intent, managed } = parts
  const plain = (service: KubeObject) =>
    SECTIONS.map(section => routesIn(service, section).filter(one => !managed.includes(text(one['name']))))
  if (!equal(plain(before), plain(after))) return say(`set to desiredWeight '${intent.canary.weight}'`)
  const had = (route: string) => routesIn(before, 'http').find(one => one['name'] === route)
  const isNew = (route: string) =>
    !equal(
      had(route),
      routesIn(after, 'http').find(one => one['name'] === route),
    )
  const header = intent.headerRoutes.find(one => isNew(one.name))
  if (header !== undefined) return say(`set headerRoute '${header.name}'`)
  const mirror = intent.mirrorRoutes.find(one => isNew(one.name))
  if (mirror !== undefined) return say(`set mirrorRoute '${mirror.name}'`)
  return say('removed all managed routes.')
}

export interface EventParts {
  readonly managed: readonly string[]
  readonly intent: RoutesIntent
}

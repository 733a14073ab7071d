// The HTTP routes that steps make in a VirtualService: by a header to the canary, or mirrored to it. They stand first,
// in the order of the Rollout's managed routes.
import type { Json, JsonObject } from '../../std/json.ts'
import { record, withFields } from '../../std/json-parts.ts'
import { inManagedOrder } from '../managed-routes.ts'
import type { TrafficIntent } from '../router.ts'
import { ALL, canaryDestination, destinationsOf } from './destinations.ts'
import type { Sides } from './destinations.ts'
import { isOfStep } from './selection.ts'

export interface ManagedOptions {
  readonly sides: Sides
  readonly managed: readonly string[]
  readonly intent: Pick<TrafficIntent, 'headerRoutes' | 'mirrorRoutes'>
}

/** All HTTP routes: those of the intent first, then those that no step makes. `primary`: what the former copy. */
export function withManagedRoutes(
  routes: readonly JsonObject[],
  primary: JsonObject | undefined,
  { sides, managed, intent }: ManagedOptions,
): readonly JsonObject[] {
  const others = routes.filter(route => !isOfStep(route, managed))
  if (primary === undefined) return others
  const made = [
    ...intent.headerRoutes.map(one => headerRoute(one, primary, sides)),
    ...intent.mirrorRoutes.map(one => mirrorRoute(one, primary, sides)),
  ]
  const wanted = inManagedOrder(managed, made)
  return inPlace(routes, wanted, { primary, managed }) ?? [...wanted, ...others]
}

/** Where they stand in order before what they are taken from they stay: another Rollout's may stand first. */
function inPlace(
  routes: readonly JsonObject[],
  wanted: readonly Made[],
  { primary, managed }: { readonly primary: JsonObject; readonly managed: readonly string[] },
): readonly JsonObject[] | undefined {
  const standing = routes.filter(route => isOfStep(route, managed))
  const isBefore = standing.every(route => routes.indexOf(route) < routes.indexOf(primary))
  const isSame =
    standing.length === wanted.length && standing.every((one, i) => one['name'] === wanted[i]?.name)
  if (!isBefore || !isSame) return undefined
  const made = new Map(standing.map((route, i) => [route, wanted[i]]))
  return routes.map(route => made.get(route) ?? route)
}

type Made = JsonObject & { readonly name: string }

function headerRoute(
  { name, match }: TrafficIntent['headerRoutes'][number],
  primary: JsonObject,
  sides: Sides,
): Made {
  const matches = match.map(({ headerName, headerValue }) => ({
    headers: { [headerName]: { ...headerValue } },
  }))
  return {
    name,
    match: matches,
    route: [{ destination: canaryDestination(primary, sides), weight: ALL }],
  }
}

function mirrorRoute(
  { name, match, percentage }: TrafficIntent['mirrorRoutes'][number],
  primary: JsonObject,
  sides: Sides,
): Made {
  return {
    name,
    match: match.map(mirrorMatch),
    route: destinationsOf(primary).map(withoutEmptyWeight),
    mirror: canaryDestination(primary, sides),
    mirrorPercentage: { value: percentage },
  }
}

/** A step says `path` where a VirtualService says `uri`. */
function mirrorMatch(match: { readonly [what: string]: Json }): JsonObject {
  const { path, ...rest } = match
  return path === undefined ? rest : { ...rest, uri: path }
}

function withoutEmptyWeight(entry: JsonObject): JsonObject {
  const destination = record(entry['destination'])
  return withFields(
    { ...entry, destination },
    { weight: entry['weight'] === 0 ? undefined : entry['weight'] },
  )
}

// The destinations of one route of a VirtualService: whose each one is, and the weights that they get. What belongs to
// nobody here keeps its weight, and ours share the rest.
import type { KubeObject } from '../../kube/object.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { isJsonObject } from '../../std/json.ts'
import { objects, record, text } from '../../std/json-parts.ts'
import { isExperimentService } from '../experiment-services.ts'
import type { Services, TrafficIntent } from '../router.ts'
import { shareOf } from '../weights.ts'
import type { Subsets } from './settings.ts'

/** Weights of a VirtualService are of this, whatever they add up to there. */
export const ALL = 100

/** How destinations are told apart. */
export interface Sides {
  readonly rollout: KubeObject
  readonly services: Services
  readonly rule: Subsets | undefined
}

type Role = 'canary' | 'stable' | 'additional' | 'experiment' | 'guest'

function roleOf(entry: JsonObject, { rollout, services, rule }: Sides): Role {
  const { host, subset } = record(entry['destination'])
  const name = serviceOf(text(host))
  const is = (service: string, named: string | undefined) =>
    (service !== '' && name === service) || (named !== undefined && subset === named)
  if (is(services.canary, rule?.canary)) return 'canary'
  if (is(services.stable, rule?.stable)) return 'stable'
  if (rule?.additional.includes(text(subset)) === true) return 'additional'
  return isExperimentService(name, rollout) ? 'experiment' : 'guest'
}

/** `shop` of `shop.namespace.svc.cluster.local`. */
function serviceOf(host: string): string {
  const dot = host.indexOf('.')
  return dot < 0 ? host : host.slice(0, dot)
}

export function destinationsOf(route: JsonObject): readonly JsonObject[] {
  return objects(route['route'])
}

/** A destination, and whose it is. */
interface Part {
  readonly entry: JsonObject
  readonly role: Role
}

function partsOf(entries: readonly JsonObject[], sides: Sides): readonly Part[] {
  return entries.map(entry => ({ entry, role: roleOf(entry, sides) }))
}

/** What a destination gets now; one that stands alone needs no weight. */
function weightOf(entry: JsonObject, all: readonly JsonObject[]): number {
  const { weight } = entry
  if (typeof weight === 'number') return Math.max(0, weight)
  return all.length === 1 ? ALL : 0
}

const MAX_WEIGHT = 1_000_000

/** What is wrong with the destinations of a route that should be ours; undefined when nothing is. */
export function destinationProblem(route: JsonObject, sides: Sides): string | undefined {
  const entries = destinationsOf(route)
  if (entries.length !== (Array.isArray(route['route']) ? route['route'].length : 0))
    return 'A route is malformed'
  const parts = partsOf(entries, sides)
  const count = (role: Role) => parts.filter(one => one.role === role).length
  const lacking = (['Stable', 'Canary'] as const).find(side => count(lower(side)) === 0)
  if (lacking !== undefined) return `${calledHere(lacking, sides)} not found in route`
  const twice = (['Stable', 'Canary'] as const).find(side => count(lower(side)) > 1)
  if (twice !== undefined) return `${calledHere(twice, sides)} is named twice in a route`
  const odd = entries.find(one => !isWeight(one['weight']))
  if (odd !== undefined) return `The weight ${JSON.stringify(odd['weight'])} of a destination is none`
  const guests = sumOf(parts, ['guest'])
  return guests >= ALL ? `Destinations of others have the whole weight (${guests})` : undefined
}

function lower(side: 'Stable' | 'Canary'): 'stable' | 'canary' {
  return side === 'Stable' ? 'stable' : 'canary'
}

function calledHere(side: 'Stable' | 'Canary', { services, rule }: Sides): string {
  const subset = rule?.[lower(side)]
  return subset === undefined
    ? `${side} Service '${services[lower(side)]}'`
    : `${side} DestinationRule subset '${subset}'`
}

function isWeight(value: Json | undefined): boolean {
  return value === undefined || (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_WEIGHT)
}

function sumOf(parts: readonly Part[], roles: readonly Role[]): number {
  const entries = parts.map(one => one.entry)
  return parts.reduce(
    (sum, { entry, role }) => (roles.includes(role) ? sum + weightOf(entry, entries) : sum),
    0,
  )
}

/** The route with the weights of an intent. Experiments that are over have no destination any more. */
export function weighed(
  route: JsonObject,
  sides: Sides,
  { canary, others }: Pick<TrafficIntent, 'canary' | 'others'>,
): JsonObject {
  const entries = destinationsOf(route)
  const parts = partsOf(entries, sides)
  const rest = ALL - sumOf(parts, ['guest'])
  const share = (weight: number) => (weight <= 0 ? 0 : Math.max(1, Math.floor((weight * rest) / ALL)))
  const experiments = new Map(others.map(one => [one.service, share(one.weight)]))
  const given = [...experiments.values()].reduce((sum, weight) => sum + weight, share(canary.weight))
  const stable = Math.max(0, rest - given - sumOf(parts, ['additional']))
  const kept = parts.flatMap(({ entry, role }) => {
    if (role === 'canary') return [withWeight(entry, share(canary.weight))]
    if (role === 'stable') return [withWeight(entry, stable)]
    if (role !== 'experiment' && !experiments.has(hostOf(entry))) return [entry]
    const weight = experiments.get(hostOf(entry))
    return weight === undefined ? [] : [withWeight(entry, weight)]
  })
  const known = new Set(entries.map(hostOf))
  const added = [...experiments.keys()]
    .filter(service => !known.has(service))
    .toSorted()
    .map(host => ({ destination: { host }, weight: experiments.get(host) ?? 0 }))
  return { ...route, route: [...kept, ...added] }
}

/** Whether its users can all go back: what is broken otherwise is not looked at. */
export function canGoBack(route: JsonObject, sides: Sides): boolean {
  const entries = destinationsOf(route)
  const roles = partsOf(entries, sides).map(one => one.role)
  const isWhole = Array.isArray(route['route']) && entries.length === route['route'].length
  const isShared = roles.includes('canary') || roles.includes('experiment')
  return isWhole && isShared && roles.filter(one => one === 'stable').length === 1
}

function hostOf(entry: JsonObject): string {
  return serviceOf(text(record(entry['destination'])['host']))
}

/** A weight of 0 that nobody has written needs not be written. */
function withWeight(entry: JsonObject, weight: number): JsonObject {
  return weight === 0 && entry['weight'] === undefined ? entry : { ...entry, weight }
}

/** What the canary gets of what is ours; undefined where the route has nothing of ours. */
export function canaryShare(route: JsonObject, sides: Sides): number | undefined {
  const parts = partsOf(destinationsOf(route), sides)
  if (!parts.some(({ role }) => role === 'canary' || role === 'stable')) return undefined
  const canary = sumOf(parts, ['canary'])
  const ours = canary + sumOf(parts, ['stable', 'additional', 'experiment'])
  const rest = ALL - sumOf(parts, ['guest'])
  return shareOf(canary, rest > 0 && ours > rest ? rest : ours, ALL)
}

/** What each experiment gets of what is ours. */
export function experimentShares(
  route: JsonObject,
  sides: Sides,
): readonly (readonly [service: string, share: number])[] {
  const entries = destinationsOf(route)
  const parts = partsOf(entries, sides)
  const ours = sumOf(parts, ['canary', 'stable', 'additional', 'experiment'])
  return parts
    .filter(({ role }) => role === 'experiment')
    .map(({ entry }) => [hostOf(entry), shareOf(weightOf(entry, entries), ours, ALL)] as const)
}

/** Where the canary is reached. */
export function canaryDestination(route: JsonObject, sides: Sides): JsonObject {
  const entry = destinationsOf(route).find(one => roleOf(one, sides) === 'canary')
  return record(isJsonObject(entry) ? entry['destination'] : undefined)
}

// What a life knows of a router: what its Rollout asks for, the object between two sides, the weights that stand there,
// and how a hand sets them.
import type { TrafficRouting } from '../../../api/traffic.ts'
import { apiVersionOf, fromJson } from '../../../kube/object.ts'
import type { Kind, KubeObject } from '../../../kube/object.ts'
import type { Json, JsonObject } from '../../../std/json.ts'

/** Names of a life's objects. */
export const NAMESPACE = 'shop'
export const NAME = 'demo'

/** What the two are called where the weights stand: Services, or subsets of one. */
export interface Sides {
  readonly stable: string
  readonly canary: string
}

type Find = (kind: Kind, name: string) => KubeObject | undefined

/** Names of the routes that steps may make. */
export const HEADER_ROUTE = 'inside'
export const MIRROR_ROUTE = 'copies'

export interface Made {
  readonly names: readonly string[]
  /** What those of a header lead to, in the words of the route: they count as users. */
  readonly led: readonly string[]
}

export interface LifeRoute {
  readonly routing: TrafficRouting
  /** The user's own; undefined where the controller makes all that is needed. */
  object(services: Sides): KubeObject | undefined
  /** A Service that the object names beside the two. */
  readonly root?: string
  /** Where the weights stand. */
  readonly kind: Kind
  readonly name: string
  /** Of each side that is named there, and of experiments; empty: all users are with the stable side. */
  weights(
    find: (kind: Kind, name: string) => KubeObject | undefined,
    sides: Sides,
  ): ReadonlyMap<string, number>
  /** Routes that steps have made; undefined where none can. */
  made?(find: Find): Made
  /** Its steps may copy requests, too. */
  readonly copies?: true
  /** All users go to the side that has had the fewest; undefined when the object gives nobody a weight. */
  weighed(object: KubeObject): Json | undefined
}

/** Of that name, by which the Rollout knows it. */
export function named(kind: Kind, body: JsonObject, metadata: JsonObject = {}): KubeObject {
  return fromJson({
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: { name: NAME, namespace: NAMESPACE, ...metadata },
    ...body,
  })
}

/** 100 for the one that has the least, nothing for the others; undefined when there is nobody else. */
export function turned(weights: readonly number[]): readonly number[] | undefined {
  const fewest = weights.indexOf(Math.min(...weights))
  return weights.length < 2 ? undefined : weights.map((_, i) => (i === fewest ? 100 : 0))
}

/** The share of the canary in a hundred, where the object says nothing of the stable side. */
export function ofHundred(canary: number, sides: Sides): ReadonlyMap<string, number> {
  return new Map([
    [sides.canary, canary],
    [sides.stable, 100 - canary],
  ])
}

/** Entries of a list in which each names a side and its weight. */
export function listed(
  entries: readonly JsonObject[],
  nameOf: (entry: JsonObject) => string,
): ReadonlyMap<string, number> {
  return new Map(entries.map(entry => [nameOf(entry), Number(entry['weight'] ?? 0)]))
}

/** The same entries with the weights turned. */
export function turnedList(
  entries: readonly JsonObject[],
  print: (weight: number) => Json = weight => weight,
): readonly JsonObject[] | undefined {
  const weights = turned(entries.map(entry => Number(entry['weight'] ?? 0)))
  return weights && entries.map((entry, i) => ({ ...entry, weight: print(weights[i] ?? 0) }))
}

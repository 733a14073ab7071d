// Routers that a Rollout no longer asks for: what was routed is remembered beside it, and what it left in the world is
// taken away.
import type { TrafficRouting } from '../api/traffic.ts'
import { refKey, type KubeObject } from '../kube/object.ts'
import { isJsonObject, type Json } from '../std/json.ts'
import { bindAll, type BoundRouter } from './registry.ts'
import type { Found, LeftAt, Placing, Services, Weights } from './router.ts'
import { isText, optional, shape } from './shape.ts'

/** What must be known to take the weights away later; plain JSON. */
export interface RememberedRouting {
  /** Whose it is: a copy of the Rollout under another name has left nothing. */
  readonly rollout: string
  readonly trafficRouting: TrafficRouting
  readonly services: Services
  /** The pair whose roles swap, where there is one. */
  readonly swapping?: Services
}

const isServices = shape({ stable: isText, canary: isText })

const isRemembered = shape({
  rollout: isText,
  trafficRouting: isJsonObject,
  services: isServices,
  swapping: optional(isServices),
})

/** What was written for this Rollout. What nobody can read, a person may have written: it is no routing. */
export function routingIn(remembered: Json, { metadata }: KubeObject): RememberedRouting | undefined {
  if (!isRemembered(remembered)) return undefined
  const routing = remembered as unknown as RememberedRouting
  return routing.rollout === metadata.name ? routing : undefined
}

/** The routers that were asked for. */
export function routersIn(remembered: Json, rollout: KubeObject): readonly BoundRouter[] {
  const routing = routingIn(remembered, rollout)
  return routing === undefined ? [] : bindAll({ ...routing, rollout })
}

/**
 * What the routers that were left still have to do; nothing placed and nothing waited for when they are done. An object
 * that a staying router holds is no longer theirs.
 */
export function leaving(
  left: readonly BoundRouter[],
  staying: readonly BoundRouter[],
  { found, ...at }: LeftAt & { readonly found: Found },
): Placing {
  if (left.length === 0) return { placed: [], waits: [] }
  const theirs = onlyTheirs(staying, found)
  const all = left.map(router => router.leave(at, theirs))
  const placed = new Map(all.flatMap(one => one.placed.map(each => [refKey(each.ref), each] as const)))
  return { placed: [...placed.values()], waits: all.flatMap(one => one.waits ?? []) }
}

/** The largest share of the traffic, between 0 and 1, that one of them still sends to the canary. */
export function leftShare(
  left: readonly BoundRouter[],
  staying: readonly BoundRouter[],
  found: Found,
): number {
  return Math.max(0, ...givenBy(left, staying, found).map(({ canary, stable }) => canary / (canary + stable)))
}

/** The revision to which one of them still sends the canary's users by itself, where it names one. */
export function leftHash(
  left: readonly BoundRouter[],
  staying: readonly BoundRouter[],
  found: Found,
): string | undefined {
  return givenBy(left, staying, found).find(one => one.canaryHash !== undefined)?.canaryHash
}

/** The revision to which one of them leads the stable side's users by itself. */
export function leftStableHash(
  left: readonly BoundRouter[],
  staying: readonly BoundRouter[],
  found: Found,
): string | undefined {
  return saidBy(left, staying, found).find(one => one.stableHash !== undefined)?.stableHash
}

/** What each of them says that still sends somebody to the canary. */
function givenBy(
  left: readonly BoundRouter[],
  staying: readonly BoundRouter[],
  found: Found,
): readonly Weights[] {
  return saidBy(left, staying, found).filter(said => said.canary > 0)
}

function saidBy(
  left: readonly BoundRouter[],
  staying: readonly BoundRouter[],
  found: Found,
): readonly Weights[] {
  if (left.length === 0) return []
  const theirs = onlyTheirs(staying, found)
  return left.flatMap(router => router.read(theirs) ?? [])
}

function onlyTheirs(staying: readonly BoundRouter[], found: Found): Found {
  const held = new Set(staying.flatMap(router => router.refs.map(refKey)))
  return Object.fromEntries(Object.entries(found).filter(([key]) => !held.has(key)))
}

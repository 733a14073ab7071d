// Routers that a Rollout no longer asks for: what was routed is remembered beside it, and what it left in the world is
// taken away.
import type { TrafficRouting } from '../api/traffic.ts'
import { refKey, type KubeObject } from '../kube/object.ts'
import type { Instant } from '../std/instant.ts'
import { isJsonObject, type Json } from '../std/json.ts'
import { bindAll, type BoundRouter } from './registry.ts'
import type { Found, Placing, Services } from './router.ts'
import { isText, shape } from './shape.ts'

/** What must be known to take the weights away later; plain JSON. */
export interface RememberedRouting {
  readonly trafficRouting: TrafficRouting
  readonly services: Services
}

const isRemembered = shape({
  trafficRouting: isJsonObject,
  services: shape({ stable: isText, canary: isText }),
})

/** The routers that were asked for. What nobody can read, a person may have written: it gives no router. */
export function routersIn(remembered: Json, rollout: KubeObject): readonly BoundRouter[] {
  if (!isRemembered(remembered)) return []
  const { trafficRouting, services } = remembered as unknown as RememberedRouting
  return bindAll({ trafficRouting, services, rollout })
}

/**
 * What the routers that were left still have to do; nothing placed and nothing waited for when they are done. An object
 * that a staying router holds is no longer theirs.
 */
export function leaving(
  left: readonly BoundRouter[],
  staying: readonly BoundRouter[],
  { now, found }: { readonly now: Instant; readonly found: Found },
): Placing {
  const held = new Set(staying.flatMap(router => router.refs.map(refKey)))
  const theirs = Object.fromEntries(Object.entries(found).filter(([key]) => !held.has(key)))
  const all = left.map(router => router.leave(now, theirs))
  const placed = new Map(all.flatMap(one => one.placed.map(each => [refKey(each.ref), each] as const)))
  return { placed: [...placed.values()], waits: all.flatMap(one => one.waits ?? []) }
}

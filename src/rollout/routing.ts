// What the routers make of an intent, as writes: the difference between the objects as they are and as they
// should be. Used by moves.ts (drain and fill) and, for what is wrong with them, by problem.ts.
import type { FieldError } from '../api/field-error.ts'
import { invalid } from '../api/field-error.ts'
import { maxTrafficWeight } from '../api/defaults.ts'
import { ROUTING_PATH } from '../api/references.ts'
import type { Rollout } from '../api/rollout.ts'
import { mergeDiff } from '../kube/diff.ts'
import { asJson, refKey } from '../kube/object.ts'
import type { Wait } from '../kube/reconciler.ts'
import type { EventNote, Write } from '../kube/write.ts'
import { routersOf } from '../traffic/registry.ts'
import type { Found, Placed, Routed, TrafficIntent } from '../traffic/router.ts'

export interface Routing {
  readonly writes: readonly Write[]
  readonly waits: readonly Wait[]
  /** What is told when the weights are recorded. */
  readonly told: readonly EventNote[]
}

export function routingOf(rollout: Rollout, intent: TrafficIntent | undefined, found: Found): Routing {
  if (intent === undefined) return { writes: [], waits: [], told: [] }
  const routed = routersOf(rollout).map(router => router.route(intent, found))
  const placed = routed.flatMap(one => ('placed' in one ? one.placed : []))
  return {
    writes: placed.flatMap(one => write(one, found)),
    waits: routed.flatMap(one => ('placed' in one ? (one.waits ?? []) : [])),
    told: routed.flatMap(one => ('placed' in one ? (one.told ?? []) : [])),
  }
}

/** Others write to routes too: only on the version that was looked at. */
function write({ ref, object, why, event }: Placed, found: Found): readonly Write[] {
  const before = found[refKey(ref)]
  const told = event === undefined ? {} : { event }
  if (object === undefined) return before === undefined ? [] : [{ verb: 'delete', target: ref, why, ...told }]
  if (before === undefined) return [{ verb: 'create', object, why, ...told }]
  const patch = mergeDiff(asJson(before), asJson(object))
  if (patch === undefined) return []
  const { resourceVersion } = before.metadata
  const ifVersion = resourceVersion === undefined ? {} : { ifVersion: resourceVersion }
  return [{ verb: 'patch', target: ref, patch, why, ...ifVersion, ...told }]
}

/** What stands in a router's way: a user's mistake, or an object that is somebody else's. */
export function routingProblem(rollout: Rollout, found: Found): FieldError | undefined {
  for (const router of routersOf(rollout)) {
    const problem = problemIn(router.route(atRest(rollout), found))
    if (problem !== undefined) return problem
  }
  return undefined
}

function problemIn(routed: Routed): FieldError | undefined {
  if ('invalid' in routed) {
    const { path, value, cure, message } = routed.invalid
    return invalid({ path, value, cure }, message)
  }
  if (!('problem' in routed)) return undefined
  return invalid({ path: ROUTING_PATH, value: '', cure: 'Delete or rename it.' }, routed.problem.message)
}

function atRest(rollout: Rollout): TrafficIntent {
  const { stableService = '', canaryService = '' } = rollout.spec.strategy?.canary ?? {}
  const maxWeight = maxTrafficWeight(rollout.spec)
  return {
    now: 0,
    maxWeight,
    stable: { service: stableService, podHash: '', weight: maxWeight },
    canary: { service: canaryService, podHash: '', weight: 0 },
    others: [],
    headerRoutes: [],
    mirrorRoutes: [],
  }
}

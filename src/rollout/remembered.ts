// The routing that a Rollout remembers in an annotation: of the routers that it has, and of those that it has left and
// that still have something to do. Read by gather and by the story; written in create (moves.ts).
import type { Rollout, RolloutSpec } from '../api/rollout.ts'
import { REMEMBERED_ROUTING } from '../api/words.ts'
import { asJson, refKey } from '../kube/object.ts'
import { equal } from '../std/equal.ts'
import { parseJson, stableJson } from '../std/json.ts'
import { rememberedOn } from '../std/remembered-on.ts'
import type { Json } from '../std/json.ts'
import { servicesIn, stableOfPair } from '../traffic/roles.ts'
import { routersIn, routingIn } from '../traffic/leaving.ts'
import type { RememberedRouting } from '../traffic/leaving.ts'
import { managedNames } from '../traffic/managed-routes.ts'
import { routersOf } from '../traffic/registry.ts'
import type { BoundRouter } from '../traffic/registry.ts'

/** Routers that the spec asked for once. */
export interface LeftRouting {
  readonly routing: RememberedRouting
  readonly routers: readonly BoundRouter[]
}

/** So many are remembered; whoever leaves more before the first is done loses the oldest. */
const LIMIT = 8

/** What the spec asks for now, as it is remembered. */
export function askedRouting({ spec, metadata, status }: Rollout): RememberedRouting | undefined {
  return askedBy(spec, metadata.name, stableOfPair(status))
}

const askedBy = rememberedOn(
  (spec: RolloutSpec, rollout: string, ofPair: string | undefined): RememberedRouting | undefined => {
    const { trafficRouting } = spec.strategy?.canary ?? {}
    if (trafficRouting === undefined) return undefined
    const { shared, swapping } = servicesIn(spec, ofPair)
    const services = { trafficRouting, services: shared, ...(swapping === undefined ? {} : { swapping }) }
    return { rollout, ...services }
  },
)

const NO_ANNOTATIONS: Annotations = {}

type Annotations = Readonly<Record<string, string>>

const writtenIn = rememberedOn(({ [REMEMBERED_ROUTING]: text }: Annotations) =>
  text === undefined ? undefined : parseJson(text),
)

/** Mostly there are none: what is written is what is asked for. */
export function leftBy(rollout: Rollout): readonly LeftRouting[] {
  const text = rollout.metadata.annotations?.[REMEMBERED_ROUTING]
  if (text === undefined) return NOTHING_LEFT
  const asked = askedRouting(rollout)
  return asked !== undefined && text === rememberedText([asked]) ? NOTHING_LEFT : leftIn(rollout)
}

const NOTHING_LEFT: readonly LeftRouting[] = []

const leftIn = rememberedOn((rollout: Rollout): readonly LeftRouting[] => {
  const written = writtenIn(rollout.metadata.annotations ?? NO_ANNOTATIONS)
  if (!Array.isArray(written)) return []
  const asked = askedRouting(rollout)
  return (written as readonly Json[]).slice(-LIMIT).flatMap(one => {
    const routing = routingIn(one, rollout)
    return routing === undefined || equal(routing, asked)
      ? []
      : [{ routing, routers: routersIn(one, rollout) }]
  })
})

/** The routers that the spec asks for. What steps have made in their objects by names of before is theirs, too. */
export function askedRouters(rollout: Rollout, left: readonly LeftRouting[]): readonly BoundRouter[] {
  const asked = routersOf(rollout)
  if (left.length === 0) return asked
  const held = new Set(asked.flatMap(router => router.refs.map(refKey)))
  const beside = left.filter(one =>
    one.routers.some(router => router.refs.some(ref => held.has(refKey(ref)))),
  )
  return routersOf(rollout, unmanaged(rollout, beside))
}

/** Names of routes that steps may have made, and that the spec no longer has. */
function unmanaged({ spec }: Rollout, left: readonly LeftRouting[]): readonly string[] {
  const now = managedNames(spec.strategy?.canary?.trafficRouting ?? {})
  const before = left.flatMap(({ routing }) => managedNames(routing.trafficRouting))
  return [...new Set(before)].filter(name => !now.includes(name))
}

/** What steps may have made under it has to be looked for. */
export function hasUnmanaged(rollout: Rollout, left: LeftRouting): boolean {
  return unmanaged(rollout, [left]).length > 0
}

/** As it is written; null when there is nothing to remember. */
export function rememberedText(all: readonly RememberedRouting[]): string | null {
  return all.length === 0
    ? null
    : `[${all
        .slice(-LIMIT)
        .map(one => textOf(one))
        .join(',')}]`
}

const textOf = rememberedOn((routing: RememberedRouting) => stableJson(asJson(routing)))

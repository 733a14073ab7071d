// What somebody breaks by hand when all is at rest: a Service, the weights of a route, the pods of a revision. Users
// are where they were within a named time.
import { maxUnavailable } from '../../api/defaults.ts'
import type { Rollout } from '../../api/rollout.ts'
import { equal } from '../../std/equal.ts'
import { stayingReplicas, total } from '../../workload/availability.ts'
import type { ModelWorld } from '../model/world.ts'
import { perform } from './acts.ts'
import { asStands } from './furniture.ts'
import { hasOwnScale } from './judge.ts'
import { ANSWER_MS, MOST_EVENTS } from './scenario.ts'
import type { Deed, LifeSpec } from './scenario.ts'
import { BY_HEADER, ableIn, loadsIn, rolloutIn, setIn, setsIn, sightOf, weightsIn } from './sight.ts'
import type { Loads, Sight } from './sight.ts'

const ROUNDING = 1e-6

export const ANSWERED = 'what somebody else breaks at rest is put right in time'

/** What is still wrong when the time is over. Pods that come again need theirs. */
export function unanswered(world: ModelWorld, drawn: LifeSpec, raid: Deed): string | undefined {
  const { cluster, timeline } = world
  const spec = asStands(drawn, rolloutIn(sightOf(cluster)))
  const before = usersIn(sightOf(cluster), spec)
  perform(world, spec, raid)
  timeline.runUntil(timeline.now() + ANSWER_MS, MOST_EVENTS)
  return changed(spec, before, usersIn(sightOf(cluster), spec))
}

export interface Users {
  /** The stable revision, where it stands and is to have pods. */
  readonly stable: string | undefined
  /** Of revisions that are selected, without those that get nobody. */
  readonly loads: Loads
  /** The weight of the canary. */
  readonly canary: number
  /** The share of users who have no pod of theirs. */
  readonly short: number
}

export function usersIn(sight: Sight, spec: LifeSpec): Users {
  const rollout = rolloutIn(sight)
  const { status, spec: { replicas = 1 } = {} } = rollout ?? {}
  const loads = Object.entries(loadsIn(sight, spec)).filter(([, load]) => load > 0)
  return {
    stable: replicas > 0 && setIn(sight, status?.stableRS) !== undefined ? status?.stableRS : undefined,
    loads: Object.fromEntries(loads),
    canary: weightsIn(sight, spec).canary,
    short: rollout === undefined ? 0 : short(sight, rollout, spec.strategy === 'basic' ? [] : loads),
  }
}

/** Without a router all pods carry all users; whoever sets the scale of a canary says how many pods carry its share. */
function short(sight: Sight, rollout: Rollout, loads: readonly (readonly [string, number])[]): number {
  const { spec, status } = rollout
  const replicas = Math.max(1, spec.replicas ?? 1)
  if (loads.length === 0) {
    const able = total(stayingReplicas, setsIn(sight))
    return Math.max(0, replicas - maxUnavailable(spec) - able) / replicas
  }
  const shares = loads.map(([hash, load]) => {
    const able = ableIn(sight, hash)
    const isScaled = hash !== status?.stableRS && hasOwnScale(rollout)
    return isScaled && able > 0 ? 0 : Math.max(0, load - able / replicas)
  })
  return shares.reduce((sum, one) => sum + one, 0)
}

/** Who went back to stable, or by hand to a revision that is whole, or came from none at all, may stay there. */
export function changed({ strategy }: LifeSpec, before: Users, now: Users): string | undefined {
  const { stable } = before
  if (stable === undefined) return undefined
  const isSelected = Object.values(before.loads).reduce((sum, load) => sum + load, 0) > 1 - ROUNDING
  const isBack = (now.loads[stable] ?? 0) > 1 - ROUNDING
  const isFree = !isSelected || strategy === 'basic' || strategy === 'blueGreen' || isBack
  const isPlaced = isFree ? now.canary <= before.canary : equal(before.loads, now.loads)
  // Who comes by a header is in no share.
  const isServed = now.short <= before.short + BY_HEADER + ROUNDING
  return isPlaced && isServed ? undefined : `${JSON.stringify(now)} instead of ${JSON.stringify(before)}`
}

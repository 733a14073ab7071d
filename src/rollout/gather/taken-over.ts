// A route of a Rollout that is gone, or going, which a living one reads by now: it is that one's. Two Rollouts may also
// share an object and no route in it: then each gives back its own.
import type { Rollout } from '../../api/rollout.ts'
import type { Cache } from '../../kube/cache.ts'
import { ROLLOUT } from '../../kube/kinds.ts'
import { keyOf, refKey } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import { equal } from '../../std/equal.ts'
import type { Placed } from '../../traffic/router.ts'
import { namedBy } from '../gather.ts'
import { NAMED_BY } from './indices.ts'
import { allRouters } from './named.ts'
import { wellFormed } from './well-formed.ts'

/** What is placed without what would change the weights of another Rollout. An object of its own goes in any case. */
export function notTakenOver(placed: readonly Placed[], rollout: Rollout, cache: Cache): readonly Placed[] {
  if (placed.length === 0) return placed
  const others = livingBeside(rollout, cache)
  return placed.filter(one => !others.some(other => readsOtherwise(other, one, cache)))
}

/** Those that name an object of its routers. */
function livingBeside(rollout: Rollout, cache: Cache): readonly Rollout[] {
  const refs = allRouters(rollout).flatMap(router => router.refs)
  const naming = new Set(refs.flatMap(ref => cache.by<Rollout>(ROLLOUT, NAMED_BY, refKey(ref))))
  return [...naming].filter(
    one => keyOf(one) !== keyOf(rollout) && one.metadata.deletionTimestamp === undefined,
  )
}

/** Among several objects of a kind the largest weight would hide what one of them says. */
function readsOtherwise(stored: Rollout, { ref, object }: Placed, cache: Cache): boolean {
  const rollout = wellFormed(stored)
  const found = namedBy(rollout, cache)
  const before = found[refKey(ref)]
  if (before === undefined || object === undefined) return false
  const others = Object.entries(found).filter(([, one]) => one.kind !== ref.kind.kind)
  const read = (one: KubeObject) =>
    allRouters(rollout).map(router => router.read(Object.fromEntries([...others, [refKey(ref), one]])))
  return !equal(read(before), read(object))
}

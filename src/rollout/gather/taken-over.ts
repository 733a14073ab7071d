// A route of a Rollout that is gone, or going, which a living one reads by now: it is that one's. Two Rollouts may also
// share an object and no route in it: then each gives back its own.
import type { Rollout } from '../../api/rollout.ts'
import type { Cache } from '../../kube/cache.ts'
import { ROLLOUT } from '../../kube/kinds.ts'
import { keyOf, refKey } from '../../kube/object.ts'
import type { Key, KubeObject, ObjectRef } from '../../kube/object.ts'
import { equal } from '../../std/equal.ts'
import type { Placed } from '../../traffic/router.ts'
import { namedBy } from '../gather.ts'
import { NAMED_BY } from './indices.ts'
import { allRouters } from './named.ts'
import { wellFormed } from './well-formed.ts'

/** Who is gone, or going, and what its routers name, as far as that is known. */
interface Going {
  readonly key: Key
  readonly refs: readonly ObjectRef[]
}

type Left = Pick<Placed, 'ref' | 'object'>

/** What is left without what would change the weights of another Rollout. An object of its own goes in any case. */
export function notTakenOver<T extends Left>(all: readonly T[], going: Going, cache: Cache): readonly T[] {
  return all.filter(one => !livingBeside(going, one, cache).some(other => readsOtherwise(other, one, cache)))
}

/** Those that name the object, or another one of its routers, which may lead to it. */
function livingBeside({ key, refs }: Going, { ref }: Left, cache: Cache): readonly Rollout[] {
  const naming = new Set([ref, ...refs].flatMap(one => cache.by<Rollout>(ROLLOUT, NAMED_BY, refKey(one))))
  return [...naming].filter(one => keyOf(one) !== key && one.metadata.deletionTimestamp === undefined)
}

/** Among several objects of a kind the largest weight would hide what one of them says. */
function readsOtherwise(stored: Rollout, { ref, object }: Left, cache: Cache): boolean {
  const rollout = wellFormed(stored)
  const found = namedBy(rollout, cache)
  const before = found[refKey(ref)]
  if (before === undefined || object === undefined) return false
  const others = Object.entries(found).filter(([, one]) => one.kind !== ref.kind.kind)
  const read = (one: KubeObject) =>
    allRouters(rollout).map(router => router.read(Object.fromEntries([...others, [refKey(ref), one]])))
  return !equal(read(before), read(object))
}

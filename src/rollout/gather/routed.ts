// What routes give to experiments, as they stand: whoever takes pods away looks here, and not only at what a Rollout
// has recorded. A status that could not be written says too little.
import type { Rollout } from '../../api/rollout.ts'
import type { Cache } from '../../kube/cache.ts'
import { namedBy } from '../gather.ts'
import { allRouters } from './named.ts'
import { wellFormed } from './well-formed.ts'

/** The Services of experiments that a router of the Rollout gives a weight. */
export function experimentsRouted(object: Rollout, cache: Cache): readonly string[] {
  const rollout = wellFormed(object)
  const routers = allRouters(rollout)
  if (routers.length === 0) return []
  const found = namedBy(rollout, cache)
  return routers.flatMap(router =>
    Object.entries(router.read(found)?.others ?? {}).flatMap(([service, weight]) =>
      weight > 0 ? [service] : [],
    ),
  )
}

// Where most lives begin: the first revision of a Rollout stands, whole and at rest. It is played once for a spec and
// shared by all lives of that spec, until they write.
import type { Furnished } from '../model/cluster.ts'
import { createModelWorld } from '../model/world.ts'
import { furniture, rolloutOf } from './furniture.ts'
import { MOST_EVENTS } from './scenario.ts'
import type { LifeSpec } from './scenario.ts'
import { faultyWay } from './way.ts'

export interface Beginning {
  readonly furnished: Furnished
  readonly start: number
}

const START = Date.UTC(2026, 7, 1, 12)
const WHOLE_MS = 60_000
/** How many are kept. */
const MOST = 3000

const beginnings = new Map<string, Beginning>()

export function healthy(spec: LifeSpec): Beginning {
  const key = JSON.stringify(spec)
  const known = beginnings.get(key)
  if (known !== undefined) return known
  if (beginnings.size >= MOST) beginnings.clear()
  const made = firstDeployed(spec)
  beginnings.set(key, made)
  return made
}

function firstDeployed(spec: LifeSpec): Beginning {
  const { cluster, timeline } = createModelWorld({
    way: around => faultyWay({ faults: [], ...around, begunAt: START, onDeed: () => undefined }),
    start: START,
  })
  for (const object of [...furniture(spec), rolloutOf(spec)])
    cluster.write({ verb: 'create', object, why: 'it stands there' })
  timeline.runUntil(START + WHOLE_MS, MOST_EVENTS)
  return { furnished: cluster.furnished(), start: timeline.now() }
}

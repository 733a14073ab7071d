// A whole cluster without promises: one heap of events, the objects in memory, the others as pure models, and the real
// loop of our controllers. What src/sim/world.ts plays with the real small controllers over the real API server, a
// thousand times as fast; a law holds the two together.
import { reconcilers } from '../../controller/reconcilers.ts'
import { EVENT_SOURCE } from '../../controller/run.ts'
import { seededRandom } from '../../doors/random.ts'
import type { Effect } from '../../runtime/loop/effects.ts'
import type { Store } from '../../runtime/mirror/store.ts'
import type { Instant } from '../../std/instant.ts'
import { createCluster } from './cluster.ts'
import type { ClusterModel, Furnished } from './cluster.ts'
import { playOthers } from './others.ts'
import type { Others, OthersOptions } from './others.ts'
import { startProcess } from './process.ts'
import type { Process, ProcessOptions, Way } from './process.ts'
import { createTimeline } from './timeline.ts'
import type { Timeline } from './timeline.ts'

export interface ModelWorldOptions {
  readonly way: (world: { timeline: Timeline; cluster: ClusterModel }) => Way
  readonly seed?: number
  readonly start?: Instant
  readonly furnished?: Furnished
  readonly keepsEvents?: boolean
  readonly reconcilers?: ProcessOptions['reconcilers']
  readonly fare?: OthersOptions['fare']
  readonly onEffect?: (effect: Effect, store: Store) => void
  /** How long a process that has crashed is away. */
  readonly awayMs?: () => number
}

export interface ModelWorld {
  readonly timeline: Timeline
  readonly cluster: ClusterModel
  readonly others: Others
  /** The one that is alive, or the last. */
  process(): Process
}

const START = Date.UTC(2026, 7, 1, 12)
const AWAY_MS = 2000

export function createModelWorld(options: ModelWorldOptions): ModelWorld {
  const { seed = 1, start = START, furnished, fare, onEffect, keepsEvents = false } = options
  const timeline = createTimeline(start)
  const random = seededRandom(seed)
  const cluster = createCluster({
    now: timeline.now,
    random,
    ...(furnished === undefined ? {} : { furnished }),
  })
  const others = playOthers({ cluster, timeline, ...(fare === undefined ? {} : { fare }) })
  const way = options.way({ timeline, cluster })
  const begin = (): Process =>
    startProcess({
      cluster,
      timeline,
      reconcilers: options.reconcilers ?? reconcilers(),
      component: EVENT_SOURCE,
      way,
      keepsEvents,
      ...(onEffect === undefined ? {} : { onEffect }),
      onCrash: () =>
        timeline.at(timeline.now() + (options.awayMs?.() ?? AWAY_MS), () => void (process = begin())),
    })
  let process = begin()
  return { timeline, cluster, others, process: () => process }
}

// What tests of the pipeline start from: a small cluster over the in-memory store, with time and chance in
// hand.
import type { Clock } from '../../doors/clock.ts'
import { seededRandom } from '../../doors/random.ts'
import { parseInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import { createMemoryStore } from '../storage/memory.ts'
import type { HistoryLimits } from '../storage/store.ts'
import { createResources } from './pipeline.ts'
import type { ResourcesOptions } from './pipeline.ts'
import { seed } from './seed.ts'

export interface VirtualClock extends Clock {
  /** Moves time on; whoever slept until then wakes. */
  advance(ms: number): Promise<void>
}

function virtualClock(start = '2026-01-01T00:00:00Z'): VirtualClock {
  let now = parseInstant(start) as Instant
  let sleepers: { at: Instant; wake: () => void }[] = []
  return {
    now: () => now,
    sleepUntil: (at, signal) =>
      new Promise(resolve => {
        const sleeper = { at, wake: resolve }
        sleepers.push(sleeper)
        signal.addEventListener('abort', () => {
          sleepers = sleepers.filter(one => one !== sleeper)
          resolve()
        })
      }),
    async advance(ms) {
      const end = now + ms
      for (;;) {
        const next = sleepers.toSorted((a, b) => a.at - b.at)[0]
        if (!next || next.at > end) break
        sleepers = sleepers.filter(one => one !== next)
        now = Math.max(now, next.at)
        next.wake()
        for (let i = 0; i < 20; i++) await Promise.resolve()
      }
      now = end
    },
  }
}

export async function aCluster(limits?: Partial<HistoryLimits>, more: Partial<ResourcesOptions> = {}) {
  const clock = virtualClock()
  const store = createMemoryStore({ clock, ...(limits ? { limits } : {}) })
  const resources = createResources({ store, clock, random: seededRandom(1), nodeName: 'crossfade', ...more })
  await seed(resources, { nodeName: 'crossfade', now: clock.now() })
  return { clock, store, resources }
}

// Virtual time: a clock that stands still until it is told to go on. Sleepers wake in order, each at its own
// time.
import type { Clock } from '../doors/clock.ts'
import { Heap } from '../std/heap.ts'
import type { Instant } from '../std/instant.ts'

export interface VirtualClock extends Clock {
  /** When the next sleeper is due. */
  nextAt(): Instant | undefined
  /** Moves the time on and wakes who is due by then; never backwards. */
  advanceTo(at: Instant): void
}

interface Sleeper {
  readonly at: Instant
  readonly order: number
  wake: (() => void) | undefined
}

export function virtualClock(start: Instant): VirtualClock {
  const sleepers = new Heap<Sleeper>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order))
  let now = start
  let order = 0

  const first = (): Sleeper | undefined => {
    while (sleepers.peek() !== undefined && sleepers.peek()?.wake === undefined) sleepers.pop()
    return sleepers.peek()
  }
  return {
    now: () => now,
    sleepUntil: (at, signal) =>
      new Promise(resolve => {
        if (signal.aborted) return resolve()
        const sleeper: Sleeper = { at, order: order++, wake: undefined }
        const wake = () => {
          sleeper.wake = undefined
          signal.removeEventListener('abort', wake)
          resolve()
        }
        sleeper.wake = wake
        signal.addEventListener('abort', wake, { once: true })
        sleepers.push(sleeper)
      }),
    nextAt: () => first()?.at,
    advanceTo(at) {
      now = Math.max(now, at)
      for (let next = first(); next !== undefined && next.at <= now; next = first()) next.wake?.()
    },
  }
}

// Virtual time as one heap of events: what is to happen is a function and an instant; of one instant, in the order
// in which it was asked for.
import { Heap } from '../../std/heap.ts'
import type { Instant } from '../../std/instant.ts'

export interface Timeline {
  now(): Instant
  /** Never before now. */
  at(instant: Instant, act: () => void): void
  nextAt(): Instant | undefined
  /** All that is due by then, with all that it brings; gives back whether it was whole before `most` events. */
  runUntil(instant: Instant, most?: number): boolean
}

interface Due {
  readonly at: Instant
  readonly order: number
  readonly act: () => void
}

export function createTimeline(start: Instant): Timeline {
  const heap = new Heap<Due>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order))
  let now = start
  let order = 0
  return {
    now: () => now,
    at: (instant, act) => heap.push({ at: Math.max(now, instant), order: order++, act }),
    nextAt: () => heap.peek()?.at,
    runUntil(instant, most = Infinity) {
      let count = 0
      for (let next = heap.peek(); next !== undefined && next.at <= instant; next = heap.peek()) {
        if (count++ >= most) return false
        heap.pop()
        now = next.at
        next.act()
      }
      now = Math.max(now, instant)
      return true
    },
  }
}

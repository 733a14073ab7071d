// How long one request may wait for its answer to begin, over all its attempts. As long as its body comes in it is not
// waiting.
import type { Clock } from '../doors/clock.ts'

export interface Deadline {
  readonly isOver: boolean
  /** A sign of life: the time begins anew. */
  extend(): void
  /** The one that listens now; the last one listens no more. */
  onOver(listener: (() => void) | undefined): void
  /** The answer has begun. */
  end(): void
}

export class OutOfTime extends Error {
  readonly code = 'OUT_OF_TIME'
}

export function startDeadline(clock: Clock, ms: number): Deadline {
  const ended = new AbortController()
  let until = clock.now() + ms
  let isOver = false
  let listener: (() => void) | undefined
  const watch = async (): Promise<void> => {
    while (!ended.signal.aborted && clock.now() < until) await clock.sleepUntil(until, ended.signal)
    if (ended.signal.aborted) return
    isOver = true
    listener?.()
  }
  void watch()
  return {
    get isOver() {
      return isOver
    },
    extend() {
      until = clock.now() + ms
    },
    onOver(next) {
      listener = next
    },
    end: () => ended.abort(),
  }
}

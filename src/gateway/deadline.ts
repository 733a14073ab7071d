// How long one request may wait for its answer to begin, over all its attempts. As long as its body comes in it is not
// waiting. All requests have the same time, so one sleep until the earliest end serves them all: a deadline must cost
// next to nothing. It goes by the stopwatch: a clock that is set fails nobody, and makes nobody wait.
import type { Clock, Stopwatch } from '../doors/clock.ts'

export interface Deadline {
  readonly isOver: boolean
  /** Another attempt: where an answer had begun, and went no further, the time begins anew. */
  begin(): void
  /** A sign of life: the time begins anew. */
  extend(): void
  /** The one that listens now; the last one listens no more. */
  onOver(listener: (() => void) | undefined): void
  /** The answer has begun. */
  end(): void
}

export interface Deadlines {
  start(): Deadline
  close(): void
}

export class OutOfTime extends Error {
  readonly code = 'OUT_OF_TIME'
}

export function createDeadlines(
  { clock, stopwatch }: { readonly clock: Clock; readonly stopwatch: Stopwatch },
  ms: number,
): Deadlines {
  /** The earliest first. */
  const running = new Set<Running>()
  const closed = new AbortController()
  let isWatching = false
  const watch = async (): Promise<void> => {
    if (isWatching) return
    isWatching = true
    for (let first = firstOf(running); first !== undefined; first = firstOf(running)) {
      await clock.sleepUntil(clock.now() + first.until - stopwatch(), closed.signal)
      if (closed.signal.aborted) return
      const now = stopwatch()
      for (const one of running) {
        if (one.until > now) break
        one.pass()
      }
    }
    isWatching = false
  }
  return {
    start() {
      const one = new Running(running, {
        next: () => stopwatch() + ms,
        watch: () => void watch(),
      })
      one.begin()
      return one
    },
    close: () => closed.abort(),
  }
}

function firstOf(running: ReadonlySet<Running>): Running | undefined {
  for (const one of running) return one
  return undefined
}

interface RunningTime {
  /** When, by the stopwatch, a time that begins now ends. */
  next(): number
  watch(): void
}

class Running implements Deadline {
  isOver = false
  until = 0
  readonly #all: Set<Running>
  readonly #time: RunningTime
  #listener: (() => void) | undefined

  constructor(all: Set<Running>, time: RunningTime) {
    this.#all = all
    this.#time = time
  }

  begin(): void {
    if (this.isOver || this.#all.has(this)) return
    this.#add()
  }

  extend(): void {
    if (this.#all.delete(this)) this.#add()
  }

  onOver(listener: (() => void) | undefined): void {
    this.#listener = listener
  }

  end(): void {
    this.#all.delete(this)
  }

  #add(): void {
    this.until = this.#time.next()
    this.#all.add(this)
    this.#time.watch()
  }

  pass(): void {
    this.#all.delete(this)
    this.isOver = true
    this.#listener?.()
  }
}

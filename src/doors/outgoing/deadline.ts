// A time-out by the clock that somebody hands us: in virtual time it takes no time at all.
import type { Clock } from '../clock.ts'
import { HttpError } from '../http.ts'

export interface Timed {
  readonly signal: AbortSignal
  /** The time is over. */
  isOver(): boolean
}

/** Gives up when the time is over or the outer signal aborts; the work hears of both. */
export async function within<T>(
  { clock, ms, signal }: { readonly clock: Clock; readonly ms: number; readonly signal: AbortSignal },
  work: (timed: Timed) => Promise<T>,
): Promise<T> {
  const inner = new AbortController()
  const done = new AbortController()
  let isOver = false
  const cancel = () => inner.abort()
  if (signal.aborted) cancel()
  signal.addEventListener('abort', cancel, { once: true })
  void clock.sleepUntil(clock.now() + ms, done.signal).then(() => {
    if (done.signal.aborted) return
    isOver = true
    inner.abort()
  })
  try {
    return await work({ signal: inner.signal, isOver: () => isOver })
  } finally {
    done.abort()
    signal.removeEventListener('abort', cancel)
  }
}

/** What came of it when the time was over, in the words that were asked for; else as it was. */
export function lateOr(error: unknown, timed: Timed, words: (message: string) => string): unknown {
  if (!(error instanceof HttpError) || !timed.isOver()) return error
  return new HttpError(
    'ETIMEDOUT',
    words(error.message.replace(/context canceled$/, 'context deadline exceeded')),
  )
}

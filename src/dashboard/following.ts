// A stream's loop: shows what there is, then again after changes, gathered for a moment; in between a word that keeps
// the connection open.
import type { Clock } from '../doors/clock.ts'
import type { Send } from './answer.ts'
import type { Live } from './live.ts'

export interface FollowOptions {
  readonly live: Live
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Changes within this time are shown together. */
  readonly gatherMs: number
  /** Absent: nothing is sent while nothing changes. */
  readonly keepAlive?: { readonly text: string; readonly everyMs: number }
  /** What is to be sent now: nothing when nothing changed. False ends the stream. */
  show(): readonly string[] | false
}

export async function follow(options: FollowOptions, send: Send): Promise<void> {
  const { live, clock, signal, gatherMs, keepAlive } = options
  let changed = true
  let wake = new AbortController()
  const stopped = () => signal.aborted
  live.onChange(() => {
    changed = true
    wake.abort()
  }, signal)
  signal.addEventListener('abort', () => wake.abort(), { once: true })
  let sentAt = clock.now()
  while (!stopped()) {
    if (changed) {
      changed = false
      const texts = options.show()
      if (texts === false) return
      for (const text of texts) if (!send(text)) return
      if (texts.length > 0) sentAt = clock.now()
      await clock.sleepUntil(clock.now() + gatherMs, signal)
      continue
    }
    wake = new AbortController()
    if (stopped()) return
    const until = keepAlive === undefined ? Infinity : sentAt + keepAlive.everyMs
    await clock.sleepUntil(until, wake.signal)
    if (changed || keepAlive === undefined || clock.now() < until || stopped()) continue
    if (!send(keepAlive.text)) return
    sentAt = clock.now()
  }
}

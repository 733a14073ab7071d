// Work that comes bit by bit: when it has held the thread for long, others have their turn.
import type { Clock } from './clock.ts'

/** So long one may hold the thread. */
const HOLD_MS = 10

export async function inTurns<T>(clock: Clock, bits: Generator<undefined, T>): Promise<T> {
  for (let since = clock.now(); ;) {
    const { done, value } = bits.next()
    if (done === true) return value
    if (clock.now() - since < HOLD_MS) continue
    await new Promise(resolve => setImmediate(resolve))
    since = clock.now()
  }
}

// Work that comes bit by bit: when it has held the thread for long, others have their turn.
import { isWithin } from '../std/instant.ts'
import type { Clock } from './clock.ts'

/** So long one may hold the thread; a clock that is set back makes it no longer. */
const HOLD_MS = 10

export async function inTurns<T>(clock: Clock, bits: Generator<undefined, T>): Promise<T> {
  for (let since = clock.now(); ;) {
    const { done, value } = bits.next()
    if (done === true) return value
    if (isWithin(HOLD_MS, since, clock.now())) continue
    await new Promise(resolve => setImmediate(resolve))
    since = clock.now()
  }
}

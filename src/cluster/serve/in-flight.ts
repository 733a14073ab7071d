// How much is under way at once. What comes on top is told to come back in a second: the one thread stays
// responsive.
import { StatusError } from '../resources/resources.ts'

export interface InFlight {
  /** Throws 429 when there is no room; otherwise gives back the call that frees it. */
  enter(): () => void
  count(): number
}

export function inFlightLimit(max: number): InFlight {
  let running = 0
  return {
    enter() {
      if (running >= max) {
        const message = 'too many requests, please try again later'
        throw new StatusError(429, 'TooManyRequests', message, { retryAfterSeconds: 1 }, 1)
      }
      running += 1
      let isFree = false
      return () => {
        if (!isFree) running -= 1
        isFree = true
      }
    },
    count: () => running,
  }
}

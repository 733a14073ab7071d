// Time as a door: whoever needs it above storey 3 is handed one of these.
import type { Instant } from '../std/instant.ts'

/** Milliseconds since some moment, with fractions; never set back. For how long things take. */
export type Stopwatch = () => number

export interface Clock {
  now(): Instant
  /**
   * Resolves at that time, or as soon as `signal` aborts; never rejects. A time that has passed: as soon as other
   * work lets it. Who sets the clock meanwhile makes no sleep longer or shorter.
   */
  sleepUntil(at: Instant, signal: AbortSignal): Promise<void>
}

// Time as a door: whoever needs it above storey 3 is handed one of these.
import type { Instant } from '../std/instant.ts'

export interface Clock {
  now(): Instant
  sleepUntil(at: Instant, signal: AbortSignal): Promise<void>
}

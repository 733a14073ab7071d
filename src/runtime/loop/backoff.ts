// How long a key that failed waits before it is tried again: doubling from a millisecond to ten seconds.

export interface BackoffLimits {
  readonly baseMs: number
  readonly maxMs: number
}

export const KEY_BACKOFF: BackoffLimits = { baseMs: 1, maxMs: 10_000 }
export const CONNECTION_BACKOFF: BackoffLimits = { baseMs: 500, maxMs: 30_000 }

/** The delay after that many failures in a row: 1 → base, 2 → twice that, … */
export function delayAfter(failures: number, limits: BackoffLimits): number {
  return Math.min(limits.maxMs, limits.baseMs * 2 ** Math.min(Math.max(failures, 1) - 1, 40))
}

export interface Backoff {
  /** Counts one more failure and says how long to wait. */
  failed(key: string): number
  succeeded(key: string): void
  failures(key: string): number
}

export function createBackoff(limits: BackoffLimits): Backoff {
  const counts = new Map<string, number>()
  return {
    failed(key) {
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      return delayAfter(count, limits)
    },
    succeeded(key) {
      counts.delete(key)
    },
    failures: key => counts.get(key) ?? 0,
  }
}

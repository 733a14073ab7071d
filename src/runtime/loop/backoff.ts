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

/** So many failures in a row may be bad luck. */
const FEW = 3
const NEWS_MAX_MS = 250

export interface Backoff {
  /** Counts one more failure and says how long to wait. */
  failed(key: string): number
  /** The write came too late: that is a failure too, but the news of who was faster are worth to be heard at once. */
  beaten(key: string): number
  succeeded(key: string): void
  /**
   * How long news of the key wait. If it goes on failing most are of its own making, and would have it try without end;
   * nobody who asks for something waits longer than a quarter of a second.
   */
  newsDelay(key: string): number
}

export function createBackoff(limits: BackoffLimits): Backoff {
  const counts = new Map<string, number>()
  const beaten = new Set<string>()
  const count = (key: string) => {
    const times = (counts.get(key) ?? 0) + 1
    counts.set(key, times)
    return delayAfter(times, limits)
  }
  return {
    failed(key) {
      beaten.delete(key)
      return count(key)
    },
    beaten(key) {
      beaten.add(key)
      return count(key)
    },
    succeeded(key) {
      counts.delete(key)
      beaten.delete(key)
    },
    newsDelay(key) {
      const times = counts.get(key) ?? 0
      return times <= FEW || beaten.has(key) ? 0 : Math.min(delayAfter(times, limits), NEWS_MAX_MS)
    },
  }
}

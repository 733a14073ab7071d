// Which keys have work, and when: one pending entry a key, the earliest time wins, a key in flight waits
// (station d).
import { Heap } from '../../std/heap.ts'
import type { Instant } from '../../std/instant.ts'

export interface WorkQueue {
  /** The key has work at that time; an earlier entry stays. */
  add(key: string, at: Instant): void
  /** A key that is due, now in flight until `done`, and since when it was due. */
  take(now: Instant): { key: string; dueAt: Instant } | undefined
  done(key: string): void
  /** All that is pending has work now. */
  hasten(now: Instant): void
  /** Forgets what is pending for the key. */
  drop(key: string): void
  /** When the next key that is not in flight is due. */
  nextAt(): Instant | undefined
  /** How many keys are due and not in flight. */
  depth(now: Instant): number
  readonly adds: number
}

interface Entry {
  readonly key: string
  readonly at: Instant
}

export function createWorkQueue(): WorkQueue {
  /** The truth; the heap may also hold entries that are no longer it. */
  const pending = new Map<string, Instant>()
  const inFlight = new Set<string>()
  let heap = new Heap<Entry>((a, b) => a.at < b.at)
  let adds = 0

  const isStale = (entry: Entry) => inFlight.has(entry.key) || pending.get(entry.key) !== entry.at
  const first = (): Entry | undefined => {
    for (let entry = heap.peek(); entry !== undefined; entry = heap.peek()) {
      if (!isStale(entry)) return entry
      heap.pop()
    }
    return undefined
  }

  const schedule = (entry: Entry) => {
    if (heap.size > 2 * pending.size + 64) {
      heap = new Heap<Entry>((a, b) => a.at < b.at)
      for (const [key, at] of pending) if (key !== entry.key && !inFlight.has(key)) heap.push({ key, at })
    }
    heap.push(entry)
  }

  const add = (key: string, at: Instant) => {
    const known = pending.get(key)
    if (known !== undefined && known <= at) return
    adds++
    pending.set(key, at)
    if (!inFlight.has(key)) schedule({ key, at })
  }

  return {
    add,
    take(now) {
      const entry = first()
      if (entry === undefined || entry.at > now) return undefined
      heap.pop()
      pending.delete(entry.key)
      inFlight.add(entry.key)
      return { key: entry.key, dueAt: entry.at }
    },
    done(key) {
      if (!inFlight.delete(key)) return
      const at = pending.get(key)
      if (at !== undefined) schedule({ key, at })
    },
    hasten(now) {
      for (const key of pending.keys()) add(key, now)
    },
    drop(key) {
      pending.delete(key)
    },
    nextAt: () => first()?.at,
    depth: now => [...pending].filter(([key, at]) => at <= now && !inFlight.has(key)).length,
    get adds() {
      return adds
    },
  }
}

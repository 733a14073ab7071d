// Read your writes: no key is decided before the cache shows all that was written for it (station e).
// Without it, one life in 200 ends in an unsafe world: a pass would act on a state that it has already
// changed.
//
//   wrote v7 of X ── cache shows X at v7 or newer ───────────────────────────────> seen
//   lost to a newer X than v7 ── cache shows X newer than v7, or X is absent ─────> seen
//                ├─ X is absent, and its kind is known up to v7 (fell out of the watch, or went) ─> seen
//                ├─ deleted or evicted: X is absent, terminating, or not older than the answer ───> seen
//                └─ 30 s have passed ─> given up: the kind is listed anew, and a metric says so.
//                   Between two looks at most 2 s count: a clock that is set forward ends no wait.
import type { Cache } from '../../kube/cache.ts'
import { refKey } from '../../kube/object.ts'
import type { Kind, ObjectRef, RefKey } from '../../kube/object.ts'
import type { Instant } from '../../std/instant.ts'
import { compareVersions } from '../network/versions.ts'

export interface Expectation {
  readonly ref: ObjectRef
  /** The version that the cache must reach; undefined when a delete's answer named none. */
  readonly version: string | undefined
  /**
   * `written`: at that version; `removed`: going or gone; `lost`: beyond it, since our write on it was
   * refused.
   */
  readonly what: 'written' | 'removed' | 'lost'
  readonly since: Instant
}

/** What the barrier reads: the cache, and how far each kind is known. */
export type Seen = Cache & { versionOf(kind: Kind): string | undefined }

export const BARRIER_GIVES_UP_MS = 30_000
const LOOKS_AGAIN_MS = 1000

interface Waiting {
  readonly expectation: Expectation
  lookedAt: Instant
  waitedMs: number
}

function look(waiting: Waiting, now: Instant): void {
  waiting.waitedMs += Math.min(2 * LOOKS_AGAIN_MS, Math.max(0, now - waiting.lookedAt))
  waiting.lookedAt = now
}

export interface Barrier {
  expect(key: string, expectation: Expectation): void
  /** Drops what has been seen; gives back what is still awaited, and the kinds given up on. */
  check(
    key: string,
    seen: Seen,
    now: Instant,
  ): { open: boolean; givenUp: readonly Kind[]; recheckAt: Instant }
  /** The keys that wait for this object. */
  waitingFor(ref: ObjectRef): readonly string[]
  forget(key: string): void
  readonly waiting: number
}

function isSeen(expectation: Expectation, seen: Seen): boolean {
  const { ref, version, what } = expectation
  const object = seen.get(ref)
  if (object === undefined) return what !== 'written' || reaches(seen.versionOf(ref.kind), version)
  if (what === 'removed' && object.metadata.deletionTimestamp !== undefined) return true
  if (what === 'lost') return version === undefined || !reaches(version, object.metadata.resourceVersion)
  return reaches(object.metadata.resourceVersion, version)
}

function reaches(known: string | undefined, version: string | undefined): boolean {
  return known !== undefined && version !== undefined && compareVersions(known, version) >= 0
}

export function createBarrier(): Barrier {
  const expectations = new Map<string, Map<RefKey, Waiting>>()
  const waiters = new Map<RefKey, Set<string>>()

  const release = (key: string, ref: RefKey) => {
    const own = expectations.get(key)
    own?.delete(ref)
    if (own?.size === 0) expectations.delete(key)
    const waiting = waiters.get(ref)
    waiting?.delete(key)
    if (waiting?.size === 0) waiters.delete(ref)
  }

  return {
    expect(key, expectation) {
      const ref = refKey(expectation.ref)
      const own = expectations.get(key) ?? new Map<RefKey, Waiting>()
      expectations.set(key, own.set(ref, { expectation, lookedAt: expectation.since, waitedMs: 0 }))
      waiters.set(ref, (waiters.get(ref) ?? new Set()).add(key))
    },
    check(key, seen, now) {
      const givenUp: Kind[] = []
      for (const [ref, waiting] of expectations.get(key) ?? []) {
        const { expectation } = waiting
        look(waiting, now)
        if (isSeen(expectation, seen)) release(key, ref)
        else if (waiting.waitedMs >= BARRIER_GIVES_UP_MS) {
          givenUp.push(expectation.ref.kind)
          release(key, ref)
        }
      }
      return { open: !expectations.has(key), givenUp, recheckAt: now + LOOKS_AGAIN_MS }
    },
    waitingFor: ref => (waiters.size === 0 ? [] : [...(waiters.get(refKey(ref)) ?? [])]),
    forget(key) {
      for (const ref of expectations.get(key)?.keys() ?? []) release(key, ref)
    },
    get waiting() {
      return expectations.size
    },
  }
}

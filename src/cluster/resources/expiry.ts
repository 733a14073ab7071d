// Events are kept for an hour after they were last written. One timer, for the earliest; deletes go through
// the log.
import type { RefKey } from '../../kube/object.ts'
import { Heap } from '../../std/heap.ts'
import { parseInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import type { Entry } from '../storage/store.ts'
import type { Core } from './core.ts'

const EVENTS = '/events'
const KEPT_MS = 60 * 60_000

interface Due {
  readonly at: Instant
  readonly key: RefKey
  /** A later write of the event makes this entry meaningless. */
  readonly revision: number
}

export function followExpiry(core: Core): () => void {
  const heap = new Heap<Due>((a, b) => a.at < b.at)
  let cancel: (() => void) | undefined

  const schedule = () => {
    cancel?.()
    const next = heap.peek()
    cancel = next && core.at(next.at, sweep)
  }

  const sweep = () => {
    for (let due = heap.peek(); due && due.at <= core.now(); due = heap.peek()) {
      heap.pop()
      const entry = core.store.newest(due.key)
      if (entry?.revision !== due.revision) continue
      core.spawn(core.commit([{ key: due.key, value: undefined, expected: due.revision }]))
    }
    schedule()
  }

  const push = (due: Due) => {
    const isEarliest = heap.size === 0 || due.at < (heap.peek() as Due).at
    heap.push(due)
    if (isEarliest) schedule()
  }

  for (const entry of core.store.list(EVENTS)) {
    push({ at: lastWritten(entry) + KEPT_MS, key: entry.key, revision: entry.revision })
  }
  const stop = core.store.follow(changes => {
    for (const { resource, key, revision, value, at } of changes) {
      if (resource === EVENTS && value) push({ at: at + KEPT_MS, key, revision })
    }
  })
  return () => {
    stop()
    cancel?.()
  }
}

/** The best that an event from an earlier run tells of when it was written. */
function lastWritten({ value }: Entry): Instant {
  const { lastTimestamp } = value as { lastTimestamp?: string }
  const said = [lastTimestamp, value.metadata.creationTimestamp].map(text => parseInstant(text ?? '') ?? 0)
  return Math.max(...said)
}

// Events are kept for an hour after they were last written, and no more than so many of them: a client that fails all
// day fills neither memory nor disk. One timer, for the earliest; deletes go through the log.
import type { RefKey } from '../../kube/object.ts'
import { parseInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import type { Entry } from '../storage/store.ts'
import type { Core } from './core.ts'

const EVENTS = '/events'
const KEPT_MS = 60 * 60_000
const KEPT_MAX = 5000

interface Written {
  readonly at: Instant
  readonly revision: number
}

export function followExpiry(core: Core): () => void {
  /** In the order in which they were last written. */
  const kept = new Map<RefKey, Written>()
  let cancel: (() => void) | undefined

  const note = (key: RefKey, written: Written) => {
    kept.delete(key)
    kept.set(key, written)
  }

  const sweep = () => {
    cancel?.()
    cancel = undefined
    for (const [key, { at, revision }] of kept) {
      if (kept.size <= KEPT_MAX && at + KEPT_MS > core.now()) {
        cancel = core.at(at + KEPT_MS, sweep)
        break
      }
      kept.delete(key)
      if (core.store.newest(key)?.revision !== revision) continue
      core.spawn(core.commit([{ key, value: undefined, expected: revision }]))
    }
  }

  const found = core.store.list(EVENTS).map(entry => ({ ...entry, at: lastWritten(entry) }))
  for (const { key, at, revision } of found.toSorted((a, b) => a.at - b.at)) note(key, { at, revision })
  sweep()
  const stop = core.store.follow(changes => {
    for (const { resource, key, revision, value, at } of changes) {
      if (resource !== EVENTS) continue
      if (value) note(key, { at, revision })
      else kept.delete(key)
    }
    if (cancel === undefined || kept.size > KEPT_MAX) sweep()
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

// The store's logic, over a journal that makes records durable (or over none: the in-memory twin).
// Group commit: while one append is under way, whoever comes queues up and shares the next.
import type { Clock } from '../../doors/clock.ts'
import { deepFreeze } from '../../std/freeze.ts'
import type { KubeObject, RefKey } from '../../kube/object.ts'
import { HISTORY, StoreConflict } from './store.ts'
import type { Change, Committed, HistoryLimits, Store } from './store.ts'
import { createVersions, splitKey } from './versions.ts'
import type { Versions } from './versions.ts'

/** A change as the journal keeps it. */
export interface JournalRecord {
  readonly revision: number
  readonly at: number
  readonly key: RefKey
  readonly value: KubeObject | undefined
}

/** What must survive a crash. Records come back from `load` in the order of their revisions. */
export interface Journal {
  load(): {
    readonly records: Iterable<JournalRecord>
    readonly oldestRevision: number
    readonly next: number
  }
  /** Resolves when everybody who is ready to write has queued up. */
  gather(): Promise<void>
  /** Resolves when the records are on disk. */
  append(records: readonly JournalRecord[]): Promise<void>
  /** Forgets superseded records; history before `oldestRevision` is gone. */
  compact(revisions: readonly number[], oldestRevision: number): Promise<void>
  close(): Promise<void>
}

export interface LogStoreOptions {
  readonly clock: Pick<Clock, 'now'>
  readonly journal?: Journal
  readonly limits?: HistoryLimits
  /** Called once when a record could not be made durable. Nothing is acknowledged from then on. */
  readonly onFailure?: (error: Error) => void
}

interface Pending {
  readonly changes: readonly Committed[]
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** History that may be compacted in one go, so that it costs little for each change. */
const COMPACTION_STEP = 500

export function createLogStore(options: LogStoreOptions): Store {
  const { clock, journal } = options
  const limits = options.limits ?? HISTORY
  const versions = createVersions()
  const loaded = load(versions, journal)
  const history = loaded.history
  const listeners = new Set<(changes: readonly Committed[]) => void>()
  let durable = loaded.next - 1
  let next = loaded.next
  let oldest = loaded.oldest
  let queue: Pending[] = []
  let isDraining = false
  let drained: Promise<void> = Promise.resolve()
  let failure: Error | undefined

  const publish = (batch: readonly Pending[]) => {
    const changes = batch.flatMap(pending => pending.changes)
    durable = (changes.at(-1) as Committed).revision
    history.push(...changes)
    for (const listener of listeners) listener(changes)
    for (const pending of batch) pending.resolve()
  }

  const compact = (): readonly number[] | undefined => {
    const dropped = historyToDrop(history, limits, clock.now())
    if (dropped < COMPACTION_STEP) return undefined
    const gone = history.splice(0, dropped)
    oldest = (gone.at(-1) as Committed).revision
    return [...new Set(gone.map(change => change.key))].flatMap(key => versions.trim(key, oldest))
  }

  const fail = (error: Error, batch: readonly Pending[]) => {
    failure = error
    for (const pending of [...batch, ...queue]) pending.reject(error)
    queue = []
    options.onFailure?.(error)
  }

  const takeQueue = () => {
    const batch = queue
    queue = []
    return batch
  }

  /** Without a journal everything is durable at once; a follower that commits is served after it returns. */
  const drain = () => {
    isDraining = true
    while (queue.length > 0) publish(takeQueue())
    compact()
    isDraining = false
  }

  const pump = async (to: Journal) => {
    isDraining = true
    for (await to.gather(); queue.length > 0; await to.gather()) {
      const batch = takeQueue()
      try {
        await to.append(batch.flatMap(pending => pending.changes))
        publish(batch)
        const superseded = compact()
        if (superseded) to.compact(superseded, oldest).catch((error: unknown) => fail(error as Error, []))
      } catch (error) {
        fail(error as Error, batch)
      }
    }
    isDraining = false
  }

  return {
    revision: () => durable,
    nextRevision: () => next,
    oldestRevision: () => oldest,
    newest: key => versions.read(key),
    newestOf: (resource, namespace) => versions.list(resource, namespace, Infinity),
    read: (key, at) => versions.read(key, at ?? durable),
    list: (resource, namespace, at) => versions.list(resource, namespace, at ?? durable),

    commit(changes) {
      if (failure) return Promise.reject(failure)
      const accepted = accept(changes, { versions, next, now: clock.now() })
      if (accepted.length === 0) return Promise.resolve()
      next += accepted.length
      return new Promise((resolve, reject) => {
        queue.push({ changes: accepted, resolve, reject })
        if (isDraining) return
        if (journal) drained = pump(journal)
        else drain()
      })
    },

    history(after) {
      if (after < oldest) return undefined
      return history.slice(firstAfter(history, after))
    },

    follow(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    async close() {
      await drained
      await journal?.close()
    },
  }
}

function accept(
  changes: readonly Change[],
  context: { versions: Versions; next: number; now: number },
): Committed[] {
  const { versions, next, now } = context
  for (const { key, expected } of changes) {
    const found = versions.revisionOf(key)
    if (found !== expected) throw new StoreConflict(key, expected, found)
  }
  return changes.map(({ key, value }, i) => {
    const previous = versions.read(key)?.value
    const revision = next + i
    versions.apply(key, value && deepFreeze(value), revision)
    return { revision, at: now, key, resource: splitKey(key).resource, value, previous }
  })
}

function load(versions: Versions, journal: Journal | undefined) {
  const history: Committed[] = []
  if (!journal) return { history, next: 1, oldest: 0 }
  const { records, oldestRevision, next } = journal.load()
  for (const { revision, at, key, value } of records) {
    const previous = versions.read(key)?.value
    versions.apply(key, value && deepFreeze(value), revision)
    if (revision <= oldestRevision) continue
    history.push({ revision, at, key, resource: splitKey(key).resource, value, previous })
  }
  return { history, next, oldest: oldestRevision }
}

/** How many of the oldest changes history need not keep. */
function historyToDrop(history: readonly Committed[], limits: HistoryLimits, now: number): number {
  const surplus = history.length - limits.events
  if (surplus <= 0) return 0
  let dropped = Math.max(0, history.length - limits.eventsMax)
  while (dropped < surplus && (history[dropped] as Committed).at < now - limits.ageMs) dropped++
  return dropped
}

/** The index of the first change younger than a revision. */
function firstAfter(history: readonly Committed[], revision: number): number {
  let low = 0
  let high = history.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((history[middle] as Committed).revision <= revision) low = middle + 1
    else high = middle
  }
  return low
}

// The store's logic, over a journal that makes records durable (or over none: the in-memory twin).
// Group commit: while one append is under way, whoever comes queues up and shares the next. What may be lost in a crash
// (a lease's renewal) waits for an append that others need.
import type { Clock } from '../../doors/clock.ts'
import { freezeObjects } from '../../std/freeze.ts'
import type { KubeObject, RefKey } from '../../kube/object.ts'
import { HISTORY, StoreConflict } from './store.ts'
import { encoded } from './encoded.ts'
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
  readonly limits?: Partial<HistoryLimits>
  /** Changes that need not survive a crash: at most the last `LATE_MAX` of them do not. */
  readonly mayBeLate?: (change: Committed) => boolean
  /** Called once when a record could not be made durable. Nothing is acknowledged from then on. */
  readonly onFailure?: (error: Error) => void
}

/** A change and the size of its object as JSON: 0 when it was there at the start, for it was bounded then. */
interface Kept extends Committed {
  readonly bytes: number
}

interface Pending {
  readonly changes: readonly Kept[]
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Far fewer than the revisions that a start passes over: none of what was lost comes twice. */
const LATE_MAX = 100

/** History that may be compacted in one go, so that it costs little for each change. */
const COMPACTION_STEP = 500
/** And so much above its bytes. */
const BYTES_STEP = 1.25

interface State {
  readonly options: LogStoreOptions
  readonly limits: HistoryLimits
  readonly versions: Versions
  readonly history: Kept[]
  bytes: number
  readonly listeners: Set<(changes: readonly Committed[]) => void>
  durable: number
  next: number
  oldest: number
  queue: Pending[]
  /** Published, and not yet in the journal. */
  late: Committed[]
  isDraining: boolean
  failure: Error | undefined
}

export function createLogStore(options: LogStoreOptions): Store {
  const state = initialState(options)
  const { versions, history, listeners } = state
  let drained: Promise<void> = Promise.resolve()

  return {
    revision: () => state.durable,
    nextRevision: () => state.next,
    oldestRevision: () => state.oldest,
    newest: key => versions.read(key),
    newestOf: (resource, namespace) => versions.list(resource, namespace, Infinity),
    read: (key, at) => versions.read(key, at ?? state.durable),
    list: (resource, namespace, at) => versions.list(resource, namespace, at ?? state.durable),

    commit(changes) {
      if (state.failure) return Promise.reject(state.failure)
      const accepted = accept(changes, { versions, next: state.next, now: options.clock.now() })
      if (accepted.length === 0) return Promise.resolve()
      state.next += accepted.length
      return new Promise((resolve, reject) => {
        state.queue.push({ changes: accepted, resolve, reject })
        if (state.isDraining) return
        if (options.journal) drained = pump(state, options.journal)
        else drain(state)
      })
    },

    history: after => (after < state.oldest ? undefined : history.slice(firstAfter(history, after))),

    follow(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    async close() {
      await drained
      // What is left may be lost.
      if (options.journal) await write(state, options.journal, { isLast: true }).catch(() => {})
      await options.journal?.close()
    },
  }
}

function initialState(options: LogStoreOptions): State {
  const versions = createVersions()
  const { history, next, oldest } = load(versions, options.journal)
  return {
    options,
    limits: { ...HISTORY, ...options.limits },
    versions,
    history,
    bytes: 0,
    listeners: new Set(),
    durable: next - 1,
    next,
    oldest,
    queue: [],
    late: [],
    isDraining: false,
    failure: undefined,
  }
}

/** Without a journal everything is durable at once; a follower that commits is served after it returns. */
function drain(state: State): void {
  state.isDraining = true
  while (state.queue.length > 0) publish(state, takeQueue(state))
  compact(state)
  state.isDraining = false
}

async function pump(state: State, journal: Journal): Promise<void> {
  state.isDraining = true
  for (await journal.gather(); state.queue.length > 0; await journal.gather()) {
    const batch = takeQueue(state)
    try {
      state.late.push(...batch.flatMap(pending => pending.changes))
      await write(state, journal, { isLast: false })
    } catch (error) {
      fail(state, error as Error, batch)
      break
    }
    publish(state, batch)
    const superseded = compact(state)
    if (superseded) {
      journal.compact(superseded, state.oldest).catch((error: unknown) => fail(state, error as Error, []))
    }
  }
  state.isDraining = false
}

/** Makes durable what has to be, and with it whatever has waited, in order. */
async function write(state: State, journal: Journal, { isLast }: { isLast: boolean }): Promise<void> {
  const { late, options } = state
  const mayWait = !isLast && late.length <= LATE_MAX && late.every(one => options.mayBeLate?.(one) === true)
  if (late.length === 0 || mayWait) return
  await journal.append(late)
  state.late = []
}

function takeQueue(state: State): readonly Pending[] {
  const batch = state.queue
  state.queue = []
  return batch
}

function publish(state: State, batch: readonly Pending[]): void {
  const changes = batch.flatMap(pending => pending.changes)
  state.durable = (changes.at(-1) as Committed).revision
  state.history.push(...changes)
  state.bytes += bytesOf(changes)
  for (const listener of state.listeners) listener(changes)
  for (const pending of batch) pending.resolve()
}

/** Forgets history beyond its limits; gives back the revisions that nobody can read any more. */
function compact(state: State): readonly number[] | undefined {
  const { history, options, versions } = state
  const isTooLarge = state.bytes > state.limits.bytes * BYTES_STEP
  const dropped = Math.max(historyToDrop(state, options.clock.now()), isTooLarge ? largeToDrop(state) : 0)
  if (dropped < COMPACTION_STEP && !isTooLarge) return undefined
  const gone = history.splice(0, dropped)
  state.bytes -= bytesOf(gone)
  state.oldest = (gone.at(-1) as Committed).revision
  const keys = [...new Set(gone.map(change => change.key))]
  const superseded = new Set(keys.flatMap(key => versions.trim(key, state.oldest)))
  state.late = state.late.filter(change => !superseded.has(change.revision))
  return [...superseded]
}

function fail(state: State, error: Error, batch: readonly Pending[]): void {
  const isFirst = state.failure === undefined
  state.failure = error
  for (const pending of [...batch, ...takeQueue(state)]) pending.reject(error)
  if (isFirst) state.options.onFailure?.(error)
}

function accept(
  changes: readonly Change[],
  context: { versions: Versions; next: number; now: number },
): Kept[] {
  const { versions, next, now } = context
  for (const { key, expected } of changes) {
    const found = versions.revisionOf(key)
    if (found !== expected) throw new StoreConflict(key, expected, found)
  }
  return changes.map(({ key, value }, i) => {
    const previous = versions.read(key)?.value
    const revision = next + i
    versions.apply(key, value && freezeObjects(value), revision)
    const bytes = value === undefined ? 0 : encoded(value).length
    return { revision, at: now, key, resource: splitKey(key).resource, value, previous, bytes }
  })
}

function load(versions: Versions, journal: Journal | undefined) {
  const history: Kept[] = []
  if (!journal) return { history, next: 1, oldest: 0 }
  const { records, oldestRevision, next } = journal.load()
  for (const { revision, at, key, value } of records) {
    const previous = versions.read(key)?.value
    versions.apply(key, value && freezeObjects(value), revision)
    if (revision <= oldestRevision) continue
    history.push({ revision, at, key, resource: splitKey(key).resource, value, previous, bytes: 0 })
  }
  return { history, next, oldest: oldestRevision }
}

/** How many of the oldest changes history need not keep. */
function historyToDrop({ history, limits }: State, now: number): number {
  const surplus = history.length - limits.events
  if (surplus <= 0) return 0
  let dropped = Math.max(0, history.length - limits.eventsMax)
  while (dropped < surplus && (history[dropped] as Committed).at < now - limits.ageMs) dropped++
  return dropped
}

/** How many of the oldest changes are to go until the others are as small as they may be. */
function largeToDrop({ history, limits, bytes }: State): number {
  let rest = bytes
  let dropped = 0
  for (; rest > limits.bytes; dropped++) rest -= (history[dropped] as Kept).bytes
  return dropped
}

function bytesOf(changes: readonly Kept[]): number {
  return changes.reduce((sum, change) => sum + change.bytes, 0)
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

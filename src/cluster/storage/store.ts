// The embedded cluster's memory of objects: an ordered log of changes with every key's recent versions.
// Writers see what has been accepted, readers and watches only what is durable: two heads of one log.
// `memory.ts` and `lmdb.ts` are the two ways to make one; `store.suite.ts` is what both must pass.
import type { KubeObject, RefKey } from '../../kube/object.ts'
import type { Instant } from '../../std/instant.ts'

/** One change of a key. `expected` is the revision that it must stand at (0: absent). No value: it goes. */
export interface Change {
  readonly key: RefKey
  readonly value: KubeObject | undefined
  readonly expected: number
}

export interface Entry {
  readonly key: RefKey
  readonly value: KubeObject
  readonly revision: number
}

/** A change as it stands in history. `previous` is the value that it replaced or removed. */
export interface Committed {
  readonly revision: number
  readonly at: Instant
  readonly key: RefKey
  /** `group/plural`: the first two parts of the key. */
  readonly resource: string
  readonly value: KubeObject | undefined
  readonly previous: KubeObject | undefined
}

export interface Store {
  /** The newest durable revision. */
  revision(): number
  /** The revision that the next accepted change gets; a commit of several changes takes as many in a row. */
  nextRevision(): number
  /** Reads and histories at revisions older than this are gone. */
  oldestRevision(): number

  /** What has been accepted: for those who are about to commit. */
  newest(key: RefKey): Entry | undefined
  newestOf(resource: string, namespace?: string): readonly Entry[]

  /** What is durable, now or at an earlier revision that is not yet compacted. */
  read(key: RefKey, at?: number): Entry | undefined
  /** In the order of namespace and name, by bytes. */
  list(resource: string, namespace?: string, at?: number): readonly Entry[]

  /**
   * All or nothing. Throws StoreConflict at once when a key does not stand at its expected revision; resolves
   * when the changes are durable and everybody who follows has been told.
   */
  commit(changes: readonly Change[]): Promise<void>

  /** Durable changes after a revision, oldest first; undefined when some of them are compacted. */
  history(after: number): readonly Committed[] | undefined
  /** Told of durable changes, in order, once each. Gives back the call that ends it. */
  follow(listener: (changes: readonly Committed[]) => void): () => void

  /** Resolves when everything accepted is durable and the files are closed. */
  close(): Promise<void>
}

/**
 * How much history is kept: at least `events`, and up to `eventsMax` of those younger than `ageMs`; but never much more
 * than `bytes` of JSON, whatever is written.
 */
export interface HistoryLimits {
  readonly events: number
  readonly eventsMax: number
  readonly ageMs: number
  readonly bytes: number
}

export const HISTORY: HistoryLimits = {
  events: 10_000,
  eventsMax: 50_000,
  ageMs: 5 * 60_000,
  bytes: 16 * 2 ** 20,
}

/** A key did not stand at the revision that the writer had expected. Nothing was changed. */
export class StoreConflict extends Error {
  readonly key: RefKey

  constructor(key: RefKey, expected: number, found: number) {
    super(`${key} stands at revision ${found}, not at ${expected}`)
    this.name = 'StoreConflict'
    this.key = key
  }
}

// What the embedded API server can do, as calls on values: `serve` puts HTTP around it, `in-process.ts` a
// Client. Everything is synchronous up to the commit, so a read-modify-write (PATCH) can't meet a conflict
// with itself.
import type { Kind, KubeObject, ObjectRef } from '../../kube/object.ts'
import type { Json } from '../../std/json.ts'

/** A refusal, as the Status object that clients read. Thrown by every call below. */
export class StatusError extends Error {
  readonly code: number
  readonly reason: string
  readonly details: { readonly [field: string]: Json }
  readonly retryAfterSeconds: number | undefined
  /** What is told beside the refusal: unknown fields and the like. */
  warnings: readonly string[] = []

  constructor(
    code: number,
    reason: string,
    message: string,
    details: { readonly [field: string]: Json } = {},
    retryAfterSeconds?: number,
  ) {
    super(message)
    this.name = 'StatusError'
    this.code = code
    this.reason = reason
    this.details = details
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** A kind as it is served now, built in or from a CRD. */
export interface ServedKind extends Kind {
  readonly singular: string
  readonly listKind: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly verbs: readonly string[]
  /** Subresource → the kind that it answers with. */
  readonly subresources: readonly {
    readonly name: string
    readonly responseKind: Pick<Kind, 'group' | 'version' | 'kind'>
    readonly verbs: readonly string[]
  }[]
  /** The CRD's printer columns; built-in kinds have their own printers. */
  readonly columns?: readonly PrinterColumn[]
  /** The OpenAPI v3 schema of a CRD's version; undefined for built-in kinds. */
  readonly schema?: Json
  readonly custom: boolean
  /** The version in which a CRD's objects are kept. */
  readonly storedIn?: string
  /** Why nothing comes of an object: nobody here acts on it. Told to whoever makes one. */
  readonly unplayed?: string
}

export interface PrinterColumn {
  readonly name: string
  readonly type: string
  readonly format?: string
  readonly jsonPath: string
  readonly priority?: number
  readonly description?: string
}

export interface WriteOptions {
  /** Who acts, for managedFields and audit. */
  readonly fieldManager?: string
  /** The authenticated user. Default: the admin. */
  readonly user?: string
  readonly dryRun?: boolean
  /** Default: Warn. */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict'
  readonly subresource?: string
  /** Of the object that a subresource is created on: POST `pods/NAME/eviction`. */
  readonly name?: string
  /** Fields that the body's text names twice (`schema/duplicate-fields.ts` finds them). */
  readonly duplicates?: readonly string[]
  /** Server-side apply only: take fields over from other managers. */
  readonly force?: boolean
}

export interface Written {
  readonly object: KubeObject
  readonly created: boolean
  readonly warnings: readonly string[]
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly dryRun?: boolean
}

export interface ListQuery {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly limit?: number
  readonly continue?: string
  readonly resourceVersion?: string
  readonly resourceVersionMatch?: string
}

export interface ListAnswer {
  readonly items: readonly KubeObject[]
  readonly resourceVersion: string
  readonly continue?: string
  readonly remainingItemCount?: number
}

export interface WatchQuery {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly resourceVersion?: string
  readonly resourceVersionMatch?: string
  readonly sendInitialEvents?: boolean
  readonly allowWatchBookmarks?: boolean
}

export type WatchNotice =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd: boolean }
  | { readonly type: 'ERROR'; readonly error: StatusError }

/**
 * A running watch. `ended` comes once, after the last notice: kind removed, watcher too slow, server
 * closing.
 */
export interface WatchSink {
  notice(notice: WatchNotice): void
  ended(): void
}

export type PatchContentType = 'json' | 'merge' | 'strategic' | 'apply'

export interface Resources {
  kinds(): readonly ServedKind[]
  /** By group, version and plural, as URLs name it. */
  kind(group: string, version: string, plural: string): ServedKind | undefined
  /** Called after every change of the set of kinds (a CRD came, changed, or went). */
  onKindsChange(listener: () => void): () => void
  /** The newest revision that readers may see. */
  resourceVersion(): string

  get(ref: ObjectRef, options?: { resourceVersion?: string; subresource?: string }): KubeObject
  list(kind: ServedKind, query: ListQuery): ListAnswer | Promise<ListAnswer>
  /** Starts at once; gives back the call that stops it. */
  watch(kind: ServedKind, query: WatchQuery, sink: WatchSink): () => void

  /** All writes resolve when they are durable, and only then are seen by readers and watches. */
  create(kind: ServedKind, namespace: string | undefined, body: Json, options: WriteOptions): Promise<Written>
  update(ref: ObjectRef, body: Json, options: WriteOptions): Promise<Written>
  patch(
    ref: ObjectRef,
    patch: { type: PatchContentType; body: Json },
    options: WriteOptions,
  ): Promise<Written>
  /** The object that still stands (graceful, finalizers), or the last state of what is gone. */
  delete(ref: ObjectRef, options: DeleteOptions): Promise<{ object: KubeObject; gone: boolean }>
  deleteCollection(kind: ServedKind, query: ListQuery, options: DeleteOptions): Promise<ListAnswer>
}

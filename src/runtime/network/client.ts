// How this program talks to any API server: over the network (http-client.ts), or in process
// (cluster/serve/in-process.ts).
import { KubeError } from '../../kube/errors.ts'
import type { Kind, KubeObject, ObjectRef } from '../../kube/object.ts'
import type { Selection } from '../../kube/reconciler.ts'
import type { Write } from '../../kube/write.ts'

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd?: boolean }
  | { readonly type: 'ERROR'; readonly error: KubeError }

export interface ListPage {
  readonly items: readonly KubeObject[]
  readonly resourceVersion: string
  readonly continue?: string
}

export interface WatchOptions {
  /** The version that the caller has seen. */
  readonly from: string
  readonly signal: AbortSignal
}

export interface Client {
  /** Throws KubeError NotFound when it is not there. */
  get(ref: ObjectRef): Promise<KubeObject>
  list(kind: Kind, selection: Selection, page?: { limit: number; continue?: string }): Promise<ListPage>
  /**
   * Ends when the server ends it or `signal` aborts; a refusal or a 410 arrives as an ERROR event, then it ends.
   * From `""`: first the present state as ADDED events, then a BOOKMARK with `initialEventsEnd`.
   */
  watch(kind: Kind, selection: Selection, options: WatchOptions): AsyncIterable<WatchEvent>
  /**
   * The object as it then is (a no-op leaves its resourceVersion), or undefined when a delete left nothing. `mayTry` is
   * asked before each try, however late that is; its throw is the last.
   */
  write(write: Write, mayTry?: () => void): Promise<KubeObject | undefined>
  /**
   * What the server tells at a path that is no kind's, line by line; ends when the server ends it or `signal` aborts.
   * Throws KubeError NotFound where there is no such path.
   */
  lines(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): AsyncIterable<string>
  /** By discovery: nobody watches a kind that is not there. */
  serves(kind: Kind): Promise<boolean>
  /** Whether this is the version in which the server keeps the kind's objects; false also where it does not say. */
  stores(kind: Kind): Promise<boolean>
}

/** The `lines` of a server that has no paths but its kinds'. */
export function noLines(path: string): AsyncIterable<string> {
  const error = new KubeError('NotFound', `there is nothing at ${path}`, { status: 404 })
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) }
}

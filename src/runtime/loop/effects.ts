// What goes into the loop and what comes out of it, as values: the driver and the simulator perform the
// effects.
import type { KubeError } from '../../kube/errors.ts'
import type { Key, Kind, KubeObject, ObjectRef } from '../../kube/object.ts'
import type { Answer, Question, Wait } from '../../kube/reconciler.ts'
import type { Write } from '../../kube/write.ts'

export type Input =
  /**
   * Every kind is known and we hold the lease: decisions begin, with every key. Losing the lease ends the
   * process.
   */
  | { readonly type: 'elected' }
  /** One change of the cache; the cache already shows it. */
  | {
      readonly type: 'seen'
      readonly kind: Kind
      readonly now: KubeObject | undefined
      readonly before: KubeObject | undefined
    }
  /** An optional kind has come or gone: whoever watches it decides anew. */
  | { readonly type: 'kind-changed'; readonly kind: Kind }
  | {
      readonly type: 'answered'
      readonly controller: string
      readonly key: Key
      readonly question: string
      readonly answer: Answer
    }
  | { readonly type: 'written'; readonly id: number; readonly result: KubeObject | KubeError | undefined }
  | { readonly type: 'found'; readonly id: number; readonly object: KubeObject | undefined }
  /** Time has passed: what is due is decided. */
  | { readonly type: 'tick' }

export type Effect =
  /** One at a time in a lane: a key's writes in their order, Events in lanes of their own. */
  | { readonly type: 'write'; readonly id: number; readonly write: Write; readonly lane: string }
  /** What stands in the way of a create. */
  | { readonly type: 'read'; readonly id: number; readonly ref: ObjectRef }
  | {
      readonly type: 'ask'
      readonly controller: string
      readonly key: Key
      readonly question: Question
    }
  | { readonly type: 'drop'; readonly controller: string; readonly key: Key; readonly question: string }
  /** The cache did not show our own write in time: its kind is to be listed anew. */
  | { readonly type: 'relist'; readonly kind: Kind }
  | {
      readonly type: 'said'
      readonly controller: string
      readonly key: Key
      readonly whys: readonly string[]
    }
  /** What a key waits for is no longer what it waited for; only what a person could do something about. */
  | {
      readonly type: 'waiting'
      readonly controller: string
      readonly key: Key
      readonly waits: readonly Wait[]
    }
  | {
      readonly type: 'failed'
      readonly controller: string
      readonly key: Key
      readonly error: Error
      readonly retryInMs: number
    }
  /** A pass is over. */
  | {
      readonly type: 'done'
      readonly controller: string
      readonly key: Key
      readonly failed: boolean
      readonly queuedMs: number
      readonly tookMs: number
    }

// Everything that a decision may change in the cluster, as data.
import type { Json } from '../std/json.ts'
import type { KubeObject, ObjectRef } from './object.ts'

export interface EventNote {
  /** What the Event is about; the reconciled object when absent. */
  readonly on?: ObjectRef
  /** The part of the object, as a path: `spec.containers{web}`. */
  readonly part?: string
  /** Who says it; the program's own component when absent. */
  readonly source?: string
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export type PatchType = 'merge' | 'strategic' | 'json'
type Propagation = 'Background' | 'Foreground' | 'Orphan'

export type Write = {
  /** One sentence for log, trace, `plan` and tests alike. */
  readonly why: string
  /** Sent when the write has succeeded. */
  readonly event?: EventNote
} & (
  | { readonly verb: 'create'; readonly object: KubeObject }
  | {
      readonly verb: 'patch'
      readonly target: ObjectRef
      readonly patch: Json
      /** Default: merge. Lists that others write to as well need `ifVersion`. */
      readonly type?: PatchType
      readonly subresource?: 'status' | 'scale'
      readonly ifVersion?: string
    }
  | {
      readonly verb: 'delete'
      readonly target: ObjectRef
      readonly ifUid?: string
      readonly propagation?: Propagation
      /** Default: the kind's own. 0 is what a kubelet says when nothing of a pod runs any more. */
      readonly gracePeriodSeconds?: number
    }
  | { readonly verb: 'evict'; readonly target: ObjectRef }
)

// What an action does, as data: writes in order, and what is printed when all have succeeded. Actions are
// pure functions of what was read; perform.ts carries them out.
import type { ObjectRef } from '../../kube/object.ts'
import type { Kind } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import type { Json } from '../../std/json.ts'
import type { Meant } from '../command.ts'

export interface Act {
  readonly writes: readonly Write[]
  readonly text: string
  /** What that means just now, for people at a terminal. */
  readonly detail?: string
}

/** Why an action can not be done, in a sentence for whoever asked. */
export interface Refused {
  readonly refused: string
  /** What may have been meant. */
  readonly meant?: Meant
}

export type Planned = Act | Refused

/** What an action is about, by name. */
export interface Named {
  readonly namespace: string
  readonly name: string
}

export function refTo(kind: Kind, { namespace, name }: Named): ObjectRef {
  return { kind, namespace, name }
}

export interface PatchParts {
  readonly why: string
  readonly patch: Json
  readonly subresource?: 'status'
  readonly ifVersion?: string
}

export function mergePatch(target: ObjectRef, { why, patch, subresource, ifVersion }: PatchParts): Write {
  return {
    verb: 'patch',
    target,
    why,
    patch,
    ...(subresource === undefined ? {} : { subresource }),
    ...(ifVersion === undefined ? {} : { ifVersion }),
  }
}

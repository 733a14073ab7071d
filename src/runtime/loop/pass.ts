// One pass over a key, as a value: which write comes next, on which version, and when the status may wait
// (station h). The reconciled object itself is only ever written on the version that the decision saw or that
// this pass has made, so a user's concurrent `abort` is never overwritten: the write is refused and the key
// decided anew.
import { mergeDiff } from '../../kube/diff.ts'
import type { KubeError } from '../../kube/errors.ts'
import { asJson, refKey } from '../../kube/object.ts'
import type { AnyObject, Key, KubeObject, ObjectRef } from '../../kube/object.ts'
import type { Decision } from '../../kube/reconciler.ts'
import type { Write } from '../../kube/write.ts'
import type { Instant } from '../../std/instant.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json } from '../../std/json.ts'

export interface Pass {
  readonly key: Key
  readonly dueAt: Instant
  readonly startedAt: Instant
  /** The reconciled object, and as the decision saw it. */
  readonly ref: ObjectRef
  readonly base: KubeObject | undefined
  /** Its version as far as this pass has made it. */
  readonly version: string | undefined
  readonly snapshot: unknown
  readonly decision: Decision<unknown>
  /** Reports the status of the decision, as the difference from what is stored; undefined when nothing differs. */
  readonly statusWrite: Write | undefined
  /** How many of the decision's writes and trims have succeeded; of trims, also how many were refused. */
  readonly done: number
  /** The status of the decision is written. */
  readonly isReported: boolean
  /** The decision came from `recover`, which is not asked again. */
  readonly recovering: boolean
  /** The first of its trims that was refused: the pass fails with it, once the others have been tried. */
  readonly refusedTrim?: RefusedTrim
  /** The pass has failed, and only tells of it. */
  readonly failure?: KubeError
}

export interface RefusedTrim {
  readonly step: Step
  readonly error: KubeError
  /** Of which it is, and whose status is written. */
  readonly decision: Decision<unknown>
}

export type Step = { readonly write: Write; readonly status: boolean }

/** The pass with another decision, of which nothing is done yet. */
export function decided(pass: Pass, decision: Decision<unknown>): Pass {
  const statusWrite = statusWriteOf(pass.base, pass.ref, decision.status)
  return { ...pass, decision, statusWrite, done: 0, isReported: false }
}

/** When the status may be written; nothing that comes after it is written before. */
export interface StatusTime {
  /** Undefined: it differs in nothing, is written, or is late. */
  readonly write: Write | undefined
  /** It is late until then. */
  readonly notBefore?: Instant
}

/** The pass's next write: the status after the writes, and then the trims; undefined when there is none left. */
export function nextStep(pass: Pass, { write: statusWrite, notBefore }: StatusTime): Step | undefined {
  const { writes, trims = [] } = pass.decision
  const isStatus = pass.done >= writes.length && statusWrite !== undefined
  const isHeld = pass.done >= writes.length && notBefore !== undefined
  const write = isStatus ? statusWrite : isHeld ? undefined : [...writes, ...trims][pass.done]
  return write === undefined ? undefined : { write: onVersion(pass, write), status: isStatus }
}

/** How many writes a decision makes beside its status. */
export function sizeOf({ writes, trims = [] }: Decision<unknown>): number {
  return writes.length + trims.length
}

export function afterStep(pass: Pass, step: Step, result: KubeObject | undefined): Pass {
  const own = step.write.verb === 'patch' && refKey(step.write.target) === refKey(pass.ref)
  const version = own ? (result?.metadata.resourceVersion ?? pass.version) : pass.version
  return step.status ? { ...pass, version, isReported: true } : { ...pass, version, done: pass.done + 1 }
}

/** The pass without a trim that was refused. */
export function withoutTrim(pass: Pass, step: Step, error: KubeError): Pass & { refusedTrim: RefusedTrim } {
  const refusedTrim = pass.refusedTrim ?? { step, error, decision: pass.decision }
  return { ...pass, refusedTrim, done: pass.done + 1 }
}

/** What only tidies up, after the status. */
export function isTrim({ decision, done }: Pass, { status }: Step): boolean {
  return !status && done >= decision.writes.length
}

function onVersion(pass: Pass, write: Write): Write {
  if (write.verb !== 'patch' || write.subresource === 'scale' || pass.version === undefined) return write
  return refKey(write.target) === refKey(pass.ref) ? { ...write, ifVersion: pass.version } : write
}

function statusWriteOf(base: KubeObject | undefined, ref: ObjectRef, status: unknown): Write | undefined {
  if (status === undefined || base === undefined) return undefined
  const changed = mergeDiff(storedStatus(base), asJson(status))
  if (changed === undefined) return undefined
  const fields = isJsonObject(changed) ? Object.keys(changed) : ['status']
  return {
    verb: 'patch',
    why: `report ${fields.join(', ')}`,
    target: ref,
    patch: { status: changed },
    ...(ref.kind.statusSubresource ? { subresource: 'status' as const } : {}),
  }
}

function storedStatus(object: KubeObject): Json {
  return ((object as AnyObject)['status'] as Json | undefined) ?? {}
}

// What a patch makes of an object: the part that it may change, and whether that makes a new generation.
import { asDefined } from './filled-in.ts'
import { strategicMerge } from '../../cluster/schema/strategic-merge.ts'
import { KubeError } from '../../kube/errors.ts'
import { goTypeOf } from '../../kube/go-print.ts'
import { applyJsonPatch } from '../../kube/json-patch.ts'
import {
  ANALYSIS_RUN,
  CONFIG_MAP,
  ENDPOINT_SLICE,
  EVENT,
  NAMESPACE,
  POD,
  SECRET,
  SERVICE,
} from '../../kube/kinds.ts'
import { asJson, fromJson } from '../../kube/object.ts'
import type { AnyObject, Kind, KubeObject } from '../../kube/object.ts'
import { applyMergePatch } from '../../kube/patch.ts'
import type { Write } from '../../kube/write.ts'
import { equal } from '../../std/equal.ts'
import type { Json } from '../../std/json.ts'
import { record } from '../../std/json-parts.ts'

type Patch = Extract<Write, { verb: 'patch' }>

const WITHOUT_GENERATION: readonly Kind[] = [
  CONFIG_MAP,
  ENDPOINT_SLICE,
  EVENT,
  NAMESPACE,
  POD,
  SECRET,
  SERVICE,
]

export function firstGeneration(kind: Kind): number | undefined {
  return WITHOUT_GENERATION.includes(kind) ? undefined : 1
}

export function changedBy(found: KubeObject, write: Patch): KubeObject | KubeError {
  const { target, subresource } = write
  const result = applied(found, write)
  if (result instanceof KubeError) return result
  const { resourceVersion, uid, generation, creationTimestamp } = found.metadata
  // What is written often is our own, or leaves what is asked for as it was read before, and needs nothing.
  const isOften = subresource === 'status' || target.kind.plural === ANALYSIS_RUN.plural
  const merged = (isOften || isAsked(found, result) ? result : asDefined(target.kind, result)) as AnyObject
  const { generation: _, ...named } = merged.metadata
  const numbered = generation === undefined ? {} : { generation }
  const metadata = {
    ...named,
    resourceVersion,
    uid,
    creationTimestamp,
    ...numbered,
  } as KubeObject['metadata']
  const before = found as AnyObject
  if (subresource === 'status') return withStatus({ ...before, metadata }, merged['status'])
  const isApart = target.kind.statusSubresource
  const next = withStatus({ ...merged, metadata }, isApart ? before['status'] : merged['status'])
  const isNew = generation !== undefined && !equal(essence(target.kind, before), essence(target.kind, next))
  return isNew ? { ...next, metadata: { ...metadata, generation: generation + 1 } } : next
}

function isAsked(found: KubeObject, result: KubeObject): boolean {
  const { spec } = found as AnyObject
  return spec !== undefined && spec === (result as AnyObject)['spec']
}

function withStatus(object: AnyObject, status: unknown): AnyObject {
  if (status !== undefined) return { ...object, status } as AnyObject
  const { status: _none, ...rest } = object
  return rest as AnyObject
}

/** What counts as a change of what was asked for. */
function essence(kind: Kind, object: AnyObject): unknown {
  if (kind !== ANALYSIS_RUN) return object['spec']
  const { metadata: _, ...rest } = object
  return rest
}

function applied(found: KubeObject, { type = 'merge', patch, target }: Patch): KubeObject | KubeError {
  const before = asJson(found)
  if (type === 'merge') return fromJson(applyMergePatch(before, patch))
  if (type === 'strategic')
    return fromJson(strategicMerge(goTypeOf(found.apiVersion, found.kind), before, record(patch)))
  const result = applyJsonPatch(before, patch as readonly Json[])
  if ('value' in result) return fromJson(result.value)
  return new KubeError('Invalid', `${target.name}: ${result.problem}`, { status: 422 })
}

// Taking an object away: preconditions, grace, finalizers, and what becomes of its dependents.
import { asJson, fromJson } from '../../kube/object.ts'
import type { KubeObject, ObjectRef } from '../../kube/object.ts'
import { printInstant } from '../../std/instant.ts'
import type { JsonObject } from '../../std/json.ts'
import { notSupported } from '../schema/field-errors.ts'
import type { Entry } from '../storage/store.ts'
import type { Behaviour } from './behaviour.ts'
import { keyOfRef } from './core.ts'
import type { Core } from './core.ts'
import { stamped } from './create.ts'
import { metaOf, withMeta } from './metadata.ts'
import { list, text, withFields } from '../../std/json-parts.ts'
import { conflict, forbiddenRequest, invalidObject, notFound } from './refusals.ts'
import type { DeleteOptions } from './resources.ts'

export const ORPHAN = 'orphan'
export const FOREGROUND = 'foregroundDeletion'
const UNDELETABLE = new Set(['default', 'kube-system', 'kube-public'])

export interface Removed {
  readonly object: KubeObject
  readonly gone: boolean
}

export async function remove(
  core: Core,
  behaviour: Behaviour,
  request: { readonly ref: ObjectRef; readonly options: DeleteOptions },
): Promise<Removed> {
  const { ref, options } = request
  const entry = core.store.newest(keyOfRef(behaviour, ref))
  if (!entry) throw notFound(behaviour.kind, ref.name)
  checkOptions(options)
  checkPreconditions(behaviour, entry.value, options)
  if (behaviour.resource === '/namespaces' && UNDELETABLE.has(ref.name)) {
    throw forbiddenRequest(behaviour.kind, ref.name, 'this namespace may not be deleted')
  }
  const next = afterDelete(core, behaviour, { object: asJson(entry.value), options })
  return commitRemoval(core, behaviour, { entry, next, dryRun: options.dryRun === true })
}

async function commitRemoval(
  core: Core,
  behaviour: Behaviour,
  change: { entry: Entry; next: JsonObject | undefined; dryRun: boolean },
): Promise<Removed> {
  const { entry, next, dryRun } = change
  if (next === undefined) {
    if (!dryRun) await core.commit([{ key: entry.key, value: undefined, expected: entry.revision }])
    return { object: behaviour.show(entry.value), gone: true }
  }
  if (next === asJson(entry.value)) return { object: behaviour.show(entry.value), gone: false }
  if (dryRun) return { object: behaviour.show(fromJson(next)), gone: false }
  const object = stamped(next, core.store.nextRevision())
  await core.commit([{ key: entry.key, value: object, expected: entry.revision }])
  return { object: behaviour.show(object), gone: false }
}

/**
 * The object as the delete leaves it: marked, or not there any more. The same value when nothing is left to
 * do.
 */
function afterDelete(
  core: Core,
  behaviour: Behaviour,
  { object, options }: { object: JsonObject; options: DeleteOptions },
): JsonObject | undefined {
  const meta = metaOf(object)
  const finalizers = finalizersAfter(behaviour, list(meta['finalizers']).map(text), options)
  const isHeld = finalizers.length > 0 || isHeldByNamespaceFinalizer(object)
  const grace = behaviour.hooks.graceSeconds?.(object, options.gracePeriodSeconds) ?? 0
  const isMarked = meta['deletionTimestamp'] !== undefined
  const standing =
    typeof meta['deletionGracePeriodSeconds'] === 'number' ? meta['deletionGracePeriodSeconds'] : 0
  if (grace === 0 && !isHeld) return undefined
  const isUnchanged = finalizers.length === list(meta['finalizers']).length
  if (isMarked && grace >= standing && isUnchanged) return object
  const seconds = isMarked ? Math.min(grace, standing) : grace
  const generation = meta['generation']
  const marked = withMeta(object, {
    finalizers: finalizers.length > 0 ? finalizers : undefined,
    deletionTimestamp: deletionTime(core, meta, { isMarked, seconds, standing }),
    deletionGracePeriodSeconds: seconds,
    generation: !isMarked && typeof generation === 'number' && generation > 0 ? generation + 1 : generation,
  })
  return behaviour.resource === '/namespaces' ? withPhase(marked) : marked
}

function deletionTime(
  core: Core,
  meta: JsonObject,
  { isMarked, seconds, standing }: { isMarked: boolean; seconds: number; standing: number },
): string {
  if (isMarked && seconds === standing) return text(meta['deletionTimestamp'])
  return printInstant(core.now() + seconds * 1000)
}

function withPhase(namespace: JsonObject): JsonObject {
  const status = namespace['status'] as JsonObject | undefined
  return withFields(namespace, { status: { ...status, phase: 'Terminating' } })
}

function isHeldByNamespaceFinalizer(object: JsonObject): boolean {
  if (object['kind'] !== 'Namespace') return false
  return list((object['spec'] as JsonObject | undefined)?.['finalizers']).length > 0
}

/**
 * The finalizers that the delete leaves: those of others, and the one that says what becomes of dependents.
 */
function finalizersAfter(
  behaviour: Behaviour,
  standing: readonly string[],
  options: DeleteOptions,
): readonly string[] {
  const { cleanupFinalizer } = behaviour.hooks
  const own = cleanupFinalizer !== undefined && !standing.includes(cleanupFinalizer) ? [cleanupFinalizer] : []
  const others = [...standing.filter(name => name !== ORPHAN && name !== FOREGROUND), ...own]
  const policy = options.propagationPolicy ?? policyOf(behaviour, standing)
  if (policy === 'Orphan') return [...others, ORPHAN]
  if (policy === 'Foreground') return [...others, FOREGROUND]
  return others
}

function policyOf(behaviour: Behaviour, standing: readonly string[]) {
  if (standing.includes(ORPHAN)) return 'Orphan'
  if (standing.includes(FOREGROUND)) return 'Foreground'
  return behaviour.hooks.orphansByDefault ? 'Orphan' : 'Background'
}

function checkOptions({ propagationPolicy }: DeleteOptions): void {
  if (propagationPolicy === undefined) return
  const known = ['Foreground', 'Background', 'Orphan']
  if (known.includes(propagationPolicy)) return
  throw invalidObject({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [
    notSupported('propagationPolicy', propagationPolicy, [...known, 'nil']),
  ])
}

function checkPreconditions(behaviour: Behaviour, object: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {}
  const { metadata } = object
  const named = { ...behaviour.kind, group: '', plural: behaviour.kind.kind }
  if (uid !== undefined && uid !== metadata.uid) {
    const why =
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). ` +
      'The object might have been deleted and then recreated'
    throw conflict(named, metadata.name, why)
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why =
      `the ResourceVersion in the precondition (${resourceVersion}) does not match ` +
      `the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`
    throw conflict(named, metadata.name, why)
  }
}

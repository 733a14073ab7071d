// Changing an object: read what stands → compute the body → merge what may change → validate → commit.
// PUT, every kind of patch, and the subresources' writes all come through here.
import { fromJson, asJson } from '../../kube/object.ts'
import type { KubeObject, ObjectRef } from '../../kube/object.ts'
import { equal } from '../../std/equal.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import type { Entry } from '../storage/store.ts'
import { invalid } from '../schema/field-errors.ts'
import { surroundings } from './admission.ts'
import type { Behaviour } from './behaviour.ts'
import { readBody, UnreadableBody, warned } from './body.ts'
import type { ReadBody } from './body.ts'
import { keyOfRef } from './core.ts'
import type { Core } from './core.ts'
import { create, stamped } from './create.ts'
import { metaOf, validateMetadata, validateMetadataUpdate, withMeta } from './metadata.ts'
import { list, text, withFields } from '../../std/json-parts.ts'
import { badRequest, conflict, invalidObject, MODIFIED, notFound } from './refusals.ts'
import { StatusError } from './resources.ts'
import type { WriteOptions, Written } from './resources.ts'

export interface UpdateRequest {
  readonly ref: ObjectRef
  readonly options: WriteOptions
  /** The wanted object, computed from the one that stands (as this version serves it). */
  readonly body: (current: KubeObject) => Json
  /** A patch is applied to what stands, so only a version that it names itself is a condition. */
  readonly isPatch?: true
}

export async function update(core: Core, behaviour: Behaviour, request: UpdateRequest): Promise<Written> {
  const { ref, options } = request
  const entry = core.store.newest(keyOfRef(behaviour, ref))
  if (!entry) {
    if (!behaviour.hooks.createsOnUpdate || request.isPatch || options.subresource)
      throw notFound(behaviour.kind, ref.name)
    const body = request.body({ apiVersion: '', kind: '', metadata: { name: '' } })
    checkName(ref, body)
    return create(core, behaviour, { namespace: ref.namespace, body, options })
  }
  const shown = behaviour.show(entry.value)
  const body = request.body(shown)
  checkName(ref, body)
  const { value, warnings } = readPatched(behaviour, body as JsonObject, request)
  checkVersion(behaviour, { ref, entry, value, isPatch: request.isPatch === true })
  const old = asJson(shown)
  const next = warned(warnings, () => admit(core, behaviour, { ref, value, old, options, warnings }))
  return commitUpdate(core, behaviour, { entry, next, options, warnings })
}

/** What a patch leaves may not be an object of the kind: the patch is to blame. */
function readPatched(behaviour: Behaviour, body: JsonObject, { isPatch, options }: UpdateRequest): ReadBody {
  if (!isPatch) return readBody(behaviour, body, options)
  try {
    return readBody(behaviour, body, options)
  } catch (error) {
    if (!(error instanceof UnreadableBody)) throw error
    const problem = invalid('patch', JSON.stringify(body), error.problem)
    throw invalidObject({ group: '', kind: '' }, '', [problem])
  }
}

interface Asked {
  readonly ref: ObjectRef
  readonly value: JsonObject
  readonly old: JsonObject
  readonly options: WriteOptions
  readonly warnings: string[]
}

/** The object as it will be stored, or the refusal. */
function admit(core: Core, behaviour: Behaviour, { ref, value, old, options, warnings }: Asked): JsonObject {
  const { hooks } = behaviour
  const merged = merge(behaviour, { value, old, options })
  const isWhole = options.subresource === undefined || options.subresource === 'scale'
  const around = surroundings(core, behaviour, ref.name, { warnings, options })
  const prepared = isWhole && hooks.prepareUpdate ? hooks.prepareUpdate(merged, old, around) : merged
  const next = withGeneration(behaviour, prepared, old)
  const problems = [
    ...validateMetadata(next, behaviour),
    ...validateMetadataUpdate(next, old),
    ...(hooks.validate?.(next, old, options.subresource ?? '') ?? []),
  ]
  if (problems.length > 0) throw invalidObject(behaviour.kind, ref.name, problems)
  return next
}

async function commitUpdate(
  core: Core,
  behaviour: Behaviour,
  change: { entry: Entry; next: JsonObject; options: WriteOptions; warnings: string[] },
): Promise<Written> {
  const { entry, next, options, warnings } = change
  const kept = behaviour.keep(next)
  const object =
    options.dryRun && !equal(kept, entry.value) ? fromJson(kept) : await replace(core, entry, kept)
  return { object: behaviour.show(object), created: false, warnings }
}

/**
 * Puts an object in the place of the one that stands; takes it away when it was deleted earlier and nothing holds it
 * any more. An equal object changes nothing. Gives back the object as it then is, or was at last.
 */
export async function replace(core: Core, entry: Entry, next: JsonObject): Promise<KubeObject> {
  if (equal(next, entry.value)) return entry.value
  const object = stamped(next, core.store.nextRevision())
  const isGoing = mayGo(next)
  await core.commit([{ key: entry.key, value: isGoing ? undefined : object, expected: entry.revision }])
  return isGoing ? fromJson(next) : object
}

/** Deleted earlier, and now nothing holds it any more. */
function mayGo(object: JsonObject): boolean {
  const meta = metaOf(object)
  if (meta['deletionTimestamp'] === undefined || list(meta['finalizers']).length > 0) return false
  const spec = object['spec']
  const heldBy = object['kind'] === 'Namespace' && isJsonObject(spec) ? list(spec['finalizers']) : []
  return heldBy.length === 0 && (meta['deletionGracePeriodSeconds'] ?? 0) === 0
}

function checkName(ref: ObjectRef, body: Json): void {
  if (!isJsonObject(body)) throw badRequest('the object provided is unrecognized: not an object')
  const meta = metaOf(body)
  const name = text(meta['name'])
  if (name !== ref.name) {
    if (name === '') throw badRequest('name must be provided in the object')
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${ref.name})`)
  }
  const namespace = text(meta['namespace'])
  if (ref.kind.namespaced && namespace !== '' && namespace !== ref.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}

interface VersionCheck {
  readonly ref: ObjectRef
  readonly entry: Entry
  readonly value: JsonObject
  readonly isPatch: boolean
}

function checkVersion(behaviour: Behaviour, { ref, entry, value, isPatch }: VersionCheck): void {
  const meta = metaOf(value)
  const version = text(meta['resourceVersion'])
  const current = entry.value.metadata
  const uid = text(meta['uid'])
  if (uid !== '' && uid !== current.uid) {
    if (isPatch)
      throw invalidObject(behaviour.kind, ref.name, [invalid('metadata.uid', uid, 'field is immutable')])
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.uid}`
    throw conflict(behaviour.kind, ref.name, why)
  }
  const deletion = meta['deletionTimestamp']
  if (deletion !== undefined && deletion !== current.deletionTimestamp) {
    const problem = invalid('metadata.deletionTimestamp', deletion, 'field is immutable')
    throw invalidObject(behaviour.kind, ref.name, [problem])
  }
  if (version !== '' && !/^\d+$/.test(version)) {
    throw new StatusError(500, '', `strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`)
  }
  if (version === '' || version === '0') {
    if (!behaviour.hooks.needsVersion || isPatch) return
    const problem = invalid('metadata.resourceVersion', 0, 'must be specified for an update')
    const { group, plural } = behaviour.kind
    throw invalidObject({ group, kind: plural }, ref.name, [problem])
  }
  if (version !== current.resourceVersion) throw conflict(behaviour.kind, ref.name, MODIFIED)
}

/** What a write may not change keeps the value that stands. */
function merge(
  behaviour: Behaviour,
  { value, old, options }: { value: JsonObject; old: JsonObject; options: WriteOptions },
): JsonObject {
  const before = metaOf(old)
  const kept = withMeta(value, {
    namespace: before['namespace'],
    uid: before['uid'],
    resourceVersion: before['resourceVersion'],
    generation: before['generation'],
    creationTimestamp: before['creationTimestamp'],
    deletionTimestamp: before['deletionTimestamp'],
    deletionGracePeriodSeconds: before['deletionGracePeriodSeconds'],
    generateName: before['generateName'],
    selfLink: undefined,
    managedFields: before['managedFields'],
  })
  if (options.subresource === 'status') {
    if (behaviour.hooks.prepareStatus) return behaviour.hooks.prepareStatus(kept, old)
    return withFields(old, { metadata: kept['metadata'], status: kept['status'] })
  }
  if (options.subresource === 'finalize') return withFields(old, { spec: kept['spec'] })
  if (behaviour.kind.statusSubresource) return withFields(kept, { status: old['status'] })
  return kept
}

function withGeneration(behaviour: Behaviour, object: JsonObject, old: JsonObject): JsonObject {
  if (!behaviour.hooks.bumpsGeneration?.(object, old)) return object
  const generation = metaOf(old)['generation']
  return withMeta(object, { generation: (typeof generation === 'number' ? generation : 0) + 1 })
}

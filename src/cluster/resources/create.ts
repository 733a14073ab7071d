// Making an object: decode → admit (namespace, name) → fill in → validate → commit, without a pause in
// between.
import type { KubeObject } from '../../kube/object.ts'
import { fromJson } from '../../kube/object.ts'
import { generatedName } from '../../kube/names.ts'
import { printInstant } from '../../std/instant.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { surroundings } from './admission.ts'
import type { Behaviour } from './behaviour.ts'
import { checkNamespace, readBody, warned } from './body.ts'
import { storeKey } from './core.ts'
import type { Core } from './core.ts'
import { metaOf, validateMetadata, withMeta } from './metadata.ts'
import { text, withFields } from '../../std/json-parts.ts'
import { alreadyExists, badRequest, invalidObject } from './refusals.ts'
import { StatusError } from './resources.ts'
import type { WriteOptions, Written } from './resources.ts'

const NAME_TRIES = 8

export interface CreateRequest {
  readonly namespace: string | undefined
  readonly body: Json
  readonly options: WriteOptions
}

export async function create(core: Core, behaviour: Behaviour, request: CreateRequest): Promise<Written> {
  const { options } = request
  const { namespace, body } = namespaced(behaviour, request)
  const { value, warnings } = readBody(behaviour, body, options)
  if (behaviour.hooks.answer) return answered(core, behaviour, { value, namespace, warnings, options })
  const admitted = warned(warnings, () => admit(core, behaviour, { value, namespace, warnings, options }))
  const { unplayed } = behaviour.kind
  if (unplayed !== undefined) warnings.push(`this ${behaviour.kind.kind} is kept, not played: ${unplayed}`)
  const kept = behaviour.keep(admitted)
  if (options.dryRun) return { object: behaviour.show(fromJson(kept)), created: true, warnings }
  const object = stamped(kept, core.store.nextRevision())
  const key = storeKey(behaviour, namespace, object.metadata.name)
  await core.commit([{ key, value: object, expected: 0 }])
  return { object: behaviour.show(object), created: true, warnings }
}

interface Asked {
  readonly value: JsonObject
  readonly namespace: string | undefined
  readonly warnings: string[]
  readonly options: WriteOptions
}

/** What is a question has no name and no place in the store. */
function answered(core: Core, behaviour: Behaviour, { value, warnings, options }: Asked): Written {
  const problems = behaviour.hooks.validate?.(value, undefined, '') ?? []
  if (problems.length > 0) throw invalidObject(behaviour.kind, '', problems)
  const around = surroundings(core, behaviour, '', { warnings, options })
  return { object: fromJson(behaviour.hooks.answer?.(value, around) ?? value), created: true, warnings }
}

/** The object as it will be stored, or the refusal. */
function admit(core: Core, behaviour: Behaviour, asked: Asked): JsonObject {
  const { value, namespace } = asked
  if (text(metaOf(value)['resourceVersion']) !== '') {
    throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created')
  }
  checkNamespace(core, behaviour, namespace, text(metaOf(value)['name']))
  const named = withName(core, behaviour, value, namespace)
  const name = text(metaOf(named)['name'])
  const around = surroundings(core, behaviour, name, asked)
  const filled = fillIn(core, behaviour, named)
  const prepared = behaviour.hooks.prepareCreate?.(filled, around) ?? filled
  const problems = [
    ...validateMetadata(prepared, behaviour),
    ...(behaviour.hooks.validate?.(prepared, undefined, '') ?? []),
  ]
  if (problems.length > 0) throw invalidObject(behaviour.kind, name, problems)
  const standing = core.store.newest(storeKey(behaviour, namespace, name))
  if (standing) {
    throw alreadyExists(behaviour.kind, name, standing.value.metadata.deletionTimestamp !== undefined)
  }
  return prepared
}

/** The object with the version that the commit under way gives it. */
export function stamped(object: JsonObject, revision: number): KubeObject {
  return fromJson(withMeta(object, { resourceVersion: String(revision) }))
}

function namespaced(behaviour: Behaviour, { namespace, body }: CreateRequest) {
  const { kind, hooks } = behaviour
  if (!isJsonObject(body)) {
    throw badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): not an object`)
  }
  const isStatusKept = !kind.statusSubresource || hooks.keepsStatusOnCreate
  const asked = isStatusKept ? body : withFields(body, { status: undefined })
  if (!kind.namespaced) return { namespace: undefined, body: withMeta(asked, { namespace: undefined }) }
  const own = text(metaOf(asked)['namespace'])
  if (own !== '' && namespace !== undefined && own !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  const chosen = namespace ?? (own === '' ? undefined : own)
  if (chosen === undefined) throw badRequest('an empty namespace may not be set during creation')
  return { namespace: chosen, body: withMeta(asked, { namespace: chosen }) }
}

function withName(
  core: Core,
  behaviour: Behaviour,
  object: JsonObject,
  namespace: string | undefined,
): JsonObject {
  const { name, generateName } = metaOf(object)
  if (text(name) !== '' || text(generateName) === '') return object
  let drawn = ''
  for (let tries = 0; tries < NAME_TRIES; tries++) {
    drawn = generatedName(text(generateName), core.random)
    if (!core.store.newest(storeKey(behaviour, namespace, drawn))) break
  }
  return withMeta(object, { name: drawn })
}

function fillIn(core: Core, behaviour: Behaviour, object: JsonObject): JsonObject {
  return withMeta(object, {
    uid: core.uid(),
    creationTimestamp: printInstant(core.now()),
    generation: behaviour.hooks.bumpsGeneration ? 1 : undefined,
    selfLink: undefined,
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    managedFields: undefined,
  })
}

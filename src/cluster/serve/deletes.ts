// DELETE: one object or a whole collection, with the options from query and body (the body says more).
import { isJsonObject, type JsonObject } from '../../std/json.ts'
import type { DeleteOptions, ServedKind } from '../resources/resources.ts'
import { badRequest } from '../resources/refusals.ts'
import { jsonAnswer } from './answers.ts'
import { bodyType, decodeBody, readBody } from './body.ts'
import { invalid, notSupported } from '../schema/field-errors.ts'
import { invalidOptions } from './option-errors.ts'
import { deleteQuery, dryRunTroubles, listQuery } from './query.ts'
import type { ObjectTarget } from './reads.ts'
import { formOf, listAnswer, objectAnswer } from './render.ts'
import { type Api, type ApiRequest, formRequest, type Handled } from './request.ts'
import { printed } from '../../std/json-parts.ts'

/** Compat: these kinds answer with the object that is gone, all others with a Status. */
const SHOWS_OBJECT = new Set([
  'namespaces',
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'resourcequotas',
  'serviceaccounts',
  'services',
])

export async function deleteObject(api: Api, request: ApiRequest, target: ObjectTarget): Promise<Handled> {
  const { kind, ref } = target
  const form = formOf(formRequest(request), false)
  const options = await deleteOptions(request)
  const { object, gone } = await api.resources.delete(ref, options)
  if (!gone || (kind.group === '' && SHOWS_OBJECT.has(kind.plural))) {
    return objectAnswer(200, object, { kind, form, now: api.clock.now() })
  }
  return jsonAnswer(200, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: ref.name,
      ...(kind.group === '' ? {} : { group: kind.group }),
      kind: kind.plural,
      uid: object.metadata.uid ?? '',
    },
  })
}

export async function deleteCollection(
  api: Api,
  request: ApiRequest,
  { kind, namespace }: { readonly kind: ServedKind; readonly namespace: string | undefined },
): Promise<Handled> {
  const form = formOf(formRequest(request), true)
  const query = listQuery(request.query, namespace)
  const list = await api.resources.deleteCollection(kind, query, await deleteOptions(request))
  return listAnswer(list, { kind, form, now: api.clock.now() })
}

const POLICIES = ['Foreground', 'Background', 'Orphan'] as const

async function deleteOptions(request: ApiRequest): Promise<DeleteOptions> {
  const fromQuery = deleteQuery(request.query)
  const bytes = await readBody(request.raw)
  const given: JsonObject =
    bytes.length === 0 ? (fromQuery as JsonObject) : optionsIn(bytes, request.raw.headers['content-type'])
  const dryRun = Array.isArray(given['dryRun']) ? given['dryRun'].map(printed) : []
  const troubles = [...dryRunTroubles(dryRun), ...propagationTroubles(given)]
  if (troubles.length > 0) throw invalidOptions('DeleteOptions', troubles)
  const policy = POLICIES.find(one => one === given['propagationPolicy']) ?? orphanPolicy(given)
  const grace = given['gracePeriodSeconds']
  return {
    ...(typeof grace === 'number' ? { gracePeriodSeconds: grace } : {}),
    ...(policy === undefined ? {} : { propagationPolicy: policy }),
    ...(isJsonObject(given['preconditions']) ? { preconditions: preconditions(given['preconditions']) } : {}),
    dryRun: dryRun.includes('All'),
  }
}

/** The older way to say Orphan or Background. */
function orphanPolicy(given: JsonObject): 'Orphan' | 'Background' | undefined {
  const orphan = given['orphanDependents']
  return orphan === true ? 'Orphan' : orphan === false ? 'Background' : undefined
}

function optionsIn(bytes: Buffer, contentType: string | undefined): JsonObject {
  const { value } = decodeBody(bytes, bodyType(contentType), 'DeleteOptions')
  if (!isJsonObject(value)) throw badRequest('cannot read the body as DeleteOptions')
  const { kind, apiVersion } = value
  if (kind !== undefined && kind !== '' && kind !== 'DeleteOptions') {
    throw badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion ?? '')}`,
    )
  }
  const grace = value['gracePeriodSeconds']
  if (grace !== undefined && grace !== null && !Number.isInteger(grace)) {
    throw badRequest(
      `json: cannot unmarshal ${typeof grace} into Go struct field ` +
        'DeleteOptions.gracePeriodSeconds of type int64',
    )
  }
  return value
}

function propagationTroubles(given: JsonObject) {
  const { propagationPolicy: policy, orphanDependents: orphan } = given
  if (policy === undefined || policy === null || policy === '') return []
  const field = 'propagationPolicy'
  if (orphan !== undefined && orphan !== null)
    return [invalid(field, policy, 'orphanDependents and deletionPropagation cannot be both set')]
  return POLICIES.some(one => one === policy) ? [] : [notSupported(field, policy, [...POLICIES, 'nil'])]
}

function preconditions({ uid, resourceVersion }: JsonObject) {
  return {
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
  }
}

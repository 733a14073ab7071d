// Patches of every type, applied to the object that stands: the body of an update.
import { asJson } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import { applyJsonPatch } from '../../kube/json-patch.ts'
import { applyMergePatch } from '../../kube/patch.ts'
import { goTypeOf } from '../../kube/go-print.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { invalid } from '../schema/field-errors.ts'
import { BadPatch, strategicMerge } from '../schema/strategic-merge.ts'
import type { Behaviour } from './behaviour.ts'
import { badRequest, invalidObject, unsupportedMedia } from './refusals.ts'
import { StatusError } from './resources.ts'
import type { PatchContentType } from './resources.ts'

const OPERATIONS_MAX = 10_000

export interface PatchRequest {
  readonly type: PatchContentType
  readonly body: Json
}

/** Server-side apply also makes objects: whoever asks for it learns first that nobody does it here. */
export function checkServed(patch: PatchRequest): void {
  if (patch.type !== 'apply') return
  throw unsupportedMedia(
    'server-side apply is not served by this API server; apply on the client side: ' +
      'kubectl apply --server-side=false, helm --server-side=false',
  )
}

/** The object as the patch leaves it. */
export function patched(behaviour: Behaviour, current: KubeObject, patch: PatchRequest): Json {
  if (patch.type === 'json') return jsonPatched(current, patch.body)
  if (!isJsonObject(patch.body)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
    )
  }
  if (patch.type === 'merge') return applyMergePatch(asJson(current), patch.body)
  if (behaviour.kind.custom) {
    throw unsupportedMedia(
      'the body of the request was in an unknown format - accepted media types include: ' +
        'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    )
  }
  return strategicPatched(current, patch.body)
}

function strategicPatched(current: KubeObject, patch: JsonObject): Json {
  try {
    return strategicMerge(goTypeOf(current.apiVersion, current.kind), asJson(current), patch)
  } catch (error) {
    if (!(error instanceof BadPatch)) throw error
    const problem = invalid('patch', JSON.stringify(patch), error.message)
    throw invalidObject({ group: '', kind: '' }, '', [problem])
  }
}

function jsonPatched(current: KubeObject, body: Json): Json {
  if (!Array.isArray(body)) {
    throw undecodable(body, '[]handlers.jsonPatchOp')
  }
  if (body.length > OPERATIONS_MAX) {
    const message = `The allowed maximum operations in a JSON patch is ${OPERATIONS_MAX}, got ${body.length}`
    throw new StatusError(413, 'RequestEntityTooLarge', message)
  }
  const alien = body.find(one => !isJsonObject(one))
  if (alien !== undefined) {
    throw undecodable(alien, 'handlers.jsonPatchOp')
  }
  const result = applyJsonPatch(asJson(current), body)
  if ('value' in result) return result.value
  throw new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request')
}

function undecodable(value: Json, type: string): StatusError {
  return badRequest(
    `error decoding patch: json: cannot unmarshal ${goWord(value)} into Go value of type ${type}`,
  )
}

/** How Go's decoder names what it found. */
function goWord(value: Json): string {
  if (value === null || isJsonObject(value)) return 'object'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

// Patches of every type, applied to the object that stands: the body of an update.
import { applyPatch } from 'rfc6902'
import type { Operation } from 'rfc6902'
import { asJson } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import type { Behaviour } from './behaviour.ts'
import { badRequest, unsupportedMedia } from './refusals.ts'
import { StatusError } from './resources.ts'
import type { PatchContentType } from './resources.ts'

const OPERATIONS_MAX = 10_000

export interface PatchRequest {
  readonly type: PatchContentType
  readonly body: Json
}

/** The object as the patch leaves it. */
export function patched(behaviour: Behaviour, current: KubeObject, patch: PatchRequest): Json {
  if (patch.type === 'json') return jsonPatched(current, patch.body)
  if (patch.type === 'apply') throw unsupportedMedia('server-side apply is not served by this API server')
  if (!isJsonObject(patch.body)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
    )
  }
  if (patch.type === 'merge') return mergePatched(asJson(current), patch.body)
  if (behaviour.kind.custom) {
    throw unsupportedMedia(
      'the body of the request was in an unknown format - accepted media types include: ' +
        'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    )
  }
  return mergePatched(asJson(current), patch.body)
}

function jsonPatched(current: KubeObject, body: Json): Json {
  if (!Array.isArray(body)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    )
  }
  if (body.length > OPERATIONS_MAX) {
    const message = `The allowed maximum operations in a JSON patch is ${OPERATIONS_MAX}, got ${body.length}`
    throw new StatusError(413, 'RequestEntityTooLarge', message)
  }
  const draft = structuredClone(current)
  const failed = applyPatch(draft, body as unknown as Operation[]).find(problem => problem !== null)
  if (!failed) return draft as unknown as Json
  throw new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request')
}

/** RFC 7386: null takes a field away, objects merge, everything else replaces. */
export function mergePatched(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch
  const result: { [field: string]: Json } = { ...(isJsonObject(target) ? (target as JsonObject) : {}) }
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete result[field]
    else result[field] = mergePatched(result[field], value)
  }
  return result
}

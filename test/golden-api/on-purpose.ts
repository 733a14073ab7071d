// Where the embedded API server answers otherwise than a real one, and why. `blurred` takes the difference
// out of both answers; what is left must be equal. An entry whose answers have become equal is out of date,
// and fails.
import { isJsonObject, type Json, type JsonObject } from '../../src/std/json.ts'
import type { Comparable } from './normalise.ts'

export interface Difference {
  readonly why: string
  blurred(answer: Comparable): Comparable
}

function bodyOf(answer: Comparable): JsonObject {
  return isJsonObject(answer.body) ? answer.body : {}
}

/** The refusal is the same, its sentence is not. */
function otherWords(why: string): Difference {
  return {
    why,
    blurred(answer) {
      const { message: _, details, ...body } = bodyOf(answer)
      return {
        ...answer,
        body: { ...body, ...(isJsonObject(details) ? { details: withoutTexts(details) } : {}) },
      }
    },
  }
}

function withoutTexts(details: JsonObject): JsonObject {
  const causes = Array.isArray(details['causes']) ? (details['causes'] as readonly JsonObject[]) : []
  const places = causes.map(({ field, reason }) => `${field as string} ${reason as string}`)
  return { ...details, causes: [...new Set(places)] }
}

/** Fields, named by their path, are left out. */
function without(why: string, ...paths: readonly string[]): Difference {
  return {
    why,
    blurred: answer => ({
      ...answer,
      body: paths.reduce((body, path) => dropped(body, path.split('.')), answer.body),
    }),
  }
}

function dropped(value: Json, [first, ...rest]: readonly string[]): Json {
  if (!isJsonObject(value) || first === undefined) return value
  const { [first]: inner, ...others } = value
  return rest.length === 0 || inner === undefined ? others : { ...others, [first]: dropped(inner, rest) }
}

const NO_CONTROLLER = 'no controller of ReplicaSets runs here, so that nobody has written a status'
const QUOTED = 'the sentence quotes the whole object, with its fields in another order'

export const ON_PURPOSE: Readonly<Record<string, Difference>> = {
  'refusals: GET /api/v1/pods?continue=abc': otherWords('the complaint of another JSON parser'),
  'refusals: an unknown transformation': otherWords('protobuf is read, never written'),
  'bodies: broken JSON': otherWords('the start of the body is not repeated'),
  'bodies: another kind': otherWords('there is no conversion that could be unknown'),
  'lifecycle: another uid': otherWords('there is no etcd whose key could be named'),
  'lifecycle: a patch to a wrong type': otherWords(QUOTED),
  'lifecycle: a new finalizer when it is too late': otherWords('said once, not twice'),
  'lists: the other two': without(
    'a page says that it is the last when no later object matches',
    'metadata.continue',
  ),
  'services: delete a service': without('what is gone is shown as it last was', 'metadata.resourceVersion'),
  'replica-sets: scale': without(NO_CONTROLLER, 'metadata.resourceVersion'),
  'replica-sets: scale by a patch': without(NO_CONTROLLER, 'metadata.resourceVersion'),
  'replica-sets: scale to a text': otherWords(QUOTED),
  'replica-sets: containers by name': without(
    NO_CONTROLLER,
    'metadata.resourceVersion',
    'status.observedGeneration',
  ),
  'replica-sets: a container deleted': without(
    NO_CONTROLLER,
    'metadata.resourceVersion',
    'status.observedGeneration',
  ),
}

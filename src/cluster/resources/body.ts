// A request's body: is it of the kind, are its types right, what does it have that the kind does not know,
// and is there a namespace to put it in.
import { isDeeperThan, LEVELS_MAX } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { apiVersionOf } from '../../kube/object.ts'
import { UndecodableBody } from '../schema/type-decoder.ts'
import type { Behaviour } from './behaviour.ts'
import type { Core } from './core.ts'
import { text, withFields } from '../../std/json-parts.ts'
import { forbiddenRequest, notFound } from './refusals.ts'
import { StatusError } from './resources.ts'
import type { WriteOptions } from './resources.ts'
import { NAMESPACE } from '../../kube/kinds.ts'

const WARNINGS_MAX = 20

export interface ReadBody {
  readonly value: JsonObject
  readonly warnings: string[]
}

/** A 400 about the body itself; `problem` is the part that says what is wrong with it. */
export class UnreadableBody extends StatusError {
  readonly problem: string

  constructor(place: string, problem: string) {
    super(400, 'BadRequest', `${place}: ${problem}`)
    this.problem = problem
  }
}

/** The body as it would be stored, or a 400 that says why not. */
export function readBody(behaviour: Behaviour, body: JsonObject, options: WriteOptions): ReadBody {
  const { kind } = behaviour
  const apiVersion = text(body['apiVersion']) || apiVersionOf(kind)
  const kindName = text(body['kind']) || kind.kind
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
  const place = `${kindName} in version "${version}" cannot be handled as a ${kind.kind}`
  if (apiVersion !== apiVersionOf(kind) || kindName !== kind.kind) {
    throw new UnreadableBody(place, `the request is for ${apiVersionOf(kind)}, Kind=${kind.kind}`)
  }
  if (isDeeperThan(LEVELS_MAX, body)) throw new UnreadableBody(place, 'exceeded max depth')
  const { value, unknown } = decoded(behaviour, withFields(body, { apiVersion, kind: kindName }), place)
  const validation = options.fieldValidation ?? 'Warn'
  if (validation === 'Ignore') return { value, warnings: [] }
  const found = [
    ...unknown.map(path => `unknown field ${JSON.stringify(path)}`),
    ...(options.duplicates ?? []).map(path => `duplicate field ${JSON.stringify(path)}`),
  ]
  if (found.length === 0) return { value, warnings: [] }
  if (validation === 'Strict') {
    throw new UnreadableBody(place, `strict decoding error: ${found.join(', ')}`)
  }
  return { value, warnings: found.slice(0, WARNINGS_MAX) }
}

function decoded(behaviour: Behaviour, body: JsonObject, place: string) {
  try {
    const { value, unknown } = behaviour.decode(body)
    const head: Json = body['apiVersion'] as Json
    return { value: { apiVersion: head, kind: body['kind'] as Json, ...value }, unknown }
  } catch (error) {
    if (error instanceof UndecodableBody) throw new UnreadableBody(place, error.message)
    throw error
  }
}

/** Runs a check; what it refuses is told together with what has been warned of. */
export function warned<T>(warnings: readonly string[], check: () => T): T {
  try {
    return check()
  } catch (error) {
    if (error instanceof StatusError) error.warnings = warnings
    throw error
  }
}

/** A new object needs a namespace that is there and not going. */
export function checkNamespace(
  core: Core,
  behaviour: Behaviour,
  namespace: string | undefined,
  name: string,
): void {
  if (namespace === undefined) return
  const found = core.store.newest(`/namespaces//${namespace}`)?.value
  if (!found) throw notFound(NAMESPACE, namespace)
  if (found.metadata.deletionTimestamp === undefined) return
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`
  throw forbiddenRequest(behaviour.kind, name, why, [
    {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    },
  ])
}

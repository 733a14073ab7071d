// The refusals that several calls share, worded as Kubernetes words them: clients compare reasons, people
// grep texts.
import type { Kind } from '../../kube/object.ts'
import { resourceName } from '../../kube/object.ts'
import type { Json } from '../../std/json.ts'
import { aggregate, causesOf } from '../schema/field-errors.ts'
import type { FieldProblem } from '../schema/field-errors.ts'
import { StatusError } from './resources.ts'

type Named = Pick<Kind, 'group' | 'version' | 'kind' | 'plural' | 'namespaced' | 'statusSubresource'>

function about(kind: Named, name: string, more: { readonly [field: string]: Json } = {}) {
  return {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.plural,
    ...more,
  }
}

export function notFound(kind: Named, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${resourceName(kind)} "${name}" not found`, about(kind, name))
}

export function alreadyExists(kind: Named, name: string, isTerminating = false): StatusError {
  const said = `${resourceName(kind)} "${name}" already exists`
  const message = isTerminating ? `object is being deleted: ${said}` : said
  return new StatusError(409, 'AlreadyExists', message, about(kind, name))
}

export function conflict(kind: Named, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`
  return new StatusError(409, 'Conflict', message, about(kind, name))
}

export const MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again'

export function forbiddenRequest(kind: Named, name: string, why: string, causes?: Json): StatusError {
  const message = `${resourceName(kind)} "${name}" is forbidden: ${why}`
  return new StatusError(403, 'Forbidden', message, about(kind, name, causes === undefined ? {} : { causes }))
}

export function invalidObject(
  kind: Pick<Kind, 'group' | 'kind'>,
  name: string,
  problems: readonly FieldProblem[],
): StatusError {
  const said = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
  return new StatusError(422, 'Invalid', `${said} "${name}" is invalid: ${aggregate(problems)}`, {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.kind,
    causes: causesOf(problems),
  })
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message)
}

export function unsupportedMedia(message: string): StatusError {
  return new StatusError(415, 'UnsupportedMediaType', message)
}

/** What a body may have, and an object that many patches have made. */
export const OBJECT_MAX_BYTES = 3 * 1024 * 1024

export function entityTooLarge(): StatusError {
  const message = `Request entity too large: limit is ${OBJECT_MAX_BYTES}`
  return new StatusError(413, 'RequestEntityTooLarge', message)
}

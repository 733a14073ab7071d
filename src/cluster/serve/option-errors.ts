// Refusals of a request's options (not of an object): 422 on the options' own kind.
import { StatusError } from '../resources/resources.ts'

export interface FieldTrouble {
  readonly field: string
  readonly reason: string
  readonly message: string
}

export function invalidOptions(kind: string, troubles: readonly FieldTrouble[]): StatusError {
  const texts = troubles.map(one => `${one.field}: ${one.message}`)
  const said = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  return new StatusError(422, 'Invalid', `${kind}.meta.k8s.io "" is invalid: ${said}`, {
    group: 'meta.k8s.io',
    kind,
    causes: troubles.map(({ reason, message, field }) => ({ reason, message, field })),
  })
}

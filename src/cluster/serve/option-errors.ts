// Refusals of a request's options (not of an object): 422 on the options' own kind.
import { invalidObject } from '../resources/refusals.ts'
import type { StatusError } from '../resources/resources.ts'
import type { FieldProblem } from '../schema/field-errors.ts'

export function invalidOptions(kind: string, problems: readonly FieldProblem[]): StatusError {
  return invalidObject({ group: 'meta.k8s.io', kind }, '', problems)
}

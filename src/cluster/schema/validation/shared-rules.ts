// Rules that a Rollout's template and the built-in kinds share: written once in `api/validation`, in
// Kubernetes' words, and told here as causes of a refusal.
import type { FieldError } from '../../../api/field-error.ts'
import type { FieldErrorType, FieldProblem } from '../field-errors.ts'

const TYPES: readonly (readonly [head: string, type: FieldErrorType])[] = [
  ['Required value', 'Required'],
  ['Unsupported value', 'NotSupported'],
  ['Duplicate value', 'Duplicate'],
  ['Not found', 'NotFound'],
  ['Forbidden', 'Forbidden'],
  ['Internal error', 'Internal'],
]

export function problems(errors: readonly FieldError[]): FieldProblem[] {
  return errors.map(({ path, message }) => {
    const type = TYPES.find(([head]) => message.startsWith(head))?.[1] ?? 'Invalid'
    return { type, path, message }
  })
}

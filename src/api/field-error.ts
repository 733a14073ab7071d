// A user's mistake in a manifest, as a value: where, what, and how to mend it. Never thrown.
import type { Json } from '../std/json.ts'

export interface FieldError {
  /** `spec.strategy.steps[0].setWeight`, in the words of Kubernetes' field paths. */
  readonly path: string
  readonly value: Json
  /** What is wrong, in the text that users know from Argo Rollouts where there is one. */
  readonly message: string
  readonly cure: string
}

// Where ours is meant to differ from what was recorded, by life and place, with the reason. docs/COMPAT.md
// tells users.
import type { Difference } from './difference.ts'

export interface OnPurpose {
  /** Name of the life, or several. */
  readonly lives: readonly string[]
  /** Beginning of the place: `end:.Rollout/demo.status.message`. */
  readonly path: string
  readonly reason: string
}

export const ON_PURPOSE: readonly OnPurpose[] = []

/** The differences that nobody wanted. */
export function unwanted(life: string, found: readonly Difference[], list = ON_PURPOSE): Difference[] {
  const known = list.filter(one => one.lives.includes(life))
  return found.filter(({ path }) => !known.some(one => path.startsWith(one.path)))
}

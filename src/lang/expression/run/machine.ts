// One evaluation: its budget, the variables and the elements that predicates look at.
import type { Instant } from '../../../std/instant.ts'
import { Budget } from '../budget.ts'
import type { GoObject, GoValue } from '../go-values.ts'
import { refuse } from '../refusal.ts'

/** Compat: a map is walked through, too; only who looks at an element of it is refused. */
export const OF_A_MAP: GoObject = Object.freeze({})

/** What `#` and its like mean inside one predicate. */
export class Scope {
  element: GoValue = null
  index = 0
  accumulated: GoValue = null
  readonly outer: Scope | undefined
  constructor(outer: Scope | undefined) {
    this.outer = outer
  }

  item(): GoValue {
    const { element } = this
    return element === OF_A_MAP ? refuse('reflect: call of reflect.Value.Index on map Value') : element
  }
}

const NONE: GoValue[] = []

export class Machine extends Budget {
  readonly result: GoValue
  readonly hasPauses: boolean
  variables: GoValue[] = NONE
  scope: Scope | undefined

  /** `units`: where it is not to take all that it may; `hasPauses`: it goes on bit by bit. */
  constructor(
    now: Instant,
    result: GoValue,
    more: { readonly units?: number; readonly hasPauses?: true } = {},
  ) {
    super(now, result, more.units)
    this.result = result
    this.hasPauses = more.hasPauses === true
  }

  declare(at: number, value: GoValue): void {
    if (this.variables === NONE) this.variables = []
    this.variables[at] = value
  }
}

// One evaluation: its budget, the variables and the elements that predicates look at.
import type { Instant } from '../../../std/instant.ts'
import { Budget } from '../budget.ts'
import type { GoValue } from '../go-values.ts'

/** What `#` and its like mean inside one predicate. */
export class Scope {
  element: GoValue = null
  index = 0
  accumulated: GoValue = null
  readonly outer: Scope | undefined
  constructor(outer: Scope | undefined) {
    this.outer = outer
  }
}

const NONE: GoValue[] = []

export class Machine extends Budget {
  readonly result: GoValue
  variables: GoValue[] = NONE
  scope: Scope | undefined

  constructor(now: Instant, result: GoValue) {
    super(now, result)
    this.result = result
  }

  declare(at: number, value: GoValue): void {
    if (this.variables === NONE) this.variables = []
    this.variables[at] = value
  }
}

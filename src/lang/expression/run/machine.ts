// One evaluation: its budget, the variables and the elements that predicates look at.
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

export class Machine extends Budget {
  readonly result: GoValue
  readonly variables: GoValue[] = []
  scope: Scope | undefined

  constructor(now: bigint, result: GoValue) {
    super(now, result)
    this.result = result
  }
}

// One walk through a list with a predicate: what `#`, `#index` and `#acc` are at each element.
import { refuse } from '../refusal.ts'
import type { GoValue } from '../go-values.ts'
import type { Machine } from '../run/machine.ts'
import { Scope } from '../run/machine.ts'
import type { Steps } from '../steps.ts'
import { elementsOf } from './loops.ts'
import type { Elements, Loop, LoopKind } from './loops.ts'

interface Walked {
  readonly kind: LoopKind
  readonly list: GoValue
  /** What stands behind the predicate: an order, the first `#acc`. */
  readonly option: GoValue | undefined
}

export class Walk {
  private readonly machine: Machine
  private readonly elements: Elements
  private readonly loop: Loop
  private readonly scope: Scope
  private readonly isBackward: boolean
  private readonly length: number
  private at = 0
  /** The last element was enough. */
  private isFound = false

  constructor(machine: Machine, { kind, list, option }: Walked) {
    this.machine = machine
    this.elements = elementsOf(list, machine)
    this.length = this.elements.length
    this.isBackward = kind.isBackward === true
    this.loop = kind.begin(machine, option)
    this.scope = new Scope(machine.scope)
    if (kind.isReducing === true) this.beginReducing(option)
    machine.scope = this.scope
  }

  private beginReducing(first: GoValue | undefined): void {
    if (first === undefined) {
      if (this.length === 0) refuse('reduce of empty array with no initial value')
      this.at = 1
    }
    this.scope.accumulated = first === undefined ? this.elements.at(0) : first
  }

  /** Goes to the next element, if there is one; it costs so much. */
  next(cost: number): boolean {
    if (this.at >= this.length) return false
    this.machine.spend(cost)
    const { scope } = this
    scope.index = this.isBackward ? this.length - 1 - this.at : this.at
    scope.element = this.elements.at(scope.index)
    this.at++
    return true
  }

  /** Takes what the predicate gave; true when that was enough. */
  take(value: GoValue): boolean {
    this.isFound = this.loop.step(value, this.scope)
    return this.isFound
  }

  end(failsWhenMissing: boolean): GoValue {
    this.leave()
    return this.checked(this.loop.end(this.scope), failsWhenMissing)
  }

  *longEnd(failsWhenMissing: boolean): Steps<GoValue> {
    if (this.loop.longEnd === undefined) return this.end(failsWhenMissing)
    this.leave()
    return this.checked((yield this.loop.longEnd()) as GoValue, failsWhenMissing)
  }

  private leave(): void {
    this.machine.scope = this.scope.outer
  }

  private checked(value: GoValue, failsWhenMissing: boolean): GoValue {
    return this.isFound || !failsWhenMissing ? value : refuse('reflect: slice index out of range')
  }
}

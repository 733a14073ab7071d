// Sorting as the peer does it: short lists by insertion, which shows where some values have no order.
import type { Budget } from '../budget.ts'
import type { GoValue } from '../go-values.ts'
import { refuse } from '../refusal.ts'
import { isLess, orderOf } from './arithmetic.ts'
import { asText } from './conversion.ts'

const SHORT = 12

/** Whether the order is `desc`. */
export function isDescending(order: GoValue | undefined, complaint: (order: string) => string): boolean {
  const wanted = order === undefined ? 'asc' : asText(order)
  return wanted !== 'asc' && (wanted === 'desc' || refuse(complaint(wanted)))
}

const costOf = (key: GoValue) => (typeof key === 'string' ? 1 + (key.length >> 2) : 1)

interface Keyed {
  readonly key: GoValue
  readonly value: GoValue
}

export function sorted(items: readonly Keyed[], isDownwards: boolean, budget: Budget): GoValue[] {
  const before = (a: Keyed, b: Keyed) => {
    budget.spend(costOf(a.key))
    return isDownwards ? isLess(b.key, a.key) : isLess(a.key, b.key)
  }
  if (items.length > SHORT) {
    const sign = isDownwards ? -1 : 1
    const inOrder = (a: Keyed, b: Keyed) => {
      budget.spend(costOf(a.key))
      return sign * orderOf(a.key, b.key)
    }
    return items.toSorted(inOrder).map(({ value }) => value)
  }
  const list = [...items]
  for (let next = 1; next < list.length; next++) {
    for (let at = next; at > 0; at--) {
      const [left, right] = [list[at - 1] as Keyed, list[at] as Keyed]
      if (!before(right, left)) break
      list[at - 1] = right
      list[at] = left
    }
  }
  return list.map(({ value }) => value)
}

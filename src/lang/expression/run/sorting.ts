// Sorting as the peer does it: short lists by insertion, which shows where some values have no order.
import type { Budget } from '../budget.ts'
import type { GoValue } from '../go-values.ts'
import { refuse } from '../refusal.ts'
import { isLess, orderOf } from './arithmetic.ts'
import { PAUSE } from '../steps.ts'
import type { Steps } from '../steps.ts'
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

export function* sorted(items: readonly Keyed[], isDownwards: boolean, budget: Budget): Steps<GoValue[]> {
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
    return ((yield sortedInBits(items, inOrder)) as Keyed[]).map(({ value }) => value)
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

/** What is sorted at once. */
const RUN = 4096

/** In order, and what is alike in the order in which it came: runs that are sorted, and then merged. */
export function* sortedInBits<T>(items: readonly T[], order: (a: T, b: T) => number): Steps<T[]> {
  if (items.length <= RUN) return items.toSorted(order)
  let runs: T[][] = []
  for (let at = 0; at < items.length; at += RUN) {
    yield PAUSE
    runs.push(items.slice(at, at + RUN).toSorted(order))
  }
  while (runs.length > 1) {
    const merged: T[][] = []
    for (let at = 0; at < runs.length; at += 2)
      merged.push((yield pair(runs[at] as T[], runs[at + 1], order)) as T[])
    runs = merged
  }
  return runs[0] ?? []
}

function* pair<T>(left: T[], right: T[] | undefined, order: (a: T, b: T) => number): Steps<T[]> {
  return right === undefined ? left : ((yield merge(left, right, order)) as T[])
}

function* merge<T>(left: readonly T[], right: readonly T[], order: (a: T, b: T) => number): Steps<T[]> {
  // What is in order already costs no more.
  if (order(right[0] as T, left.at(-1) as T) >= 0) return left.concat(right)
  if (order(right.at(-1) as T, left[0] as T) < 0) return right.concat(left)
  const all: T[] = []
  let [i, j] = [0, 0]
  while (i < left.length && j < right.length) {
    if (all.length % RUN === 0) yield PAUSE
    const [a, b] = [left[i] as T, right[j] as T]
    if (order(b, a) < 0) {
      all.push(b)
      j++
    } else {
      all.push(a)
      i++
    }
  }
  for (; i < left.length; i++) all.push(left[i] as T)
  for (; j < right.length; j++) all.push(right[j] as T)
  return all
}

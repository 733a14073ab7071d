// From what the objects of a router say to the weight that may be reaching users. Reading protects them: whoever
// drains, switches or trims looks at it, so that in doubt the larger weight counts.
import type { Weights } from './router.ts'

/** What `canary` of `total` is of `maxWeight`, rounded up. */
export function shareOf(canary: number, total: number, maxWeight: number): number {
  return total <= 0 ? 0 : Math.min(maxWeight, Math.ceil((Math.max(0, canary) * maxWeight) / total))
}

/** The largest canary weight that one of a router's objects gives; undefined when none of them says anything. */
export function largestOf(said: readonly (number | undefined)[], maxWeight: number): Weights | undefined {
  const weights = said.filter(weight => weight !== undefined)
  if (weights.length === 0) return undefined
  const canary = Math.max(...weights)
  return { canary, stable: maxWeight - canary, others: {} }
}

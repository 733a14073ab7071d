// How weights are reckoned: what they add up to, shares, and the weight that may be reaching users. Reading protects
// them: whoever drains, switches or trims looks at it, so that in doubt the larger weight counts.
import type { TrafficRouting } from '../api/traffic.ts'
import type { Weights } from './router.ts'

const DEFAULT_MAX_WEIGHT = 100

/** A maximum that nobody can read (settings may be remembered ones) is as if none were set. */
export function hasMaxWeight({ maxTrafficWeight }: TrafficRouting): boolean {
  return Number.isInteger(maxTrafficWeight) && (maxTrafficWeight ?? 0) >= 1
}

export function maxWeightOf(trafficRouting: TrafficRouting): number {
  return hasMaxWeight(trafficRouting)
    ? (trafficRouting.maxTrafficWeight ?? DEFAULT_MAX_WEIGHT)
    : DEFAULT_MAX_WEIGHT
}

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

/** The same with what experiments get beside the two: the stable side gives it. */
export function withOthers(
  weights: Weights | undefined,
  said: readonly (Weights['others'] | undefined)[],
): Weights | undefined {
  if (weights === undefined) return undefined
  const all = largestByName(said.flatMap(one => Object.entries(one ?? {})))
  const beside = [...all.values()].reduce((sum, weight) => sum + weight, 0)
  const { canary, stable } = weights
  return { canary, stable: Math.max(0, stable - beside), others: Object.fromEntries(all) }
}

/** The most that each name gets. */
export function largestByName(
  said: readonly (readonly [name: string, weight: number])[],
): ReadonlyMap<string, number> {
  const all = new Map<string, number>()
  for (const [name, weight] of said) all.set(name, Math.max(weight, all.get(name) ?? 0))
  return all
}

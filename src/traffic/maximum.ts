// `maxTrafficWeight` beside a router that does not know it: its weights are of 100, whatever those of the Rollout are.
import type { TrafficIntent, Weights } from './router.ts'

const ALL = 100

/** Rounded down: it never reads as more than was meant. Who gets something gets a hundredth, while one is left. */
export function ofHundred(intent: TrafficIntent): TrafficIntent {
  const { maxWeight, canary, stable } = intent
  if (maxWeight === ALL) return intent
  const share = (weight: number) =>
    weight <= 0 ? 0 : Math.min(ALL, Math.max(1, Math.floor((weight * ALL) / maxWeight)))
  let left = ALL
  const take = (weight: number) => {
    const taken = Math.min(left, share(weight))
    left -= taken
    return taken
  }
  const given = take(canary.weight)
  const others = intent.others.map(one => ({ ...one, weight: take(one.weight) }))
  return {
    ...intent,
    maxWeight: ALL,
    canary: { ...canary, weight: given },
    stable: { ...stable, weight: left },
    others,
  }
}

export function ofMaximum(weights: Weights | undefined, maxWeight: number): Weights | undefined {
  if (weights === undefined || maxWeight === ALL) return weights
  const part = (weight: number) => Math.min(maxWeight, Math.ceil((weight * maxWeight) / ALL))
  const others = Object.fromEntries(
    Object.entries(weights.others).map(([name, weight]) => [name, part(weight)] as const),
  )
  const given = Object.values(others).reduce((sum, weight) => sum + weight, part(weights.canary))
  return { ...weights, canary: part(weights.canary), stable: Math.max(0, maxWeight - given), others }
}

// Replica arithmetic of a canary with traffic routing: weights move requests, so pods only follow. Pure
// numbers; with dynamicStableScale the stable side shrinks as its share does, and an abort gives the weight
// back as it grows again.
import type { Split } from './basic-sizes.ts'
import type { CanaryScale } from '../steps.ts'

export interface RoutedCanary {
  /** `spec.replicas`. */
  readonly replicas: number
  readonly maxWeight: number
  /** An explicit scale, or the weight. */
  readonly scale: CanaryScale
  /** `minPodsPerReplicaSet`; 0 when it is not set. */
  readonly minPods: number
  /** With dynamicStableScale: the weights that the router has been given, since pods must carry these. */
  readonly dynamic?: {
    readonly isAborted: boolean
    readonly canaryWeight: number
    readonly stableWeight: number
    /** What the step asks the routers for: less than the scale where the canary keeps pods beside it. */
    readonly stepWeight: number
  }
}

/**
 * The sizes of canary and stable.
 *
 *   10 pods, weight 25 → canary 3 (rounded up), stable 10
 *   the same with dynamicStableScale and 25 routed → canary 3, stable 8 (⌈7.5⌉)
 *   the same while only 10 are routed → canary 3, stable 9: it still carries 90
 */
export function routedSizes(state: RoutedCanary): Split {
  const { replicas, maxWeight, scale, dynamic } = state
  const share = (weight: number) => Math.ceil((weight * replicas) / maxWeight)
  const atLeast = (pods: number) => (pods === 0 ? 0 : Math.max(pods, Math.min(state.minPods, replicas)))
  const explicit = 'replicas' in scale ? scale.replicas : undefined
  const weight = 'replicas' in scale ? 0 : scale.weight
  const canary = explicit ?? atLeast(share(weight))
  if (dynamic === undefined) return { canary, stable: replicas }
  const carried = dynamic.isAborted ? share(dynamic.canaryWeight) : 0
  // What was given up goes back whole, although a scale may still hold for the canary.
  const rest = dynamic.isAborted ? maxWeight : maxWeight - Math.min(weight, dynamic.stepWeight)
  return {
    // Compat: with dynamicStableScale an explicit number of replicas has a lower bound, too.
    canary: atLeast(Math.max(carried, canary)),
    stable: atLeast(Math.max(share(rest), share(dynamic.stableWeight))),
  }
}

/**
 * How many stable pods must be available before the canary may get its weight: the rest of the share, rounded
 * down, but one at least as long as there is a rest.
 */
export function stableNeededFor(weight: number, sizes: { replicas: number; maxWeight: number }): number {
  const rest = sizes.maxWeight - weight
  const pods = Math.floor((rest * sizes.replicas) / sizes.maxWeight)
  return rest > 0 && sizes.replicas > 0 ? Math.max(1, pods) : pods
}

export interface AbortedCanary {
  readonly replicas: number
  readonly maxWeight: number
  readonly stableAvailable: number
  readonly canaryAvailable: number
  /** The weights of all `setWeight` steps, in order. */
  readonly stepWeights: readonly number[]
  /** What the canary has now: it gets no more. */
  readonly currentWeight: number
  /** Whether abortScaleDownDelaySeconds is set: then the canary's own pods do not hold the weight up. */
  readonly hasDelay: boolean
  /** `minPodsPerReplicaSet`; 0 when it is not set. */
  readonly minPods: number
}

/**
 * The weight of an aborted canary with dynamicStableScale: back through the steps as stable pods become
 * available again, so that nobody carries more than they can.
 *
 *   10 pods, steps 20 and 60, weight 60, 4 stable pods available → 60: the next step down needs 8
 *   the same with 8 stable pods available → 20; with 10 → 0
 */
export function abortedWeight(state: AbortedCanary): number {
  const { replicas, maxWeight, stableAvailable, currentWeight } = state
  if (replicas === 0) return 0
  const missing = replicas - stableAvailable
  const canaryPods = state.hasDelay ? missing : Math.max(missing, state.canaryAvailable)
  const least = Math.min(state.minPods, replicas)
  const podsOf = (weight: number) =>
    weight === 0 ? 0 : Math.max(least, Math.ceil((weight * replicas) / maxWeight))
  const down = state.stepWeights.findLast(weight => podsOf(weight) < canaryPods) ?? 0
  const carried = Math.floor((maxWeight * stableAvailable) / replicas)
  const rest = Math.max(0, maxWeight - carried)
  if (down <= 0) return Math.min(rest, currentWeight)
  return carried < maxWeight - down ? currentWeight : Math.min(down, currentWeight)
}

// Replica arithmetic of a canary without traffic routing: the share of pods is the share of the traffic. Pure
// numbers; the strategy (canary.ts) brings them together with ReplicaSets. With traffic routing:
// routed-replicas.ts.

/** What a ReplicaSet should have and what of it is available. */
export interface Count {
  readonly spec: number
  readonly available: number
}

export interface Split {
  readonly canary: number
  readonly stable: number
}

export interface Sizing {
  /** `spec.replicas`. */
  readonly replicas: number
  readonly weight: number
  readonly maxWeight: number
  /** Pods above `replicas`, and pods below it, that an update may cost. */
  readonly maxSurge: number
  readonly maxUnavailable: number
}

/**
 * The split of pods that comes nearest to the weight: over `replicas` pods, or over one more where there is
 * surge. Both sides keep a pod unless the weight is 0 or all there is (a single pod without surge can not be
 * split).
 *
 *   10 pods, weight 25, no surge: 2.5 → 3 canary, 7 stable (3 is tried first; 2 would be as near)
 *   10 pods, weight 5, surge 1: 1 of 11 → 1 canary, 10 stable
 *   2 pods, weight 75, no surge: 1.5 → 1 canary, 1 stable (Argo Rollouts finds nothing here and takes 0)
 */
export function idealSplit(sizing: Omit<Sizing, 'maxUnavailable'>): Split {
  const { replicas, weight, maxWeight, maxSurge } = sizing
  if (replicas === 0) return { canary: 0, stable: 0 }
  const mayBeNone = weight === maxWeight || weight === 0 || (replicas === 1 && maxSurge === 0)
  const exact = (replicas * weight) / maxWeight
  const [above, below] = [Math.ceil(exact), Math.floor(exact)]
  const isTie = (total: number) => ((total * weight) / maxWeight) % 1 === 0.5
  const options = [
    { canary: above, total: replicas, isAllowed: above < replicas || mayBeNone },
    { canary: below, total: replicas, isAllowed: !isTie(replicas) && (below !== 0 || mayBeNone) },
    { canary: above, total: replicas + 1, isAllowed: maxSurge > 0 },
    {
      canary: below,
      total: replicas + 1,
      isAllowed: maxSurge > 0 && !isTie(replicas + 1) && (below !== 0 || mayBeNone),
    },
  ].filter(option => option.isAllowed)
  const distance = (option: { canary: number; total: number }) =>
    Math.abs((option.canary * maxWeight) / option.total - weight)
  const nearest = options.toSorted((a, b) => distance(a) - distance(b))[0]
  if (nearest === undefined) return { canary: replicas - 1, stable: 1 }
  return { canary: nearest.canary, stable: nearest.total - nearest.canary }
}

export interface BasicCanary extends Sizing {
  readonly canary: Count | undefined
  /** Undefined when nothing is stable yet, and when the canary itself is stable. */
  readonly stable: Count | undefined
  /** `spec` of all other ReplicaSets together. */
  readonly olderSpec: number
}

/**
 * The next sizes of canary and stable on the way to the ideal split, within the budgets: together with older
 * pods never more than replicas + maxSurge after growing, and never fewer available than replicas −
 * maxUnavailable by shrinking.
 *
 *   10 pods, weight 10, surge 1, unavailable 1; canary 0, stable 10 → canary 1, stable 9
 *   10 pods, weight 30, surge 3, unavailable 0; canary 0, stable 10 → canary 3, stable 10 until they are available
 */
export function basicCanarySizes(state: BasicCanary): Split {
  const ideal = state.stable === undefined ? { canary: state.replicas, stable: 0 } : idealSplit(state)
  const grown = grow(state, ideal)
  // Pods of older revisions are given up first.
  if (state.olderSpec > 0) return grown
  return shrink(state, ideal, grown)
}

function grow(state: BasicCanary, ideal: Split): Split {
  const { canary, stable, olderSpec } = state
  const [canarySpec, stableSpec] = [canary?.spec ?? 0, stable?.spec ?? 0]
  const budget = Math.max(0, state.replicas + state.maxSurge - canarySpec - stableSpec - olderSpec)
  const stableGrowth = stable === undefined ? 0 : clamp(ideal.stable - stableSpec, 0, budget)
  const canaryGrowth = canary === undefined ? 0 : clamp(ideal.canary - canarySpec, 0, budget - stableGrowth)
  return { canary: canarySpec + canaryGrowth, stable: stableSpec + stableGrowth }
}

/**
 * Only the side that the weight takes pods from shrinks; its own pods count whether available or not, for the
 * unavailable go first.
 */
function shrink(state: BasicCanary, ideal: Split, grown: Split): Split {
  const { canary, stable } = state
  const minAvailable = state.replicas - state.maxUnavailable
  const isIncreasing = canary === undefined || ideal.canary >= canary.spec
  const counted = isIncreasing ? availableOf(canary) + (stable?.spec ?? 0) : canary.spec + availableOf(stable)
  const budget = counted - minAvailable
  if (budget <= 0) return grown
  const limit = state.replicas + state.maxSurge
  if (isIncreasing) {
    if (stable === undefined) return grown
    const drained = stable.spec > ideal.stable ? Math.max(ideal.stable, stable.spec - budget) : grown.stable
    const [stableSize, canarySize] = fit(
      { size: drained, available: stable.available },
      { size: grown.canary, available: availableOf(canary) },
      { limit, minAvailable },
    )
    return { canary: canarySize, stable: stableSize }
  }
  const drained = canary.spec > ideal.canary ? Math.max(ideal.canary, canary.spec - budget) : grown.canary
  const [canarySize, stableSize] = fit(
    { size: drained, available: canary.available },
    { size: grown.stable, available: availableOf(stable) },
    { limit, minAvailable },
  )
  return { canary: canarySize, stable: stableSize }
}

interface Side {
  readonly size: number
  readonly available: number
}

/**
 * Two sides that are larger than the limit together (after `spec.replicas` was lowered, say): the other side
 * gives way, down to what is needed of its available pods; then unavailable pods of the drained side.
 */
function fit(
  drained: Side,
  other: Side,
  { limit, minAvailable }: { readonly limit: number; readonly minAvailable: number },
): readonly [drained: number, other: number] {
  const excess = Math.max(0, drained.size + other.size - limit)
  if (excess === 0) return [drained.size, other.size]
  const kept = Math.min(drained.size, drained.available)
  const needed = clamp(minAvailable - kept, 0, Math.min(other.size, other.available))
  const otherSize = Math.max(0, other.size - excess, needed)
  return [Math.max(0, Math.min(drained.size, limit - otherSize)), otherSize]
}

/** Available pods that stay when nothing more is asked for than `spec`. */
function availableOf(count: Count | undefined): number {
  return count === undefined ? 0 : Math.min(count.spec, count.available)
}

export function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value))
}

/**
 * Sizes of older ReplicaSets (newest first): what is not available goes at once, the rest as the budget
 * allows.
 */
export function drainedOlder(older: readonly Count[], budget: number): readonly number[] {
  let left = Math.max(0, budget)
  return older.map(({ spec, available }) => {
    const healthy = Math.min(spec, available)
    const taken = Math.min(healthy, left)
    left -= taken
    return healthy - taken
  })
}

// Which backend the next request goes to: from a block of slots, as many for each backend as its weight, freshly
// shuffled for each block. So exactly 30 of every 100 requests go to a canary of weight 30, in no rhythm that two
// clients could fall into.
import type { Random } from '../../doors/random.ts'

export interface WeightedChoice {
  /** The index of the next backend; undefined when no weight is above zero. */
  next(): number | undefined
}

const BLOCK = 100
const BLOCK_MAX = 1000

export function weightedChoice(weights: readonly number[], random: Random): WeightedChoice {
  const counts = slotCounts(weights)
  const slots = counts.flatMap((count, backend) => Array.from({ length: count }, () => backend))
  let at = slots.length
  return {
    next() {
      if (slots.length <= 1) return slots[0]
      if (at >= slots.length) {
        shuffle(slots, random)
        at = 0
      }
      return slots[at++]
    },
  }
}

/**
 * How many slots of a block each weight has. Weights whose sum divides 100 make a block of 100 (1 and 1 → 50 and 50);
 * other sums up to 1000 are the block themselves (3 of 7 → 3 and 4); beyond that the largest remainders decide.
 */
export function slotCounts(weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  if (sum <= 0) return weights.map(() => 0)
  if (weights.every(Number.isInteger) && BLOCK % sum === 0)
    return weights.map(weight => (weight * BLOCK) / sum)
  if (weights.every(Number.isInteger) && sum <= BLOCK_MAX) return weights
  return largestRemainders(
    weights.map(weight => (weight * BLOCK_MAX) / sum),
    BLOCK_MAX,
  )
}

function largestRemainders(shares: readonly number[], total: number): readonly number[] {
  const whole = shares.map(Math.floor)
  const missing = total - whole.reduce((sum, count) => sum + count, 0)
  const most = shares
    .map((share, i) => ({ i, rest: share - Math.floor(share) }))
    .toSorted((a, b) => b.rest - a.rest || a.i - b.i)
    .slice(0, missing)
  return whole.map((count, i) => (most.some(one => one.i === i) ? count + 1 : count))
}

function shuffle(slots: number[], random: Random): void {
  for (let i = slots.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1))
    const kept = slots[i] as number
    slots[i] = slots[j] as number
    slots[j] = kept
  }
}

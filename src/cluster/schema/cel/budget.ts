// What evaluating rules may cost, counted while they run: a step for each node of a rule, and for each ten
// characters or each list element that a function or a comparison reads. Kubernetes' limits.
import { Optional } from '@marcbachmann/cel-js'

/** For one object and all its rules. */
export const STEPS_MAX = 10_000_000
/** For one rule. */
export const RULE_STEPS_MAX = 1_000_000

export interface Purse {
  left: number
}

export class OutOfBudget extends Error {
  constructor() {
    super('operation cancelled: actual cost limit exceeded')
  }
}

/** Open while no rule runs: what is done for one that is only stored has limits of its own. */
let purse: Purse = { left: Infinity }

/** Runs on this purse; CEL is evaluated without a pause, so that one is open at a time. */
export function spending<T>(own: Purse, run: () => T): T {
  const before = purse
  purse = own
  try {
    return run()
  } finally {
    purse = before
  }
}

/** Throws when there is nothing left, and does so again and again where CEL's `||` swallows it. */
export function spend(steps: number): void {
  purse.left -= steps
  if (purse.left < 0) throw new OutOfBudget()
}

const known = new WeakMap<object, number>()

/** How much there is to read in a value: its characters, and ten for each element. */
export function weightOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 1
  if (value instanceof Optional) return value.hasValue() ? 1 + weightOf(value.value()) : 1
  if (value instanceof Uint8Array) return value.length
  const before = known.get(value)
  if (before !== undefined) return before
  const weight = weightOfParts(value)
  known.set(value, weight)
  return weight
}

function weightOfParts(value: object): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + 10 + weightOf(one), 1)
  return Object.entries(value).reduce((sum, [key, one]) => sum + 10 + key.length + weightOf(one), 1)
}

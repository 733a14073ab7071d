// A moment as a text names it: `rangeQuery.start` and `end`.
import { assert } from '../../std/assert.ts'
import type { Instant } from '../../std/instant.ts'

export type TimeRead = { readonly nanoseconds: bigint } | { readonly problem: string }

/** The moment that the expression gives, in nanoseconds since the epoch, or why it gives none. */
export function timeOf(text: string, now: Instant): TimeRead {
  assert(text === 'now()', 'an expression that cannot be read yet')
  return { nanoseconds: BigInt(Math.round(now * 1000)) * 1000n }
}

// A verdict at once, for tests and benches.
import type { Typed } from '../lang/expression/typed.ts'
import type { Instant } from '../std/instant.ts'
import { judging } from './judge.ts'
import type { Conditions, Verdict } from './judge.ts'

export function judge(conditions: Conditions, result: Typed, now: Instant): Verdict {
  const bits = judging(conditions, result, now)
  for (;;) {
    const { done, value } = bits.next()
    if (done === true) return value
  }
}

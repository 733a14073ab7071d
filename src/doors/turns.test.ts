// When work that comes bit by bit lets others have their turn.
import { expect, test } from 'vitest'
import { inTurns } from './turns.ts'

/** Two bits, each of which moves the clock on; gives back whether somebody else had a turn before the end. */
async function hasLetOthers(byMs: number): Promise<boolean> {
  let now = 1_000_000
  let isLet = false
  const clock = { now: () => now, sleepUntil: () => Promise.resolve() }
  function* bits(): Generator<undefined, boolean> {
    setImmediate(() => (isLet = true))
    for (let i = 0; i < 2; i++) {
      now += byMs
      yield undefined
    }
    return isLet
  }
  return inTurns(clock, bits())
}

test('others wait until the work has held the thread for long', async () => {
  expect(await hasLetOthers(1)).toBe(false)
  expect(await hasLetOthers(10)).toBe(true)
})

test('a clock that is set back makes nobody wait longer', async () => {
  expect(await hasLetOthers(-3_600_000)).toBe(true)
})

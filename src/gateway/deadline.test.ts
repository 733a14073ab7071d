// What a request's deadline makes of a clock that somebody sets while it waits.
import { expect, test } from 'vitest'
import { createDeadlines } from './deadline.ts'

const LIMIT_MS = 60_000
const HOUR_MS = 3_600_000

/** Sleeps end as the stopwatch says, whatever the clock does. */
function aTime() {
  let [now, elapsed] = [Date.UTC(2026, 7, 1, 12), 5]
  const sleeping = new Set<{ readonly until: number; readonly wake: () => void }>()
  const clock = {
    now: () => now,
    sleepUntil: (at: number) =>
      new Promise<void>(wake => void sleeping.add({ until: elapsed + Math.max(0, at - now), wake })),
  }
  const pass = async (ms: number) => {
    now += ms
    elapsed += ms
    for (const one of sleeping) {
      if (one.until > elapsed) continue
      sleeping.delete(one)
      one.wake()
    }
    await new Promise(resolve => setImmediate(resolve))
  }
  return {
    deadlines: createDeadlines({ clock, stopwatch: () => elapsed }, LIMIT_MS),
    pass,
    set: (ms: number) => void (now += ms),
  }
}

test('a request is out of time when its time has passed', async () => {
  const { deadlines, pass } = aTime()
  const deadline = deadlines.start()
  await pass(LIMIT_MS - 1)
  expect(deadline.isOver).toBe(false)
  await pass(1)
  expect(deadline.isOver).toBe(true)
})

test('a clock that is set forward fails no request that has just come', async () => {
  const { deadlines, pass, set } = aTime()
  const first = deadlines.start()
  await pass(LIMIT_MS - 1)
  const second = deadlines.start()
  set(HOUR_MS)
  await pass(1)
  expect([first.isOver, second.isOver]).toEqual([true, false])
  await pass(LIMIT_MS)
  expect(second.isOver).toBe(true)
})

test('a clock that is set back makes no request wait longer', async () => {
  const { deadlines, pass, set } = aTime()
  const deadline = deadlines.start()
  set(-HOUR_MS)
  await pass(LIMIT_MS)
  expect(deadline.isOver).toBe(true)
})

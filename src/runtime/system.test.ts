// The system's clock, over timers that the test holds.
import { afterEach, expect, test, vi } from 'vitest'
import { systemClock } from './system.ts'

const NEVER = new AbortController().signal

afterEach(() => void vi.useRealTimers())

test('a sleep is as long as it was meant to be, also when the clock is set back or forward meanwhile', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  for (const byMs of [-3_600_000, 3_600_000]) {
    let isAwake = false
    void systemClock.sleepUntil(systemClock.now() + 10_000, NEVER).then(() => (isAwake = true))
    vi.setSystemTime(systemClock.now() + byMs)
    await vi.advanceTimersByTimeAsync(9999)
    expect(isAwake).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(isAwake).toBe(true)
  }
})

// A signal that follows another, and lets go of it.
import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { following } from './following.ts'

describe('a signal that follows another', () => {
  test('aborts with it, also when it comes too late', () => {
    const stop = new AbortController()
    const early = following(stop.signal)
    stop.abort()
    expect(early.signal.aborted).toBe(true)
    expect(following(stop.signal).signal.aborted).toBe(true)
  })

  test('leaves nothing behind on one that lives on', () => {
    const { signal } = new AbortController()
    for (let i = 0; i < 100; i++) following(signal).abort()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    expect(signal.aborted).toBe(false)
  })
})

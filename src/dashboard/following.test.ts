// A stream's loop in virtual time: what is sent when.
import { expect, test } from 'vitest'
import type { Clock } from '../doors/clock.ts'
import { createStore } from '../runtime/mirror/store.ts'
import { follow } from './following.ts'

/** Whoever sleeps on this clock waits until it is moved on. */
function handClock() {
  let now = 0
  const sleepers = new Set<{ at: number; wake: () => void }>()
  const clock: Clock = {
    now: () => now,
    sleepUntil: (at, signal) =>
      new Promise(resolve => {
        const sleeper = { at, wake: resolve }
        sleepers.add(sleeper)
        const wake = () => {
          sleepers.delete(sleeper)
          resolve()
        }
        if (signal.aborted) wake()
        signal.addEventListener('abort', wake, { once: true })
      }),
  }
  const settled = () => new Promise(resolve => setImmediate(resolve))
  return {
    clock,
    async advance(ms: number) {
      const end = now + ms
      await settled()
      while (now < end) {
        now = Math.min(end, ...[...sleepers].map(one => Math.max(one.at, now + 1)))
        for (const sleeper of sleepers) {
          if (sleeper.at > now) continue
          sleepers.delete(sleeper)
          sleeper.wake()
        }
        await settled()
      }
    },
  }
}

function playing(keepAlive?: { text: string; everyMs: number }, takes = Infinity) {
  const { clock, advance } = handClock()
  const sent: string[] = []
  let change = () => {}
  let text = 'first'
  let shown: string | undefined
  const live = {
    cache: createStore(),
    ready: Promise.resolve(),
    onChange: (listener: () => void) => void (change = listener),
  }
  const show = () => {
    if (shown === text) return []
    shown = text
    return [text]
  }
  const gone = new AbortController()
  const options = { live, clock, signal: gone.signal, gatherMs: 200, show }
  const send = (one: string) => {
    sent.push(one)
    return sent.length < takes
  }
  const done = follow(keepAlive === undefined ? options : { ...options, keepAlive }, send)
  const say = (one: string) => {
    text = one
    change()
  }
  return { advance, sent, say, done, gone }
}

test('says nothing while nothing changes', async () => {
  const { advance, sent, say } = playing()
  await advance(3_600_000)
  say('first')
  await advance(3_600_000)
  expect(sent).toEqual(['first'])
})

test('gathers what changes within a moment', async () => {
  const { advance, sent, say } = playing()
  await advance(1000)
  say('a')
  await advance(10)
  for (const one of ['b', 'c', 'd']) say(one)
  await advance(1000)
  expect(sent).toEqual(['first', 'a', 'd'])
})

test('keeps the connection open with a word each 15 s', async () => {
  const { advance, sent, say } = playing({ text: ':\n', everyMs: 15_000 })
  await advance(31_000)
  expect(sent).toEqual(['first', ':\n', ':\n'])
  say('a')
  await advance(14_000)
  expect(sent.at(-1)).toBe('a')
  await advance(2000)
  expect(sent.at(-1)).toBe(':\n')
})

test('ends with a client that is too slow, and with one that goes', async () => {
  const slow = playing(undefined, 1)
  await slow.advance(1)
  await slow.done
  const going = playing()
  await going.advance(1000)
  going.gone.abort()
  await going.done
  expect([slow.sent, going.sent]).toEqual([['first'], ['first']])
})

// What is kept of live traffic: by the second and the series, bounded, and for 15 minutes.
import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { BOUNDS, BUCKET_COUNT, bucketOf } from './buckets.ts'
import { createTrafficHistory } from './history.ts'
import { labels } from './history.suite.ts'
import type { TrafficHistory } from './history.ts'
import { changedSince, textAt } from './series.ts'

const BEGIN = 1_000_000
const at = (second: number, ms = 0) => (BEGIN + second) * 1000 + ms

/** Each series as its hash and what happened in which second. */
function told(history: TrafficHistory, second: number) {
  return history.series(at(second)).map(series => {
    const texts = [...changedSince(series, -1)].map(([when, text]) => `${when - BEGIN}: ${text}`)
    return [series.labels.hash, ...texts]
  })
}

describe('buckets', () => {
  test('grow by a fifth from a tenth of a millisecond to a minute', () => {
    expect(BOUNDS[0]).toBe(0.0001)
    expect(BOUNDS.at(-1)).toBeGreaterThanOrEqual(60)
    for (const [i, bound] of BOUNDS.entries()) {
      if (i > 0) expect(bound / (BOUNDS[i - 1] as number)).toBeCloseTo(1.2, 2)
    }
  })

  test('hold what is no longer than their bound, and longer than the one before', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), seconds => {
        const bucket = bucketOf(seconds)
        expect(seconds).toBeLessThanOrEqual(BOUNDS[bucket] ?? Infinity)
        expect(seconds).toBeGreaterThan(BOUNDS[bucket - 1] ?? -1)
      }),
    )
    for (const [i, bound] of BOUNDS.entries()) expect(bucketOf(bound)).toBe(i)
    expect(bucketOf(1e9)).toBe(BUCKET_COUNT - 1)
  })

  test('tell a percentile within a tenth', () => {
    const durations = fc.array(fc.double({ min: 0.0002, max: 59, noNaN: true }), {
      minLength: 1,
      maxLength: 300,
    })
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.99), (all, share) => {
        const rank = Math.ceil(share * all.length) - 1
        const exact = all.toSorted((a, b) => a - b)[rank] as number
        const bucket = all.map(bucketOf).toSorted((a, b) => a - b)[rank] as number
        const middle = Math.sqrt((BOUNDS[bucket] as number) * (BOUNDS[bucket - 1] as number))
        expect(Math.abs(middle - exact) / exact).toBeLessThan(0.1)
      }),
    )
  })
})

test('requests, errors and durations add up within their second, and each second stands for itself', () => {
  const history = createTrafficHistory()
  const counter = history.counter(labels())
  counter.add(0.001, false, at(0, 10))
  counter.add(0.001, false, at(0, 999))
  counter.add(0.5, true, at(1))
  counter.add(0.001, false, at(7))
  const [fast, slow] = [bucketOf(0.001), bucketOf(0.5)]
  const all = [`7: 1,0,{"${fast}":1}`, `1: 1,1,{"${slow}":1}`, `0: 2,0,{"${fast}":2}`]
  expect(told(history, 7)).toEqual([['abc', ...all]])
  const [series] = history.series(at(7))
  expect(series && [0, 1, 2, 7, 8].map(second => textAt(series, BEGIN + second)?.slice(0, 3))).toEqual([
    '2,0',
    '1,1',
    undefined,
    '1,0',
    undefined,
  ])
})

test('revisions, sources, routes and services are series of their own; pods and statuses are not', () => {
  const history = createTrafficHistory()
  const all = [
    labels(),
    labels({ hash: 'def' }),
    labels({ source: 'load' }),
    labels({ route: 'services/web' }),
    labels({ service: 'web-canary' }),
    labels(),
  ]
  for (const one of all) history.counter(one).add(0.001, false, at(0))
  const series = history.series(at(0))
  expect(series.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4])
  expect(series.map(({ requests }) => requests)).toEqual([2, 1, 1, 1, 1])
})

describe('what is old', () => {
  test('goes after 15 minutes, a second at a time, and with the last one the series', () => {
    const history = createTrafficHistory()
    const counter = history.counter(labels())
    for (const second of [0, 1, 2]) counter.add(0.001, false, at(second))
    const seconds = (now: number) => told(history, now).map(([, ...texts]) => texts.length)
    expect(seconds(899)).toEqual([3])
    expect(seconds(900)).toEqual([2])
    expect(seconds(901)).toEqual([1])
    expect(history.bytes()).toBe(0)
    expect(seconds(902)).toEqual([])
  })

  test('goes though nobody looks: others that are counted sweep it', () => {
    const history = createTrafficHistory()
    history.counter(labels()).add(0.001, false, at(0))
    history.counter(labels()).add(0.001, false, at(1))
    const full = history.bytes()
    history.counter(labels({ hash: 'def' })).add(0.001, false, at(2000))
    expect([full > 0, history.bytes()]).toEqual([true, 0])
  })

  test('comes back under another id', () => {
    const history = createTrafficHistory()
    const counter = history.counter(labels())
    counter.add(0.001, false, at(0))
    expect(told(history, 2000)).toEqual([])
    counter.add(0.001, false, at(2000))
    const again = history.counter(labels())
    again.add(0.001, false, at(2000))
    expect(history.series(at(2000)).map(({ id, requests }) => [id, requests])).toEqual([[1, 2]])
  })
})

describe('there is no end to it', () => {
  test('of series: those that are too many are counted when others have gone', () => {
    const history = createTrafficHistory({ series: 2 })
    const [a, b, c] = ['a', 'b', 'c'].map(hash => history.counter(labels({ hash })))
    for (const counter of [a, b, c]) counter?.add(0.001, false, at(0))
    expect(told(history, 0).map(([hash]) => hash)).toEqual(['a', 'b'])
    b?.add(0.001, false, at(1000))
    c?.add(0.001, false, at(1000))
    expect(told(history, 1000).map(([hash]) => hash)).toEqual(['b', 'c'])
  })

  test('of bytes: what is oldest goes first, and the newest second stays', () => {
    const limit = 20_000
    const history = createTrafficHistory({ bytes: limit })
    const counters = ['a', 'b', 'c'].map(hash => history.counter(labels({ hash })))
    for (let second = 0; second < 900; second++) {
      for (const counter of counters) {
        for (const ms of [1, 5, 80]) counter.add(ms / 1000, false, at(second))
      }
      expect(history.bytes()).toBeLessThanOrEqual(limit)
    }
    for (const [, newest = '', ...rest] of told(history, 899)) {
      expect(newest).toMatch(/^899: 3,0,/)
      expect(rest.length).toBeGreaterThan(20)
    }
  })
})

test('a clock that is set back goes on: a little in the second that it was in, far by forgetting the future', () => {
  const history = createTrafficHistory()
  const counter = history.counter(labels())
  for (const second of [100, 101, 99]) counter.add(0.001, false, at(second))
  expect(told(history, 101).map(texts => texts.map(text => text.slice(0, 8)))).toEqual([
    ['abc', '101: 2,0', '100: 1,0'],
  ])
  counter.add(0.001, false, at(10))
  expect(told(history, 10).map(texts => texts.map(text => text.slice(0, 8)))).toEqual([['abc', '10: 1,0,']])
})

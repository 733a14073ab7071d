// The store against the plainest model there is, and what it does when there is no room.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Labels } from '../lang/promql/labels.ts'
import { readPattern } from '../std/regex.ts'
import { matches } from '../lang/promql/matching.ts'
import { evaluate } from '../lang/promql/evaluate.suite.ts'
import { plainSource, recordedCases, recordedSeries, samplesOf } from '../lang/promql/recorded.suite.ts'
import type { RecordedSample } from '../lang/promql/recorded.suite.ts'
import type { Matcher } from '../lang/promql/ast.ts'
import { SeriesStore } from './series-store.ts'

const SECOND = 1000
const named = (name: string, more: Record<string, string> = {}) =>
  Labels.of(Object.entries({ __name__: name, ...more }))

function regex(name: string, operator: '=~' | '!~', value: string): Matcher {
  const read = readPattern(value)
  if ('problem' in read) throw new Error(read.problem)
  return { name, operator, value, pattern: read.pattern }
}

const MATCHERS: readonly Matcher[] = [
  { name: '__name__', operator: '=', value: 'a' },
  { name: 'role', operator: '=', value: 'stable' },
  { name: 'role', operator: '!=', value: 'stable' },
  { name: 'role', operator: '=', value: '' },
  regex('role', '=~', 'c.*'),
  regex('role', '!~', ''),
  regex('__name__', '=~', 'a|b'),
]

const value = fc.oneof(
  fc.integer({ min: -200, max: 200 }),
  fc.integer({ min: -100_000, max: 100_000 }),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 0.1, 1e300, 2 ** 53, -(2 ** 40)),
)
const act = fc.record({
  kind: fc.constantFrom('append', 'append', 'append', 'append', 'run', 'stale', 'trim'),
  name: fc.constantFrom('a', 'b'),
  role: fc.constantFrom('', 'stable', 'canary'),
  wait: fc.integer({ min: -2, max: 40 }),
  value,
})
type Act = typeof act extends fc.Arbitrary<infer One> ? One : never

/** Everything that was ever said, kept in lists. */
class Model {
  readonly series = new Map<string, { readonly labels: Labels; readonly samples: RecordedSample[] }>()

  add(labels: Labels, sample: RecordedSample): void {
    const known = this.series.get(labels.key) ?? { labels, samples: [] }
    const last = known.samples.at(-1)
    if (sample.value === undefined && (last === undefined || last.value === undefined)) return
    this.series.set(labels.key, known)
    if (last === undefined || sample.at > last.at) known.samples.push(sample)
  }
}

function play(acts: readonly Act[]) {
  const store = new SeriesStore({ limits: { retentionMs: 600 * SECOND } })
  const model = new Model()
  let now = 1_000_000 * SECOND
  let horizon = -Infinity
  for (const { kind, name, role, wait, value: given } of acts) {
    now += wait * SECOND
    const labels = named(name, { role })
    if (kind === 'trim') {
      store.trim(now)
      horizon = Math.max(horizon, now - 600 * SECOND)
      for (const [key, one] of model.series) {
        const kept = one.samples.filter(({ at }) => at > horizon)
        const isGone = kept.every(sample => sample.value === undefined)
        if (isGone) model.series.delete(key)
        else model.series.set(key, { ...one, samples: kept })
      }
    } else if (kind === 'stale') {
      store.stale(labels, now)
      model.add(labels, { at: now, value: undefined })
    } else {
      const count = kind === 'run' ? 300 : 1
      for (let i = 0; i < count; i++) {
        const at = now + i * SECOND
        if (at <= horizon) continue
        const sample = i % 3 === 0 ? given : given + i
        store.append(labels, at, sample)
        model.add(labels, { at, value: sample })
      }
      now += (count - 1) * SECOND
    }
  }
  return { store, source: plainSource([...model.series.values()]), now }
}

describe('the series store', () => {
  test('says what a list of all samples would say, whatever came in', () => {
    fc.assert(
      fc.property(
        fc.array(act, { maxLength: 40 }),
        fc.subarray([...MATCHERS]),
        fc.integer({ min: 1, max: 900 }),
        fc.integer({ min: 0, max: 900 }),
        (acts, matchers, range, back) => {
          const { store, source, now } = play(acts)
          const until = now - back * SECOND
          const after = until - range * SECOND
          const read = (one: typeof source) =>
            one
              .select(matchers)
              .map(
                series =>
                  [series.labels.key, series.last(after, until), series.window(after, until)] as const,
              )
              .filter(([, last, window]) => last !== undefined || window.values.length > 0)
              .toSorted(([a], [b]) => (a < b ? -1 : 1))
          expect(read(store)).toEqual(read(source))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('gives the evaluator what the recorded data give', () => {
    const store = new SeriesStore({ limits: { retentionMs: Infinity } })
    for (const one of recordedSeries) {
      const labels = Labels.of(Object.entries(one.labels))
      for (const { at, value: given } of samplesOf(one)) {
        if (given === undefined) store.stale(labels, at)
        else store.append(labels, at, given)
      }
    }
    const plain = plainSource(
      recordedSeries.map(one => ({ labels: Labels.of(Object.entries(one.labels)), samples: samplesOf(one) })),
    )
    for (const { query = '', time } of recordedCases.filter(one => one.group === 'rates')) {
      const at = { at: Number(time) * SECOND }
      if (time === undefined) continue
      expect(evaluate({ query, time: at, source: store })).toEqual(
        evaluate({ query, time: at, source: plain }),
      )
    }
  })

  test('looks only at series that have the label which fewest have', () => {
    const store = new SeriesStore()
    for (let i = 0; i < 1000; i++) store.append(named('x', { pod: `p${i}` }), SECOND, i)
    const pod: Matcher = { name: 'pod', operator: '=', value: 'p7' }
    const asked: string[] = []
    const counted = regex('__name__', '=~', 'x|y')
    const pattern = counted.pattern!
    const counting = { ...pattern, testWhole: (text: string) => (asked.push(text), pattern.testWhole(text)) }
    expect(store.select([pod, { ...counted, pattern: counting }])).toHaveLength(1)
    expect(asked.length).toBeLessThan(5)
    expect(store.select([pod]).map(one => matches(pod, one.labels.get('pod')))).toEqual([true])
  })

  test('drops what ended first when there are too many series, then new ones, and says each once', () => {
    const said: string[] = []
    const store = new SeriesStore({ limits: { seriesMax: 2 }, tell: sentence => said.push(sentence) })
    store.append(named('a'), SECOND, 1)
    store.append(named('b'), SECOND, 1)
    expect(store.append(named('c'), SECOND, 1)).toBe(false)
    expect(store.append(named('d'), SECOND, 1)).toBe(false)
    store.stale(named('a'), 2 * SECOND)
    expect(store.append(named('e'), 3 * SECOND, 1)).toBe(true)
    expect(store.labelValues('__name__')).toEqual(['b', 'e'])
    expect(said).toEqual([
      'there are 2 series: new ones are dropped until others have ended',
      'there are 2 series: those that ended first are dropped before their time',
    ])
  })

  test('has room for two hours of ten thousand counters, sampled every five seconds', () => {
    const store = new SeriesStore()
    const counts = Array.from({ length: 100 }, () => 0)
    const ticks = 1440 + 29
    for (let tick = 0; tick < ticks; tick++) {
      for (const [n, before] of counts.entries()) {
        counts[n] = before + ((tick * 31 + n * 17) % 97)
        store.append(
          named('x', { app: 'shop', pod: `pod-${n}`, revision: `hash-${n}` }),
          tick * 5 * SECOND,
          before,
        )
      }
    }
    expect(store.size.bytes * 100).toBeLessThan(64 * 1024 * 1024)
    expect(store.select([])[0]?.window(-1, Infinity).values).toHaveLength(ticks)
  })

  test('stays within its memory by forgetting the oldest samples, and says so once', () => {
    const said: string[] = []
    const bytesMax = 300_000
    const store = new SeriesStore({ limits: { bytesMax }, tell: sentence => said.push(sentence) })
    for (let i = 0; i < 1400; i++) {
      for (let n = 0; n < 40; n++) store.append(named('x', { n: String(n) }), i * 5 * SECOND, Math.sin(i * n))
    }
    store.trim(1400 * 5 * SECOND)
    expect(store.size.bytes).toBeLessThanOrEqual(bytesMax)
    expect(said).toHaveLength(1)
    const [first] = store.select([])
    expect(first?.last(0, Infinity)?.at).toBe(1399 * 5 * SECOND)
    expect(first?.window(0, 100 * SECOND).values).toEqual([])
  })
})

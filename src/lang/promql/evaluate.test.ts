// Small matters of an evaluation, each as Prometheus 3.16 has it.
import { describe, expect, test } from 'vitest'
import { evaluate } from './evaluate.suite.ts'
import { Labels } from './labels.ts'
import { plainSource } from './recorded.suite.ts'

const named = (name: string, labels: Readonly<Record<string, string>>) =>
  Labels.of(Object.entries({ ...labels, __name__: name }))
const one = (name: string, labels: Readonly<Record<string, string>>, values: readonly number[]) => ({
  labels: named(name, labels),
  samples: values.map((value, i) => ({ at: i * 10_000, value })),
})

const source = plainSource([
  one('limit', {}, [Infinity]),
  one('huge', {}, [1e21, 123_456_789, 1]),
  one('flag', { name: 'a' }, [1]),
  one('flag', { name: 'b' }, [1]),
  one('flag', { name: 'c' }, [2]),
  one('gauge', {}, [1, 2, 3]),
  one('h_bucket', { le: '1' }, [2]),
  one('h_bucket', { le: '2' }, [1]),
  one('h_bucket', { le: '+Inf' }, [2]),
])
const at = (query: string, ms = 20_000) => evaluate({ query, time: { at: ms }, source })
const values = (query: string, ms?: number) => {
  const answer = at(query, ms)
  if (!('data' in answer)) return answer.error
  const result = answer.data.result as readonly { metric: Record<string, string>; value: [number, string] }[]
  return result.map(({ metric, value }) => ({ ...metric, value: value[1] }))
}
const said = (query: string, ms?: number) => {
  const answer = at(query, ms)
  return 'data' in answer ? [...(answer.warnings ?? []), ...(answer.infos ?? [])] : answer.error
}

describe('a value is what Prometheus finds', () => {
  test.each([
    ['quantile_over_time(1, limit[1m])', [{ value: '+Inf' }]],
    ['clamp_max(-limit, NaN)', [{ value: '-Inf' }]],
    ['clamp(limit, Inf, NaN)', [{ value: '+Inf' }]],
    ['clamp(flag{name="a"}, Inf, NaN)', [{ name: 'a', value: '+Inf' }]],
    ['increase(huge[21s])', [{ value: '129629628.45' }]],
    ['count_values("name", flag) without (name)', [{ value: '3' }]],
    ['count_values("value", flag) by (none)', [{ value: '2' }, { value: '1' }]],
  ])('%s', (query, expected) => {
    expect(values(query)).toEqual(expected)
  })

  test('of samples that are worth the same the heap keeps the later, and names the best first', () => {
    expect(values('topk(2, flag)')).toEqual([
      { __name__: 'flag', name: 'c', value: '2' },
      { __name__: 'flag', name: 'b', value: '1' },
    ])
  })

  test('a comparison that does not hold is a match, too', () => {
    const text = 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'
    expect(values('flag == on() sum(flag)')).toBe(text)
  })
})

describe('a part of a query looks at another moment', () => {
  const range = (query: string) => {
    const answer = evaluate({ query, time: { start: 10_000, end: 20_000, step: 5000 }, source })
    if (!('data' in answer)) return answer.error
    const [found] = answer.data.result as readonly { values: readonly (readonly [number, string])[] }[]
    return found?.values.map(([, value]) => value)
  }

  test.each([
    ['gauge @ 0', ['1', '1', '1']],
    ['gauge @ start()', ['2', '2', '2']],
    ['gauge @ end() offset 10s', ['2', '2', '2']],
    ['sum_over_time(gauge[20s] @ 10)', ['3', '3', '3']],
    ['predict_linear(gauge[20s] @ 10, 0)', ['2', '2.5', '3']],
    ['sum_over_time(gauge[10s:5s])', ['3', '4', '5']],
    ['sum_over_time(gauge[10s:3s])', ['3', '6', '6']],
    ['sum_over_time(gauge[10s:5s] @ 20)', ['5', '5', '5']],
    ['sum_over_time(gauge[10s:5s] offset 5s)', ['2', '3', '4']],
    ['max_over_time(sum_over_time(gauge[10s:5s])[10s:5s])', ['3', '4', '5']],
    ['predict_linear(gauge[20s:10s] @ 10, 0)', ['2', '2.5', '3']],
    ['count_over_time(vector(1)[2m:])', ['2', '2', '2']],
    ['count_over_time(gauge[2 * 5s + 10])', ['2', '2', '2']],
    ['count_over_time(gauge[-2 ^ 2 + 15s])', ['2', '1', '2']],
    ['count_over_time(gauge[step() + range()])', ['2', '1', '2']],
    ['sum_over_time(gauge[max_of(1s, 10s):10s / 2])', ['3', '4', '5']],
    ['gauge offset (20s - 10s)', ['1', '1', '2']],
    ['gauge offset --10s', ['1', '1', '2']],
    ['gauge offset -step()', ['2', '3', '3']],
  ])('%s', (query, expected) => {
    expect(range(query)).toEqual(expected)
  })

  test('a note of a sub-query has the place that Prometheus names', () => {
    const place = 'name does not end in _total/_sum/_count/_bucket: "gauge" (1:1)'
    expect(said('1 + rate(gauge[20s:5s])')).toEqual([`PromQL info: metric might not be a counter, ${place}`])
  })
})

describe('a note is what Prometheus notes', () => {
  const quantile = (place: string) => [
    `PromQL warning: quantile value should be between 0 and 1, got 2 (${place})`,
  ]
  test.each([
    ['quantile_over_time(2, nothing[1m])', []],
    ['quantile_over_time(2, gauge[1m])', quantile('1:20')],
    ['quantile((2), flag)', quantile('1:11')],
    ['quantile(2, flag) + quantile(2, flag)', quantile('1:30')],
    ['quantile(2, quantile(2, flag))', quantile('1:10')],
    [
      'quantile(1714522799, flag)',
      ['PromQL warning: quantile value should be between 0 and 1, got 1.714522799e+09 (1:10)'],
    ],
  ])('%s', (query, expected) => {
    expect(said(query)).toEqual(expected)
  })

  test('levelled buckets are told at their first place, to the second', () => {
    const text = said('histogram_quantile(0.5, (h_bucket)) + histogram_quantile(0.6, h_bucket)', 20_500)
    expect(text).toEqual([
      expect.stringMatching(/over 2 samples from 1970-01-01T00:00:20Z to 1970-01-01T00:00:20Z \(1:26\)$/),
    ])
  })
})

describe('a text that makes no label is refused before any series is looked at', () => {
  test.each([
    [
      'label_replace(flag + on() flag, "", "", "", "")',
      'invalid destination label name in label_replace(): ',
    ],
    [
      'label_replace(label_join(flag, "", ""), "x", "", "", "(")',
      'invalid regular expression in label_replace(): (',
    ],
    ['label_join(flag + on() flag, "x", "", "a", "")', 'invalid source label name in label_join(): '],
    ['count_values("", flag + on() flag)', 'invalid label name ""'],
    [
      'label_replace(flag, "", "", "", "") + label_join(flag, "", "")',
      'invalid destination label name in label_replace(): ',
    ],
  ])('%s', (query, error) => {
    expect(at(query)).toEqual({ errorType: 'execution', error, http: 422 })
  })
})

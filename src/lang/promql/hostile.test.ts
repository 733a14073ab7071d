// Queries that are meant to hurt: each gets an answer, with the stack whole and the work counted.
import { describe, expect, test } from 'vitest'
import { evaluate } from './evaluate.suite.ts'
import { evaluation } from './evaluate.ts'
import { Labels } from './labels.ts'
import { plainSource } from './recorded.suite.ts'

const series = Array.from({ length: 100 }, (_, i) => ({
  labels: Labels.of([
    ['__name__', 'x'],
    ['i', String(i)],
  ]),
  samples: Array.from({ length: 60 }, (_one, n) => ({ at: n * 1000, value: n })),
}))
const source = plainSource(series)
const at = (query: string) => evaluate({ query, time: { at: 59_000 }, source })
const KIB = 1024

describe('a hostile query gets an answer', () => {
  test('brackets, signs and operators may nest as deep as the text is long', () => {
    const deep = 30_000
    const one = { data: { resultType: 'scalar', result: [59, '1'] } }
    expect(at(`${'('.repeat(deep)}1${')'.repeat(deep)}`)).toEqual(one)
    expect(at(`${'-'.repeat(2 * deep)}1`)).toEqual(one)
    expect(at(Array.from({ length: deep }, () => '1').join('*'))).toEqual(one)
    expect(at(Array.from({ length: deep }, () => '1').join('^'))).toEqual(one)
    expect(at(`${'abs('.repeat(10_000)}vector(1)${')'.repeat(10_000)}`)).toMatchObject({
      data: { resultType: 'vector' },
    })
    expect(at(`${'sum('.repeat(10_000)}x${')'.repeat(10_000)}`)).toMatchObject({
      data: { resultType: 'vector' },
    })
  })

  test.each([
    ['brackets that never close', '('.repeat(50_000)],
    ['brackets that never opened', ')'.repeat(50_000)],
    ['square brackets', '['.repeat(50_000)],
    ['braces', '{'.repeat(50_000)],
    ['calls that never close', 'sum('.repeat(16_000)],
    ['ranges of ranges', `x${'[5m]'.repeat(10_000)}`],
    ['offsets of offsets', `x${' offset 5m'.repeat(6000)}`],
    ['matchers', `x{${'a="b",'.repeat(10_000)}`],
    ['a text that never ends', `"${'a'.repeat(60_000)}`],
    ['escapes', `"${'\\'.repeat(60_001)}"`],
    ['digits', '1'.repeat(64 * KIB)],
    ['sub-queries', `x${'[5m:1m]'.repeat(9000)}`],
    ['computed durations', `x[${'('.repeat(30_000)}1${')'.repeat(30_000)}]`],
    ['signs of durations', `x[${'-'.repeat(60_000)}1]`],
    ['powers of durations', `x[${Array.from({ length: 30_000 }, () => '1').join('^')}]`],
    ['moments', `x${' @ 5'.repeat(10_000)}`],
    ['groups', `sum by (${'a,'.repeat(30_000)}`],
    ['a query that is too long', ' '.repeat(64 * KIB + 1)],
  ])('%s', (_what, query) => {
    expect(at(query)).toSatisfy((answer: object) => 'error' in answer || 'data' in answer)
  })

  test('a syntax error says where', () => {
    expect(at('sum(x) +\n  * 2')).toMatchObject({
      errorType: 'bad_data',
      http: 400,
      error: 'invalid parameter "query": 2:3: parse error: unexpected "*"',
    })
  })

  test.each([['x + fill(1) x', '1:5: parse error: fill is not yet supported']])(
    '%s is refused by name',
    (query, error) => {
      expect(at(query)).toMatchObject({ errorType: 'bad_data', error: `invalid parameter "query": ${error}` })
    },
  )

  test('work is counted, and too much of it is an error', () => {
    const limits = { samplesMax: 1000 }
    expect(evaluate({ query: 'rate(x[1m])', time: { at: 59_000 }, source, limits })).toEqual({
      errorType: 'execution',
      error: 'query processing would load too many samples into memory in query execution',
      http: 422,
    })
  })

  test('sub-queries nest so far, cost what they touch, and keep no more than they may', () => {
    const nested = (deep: number) => `${'max_over_time('.repeat(deep)}x${'[5s:1s])'.repeat(deep)}`
    expect(at(nested(20))).toMatchObject({ data: { resultType: 'vector' } })
    const error = 'more than 20 sub-queries stand within each other'
    expect(at(nested(2500))).toEqual({ errorType: 'execution', error, http: 422 })
    expect(at('sum_over_time(vector(1)[200y:1ms])')).toEqual({
      errorType: 'execution',
      error: 'query processing would load too many samples into memory in query execution',
      http: 422,
    })
  })

  test('an evaluation pauses on its way', () => {
    const steps = evaluation({ query: 'rate(x[1m])', time: { start: 0, end: 100_000, step: 1000 }, source })
    let pauses = 0
    while (steps.next().done !== true) pauses++
    expect(pauses).toBeGreaterThan(10)
  })

  test('a pattern that is no RE2, or too large, is an error of the query', () => {
    expect(at('x{i=~"(?<!a)b"}')).toMatchObject({ errorType: 'bad_data', http: 400 })
    expect(at(`x{i=~"${'a{1000}'.repeat(20)}"}`)).toMatchObject({ errorType: 'bad_data', http: 400 })
  })
})

// The HTTP API over the recorded data, asked as it was recorded.
import { describe, expect, test } from 'vitest'
import { Labels } from '../lang/promql/labels.ts'
import { recordedCases, recordedSeries, samplesOf } from '../lang/promql/recorded.suite.ts'
import type { RecordedCase } from '../lang/promql/recorded.suite.ts'
import { answerApi } from './http-api.ts'
import { SeriesStore } from './series-store.ts'

function recordedStore(): SeriesStore {
  const store = new SeriesStore({ limits: { retentionMs: Infinity } })
  for (const one of recordedSeries) {
    const labels = Labels.of(Object.entries(one.labels))
    for (const { at, value } of samplesOf(one)) {
      if (value === undefined) store.stale(labels, at)
      else store.append(labels, at, value)
    }
  }
  return store
}

const store = recordedStore()

function ask(path: string, parameters: readonly (readonly [string, string])[]) {
  const steps = answerApi(store, {
    path,
    parameters: new URLSearchParams(parameters.map(([name, text]): [string, string] => [name, text])),
    now: 0,
  })
  for (let next = steps.next(); ; next = steps.next()) if (next.done === true) return next.value
}

const PARAMETERS = ['query', 'time', 'start', 'end', 'step', 'limit', 'lookback_delta', 'timeout'] as const

function answerTo(one: RecordedCase) {
  const given = PARAMETERS.flatMap(name =>
    one[name] === undefined ? [] : [[name, String(one[name])] as const],
  )
  return ask(one.step === undefined ? '/api/v1/query' : '/api/v1/query_range', given)
}

/** Series are a set. */
function sorted(data: unknown): unknown {
  const { result, ...rest } = data as { result: unknown }
  const isSet = Array.isArray(result) && result.every(one => typeof one === 'object')
  return { ...rest, result: isSet ? result.map(one => JSON.stringify(one)).toSorted() : result }
}

describe('the HTTP API answers as Prometheus does', () => {
  const cases = recordedCases.filter(one => one.group === 'api')
  test.each(cases.map(one => [one.id, one] as const))('%s', (_id, one) => {
    const answer = answerTo(one)
    if (one.error !== undefined) {
      const { errorType, error } = one
      expect(answer).toEqual({ status: one.http, body: { status: 'error', errorType, error } })
      return
    }
    const body = answer?.body as { data: unknown; warnings?: unknown }
    expect(answer?.status).toBe(200)
    expect(body.warnings).toEqual(one.warnings)
    if (one.limit === undefined) expect(sorted(body.data)).toEqual(sorted(one.result))
  })

  test.each([
    [{ limit: 'x' }, 'invalid parameter "limit": strconv.Atoi: parsing "x": invalid syntax'],
    [
      { timeout: 'Inf', lookback_delta: 'x' },
      'invalid parameter "timeout": cannot parse "Inf" to a valid duration. It overflows int64',
    ],
    [
      { start: '0', end: '9', step: '1m1h' },
      'invalid parameter "step": cannot parse "1m1h" to a valid duration',
    ],
  ])('%j is refused', (parameters, error) => {
    const path = 'step' in parameters ? '/api/v1/query_range' : '/api/v1/query'
    const body = { status: 'error', errorType: 'bad_data', error }
    expect(ask(path, [['query', 'flag'], ...Object.entries(parameters)])).toEqual({ status: 400, body })
  })

  test('a step is cut to whole milliseconds', () => {
    const asked = { query: 'vector(1)', start: '0', end: '0.006', step: '0.0029' }
    const body = ask('/api/v1/query_range', Object.entries(asked))?.body
    const times = [0, 0.002, 0.004, 0.006]
    expect(body).toMatchObject({ data: { result: [{ values: times.map(time => [time, '1']) }] } })
  })

  test('labels, their values and series are listed, whole or as far as a selector matches', () => {
    expect(ask('/api/v1/labels', [['match[]', 'flag']])?.body).toEqual({
      status: 'success',
      data: ['__name__', 'app', 'name'],
    })
    expect(ask('/api/v1/label/role/values', [['match[]', 'build_info{app="cart"}']])?.body).toEqual({
      status: 'success',
      data: ['active', 'preview'],
    })
    expect(ask('/api/v1/series', [['match[]', 'one_sample']])?.body).toEqual({
      status: 'success',
      data: [{ __name__: 'one_sample', app: 'shop' }],
    })
    expect(ask('/api/v1/series', [])?.status).toBe(400)
    expect(ask('/api/v1/series', [['match[]', '1 +']])?.status).toBe(400)
    expect(ask('/api/v1/rules', [])).toBeUndefined()
  })
})

// What Prometheus answers, good and bad: the samples, or what its own client would say.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAnswer } from './answer.ts'

const of = (type: string, result: unknown, more = {}) =>
  JSON.stringify({ status: 'success', data: { resultType: type, result }, ...more })
const said = (body: string, status = 200) => {
  const read = readAnswer(status, body)
  return 'problem' in read ? read.problem : read.samples
}

describe('an answer of Prometheus', () => {
  test.each([
    ['scalar', [1, '4.25'], [4.25]],
    [
      'vector',
      [
        { metric: {}, value: [1, '1'] },
        { metric: {}, value: [1, 'NaN'] },
      ],
      [1, NaN],
    ],
    ['vector', [{ metric: {}, histogram: [1, {}] }], [0]],
    [
      'matrix',
      [
        {
          metric: {},
          values: [
            [1, '1'],
            [2, '2'],
          ],
        },
        { values: [[1, '-Inf']] },
      ],
      [1, 2, -Infinity],
    ],
    ['vector', [], []],
  ])('a %s', (kind, result, values) => {
    expect(said(of(kind, result))).toEqual({ kind, values, warnings: [] })
  })

  test('has its warnings, and fields that nobody knows are passed over', () => {
    const more = { warnings: ['a "b"'], infos: ['i'], other: { x: [{}] } }
    expect(said(of('scalar', [1, '1'], more))).toMatchObject({ warnings: ['a "b"'] })
  })

  test.each([
    [401, 'no', 'client_error: client error: 401'],
    [502, 'no', 'server_error: server error: 502'],
    [302, 'no', 'bad_response: bad response code 302'],
    [400, '{"status":"error","errorType":"bad_data","error":"x"}', 'bad_data: x'],
    [422, '{"status":"success"}', 'bad_response: inconsistent body for response code'],
    [200, '{"status":"error","errorType":"internal","error":"x"}', 'internal: x'],
  ])('with the status %d and %s says: %s', (status, body, problem) =>
    expect(said(body, status)).toBe(problem),
  )

  test.each([
    ['', 'readObjectStart: expect { or n, but found \0'],
    ['<html>', 'readObjectStart: expect { or n, but found <, error found in #1 byte of ...|<html>|...'],
    ['{"status":5}', 'v1.apiResponse.Status: ReadString: expects " or n, but found 5'],
    ['{"status":"success"', 'struct Decode: expect }, but found \0'],
    ['{} x', 'Unmarshal: there are bytes left after unmarshal'],
  ])('that is %j says what is wrong and where', (body, problem) => {
    expect(said(body)).toContain(`bad_response: ${problem}`)
  })

  test.each([
    ['string', [1, 'a'], 'unmarshalerDecoder: unexpected value type "string", error found in #10 byte of'],
    ['vector', {}, 'unmarshalerDecoder: model.Vector: decode slice: expect [ or n, but found {'],
    ['vector', [{ value: [1, 'x'] }], 'strconv.ParseFloat: parsing "x": invalid syntax'],
    ['vector', [{ value: [1, '1e999'] }], 'strconv.ParseFloat: parsing "1e999": value out of range'],
    ['scalar', [1, 5], 'json: cannot unmarshal number into Go value of type string'],
  ])('of type %s with %j is refused', (type, result, problem) => {
    expect(said(of(type, result))).toContain(problem)
  })

  test('that is long and wrong is told of by its size alone', () => {
    expect(said(`{"data":${'[1,'.repeat(1_000_000)}`)).toBe(
      'bad_response: 3000008 characters that are no good answer',
    )
  })

  test('of any kind costs no stack and throws nothing', () => {
    expect(said(`{"data":${'['.repeat(300_000)}`)).toContain('do not know how to skip')
    fc.assert(fc.property(fc.stringMatching(/^[{}[\]",:a1nt\\ ]{0,30}$/), body => void said(body)))
    fc.assert(fc.property(fc.json(), body => void said(`{"status":"success","data":${body}}`)))
  })
})

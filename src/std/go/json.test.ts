// JSON, numbers and texts as Go writes and reads them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { durationProblem } from '../duration.ts'
import { goJson, readGoJson } from './json.ts'
import { goParseFloat, plain } from './number.ts'
import { goAtoi, goQuote } from './text.ts'
import { stableJson } from '../json.ts'
import type { Json } from '../json.ts'
import { bytesOf, textOf } from '../utf8.ts'

describe('JSON as Go has it', () => {
  test('has sorted keys, and nothing that a page would stumble over', () => {
    const value = { z: 1, ü: 2, a: ['<&>\u2028\u007f\u0001"\\', null, true, -0, 1e21, 1e-7, 0.000001] }
    expect(goJson(value)).toBe(
      String.raw`{"a":["\u003c\u0026\u003e\u2028` +
        '\u007f' +
        String.raw`\u0001\"\\",null,true,-0,1e+21,1e-7,0.000001],"z":1,"ü":2}`,
    )
  })

  test('says the same as JSON where nothing is to be escaped or sorted', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'small' }), value => {
        expect(JSON.stringify(JSON.parse(goJson(value as Json)))).toBe(stableJson(value as Json))
      }),
    )
  })

  test('stops where it is long enough, and needs no stack', () => {
    let deep: Json = 1
    for (let i = 0; i < 200_000; i++) deep = [deep]
    expect(goJson(deep).length).toBe(400_001)
    expect(goJson(Array(1000).fill('x'), 100).length).toBeLessThan(200)
  })

  test('that is too deep, or a number that no float holds, is no JSON', () => {
    expect(readGoJson('1e999')).toBeUndefined()
    expect(readGoJson('{"a":"1e999"}')).toEqual({ a: '1e999' })
    expect(readGoJson('['.repeat(10_001) + ']'.repeat(10_001))).toBeUndefined()
    expect(readGoJson(`"${'['.repeat(20_000)}"`)).toHaveLength(20_000)
  })
})

describe('numbers as Go has them', () => {
  test.each([
    [1e21, '1000000000000000000000'],
    [1e-7, '0.0000001'],
    [123456789.125, '123456789.125'],
    [-0, '-0'],
    [NaN, 'NaN'],
    [-Infinity, '-Inf'],
  ])('%d', (value, digits) => expect(plain(value)).toBe(digits))

  test.each([
    ['007', 7],
    ['.5', 0.5],
    ['1_000', 1000],
    ['+Inf', Infinity],
    ['-infinity', -Infinity],
    ['0x1.8p1', 3],
    ['1__0', undefined],
    ['', undefined],
    ['1 ', undefined],
    ['1,5', undefined],
  ])('%j is read as %d', (text, value) => expect(goParseFloat(text)).toBe(value))

  test('counts of a text are those of Atoi, and 0', () => {
    expect(['5', '+5', '-3', '50%', 'many', '1e3', ' 5', ''].map(goAtoi)).toEqual([5, 5, -3, 0, 0, 0, 0, 0])
  })

  test.each([
    ['30', 'time: missing unit in duration "30"'],
    ['1 min', 'time: unknown unit " min" in duration "1 min"'],
    ['', 'time: invalid duration ""'],
    ['s', 'time: invalid duration "s"'],
    ['1d', 'time: unknown unit "d" in duration "1d"'],
    ['1h', undefined],
  ])('%j is no duration because %s', (text, problem) => expect(durationProblem(text)).toBe(problem))
})

describe('texts as Go has them', () => {
  test('quoted', () => {
    expect(goQuote('a"\\\n\x01\x7f\u00a0ü😀\u{e0001}')).toBe(String.raw`"a\"\\\n\x01\x7f\u00a0ü😀\U000e0001"`)
  })

  test('are their bytes, and what is no text is replaced', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        expect(textOf(bytesOf(text))).toBe(text)
        expect(bytesOf(text)).toBe(Buffer.from(text).toString('latin1'))
      }),
    )
    expect(textOf('\xff\xfeA\xc3')).toBe('\ufffd\ufffdA\ufffd')
  })
})

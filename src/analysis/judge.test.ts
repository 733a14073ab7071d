// What conditions make of a result: the table of the two, and what is said when one cannot be evaluated.
import { describe, expect, test } from 'vitest'
import { float64, floats, fromJson, nilResult, string } from '../lang/expression/typed.ts'
import type { Typed } from '../lang/expression/typed.ts'
import { judge } from './judge.suite.ts'

const NOW = 1_785_585_600_000
const conditions = (success: string | undefined, failure: string | undefined) => ({
  ...(success === undefined ? {} : { successCondition: success }),
  ...(failure === undefined ? {} : { failureCondition: failure }),
})

describe('a measurement is', () => {
  test.each([
    [undefined, undefined, 'Successful'],
    ['', '', 'Successful'],
    ['true', undefined, 'Successful'],
    ['false', undefined, 'Failed'],
    [undefined, 'true', 'Failed'],
    [undefined, 'false', 'Successful'],
    ['true', 'true', 'Failed'],
    ['false', 'true', 'Failed'],
    ['true', 'false', 'Successful'],
    ['false', 'false', 'Inconclusive'],
  ])('with success %s and failure %s: %s', (success, failure, phase) => {
    expect(judge(conditions(success, failure), float64(1), NOW)).toEqual({ phase })
  })
})

describe('a condition that cannot be evaluated', () => {
  const message = (success: string | undefined, failure: string | undefined, result: Typed) =>
    judge(conditions(success, failure), result, NOW).message
  test('is told with its text, the success condition first', () => {
    const told = 'could not evaluate successCondition "result": expected bool, but got float64'
    expect(judge(conditions('result', 'bad('), float64(1), NOW)).toEqual({ phase: 'Error', message: told })
    const second = 'could not evaluate failureCondition "bad(": unexpected token EOF'
    expect(message('true', 'bad(', float64(1))).toBe(second)
  })
  test('is no data when there is none, whatever is wrong with it', () => {
    const told =
      'could not evaluate successCondition "((": ' +
      'metric result is nil or empty: no data returned from the metric provider'
    for (const result of [nilResult, floats([]), fromJson([])])
      expect(message('((', undefined, result)).toBe(told)
    expect(message('((', undefined, string(''))).toContain('unexpected token EOF')
    expect(message('((', undefined, fromJson({}))).toContain('unexpected token EOF')
  })
  test('holds the way that a missing result takes', () => {
    expect(judge(conditions('default(result, 0) < 1', undefined), nilResult, NOW).phase).toBe('Successful')
    expect(judge(conditions('isNil(1)', undefined), nilResult, NOW).phase).toBe('Successful')
    expect(judge(conditions('isNil(result) or result < 1', undefined), nilResult, NOW).phase).toBe('Error')
    expect(judge(conditions('default(7, 5) == 2', undefined), float64(2), NOW).phase).toBe('Successful')
  })
})

test('the same condition is judged anew for each type of result', () => {
  const one = conditions('result == 1', undefined)
  expect(judge(one, float64(1), NOW).phase).toBe('Successful')
  expect(judge(one, floats([1]), NOW).phase).toBe('Error')
  expect(judge(one, float64(2), NOW).phase).toBe('Failed')
})

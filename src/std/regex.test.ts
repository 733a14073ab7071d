// Users' patterns: what they match, and that none takes for ever.
import { expect, test } from 'vitest'
import { acceptedPattern, compilePattern, patternProblem } from './regex.ts'

test.each([
  ['err', 'no error', true],
  ['^err', 'no error', false],
  ['^v[0-9]+$', 'v12', true],
  ['(?i)READY', 'ready', true],
  [String.raw`\bfoo\b`, 'a foo b', true],
  ['', 'anything', true],
])('%j in %j: %s', (pattern, text, found) => expect(compilePattern(pattern)?.test(text)).toBe(found))

test('a pattern matches the whole text where that is asked', () => {
  expect(compilePattern('a|ab')?.testWhole('ab')).toBe(true)
  expect(compilePattern('a')?.testWhole('ab')).toBe(false)
})

test('all that a pattern matches is found', () => {
  expect(acceptedPattern('[0-9]+').findAll('a1b22c333')).toEqual(['1', '22', '333'])
  expect(acceptedPattern('x*').findAll('axx')).toEqual(['', 'xx'])
})

test('what is no pattern says why, and a long one is a pattern where nobody limits it', () => {
  expect(patternProblem('(')).toContain('missing closing )')
  expect(patternProblem('x'.repeat(1001))).toBeUndefined()
  expect(() => acceptedPattern('(')).toThrow('missing closing )')
})

test.each(['(', '[a', 'a**', '(?=a)', String.raw`(a)\1`, '*', 'x'.repeat(1001)])(
  '%j is no pattern',
  pattern => expect(compilePattern(pattern)).toBeUndefined(),
)

test('a pattern that makes others run for years answers at once', () => {
  expect(compilePattern('^(a+)+$')?.test(`${'a'.repeat(5000)}b`)).toBe(false)
})

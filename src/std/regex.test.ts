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

test('what the groups of a pattern have found is told, of its first match', () => {
  expect(acceptedPattern('(a+)(b)?(c|$)').groups('xaac')).toEqual(['aac', 'aa', '', 'c'])
  expect(acceptedPattern('(a+)').groups('x')).toBeUndefined()
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

test('a pattern that would compile to too much is refused before it is compiled', () => {
  const nested = `${'(.?){0,999}'.repeat(80)}x`
  expect(patternProblem(nested)).toMatch(/too large: \d{6} instructions/)
  expect(compilePattern(nested)).toBeUndefined()
  expect(patternProblem(`(?i)${String.raw`\pL`.repeat(21)}`)).toContain('21 large character classes')
  expect(patternProblem('x'.repeat(10_001))).toContain('longer than 10000')
})

test('the work on a text is bounded, and is told beforehand', () => {
  const pattern = acceptedPattern('(.?){0,800}x')
  expect(pattern.fits('a'.repeat(1000))).toBe(true)
  expect(pattern.fits('a'.repeat(2000))).toBe(false)
  expect(() => pattern.testWhole('a'.repeat(2000))).toThrow('too long for its pattern')
  expect(acceptedPattern('[a-z]+').fits('a'.repeat(500_000))).toBe(true)
})

test('searches that would go over a text again and again are given up', () => {
  expect(() => acceptedPattern('a.*b|a').findAll('a'.repeat(20_000))).toThrow('too often')
})

test('a pattern is compiled once, and the memory for that has an end', () => {
  const first = compilePattern('once(a|b){20}')
  expect(compilePattern('once(a|b){20}')).toBe(first)
  for (let i = 0; i < 20; i++) compilePattern(`${i}(?:ab){1000}`)
  expect(compilePattern('once(a|b){20}')).toBeDefined()
  for (let i = 0; i < 40; i++) compilePattern(`${i}(?:ab){1000}`)
  expect(compilePattern('once(a|b){20}')).not.toBe(first)
})

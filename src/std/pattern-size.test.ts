// The size of a pattern, read off its text: never below what the compiler makes of it.
import fc from 'fast-check'
import { RE2JS } from 're2js'
import { expect, test } from 'vitest'
import { largeClasses, patternSize } from './pattern-size.ts'

const atom = fc.constantFrom(
  'a',
  'Ω',
  '😀',
  '.',
  '^',
  String.raw`\b`,
  String.raw`\pL`,
  String.raw`\p{Greek}`,
  String.raw`\x{1f600}`,
  String.raw`\x41`,
  String.raw`\Qa{9}\E`,
  '[a-z]',
  '[]x]',
  '[^]{5}]',
  '[[:alpha:](]',
  String.raw`[\]{7}]`,
  '(?:)',
  '(?i)',
  '{',
  '',
)
const count = fc.constantFrom('*', '+', '?', '*?', '{0}', '{3}', '{0,4}', '{2,}', '{2,5}?', '{,3}', '{0,}')
const { pattern: anyPattern } = fc.letrec<{ pattern: string; sequence: string; one: string }>(tie => ({
  pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map(parts => parts.join('|')),
  sequence: fc.array(tie('one'), { maxLength: 4 }).map(parts => parts.join('')),
  one: fc.oneof(
    { depthSize: 'small', maxDepth: 4, withCrossShrink: true },
    atom,
    fc.tuple(tie('one'), count).map(([one, many]) => `(?:${one})${many}`),
    tie('pattern').map(inner => `(${inner})`),
    tie('pattern').map(inner => `(?s-U:${inner})`),
    tie('pattern').map(inner => `(?i:${inner})`),
  ),
}))

function compiledSize(pattern: string): number | undefined {
  try {
    return RE2JS.compile(pattern).programSize()
  } catch {
    return undefined
  }
}

test('no pattern compiles to more than its size', () => {
  let compiled = 0
  fc.assert(
    fc.property(anyPattern, pattern => {
      const size = compiledSize(pattern)
      if (size === undefined) return
      compiled++
      expect(patternSize(pattern)).toBeGreaterThanOrEqual(size)
    }),
    { numRuns: 200 },
  )
  expect(compiled).toBeGreaterThan(30)
})

test.each([
  ['(.?){0,999}', 4998],
  ['(){1000}', 3002],
  ['(?:(?:a{10}){10}){10}', 1002],
  ['a|b|cd', 7],
])('%j is not far below %d', (pattern, compiled) => {
  expect(patternSize(pattern)).toBeGreaterThanOrEqual(compiled - 1)
  expect(patternSize(pattern)).toBeLessThan(compiled * 1.5)
})

test('repetitions multiply, whatever stands in brackets', () => {
  expect(patternSize('(.?){0,999}'.repeat(80))).toBeGreaterThan(200_000)
  expect(patternSize('[(.?){0,999}]'.repeat(80))).toBeLessThan(200)
  expect(patternSize(String.raw`\(\.?\){0,999}`)).toBeLessThan(2100)
})

test('what is no pattern has a size as well', () => {
  for (const broken of [
    '(((',
    ')))',
    '[',
    '[[:',
    String.raw`\Q`,
    String.raw`[\ `,
    '\\',
    '{',
    '*',
    '(?P<',
    '(?',
  ])
    expect(patternSize(broken)).toBeLessThan(20)
})

test('large classes are counted, and whether case counts', () => {
  expect(largeClasses(String.raw`\pL[\PN][a-\x{1e942}][b-Ω]x-y`)).toEqual({ count: 4, isFolded: false })
  expect(largeClasses('(?si)[a-z]')).toEqual({ count: 0, isFolded: true })
})

// Durations as Go reads and prints them.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDuration, printDuration } from './duration.ts'

test.each([
  ['0', 0],
  ['8s', 8000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['2.s', 2000],
  ['-10m', -600_000],
  ['+3ms', 3],
  ['1us', 0.001],
  ['1µs', 0.001],
  ['1h1s1m', 3_661_000],
])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBeCloseTo(ms, 6))

test.each(['', '5', '1d', 's', '1 h', '.s', '1h-1m', '1e3s', '300y', '9223372037s', 'abc'])(
  '%j is no duration',
  text => expect(parseDuration(text)).toBeUndefined(),
)

test.each([
  [0, '0s'],
  [0.0005, '500ns'],
  [0.0015, '1.5µs'],
  [1.5, '1.5ms'],
  [300, '300ms'],
  [1500, '1.5s'],
  [60_000, '1m0s'],
  [90_500, '1m30.5s'],
  [5_400_000, '1h30m0s'],
  [-600_000, '-10m0s'],
])('%d ms is printed as %s', (ms, text) => expect(printDuration(ms)).toBe(text))

test('what is printed reads back as the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), ms => {
      expect(parseDuration(printDuration(ms))).toBeCloseTo(ms, 3)
    }),
  )
})

// Durations as Go reads them.
import { expect, test } from 'vitest'
import { durationProblem, parseDuration } from './duration.ts'

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
  ['5µ', String.raw`time: unknown unit "\xc2\xb5" in duration "5\xc2\xb5"`],
  ['"', String.raw`time: invalid duration "\""`],
  ['9223372037s5d', 'time: invalid duration "9223372037s5d"'],
  ['5d9223372037s', 'time: unknown unit "d" in duration "5d9223372037s"'],
])('%j is refused: %s', (text, problem) => expect(durationProblem(text)).toBe(problem))

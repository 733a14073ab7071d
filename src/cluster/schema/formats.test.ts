// The formats of strings, as the validator of a real API server knows them.
import { expect, test } from 'vitest'
import { matchesFormat } from './formats.ts'

test.each([
  ['duration', ['1h30m', '-5s', '2 days', '3w', '0'], ['x', '5', '1y', '']],
  ['date-time', ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.5+02:00'], ['2026-01-01', 'x']],
  ['date', ['2026-02-28'], ['2026-13-01', '2026-1-1']],
  ['ipv4', ['10.0.0.1'], ['10.0.0.256', '::1']],
  ['cidr', ['10.0.0.0/8', 'fd00::/64'], ['10.0.0.0', '10.0.0.0/33']],
  ['byte', ['', 'aGk='], ['a', '!!!!']],
  ['uuid', ['6ba7b810-9dad-11d1-80b4-00c04fd430c8'], ['6ba7b810']],
  ['uri', ['https://example.com/a', '/a'], ['not a uri']],
  ['nobody-knows-this', ['anything'], []],
] as const)('%s', (format, right, wrong) => {
  expect(right.filter(text => !matchesFormat(format, text))).toEqual([])
  expect(wrong.filter(text => matchesFormat(format, text))).toEqual([])
})

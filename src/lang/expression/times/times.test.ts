// Moments and lengths of time: read, printed, moved, in every zone.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GoTime } from '../go-values.ts'
import { timeOf } from '../time.ts'
import { civilOf, daysOf, secondsOf } from '../../../std/civil.ts'
import { printDuration, readDuration } from './durations.ts'
import { parseTime } from './parse.ts'
import { formatTime, printTime } from './print.ts'
import { UTC, zoneByName } from './zone.ts'

const NOW = 1_785_585_600_000

describe('a length of time', () => {
  test.each([
    ['1h30m', '1h30m0s'],
    ['-1.5s', '-1.5s'],
    ['0', '0s'],
    ['1µs', '1µs'],
    ['.5ms', '500µs'],
    ['2562047h47m16.854775807s', '2562047h47m16.854775807s'],
  ])('%s is %s', (text, printed) => {
    const read = readDuration(text)
    expect('nanoseconds' in read && printDuration(BigInt(read.nanoseconds))).toBe(printed)
  })
  test.each([
    ['', 'time: invalid duration ""'],
    ['1', 'time: missing unit in duration "1"'],
    ['1d', 'time: unknown unit "d" in duration "1d"'],
    ['h', 'time: invalid duration "h"'],
    ['2562047h47m16.854775808s', 'time: invalid duration "2562047h47m16.854775808s"'],
  ])('%s is none', (text, problem) => expect(readDuration(text)).toEqual({ problem }))
  test('is read as it was printed', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), value => {
        const read = readDuration(printDuration(value))
        expect('nanoseconds' in read && BigInt(read.nanoseconds)).toBe(value)
      }),
    )
  })
})

describe('a day', () => {
  test('counts as the calendar does, in all years', () => {
    fc.assert(
      fc.property(fc.integer({ min: -60_000_000_000, max: 250_000_000_000 }), seconds => {
        const civil = civilOf(seconds, 0)
        expect(secondsOf(civil)).toBe(seconds)
        const date = new Date(seconds * 1000)
        expect([civil.year, civil.month, civil.day]).toEqual([
          date.getUTCFullYear(),
          date.getUTCMonth() + 1,
          date.getUTCDate(),
        ])
      }),
    )
    expect(daysOf(2024, 14, 0)).toBe(daysOf(2025, 1, 31))
  })
})

describe('a moment', () => {
  test('shows the clock of its zone, in summer and in winter', () => {
    const at = (text: string, zone: string) => {
      const read = parseTime('2006-01-02 15:04', text, zoneByName(zone) ?? UTC)
      return 'time' in read ? printTime(read.time) : read.problem
    }
    expect(at('2024-07-01 12:00', 'Europe/Berlin')).toBe('2024-07-01 12:00:00 +0200 CEST')
    expect(at('2024-01-01 12:00', 'Europe/Berlin')).toBe('2024-01-01 12:00:00 +0100 CET')
    expect(at('2024-07-01 12:00', 'US/Eastern')).toBe('2024-07-01 12:00:00 -0400 EDT')
    expect(at('2024-07-01 12:00', 'America/Sao_Paulo')).toBe('2024-07-01 12:00:00 -0300 -03')
    expect(at('2024-07-01 12:00', 'Asia/Kathmandu')).toBe('2024-07-01 12:00:00 +0545 +0545')
    expect(zoneByName('Mars/Olympus')).toBeUndefined()
  })
  test.each([
    ['Jan _2 06 3:04PM', 'Mar  5 24 1:07PM'],
    ['Monday, 02-Jan-06 15:04:05 MST', 'Tuesday, 05-Mar-24 13:07:09 UTC'],
    ['2006.002 .000000 Z07:00 -0700', '2024.065 .000000 Z +0000'],
    ['15h4m5s pm', '13h7m9s pm'],
  ])('is shown by the layout %s', (layout, shown) => {
    const time = new GoTime(BigInt(Date.UTC(2024, 2, 5, 13, 7, 9)) * 1_000_000n, UTC)
    expect(formatTime(time, layout)).toBe(shown)
  })
  test.each([
    ['2006-01-02', '2024-13-01', 'parsing time "2024-13-01": month out of range'],
    ['2006-01-02', '2024-01-01x', 'parsing time "2024-01-01x": extra text: "x"'],
    ['2006-01-02', '2024-01-01é', String.raw`parsing time "2024-01-01\xc3\xa9": extra text: "\xc3\xa9"`],
    ['15:04', '25:00', 'parsing time "25:00": hour out of range'],
    ['2006', 'now', 'parsing time "now" as "2006": cannot parse "now" as "2006"'],
  ])('of layout %s is not %s', (layout, text, problem) => {
    expect(parseTime(layout, text, UTC)).toEqual({ problem })
  })
  test('is read as it was printed, by any of the usual layouts', () => {
    const layout = '2006-01-02T15:04:05.999999999Z07:00'
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 4n * 10n ** 18n }), nanoseconds => {
        const zone = zoneByName('Australia/Lord_Howe') ?? UTC
        const read = parseTime(layout, formatTime(new GoTime(nanoseconds, zone), layout), UTC)
        expect('time' in read && read.time.nanoseconds).toBe(nanoseconds)
      }),
    )
  })
})

describe('a time of a range query', () => {
  test('is a moment before or after now', () => {
    const hour = 3_600_000_000_000n
    const now = BigInt(NOW) * 1_000_000n
    expect(timeOf('now() - duration("1h")', NOW)).toEqual({ nanoseconds: now - hour })
    expect(timeOf('now().Truncate(duration("24h"))', NOW)).toEqual({ nanoseconds: now - 12n * hour })
  })
  test('is nothing else', () => {
    expect(timeOf('now', NOW)).toEqual({ problem: 'expected time.Time, but got <nil>' })
    expect(timeOf('1', NOW)).toEqual({ problem: 'expected time.Time, but got int' })
    expect(timeOf('result', NOW)).toEqual({ problem: 'unknown name result' })
  })
})

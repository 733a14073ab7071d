// The calendar parts of a moment in UTC, for any number at all: as Go counts them.
import { civilOf, daysIn, weekdayOf, yearDayOf } from '../../std/civil.ts'

export interface DateParts {
  readonly minute: number
  readonly hour: number
  readonly dayOfWeek: number
  readonly dayOfMonth: number
  readonly dayOfYear: number
  readonly daysInMonth: number
  readonly month: number
  readonly year: number
}

const DAY = 86_400
/** Where Go's calendar arrives with a number that no 64-bit integer can hold: it goes round once. */
const NO_INTEGER = 2 ** 63

export function dateParts(seconds: number): DateParts {
  const whole = Math.abs(seconds) < 2 ** 63 ? Math.trunc(seconds) : NO_INTEGER
  const days = Math.floor(whole / DAY)
  const ofDay = Number(((BigInt(whole) % 86_400n) + 86_400n) % 86_400n)
  const { year, month, day } = civilOf(days * DAY, 0)
  return {
    minute: Math.floor(ofDay / 60) % 60,
    hour: Math.floor(ofDay / 3600),
    dayOfWeek: weekdayOf(year, month, day),
    dayOfMonth: day,
    dayOfYear: yearDayOf(year, month, day),
    daysInMonth: daysIn(year, month),
    month,
    year,
  }
}

/** RFC 3339, to the second. */
export function instantText(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const { year, month, dayOfMonth, hour, minute } = dateParts(seconds)
  const two = (number: number) => String(number).padStart(2, '0')
  const second = two(((seconds % 60) + 60) % 60)
  const day = `${String(year).padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}`
  return `${day}T${two(hour)}:${two(minute)}:${second}Z`
}

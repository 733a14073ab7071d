// The calendar parts of a moment in UTC, for any number at all: as Go counts them.

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
  const { year, month, day } = civil(days)
  return {
    minute: Math.floor(ofDay / 60) % 60,
    hour: Math.floor(ofDay / 3600),
    dayOfWeek: (((days + 4) % 7) + 7) % 7,
    dayOfMonth: day,
    dayOfYear: days - daysBefore(year, 1) + 1,
    daysInMonth:
      (month === 12 ? daysBefore(year + 1, 1) : daysBefore(year, month + 1)) - daysBefore(year, month),
    month,
    year,
  }
}

/** Years begin in March here, so that a leap day is the last of its year. */
function civil(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const ofEra = shifted - era * 146_097
  const leaps = Math.floor(ofEra / 1460) - Math.floor(ofEra / 36_524) + Math.floor(ofEra / 146_096)
  const yearOfEra = Math.floor((ofEra - leaps) / 365)
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const fromMarch = Math.floor((5 * ofYear + 2) / 153)
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  }
}

/** Days from 1970 to the first of a month. */
function daysBefore(year: number, month: number): number {
  const marchYear = month <= 2 ? year - 1 : year
  const era = Math.floor(marchYear / 400)
  const ofEra = marchYear - era * 400
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5)
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
}

/** RFC 3339 with as many digits of the second as are needed. */
export function instantText(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const { year, month, dayOfMonth, hour, minute } = dateParts(seconds)
  const two = (number: number) => String(number).padStart(2, '0')
  const rest = ms - seconds * 1000
  const part = rest === 0 ? '' : `.${String(rest).padStart(3, '0').replace(/0+$/, '')}`
  const second = two(((seconds % 60) + 60) % 60)
  const day = `${String(year).padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}`
  return `${day}T${two(hour)}:${two(minute)}:${second}${part}Z`
}

// Dates of the Gregorian calendar, in numbers, for every year.

const DAY = 86_400
const ERA_DAYS = 146_097
/** From the first of March of the year 0 to the first of January 1970. */
const EPOCH_SHIFT = 719_468

export interface Civil {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly nanosecond: number
}

/** Days since 1970; months and days may be out of their range and count on. */
export function daysOf(year: number, month: number, day: number): number {
  const months = year * 12 + (month - 1)
  const [trueYear, trueMonth] = [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1]
  const shifted = trueMonth <= 2 ? trueYear - 1 : trueYear
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (trueMonth + (trueMonth > 2 ? -3 : 9)) + 2) / 5)
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * ERA_DAYS + dayOfEra - EPOCH_SHIFT + (day - 1)
}

/** Seconds since 1970, as if the clock showed UTC. */
export function secondsOf({ year, month, day, hour, minute, second }: Civil): number {
  return daysOf(year, month, day) * DAY + hour * 3600 + minute * 60 + second
}

export function civilOf(seconds: number, nanosecond: number): Civil {
  const days = Math.floor(seconds / DAY)
  const rest = seconds - days * DAY
  const shifted = days + EPOCH_SHIFT
  const era = Math.floor(shifted / ERA_DAYS)
  const dayOfEra = shifted - era * ERA_DAYS
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
    hour: Math.floor(rest / 3600),
    minute: Math.floor((rest % 3600) / 60),
    second: rest % 60,
    nanosecond,
  }
}

export function daysIn(year: number, month: number): number {
  return daysOf(year, month + 1, 1) - daysOf(year, month, 1)
}

/** 0 is Sunday. */
export function weekdayOf(year: number, month: number, day: number): number {
  return (((daysOf(year, month, day) + 4) % 7) + 7) % 7
}

export function yearDayOf(year: number, month: number, day: number): number {
  return daysOf(year, month, day) - daysOf(year, 1, 1) + 1
}

/** The year to which the week of that day belongs: that of its Thursday. */
export function weekYearOf(year: number, month: number, day: number): number {
  const thursday = daysOf(year, month, day) + 3 - ((weekdayOf(year, month, day) + 6) % 7)
  return civilOf(thursday * DAY, 0).year
}

// What can be called on times, durations, months, days of the week and zones.
import type { GoType } from '../go-types.ts'
import { BYTES, INT64 } from '../go-types.ts'
import { multiplyWhole, wrap } from '../go-integers.ts'
import { toBytes } from '../go-bytes.ts'
import { GoInt, GoSlice, GoTime, GoZone, int, typeName } from '../go-values.ts'
import type { GoValue } from '../go-values.ts'
import { refuse } from '../refusal.ts'
import { since } from '../run/arithmetic.ts'
import { civilOf, secondsOf, weekYearOf, weekdayOf, yearDayOf } from '../../../std/civil.ts'
import { printDuration, roundDuration, truncateDuration } from './durations.ts'
import { MONTHS, WEEKDAYS } from './names.ts'
import { formatTime, printTime, shown } from './print.ts'
import { DURATION, LOCATION, MONTH, TIME, WEEKDAY } from './types-of-time.ts'
import { UTC, secondsInZone } from './zone.ts'

export interface Method {
  readonly type: GoType
  readonly call: (args: readonly GoValue[]) => GoValue
}

export function methodOf(value: GoValue, name: string): Method | undefined {
  const [of, call] = implementation(value, name) ?? []
  const type = of?.methods?.get(name)
  return type === undefined || call === undefined ? undefined : { type, call }
}

type Bound = readonly [of: GoType, call: Method['call']]

function implementation(value: GoValue, name: string): Bound | undefined {
  if (value instanceof GoTime) return [TIME, args => TIME_METHODS.get(name)?.(value, args) ?? null]
  if (value instanceof GoZone) return [LOCATION.element ?? LOCATION, () => value.zone.name]
  if (!(value instanceof GoInt)) return undefined
  if (value.type === DURATION) return [DURATION, args => DURATION_METHODS.get(name)?.(value, args) ?? null]
  const names = value.type === MONTH ? MONTHS : value.type === WEEKDAY ? WEEKDAYS : undefined
  const at = Number(value.value) - (value.type === MONTH ? 1 : 0)
  return names === undefined ? undefined : [value.type, () => names[at] ?? '']
}

type Implementation<T> = (of: T, args: readonly GoValue[]) => GoValue

const given = (value: GoValue | undefined, wanted: string): never =>
  refuse(`reflect: Call using ${typeName(value ?? null)} as type ${wanted}`)

const time = (value: GoValue | undefined): GoTime =>
  value instanceof GoTime ? value : given(value, 'time.Time')
const wholeNumber = (value: GoValue | undefined): number =>
  value instanceof GoInt && value.type.isNamed !== true ? Number(value.value) : given(value, 'int')
const durationOf = (value: GoValue | undefined): bigint =>
  value instanceof GoInt && value.type === DURATION ? BigInt(value.value) : given(value, 'time.Duration')
const duration = (value: bigint) => new GoInt(DURATION, wrap(value))

const NANOSECONDS = 1_000_000_000n
/** From the year 1, where Go's times begin, to 1970. */
const ZERO_TIME = -62_135_596_800n * NANOSECONDS

const floorDivide = (value: bigint, by: bigint) => (value - (((value % by) + by) % by)) / by
const unix =
  (by: bigint): Implementation<GoTime> =>
  of =>
    new GoInt(INT64, wrap(floorDivide(of.nanoseconds, by)))
const compare = (of: GoTime, other: GoTime) =>
  of.nanoseconds < other.nanoseconds ? -1 : of.nanoseconds > other.nanoseconds ? 1 : 0
const civil = (of: GoTime) => shown(of).civil

const TIME_METHODS: ReadonlyMap<string, Implementation<GoTime>> = new Map<string, Implementation<GoTime>>([
  ['After', (of, [other]) => compare(of, time(other)) > 0],
  ['Before', (of, [other]) => compare(of, time(other)) < 0],
  ['Equal', (of, [other]) => compare(of, time(other)) === 0],
  ['Compare', (of, [other]) => int(compare(of, time(other)))],
  ['IsZero', of => of.nanoseconds === ZERO_TIME],
  ['IsDST', of => isSummer(of)],
  ['Year', of => int(civil(of).year)],
  ['Month', of => new GoInt(MONTH, civil(of).month)],
  ['Day', of => int(civil(of).day)],
  ['Hour', of => int(civil(of).hour)],
  ['Minute', of => int(civil(of).minute)],
  ['Second', of => int(civil(of).second)],
  ['Nanosecond', of => int(civil(of).nanosecond)],
  ['YearDay', of => onDay(of, yearDayOf)],
  ['ISOWeek', of => onDay(of, weekYearOf)],
  ['Weekday', of => new GoInt(WEEKDAY, weekdayOf(civil(of).year, civil(of).month, civil(of).day))],
  ['Unix', unix(NANOSECONDS)],
  ['UnixMilli', unix(1_000_000n)],
  ['UnixMicro', unix(1000n)],
  ['UnixNano', unix(1n)],
  ['UTC', of => new GoTime(of.nanoseconds, UTC)],
  ['Local', of => new GoTime(of.nanoseconds, UTC)],
  [
    'In',
    (of, [zone]) =>
      new GoTime(of.nanoseconds, zone instanceof GoZone ? zone.zone : given(zone, '*time.Location')),
  ],
  ['Location', of => new GoZone(of.zone)],
  ['Clock', of => int(civil(of).hour)],
  ['Date', of => int(civil(of).year)],
  ['Zone', of => shown(of).offset.abbreviation],
  ['Add', (of, [by]) => new GoTime(of.nanoseconds + durationOf(by), of.zone)],
  ['AddDate', (of, args) => addDate(of, args.map(wholeNumber))],
  ['Sub', (of, [other]) => since(of, time(other))],
  ['Truncate', (of, [by]) => new GoTime(ZERO_TIME + truncated(of, durationOf(by)), of.zone)],
  ['Round', (of, [by]) => new GoTime(ZERO_TIME + rounded(of, durationOf(by)), of.zone)],
  ['String', of => printTime(of)],
  ['GoString', of => printTime(of)],
  ['Format', (of, [layout]) => formatTime(of, typeof layout === 'string' ? layout : given(layout, 'string'))],
  ['MarshalText', of => bytes(formatTime(of, RFC3339_NANO))],
  ['MarshalJSON', of => bytes(`"${formatTime(of, RFC3339_NANO)}"`)],
])

export const RFC3339_NANO = '2006-01-02T15:04:05.999999999Z07:00'

const bytes = (text: string) => new GoSlice(BYTES, toBytes(text))

function onDay(of: GoTime, count: (year: number, month: number, day: number) => number): GoInt {
  const { year, month, day } = civil(of)
  return int(count(year, month, day))
}

function addDate(of: GoTime, [years = 0, months = 0, days = 0]: readonly number[]): GoTime {
  const from = civil(of)
  const moved = { ...from, year: from.year + years, month: from.month + months, day: from.day + days }
  const seconds = secondsInZone(secondsOf(moved), of.zone)
  if (!Number.isSafeInteger(seconds)) return of
  return new GoTime(BigInt(seconds) * NANOSECONDS + BigInt(from.nanosecond), of.zone)
}

/** Counted from the year 1. */
function truncated(of: GoTime, by: bigint): bigint {
  const elapsed = of.nanoseconds - ZERO_TIME
  return by <= 0n ? elapsed : floorDivide(elapsed, by) * by
}

function rounded(of: GoTime, by: bigint): bigint {
  const elapsed = of.nanoseconds - ZERO_TIME
  if (by <= 0n) return elapsed
  const low = floorDivide(elapsed, by) * by
  return (elapsed - low) * 2n < by ? low : low + by
}

/** Whether the clock is ahead of what it shows in winter. */
function isSummer(of: GoTime): boolean {
  const { civil: here, offset } = shown(of)
  const offsets = [1, 7].map(
    month => of.zone.at(secondsOf({ ...civilOf(0, 0), year: here.year, month })).seconds,
  )
  return offset.seconds > Math.min(...offsets)
}

const inUnits = (nanoseconds: number): Implementation<GoInt> => {
  const unit = BigInt(nanoseconds)
  return ({ value }) => Number(BigInt(value) / unit) + Number(BigInt(value) % unit) / nanoseconds
}
const wholeUnits =
  (unit: bigint): Implementation<GoInt> =>
  ({ value }) =>
    new GoInt(INT64, wrap(BigInt(value) / unit))

const DURATION_METHODS: ReadonlyMap<string, Implementation<GoInt>> = new Map<string, Implementation<GoInt>>([
  ['Hours', inUnits(3_600_000_000_000)],
  ['Minutes', inUnits(60_000_000_000)],
  ['Seconds', inUnits(1_000_000_000)],
  ['Milliseconds', wholeUnits(1_000_000n)],
  ['Microseconds', wholeUnits(1000n)],
  ['Nanoseconds', wholeUnits(1n)],
  ['Round', ({ value }, [to]) => duration(roundDuration(BigInt(value), durationOf(to)))],
  ['Truncate', ({ value }, [to]) => duration(truncateDuration(BigInt(value), durationOf(to)))],
  ['Abs', ({ value }) => (value < 0 ? new GoInt(DURATION, absolute(value)) : new GoInt(DURATION, value))],
  ['String', ({ value }) => printDuration(BigInt(value))],
])

function absolute(value: number | bigint): number | bigint {
  return BigInt(value) === -(2n ** 63n) ? 2n ** 63n - 1n : multiplyWhole(value, -1)
}

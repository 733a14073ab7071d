// A moment as a layout wants it.
import type { GoTime } from '../go-values.ts'
import { civilOf, weekdayOf, yearDayOf } from '../../../std/civil.ts'
import type { Civil } from '../../../std/civil.ts'
import { layoutElements } from './layout.ts'
import type { Element, Part } from './layout.ts'
import { MONTHS, WEEKDAYS } from './names.ts'
import type { Offset } from './zone.ts'

const NANOSECONDS = 1_000_000_000n

export interface Shown {
  readonly civil: Civil
  readonly offset: Offset
  readonly seconds: number
}

/** What calendar and clock show there. */
export function shown({ nanoseconds, zone }: GoTime): Shown {
  const rest = ((nanoseconds % NANOSECONDS) + NANOSECONDS) % NANOSECONDS
  const seconds = Number((nanoseconds - rest) / NANOSECONDS)
  const offset = zone.at(seconds)
  return { civil: civilOf(seconds + offset.seconds, Number(rest)), offset, seconds }
}

/** As Go's String: `2024-05-01 10:00:00 +0000 UTC`. */
export function printTime(time: GoTime): string {
  return formatTime(time, '2006-01-02 15:04:05.999999999 -0700 MST')
}

export function formatTime(time: GoTime, layout: string): string {
  const moment = shown(time)
  return layoutElements(layout)
    .map(element => printElement(element, moment))
    .join('')
}

function printElement(element: Element, moment: Shown): string {
  if (element.kind === 'text') return element.text
  if (element.kind === 'part') return PRINTERS[element.part](moment.civil, moment.offset)
  const digits = String(moment.civil.nanosecond)
    .padStart(9, '0')
    .slice(0, element.digits)
    .padEnd(element.digits, '0')
  const kept = element.isTrimmed ? digits.replace(/0+$/, '') : digits
  return kept === '' ? '' : `${element.text[0]}${kept}`
}

type Printer = (civil: Civil, offset: Offset) => string

const padded = (value: number, width: number, filler = '0'): string =>
  value < 0 ? `-${String(-value).padStart(width, filler)}` : String(value).padStart(width, filler)

const twelve = (hour: number) => hour % 12 || 12

function zoned(separator: string, more: { isZulu: boolean; parts: 1 | 2 | 3 }): Printer {
  return (_, { seconds }) => {
    if (more.isZulu && seconds === 0) return 'Z'
    const size = Math.abs(seconds)
    const parts = [Math.floor(size / 3600), Math.floor((size % 3600) / 60), size % 60]
    const text = parts.slice(0, more.parts).map(part => padded(part, 2))
    return (seconds < 0 ? '-' : '+') + text.join(separator)
  }
}

const zuluOrNot = (isZulu: boolean) =>
  ({
    minutes: zoned('', { isZulu, parts: 2 }),
    seconds: zoned('', { isZulu, parts: 3 }),
    hours: zoned('', { isZulu, parts: 1 }),
    colonMinutes: zoned(':', { isZulu, parts: 2 }),
    colonSeconds: zoned(':', { isZulu, parts: 3 }),
  }) as const

const ZULU = zuluOrNot(true)
const NUMERIC = zuluOrNot(false)

const PRINTERS: Readonly<Record<Part, Printer>> = {
  January: ({ month }) => MONTHS[month - 1] ?? '',
  Jan: ({ month }) => (MONTHS[month - 1] ?? '').slice(0, 3),
  '1': ({ month }) => String(month),
  '01': ({ month }) => padded(month, 2),
  Monday: civil => weekday(civil),
  Mon: civil => weekday(civil).slice(0, 3),
  '2': ({ day }) => String(day),
  _2: ({ day }) => padded(day, 2, ' '),
  '02': ({ day }) => padded(day, 2),
  __2: civil => padded(yearDayOf(civil.year, civil.month, civil.day), 3, ' '),
  '002': civil => padded(yearDayOf(civil.year, civil.month, civil.day), 3),
  '15': ({ hour }) => padded(hour, 2),
  '3': ({ hour }) => String(twelve(hour)),
  '03': ({ hour }) => padded(twelve(hour), 2),
  '4': ({ minute }) => String(minute),
  '04': ({ minute }) => padded(minute, 2),
  '5': ({ second }) => String(second),
  '05': ({ second }) => padded(second, 2),
  '2006': ({ year }) => padded(year, 4),
  '06': ({ year }) => padded(((year % 100) + 100) % 100, 2),
  PM: ({ hour }) => (hour >= 12 ? 'PM' : 'AM'),
  pm: ({ hour }) => (hour >= 12 ? 'pm' : 'am'),
  // A zone without a name shows its offset.
  MST: (civil, offset) => (offset.abbreviation === '' ? NUMERIC.minutes(civil, offset) : offset.abbreviation),
  Z0700: ZULU.minutes,
  Z070000: ZULU.seconds,
  Z07: ZULU.hours,
  'Z07:00': ZULU.colonMinutes,
  'Z07:00:00': ZULU.colonSeconds,
  '-0700': NUMERIC.minutes,
  '-070000': NUMERIC.seconds,
  '-07': NUMERIC.hours,
  '-07:00': NUMERIC.colonMinutes,
  '-07:00:00': NUMERIC.colonSeconds,
}

function weekday({ year, month, day }: Civil): string {
  return WEEKDAYS[weekdayOf(year, month, day)] ?? ''
}

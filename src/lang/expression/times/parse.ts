// A text into a moment, by a layout; with Go's words when it does not fit.
import { GoTime } from '../go-values.ts'
import { quoted } from './durations.ts'
import { daysIn, secondsOf } from '../../../std/civil.ts'
import { layoutElements } from './layout.ts'
import type { Element, Part } from './layout.ts'
import { MONTHS, WEEKDAYS } from './names.ts'
import { UTC, fixedZone, secondsInZone } from './zone.ts'
import type { Zone } from './zone.ts'

export type TimeParsed = { readonly time: GoTime } | { readonly problem: string }

interface Fields {
  year?: number
  month?: number
  day?: number
  yearDay?: number
  hour: number
  minute: number
  second: number
  nanosecond: number
  isAfternoon?: boolean
  /** Seconds east of Greenwich, where the text says so. */
  offset?: number
  abbreviation: string
  isUtc: boolean
  outOfRange?: string
}

/** A time without a zone of its own is one of that zone. */
export function parseTime(layout: string, text: string, zone: Zone): TimeParsed {
  const fields: Fields = { hour: 0, minute: 0, second: 0, nanosecond: 0, abbreviation: '', isUtc: false }
  const elements = layoutElements(layout)
  const failed = (rest: string) => ({ problem: `parsing time ${quoted(text)} as ${quoted(layout)}: ${rest}` })
  let rest = text
  for (const [at, element] of elements.entries()) {
    const length = taken(element, { rest, fields, next: elements[at + 1] })
    if (fields.outOfRange !== undefined) return outOfRange(text, fields.outOfRange)
    if (length === undefined) return failed(`cannot parse ${quoted(rest)} as ${quoted(nameOf(element))}`)
    rest = rest.slice(length)
  }
  if (rest !== '') return { problem: `parsing time ${quoted(text)}: extra text: ${quoted(rest)}` }
  return assembled(fields, text, zone)
}

const outOfRange = (text: string, field: string) => ({
  problem: `parsing time ${quoted(text)}: ${field} out of range`,
})

function nameOf(element: Element): string {
  return element.kind === 'part' ? element.part : element.text
}

interface Reading {
  readonly rest: string
  readonly fields: Fields
  readonly next: Element | undefined
}

/** How much of the text the element takes; undefined when it does not fit. */
function taken(element: Element, reading: Reading): number | undefined {
  const { rest, fields } = reading
  if (element.kind === 'text') return takenText(element.text, rest)
  if (element.kind === 'part') return READERS[element.part](reading)
  const pattern = element.isTrimmed ? /^[.,](\d{1,9})/ : new RegExp(`^[.,](\\d{${element.digits}})`)
  const [whole, places = ''] = pattern.exec(rest) ?? []
  if (whole === undefined) return element.isTrimmed ? 0 : undefined
  fields.nanosecond = Number(places.slice(0, 9).padEnd(9, '0'))
  return whole.length
}

/** Spaces in a layout stand for any number of them. */
function takenText(wanted: string, rest: string): number | undefined {
  let at = 0
  for (const character of wanted) {
    if (character === ' ') {
      while (rest[at] === ' ') at++
    } else if (rest.startsWith(character, at)) at += character.length
    else return undefined
  }
  return at
}

type Reader = (reading: Reading) => number | undefined

/** A number of so many digits, and what it means. */
function digits(form: RegExp, set: (fields: Fields, value: number) => string | undefined): Reader {
  return ({ rest, fields }) => {
    const [text] = form.exec(rest) ?? []
    if (text === undefined) return undefined
    const problem = set(fields, Number(text))
    if (problem !== undefined) fields.outOfRange = problem
    return text.length
  }
}

function names(of: readonly string[], set?: (fields: Fields, index: number) => void): Reader {
  return ({ rest, fields }) => {
    const at = of.findIndex(name => rest.slice(0, name.length).toLowerCase() === name.toLowerCase())
    if (at < 0) return undefined
    set?.(fields, at)
    return of[at]?.length
  }
}

const short = (of: readonly string[]) => of.map(name => name.slice(0, 3))
const within = (value: number, [low, high]: readonly [number, number], name: string) =>
  value < low || value > high ? name : undefined

const setMonth = (fields: Fields, value: number) => {
  fields.month = value
  return within(value, [1, 12], 'month')
}
const setDay = (fields: Fields, value: number) => {
  fields.day = value
  return undefined
}
const setYearDay = (fields: Fields, value: number) => {
  fields.yearDay = value
  return undefined
}
const setHour = (fields: Fields, value: number) => {
  fields.hour = value
  return within(value, [0, 23], 'hour')
}
const setTwelve = (fields: Fields, value: number) => {
  fields.hour = value
  return within(value, [0, 12], 'hour')
}
const setMinute = (fields: Fields, value: number) => {
  fields.minute = value
  return within(value, [0, 59], 'minute')
}
const setSecond = (fields: Fields, value: number) => {
  fields.second = value
  return within(value, [0, 59], 'second')
}
const setYear = (fields: Fields, value: number) => {
  fields.year = value
  return undefined
}
const setShortYear = (fields: Fields, value: number) =>
  setYear(fields, value >= 69 ? value + 1900 : value + 2000)

/** After the seconds a fraction may stand, whether or not the layout has one. */
const seconds =
  (form: RegExp): Reader =>
  reading => {
    const length = digits(form, setSecond)(reading)
    if (length === undefined || reading.next?.kind === 'fraction') return length
    const [fraction, places = ''] = /^[.,](\d+)/.exec(reading.rest.slice(length)) ?? []
    if (fraction === undefined) return length
    reading.fields.nanosecond = Number(places.slice(0, 9).padEnd(9, '0'))
    return length + fraction.length
  }

const half =
  (am: string, pm: string): Reader =>
  ({ rest, fields }) => {
    const word = rest.slice(0, 2)
    if (word !== am && word !== pm) return undefined
    fields.isAfternoon = word === pm
    return 2
  }

function offset(form: RegExp, isZulu: boolean): Reader {
  return ({ rest, fields }) => {
    if (isZulu && rest.startsWith('Z')) {
      fields.isUtc = true
      return 1
    }
    const [text, sign, hours, minutes = '0', second = '0'] = form.exec(rest) ?? []
    if (text === undefined) return undefined
    if (Number(hours) > 24) fields.outOfRange = 'time zone offset hour'
    else if (Number(minutes) > 60) fields.outOfRange = 'time zone offset minute'
    else if (Number(second) > 60) fields.outOfRange = 'time zone offset second'
    const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(second)
    fields.offset = sign === '-' ? -size : size
    return text.length
  }
}

const ABBREVIATION =
  /^(?:UTC|ChST|MeST|GMT[+-]\d{1,2}|[+-]\d\d(?!\d)|[A-Z]{3,4}T(?![A-Z])|WITA(?![A-Z])|[A-Z]{3}(?![A-Z]))/

const abbreviation: Reader = ({ rest, fields }) => {
  const [text] = ABBREVIATION.exec(rest) ?? []
  if (text === undefined) return undefined
  if (text === 'UTC') fields.isUtc = true
  else fields.abbreviation = text
  return text.length
}

const HOURS = /^([+-])(\d\d)/
const MINUTES = /^([+-])(\d\d)(\d\d)/
const SECONDS = /^([+-])(\d\d)(\d\d)(\d\d)/
const COLON_MINUTES = /^([+-])(\d\d):(\d\d)/
const COLON_SECONDS = /^([+-])(\d\d):(\d\d):(\d\d)/

const READERS: Readonly<Record<Part, Reader>> = {
  January: names(MONTHS, (fields, at) => void setMonth(fields, at + 1)),
  Jan: names(short(MONTHS), (fields, at) => void setMonth(fields, at + 1)),
  '1': digits(/^\d\d?/, setMonth),
  '01': digits(/^\d\d/, setMonth),
  Monday: names(WEEKDAYS),
  Mon: names(short(WEEKDAYS)),
  '2': digits(/^\d\d?/, setDay),
  _2: digits(/^ ?\d\d?/, setDay),
  '02': digits(/^\d\d/, setDay),
  __2: digits(/^ {0,2}\d{1,3}/, setYearDay),
  '002': digits(/^\d{3}/, setYearDay),
  '15': digits(/^\d\d?/, setHour),
  '3': digits(/^\d\d?/, setTwelve),
  '03': digits(/^\d\d/, setTwelve),
  '4': digits(/^\d\d?/, setMinute),
  '04': digits(/^\d\d/, setMinute),
  '5': seconds(/^\d\d?/),
  '05': seconds(/^\d\d/),
  '2006': digits(/^\d{4}/, setYear),
  '06': digits(/^\d\d/, setShortYear),
  PM: half('AM', 'PM'),
  pm: half('am', 'pm'),
  MST: abbreviation,
  Z0700: offset(MINUTES, true),
  Z070000: offset(SECONDS, true),
  Z07: offset(HOURS, true),
  'Z07:00': offset(COLON_MINUTES, true),
  'Z07:00:00': offset(COLON_SECONDS, true),
  '-0700': offset(MINUTES, false),
  '-070000': offset(SECONDS, false),
  '-07': offset(HOURS, false),
  '-07:00': offset(COLON_MINUTES, false),
  '-07:00:00': offset(COLON_SECONDS, false),
}

function assembled(fields: Fields, text: string, zone: Zone): TimeParsed {
  const year = fields.year ?? 0
  let [month, day] = [fields.month ?? 1, fields.day ?? 1]
  if (fields.yearDay !== undefined) {
    if (fields.yearDay < 1 || fields.yearDay > 365 + (daysIn(year, 2) - 28)) {
      return outOfRange(text, 'day-of-year')
    }
    if (fields.month === undefined) day = fields.yearDay
  } else if (day < 1 || day > daysIn(year, month)) return outOfRange(text, 'day')
  month = fields.yearDay === undefined ? month : 1
  const { hour, minute, second, nanosecond, isAfternoon } = fields
  const hours = isAfternoon === undefined ? hour : (hour % 12) + (isAfternoon ? 12 : 0)
  const clock = secondsOf({ year, month, day, hour: hours, minute, second, nanosecond })
  const of = zoneOf(fields, clock, zone)
  const moment = fields.offset === undefined ? secondsInZone(clock, of) : clock - fields.offset
  return { time: new GoTime(BigInt(moment) * 1_000_000_000n + BigInt(nanosecond), of) }
}

function zoneOf(fields: Fields, clock: number, zone: Zone): Zone {
  if (fields.isUtc) return UTC
  const { abbreviation: name } = fields
  if (fields.offset !== undefined) {
    const there = zone.at(clock - fields.offset)
    const isThere = there.seconds === fields.offset && (name === '' || there.abbreviation === name)
    return isThere ? zone : fixedZone(name, fields.offset)
  }
  if (name === '' || zone.at(clock).abbreviation === name) return zone
  const hours = /^GMT([+-]\d{1,2})$/.exec(name)?.[1]
  return fixedZone(name, hours === undefined ? 0 : Number(hours) * 3600)
}

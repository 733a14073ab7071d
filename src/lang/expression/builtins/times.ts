// Built-ins of time: `now`, `date`, `duration`, `timezone`; and those of any type: `type`, `string`.
import { ANY, STRING } from '../go-types.ts'
import type { GoType } from '../go-types.ts'
import {
  GoFunction,
  GoInt,
  GoMap,
  GoStruct,
  GoTime,
  GoZone,
  isObject,
  itemsOf,
  typeOf,
} from '../go-values.ts'
import type { GoValue } from '../go-values.ts'
import { PACKAGES } from '../provider-types.ts'
import { refuse } from '../refusal.ts'
import { asText } from '../run/conversion.ts'
import { printSteps } from '../run/print.ts'
import { readDuration } from '../times/durations.ts'
import { parseTime } from '../times/parse.ts'
import { DURATION, LOCATION, TIME } from '../times/types-of-time.ts'
import { UTC, zoneByName } from '../times/zone.ts'
import type { Zone } from '../times/zone.ts'
import { atOnce, checked, long, signature, typed } from './builtin.ts'
import type { Entry, LongWork, Work } from './builtin.ts'

function checkNow(types: readonly GoType[]): GoType {
  if (types.length === 0 || (types.length === 1 && types[0] === LOCATION)) return TIME
  return refuse(`invalid number of arguments (expected 0, got ${types.length})`)
}

const now: Work = ([zone], budget) => new GoTime(budget.now, zone instanceof GoZone ? zone.zone : UTC)

const duration: Work = ([text], budget) => {
  budget.spend(PARSED)
  const read = readDuration(asText(text))
  return 'problem' in read ? refuse(read.problem) : new GoInt(DURATION, read.nanoseconds)
}

/** What it costs to read a short text piece by piece. */
const PARSED = 50

function checkDate(given: readonly GoType[]): GoType {
  if (given.length === 0) return refuse('invalid number of arguments (expected at least 1, got 0)')
  const types = given[0] === LOCATION ? given.slice(1) : given
  if (types.length > 3) return refuse(`invalid number of arguments (expected at most 3, got ${types.length})`)
  return TIME
}

const LAYOUTS = [
  '2006-01-02',
  '15:04:05',
  '2006-01-02 15:04:05',
  '2006-01-02T15:04:05Z07:00',
  '02 Jan 06 15:04 MST',
  'Monday, 02-Jan-06 15:04:05 MST',
  'Mon, 02 Jan 2006 15:04:05 MST',
]

const date: Work = ([first = null, ...more], budget) => {
  const zone = first instanceof GoZone ? first.zone : UTC
  const args = first instanceof GoZone ? more : [first, ...more]
  if (args.length === 0) return refuse('runtime error: index out of range [0] with length 0')
  const text = asText(args[0])
  const layoutLength = typeof args[1] === 'string' ? args[1].length : LAYOUTS.length * 20
  budget.spend(text.length + layoutLength * 10)
  if (args.length > 1) {
    const layout = asText(args[1])
    const read = parseTime(layout, text, args.length > 2 ? zoneOf(asText(args[2])) : zone)
    return 'problem' in read ? refuse(read.problem) : read.time
  }
  for (const layout of LAYOUTS) {
    const read = parseTime(layout, text, zone)
    if ('time' in read) return read.time
  }
  return refuse(`invalid date ${text}`)
}

function zoneOf(name: string): Zone {
  const isPath = name.includes('..') || name.startsWith('/') || name.startsWith('\\')
  if (isPath) return refuse('time: invalid location name')
  return zoneByName(name) ?? refuse(`unknown time zone ${name}`)
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ['nil', 'nil'],
  ['float', 'float'],
  ['string', 'string'],
  ['bool', 'bool'],
  ['function', 'func'],
])

function nameOfType(value: GoValue): string {
  if (value instanceof GoTime) return 'time.Time'
  const type = typeOf(value)
  if (type.isNamed === true) return PACKAGES.get(type) ?? type.name
  if (value instanceof GoInt) return type.isUnsigned === true ? 'uint' : 'int'
  if (itemsOf(value) !== undefined) return 'array'
  if (isObject(value) || value instanceof GoMap) return 'map'
  if (value instanceof GoStruct) return 'struct'
  if (value instanceof GoZone) return 'time.Location'
  return value instanceof GoFunction ? 'func' : (KINDS.get(type.kind) ?? 'unknown')
}

const toText: LongWork = function* ([value = null], budget) {
  // Of a zone a whole struct of tables there; of UTC, whose tables are empty, this is all of it.
  const text =
    value instanceof GoZone
      ? `{${value.zone.name} [] []  0 0 <nil>}`
      : ((yield printSteps(value, budget)) as string)
  budget.spendText(text.length)
  return budget.text(text)
}

export const TIME_BUILTINS: readonly Entry[] = [
  checked('now', checkNow, now),
  typed('duration', [signature([STRING], DURATION, '(time.Duration, error)')], duration),
  checked('date', checkDate, date),
  typed(
    'timezone',
    [signature([STRING], LOCATION, '(*time.Location, error)')],
    ([name]) => new GoZone(zoneOf(asText(name))),
  ),
  typed('type', [signature([ANY], STRING)], ([value = null]) => nameOfType(value)),
  long(typed('string', [signature([ANY], STRING)], atOnce(toText)), toText),
]

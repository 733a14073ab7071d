// Time zones by their IANA names, from the tables of a library; and fixed ones.
import table from 'moment-timezone/data/packed/latest.json' with { type: 'json' }

export interface Offset {
  /** Seconds east of Greenwich. */
  readonly seconds: number
  readonly abbreviation: string
}

export interface Zone {
  readonly name: string
  /** What holds at that many seconds since 1970. */
  at(seconds: number): Offset
}

export function fixedZone(name: string, seconds: number): Zone {
  const offset: Offset = { seconds, abbreviation: name }
  return { name, at: () => offset }
}

export const UTC = fixedZone('UTC', 0)
const LOCAL: Zone = { ...UTC, name: 'Local' }

const known = new Map<string, Zone>([
  ['', UTC],
  ['UTC', UTC],
  ['Local', LOCAL],
])

let sources: ReadonlyMap<string, string> | undefined

/** Undefined when there is no such zone. */
export function zoneByName(name: string): Zone | undefined {
  const found = known.get(name)
  if (found !== undefined) return found
  sources ??= sourcesByName()
  const source = sources.get(name)
  if (source === undefined) return undefined
  const zone = unpacked(name, source)
  known.set(name, zone)
  return zone
}

function sourcesByName(): ReadonlyMap<string, string> {
  const byName = new Map(table.zones.map(zone => [zone.slice(0, zone.indexOf('|')), zone] as const))
  for (const link of table.links) {
    const [target = '', alias = ''] = link.split('|')
    const zone = byName.get(target)
    if (zone !== undefined) byName.set(alias, zone)
  }
  return byName
}

/** `name|abbreviations|offsets|which of them in turn|minutes from one change to the next`, numbers to the base 60. */
function unpacked(name: string, source: string): Zone {
  const [, abbreviations = '', offsets = '', turns = '', changes = ''] = source.split('|')
  const names = abbreviations.split(' ')
  const kinds = offsets.split(' ').map((offset, at): Offset => {
    const seconds = Math.round(-60 * sexagesimal(offset))
    return { seconds: seconds + 0, abbreviation: names[at] ?? '' }
  })
  const order = [...turns].map(turn => kinds[sexagesimal(turn)])
  let minutes = 0
  const moments =
    changes === '' ? [] : changes.split(' ').map(one => Math.round((minutes += sexagesimal(one)) * 60))
  const first = kinds[0] ?? UTC.at(0)
  return { name, at: seconds => order[indexOfLast(moments, seconds)] ?? first }
}

/** How many moments have come by then. */
function indexOfLast(moments: readonly number[], seconds: number): number {
  let [low, high] = [0, moments.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((moments[middle] ?? 0) <= seconds) low = middle + 1
    else high = middle
  }
  return low
}

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX'

function sexagesimal(text: string): number {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  let value = 0
  for (const digit of whole) value = value * 60 + DIGITS.indexOf(digit)
  let part = 1
  for (const digit of fraction) {
    part /= 60
    value += DIGITS.indexOf(digit) * part
  }
  return text.startsWith('-') ? -value : value
}

/** Seconds since 1970 of what the clock shows there. */
export function secondsInZone(shown: number, zone: Zone): number {
  const offset = zone.at(shown).seconds
  if (offset === 0) return shown
  const supposed = shown - offset
  const there = zone.at(supposed).seconds
  return there === offset ? supposed : shown - there
}

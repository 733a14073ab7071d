// Lengths of time in whole nanoseconds, as Go reads and prints them.
import { wrap } from '../go-integers.ts'
import type { Whole } from '../go-values.ts'
import { goTimeQuote } from '../../../std/go/text.ts'
import { toBytes } from '../go-bytes.ts'

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1000n],
  ['µs', 1000n],
  ['μs', 1000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
])

/** Its words about a text. */
export const quoted = (text: string) => goTimeQuote(toBytes(text))

const PART = /^(\d*)(?:(\.)(\d*))?/
const UNIT = /^[^\d.]*/
const MOST = 2n ** 63n
const LONGEST = 1000

export type DurationRead = { readonly nanoseconds: Whole } | { readonly problem: string }

export function readDuration(text: string): DurationRead {
  const invalid = { problem: `time: invalid duration ${quoted(text)}` }
  let rest = text.replace(/^[-+]/, '')
  if (rest === '0') return { nanoseconds: 0 }
  if (rest === '' || rest.length > LONGEST) return invalid
  let total = 0n
  while (rest !== '') {
    const [amount = '', whole = '', , fraction = ''] = PART.exec(rest) ?? []
    if (whole + fraction === '') return invalid
    rest = rest.slice(amount.length)
    const unit = UNIT.exec(rest)?.[0] ?? ''
    if (unit === '') return { problem: `time: missing unit in duration ${quoted(text)}` }
    const scale = UNITS.get(unit)
    if (scale === undefined)
      return { problem: `time: unknown unit ${quoted(unit)} in duration ${quoted(text)}` }
    rest = rest.slice(unit.length)
    total += BigInt(whole === '' ? 0 : whole) * scale
    if (fraction !== '') total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length)
    if (total > MOST) return invalid
  }
  if (text.startsWith('-')) return { nanoseconds: wrap(-total) }
  return total === MOST ? invalid : { nanoseconds: wrap(total) }
}

/** `1h30m0s`, `1.5s`, `2µs`, `0s`. */
export function printDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s'
  const sign = nanoseconds < 0n ? '-' : ''
  const length = nanoseconds < 0n ? -nanoseconds : nanoseconds
  if (length < 1000n) return `${sign}${length}ns`
  if (length < 1_000_000n) return `${sign}${decimal(length, 3)}µs`
  if (length < 1_000_000_000n) return `${sign}${decimal(length, 6)}ms`
  const minutes = length / 60_000_000_000n
  const seconds = `${decimal(length % 60_000_000_000n, 9)}s`
  if (minutes === 0n) return sign + seconds
  return minutes < 60n
    ? `${sign}${minutes}m${seconds}`
    : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`
}

function decimal(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, '0')
  const fraction = digits.slice(-places).replace(/0+$/, '')
  return fraction === '' ? digits.slice(0, -places) : `${digits.slice(0, -places)}.${fraction}`
}

/** Rounded towards zero to a multiple. */
export function truncateDuration(value: bigint, multiple: bigint): bigint {
  return multiple <= 0n ? value : value - (value % multiple)
}

/** To the nearest multiple, halves away from zero; no longer than it can be. */
export function roundDuration(value: bigint, multiple: bigint): bigint {
  if (multiple <= 0n) return value
  const rest = value % multiple
  const size = rest < 0n ? -rest : rest
  if (size + size < multiple) return value - rest
  const rounded = value < 0n ? value - rest - multiple : value - rest + multiple
  const most = 2n ** 63n - 1n
  return rounded > most ? most : rounded < -most - 1n ? -most - 1n : rounded
}

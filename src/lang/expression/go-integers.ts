// Arithmetic of whole numbers as Go has it: 64 bits that wrap around. Plain numbers while they are exact.
import type { Whole } from './go-values.ts'

export function wrap(value: bigint): Whole {
  const kept = BigInt.asIntN(64, value)
  const small = Number(kept)
  return Number.isSafeInteger(small) ? small : kept
}

export function addWhole(a: Whole, b: Whole): Whole {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  return wrap(BigInt(a) + BigInt(b))
}

export function subtractWhole(a: Whole, b: Whole): Whole {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b
    if (Number.isSafeInteger(difference)) return difference
  }
  return wrap(BigInt(a) - BigInt(b))
}

export function multiplyWhole(a: Whole, b: Whole): Whole {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    // There is no negative zero among whole numbers.
    if (Number.isSafeInteger(product)) return product + 0
  }
  return wrap(BigInt(a) * BigInt(b))
}

/** The divisor is not zero. */
export function remainderWhole(a: Whole, b: Whole): Whole {
  if (typeof a === 'number' && typeof b === 'number') return (a % b) + 0
  return wrap(BigInt(a) % BigInt(b))
}

export function compareWhole(a: Whole, b: Whole): number {
  return a < b ? -1 : a > b ? 1 : 0
}

const OUTSIDE: Whole = -(2n ** 63n)

/** A float64 cut to a whole number; what has no place in 64 bits becomes the smallest one, as on amd64. */
export function truncated(value: number): Whole {
  if (Number.isNaN(value) || value >= 2 ** 63 || value < -(2 ** 63)) return OUTSIDE
  const whole = Math.trunc(value) + 0
  return Number.isSafeInteger(whole) ? whole : wrap(BigInt(whole))
}

const DECIMAL = /^[+-]?[0-9]+$/
const MOST = 2n ** 63n - 1n
const LEAST = -(2n ** 63n)
const LONGEST = 400

export type WholeRead =
  | { readonly value: Whole }
  | { readonly problem: 'invalid syntax' | 'value out of range' }

/** A decimal whole number, as strconv.ParseInt reads it. */
export function parseWhole(text: string): WholeRead {
  if (!DECIMAL.test(text)) return { problem: 'invalid syntax' }
  const digits = text.replace(/^([+-]?)0+(?=[0-9])/, '$1').replace('+', '')
  if (digits.length > LONGEST) return { problem: 'value out of range' }
  return inRange(BigInt(digits))
}

export function inRange(value: bigint): WholeRead {
  return value > MOST || value < LEAST ? { problem: 'value out of range' } : { value: wrap(value) }
}

// Powers as Go's math.Pow reckons them: whole exponents by squaring, halves by roots, the rest by e and its logarithm.
// JavaScript's own differ in the last digit.
import { exponential, logarithm, scaled, split } from './exponential.ts'

const WHOLE_MAX = 2 ** 63
/** Beyond that a power of two is too large or too small for any number, whatever is still to come. */
const EXPONENT_MAX = 4096

export function powerOf(base: number, exponent: number): number {
  const special = specialPower(base, exponent)
  if (special !== undefined) return special
  const magnitude = Math.abs(exponent)
  let whole = Math.trunc(magnitude)
  let fraction = magnitude - whole
  let value = 1
  if (fraction !== 0) {
    if (base < 0) return NaN
    if (fraction > 0.5) {
      fraction -= 1
      whole += 1
    }
    value = exponential(fraction * logarithm(base))
  }
  const [mantissa, power] = timesSquares(value, base, whole)
  return exponent < 0 ? scaled(1 / mantissa, -power) : scaled(mantissa, power)
}

function specialPower(base: number, exponent: number): number | undefined {
  // Go has 1 where JavaScript has no answer.
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1
  if (exponent === 1) return base
  const isSimple = exponent === 0 || base === 0 || !Number.isFinite(base) || !Number.isFinite(exponent)
  if (isSimple || Math.abs(exponent) >= WHOLE_MAX) return base ** exponent
  if (exponent === 0.5) return Math.sqrt(base)
  return exponent === -0.5 ? 1 / Math.sqrt(base) : undefined
}

/** The value times the base to a whole power, as a mantissa and a power of two. */
function timesSquares(value: number, base: number, whole: number): [mantissa: number, power: number] {
  let [mantissa, power] = [value, 0]
  let [square, squarePower] = split(base)
  for (let left = BigInt(whole); left !== 0n; left >>= 1n) {
    if (Math.abs(squarePower) > EXPONENT_MAX) return [mantissa, power + squarePower]
    if ((left & 1n) === 1n) {
      mantissa *= square
      power += squarePower
    }
    square *= square
    squarePower *= 2
    if (square < 0.5) {
      square += square
      squarePower -= 1
    }
  }
  return [mantissa, power]
}

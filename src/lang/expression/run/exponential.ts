// e to a power and the natural logarithm, digit by digit as Go has them for amd64, where a product and a sum are
// rounded together. The first is Taylor's series for a sixteenth of the rest, squared four times; the second has the
// polynomial of FreeBSD's e_log.c.

/** The logarithm of two in two parts. */
const LN2 = [0.693147180559663, 2.8235290563031577e-13]
const EXP_TERMS = [1 / 40_320, 1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2, 1]

export function exponential(value: number): number {
  const power = roundToEven(value * Math.LOG2E)
  const [upper = 0, lower = 0] = LN2
  const rest = fused(-power, lower, fused(-power, upper, value)) * 0.0625
  const [first = 0, ...terms] = EXP_TERMS
  let sum = terms.reduce((inner, term) => fused(inner, rest, term), first) * rest
  for (let doubling = 0; doubling < 3; doubling++) sum *= sum + 2
  return scaled(fused(sum + 2, sum, 1), power)
}

const HALF_ROOT = Math.SQRT1_2
const LN2_HIGH = 6.9314718036912381649e-1
const LN2_LOW = 1.90821492927058770002e-10
const ODD = [
  1.479819860511658591e-1, 1.818357216161805012e-1, 2.857142874366239149e-1, 6.66666666666673513e-1,
]
const EVEN = [1.531383769920937332e-1, 2.222219843214978396e-1, 3.999999999940941908e-1]

export function logarithm(value: number): number {
  let [mantissa, power] = split(value)
  if (mantissa < HALF_ROOT) {
    mantissa *= 2
    power -= 1
  }
  const over = mantissa - 1
  const ratio = over / (2 + over)
  const square = ratio * ratio
  const fourth = square * square
  const sumOf = (terms: readonly number[]) => terms.reduce((inner, term) => inner * fourth + term)
  const rest = square * sumOf(ODD) + fourth * sumOf(EVEN)
  const half = 0.5 * over * over
  return power * LN2_HIGH - (half - (ratio * (half + rest) + power * LN2_LOW) - over)
}

function roundToEven(value: number): number {
  const floor = Math.floor(value)
  const isHalf = value - floor === 0.5
  return isHalf ? floor + (floor % 2 === 0 ? 0 : 1) : Math.round(value)
}

/** A product and a sum, rounded once. */
function fused(a: number, b: number, c: number): number {
  const product = a * b
  const sum = product + c
  const part = sum - product
  return sum + (lost(a, b, product) + (product - (sum - part) + (c - part)))
}

const SPLITTER = 2 ** 27 + 1

/** What rounding took from a product. */
function lost(a: number, b: number, product: number): number {
  const [aHigh, bHigh] = [high(a), high(b)]
  const [aLow, bLow] = [a - aHigh, b - bHigh]
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow)
}

function high(value: number): number {
  const wide = SPLITTER * value
  return wide - (wide - value)
}

/** A mantissa between a half and one, and the power of two that goes with it. */
export function split(value: number): [mantissa: number, power: number] {
  const power = Math.max(Math.floor(Math.log2(Math.abs(value))) + 1, -1000)
  const mantissa = scaled(value, -power)
  if (Math.abs(mantissa) >= 1) return [mantissa / 2, power + 1]
  if (Math.abs(mantissa) >= 0.5) return [mantissa, power]
  const [rest, more] = split(mantissa)
  return [rest, power + more]
}

const STEP = 1000

/** Times a power of two, rounded once. */
export function scaled(value: number, power: number): number {
  let [left, result] = [Math.max(Math.min(power, 3 * STEP), -3 * STEP), value]
  for (; left > STEP; left -= STEP) result *= 2 ** STEP
  for (; left < -STEP; left += STEP) result *= 2 ** -STEP
  return result * 2 ** left
}

// Amounts as Kubernetes writes them: "500m", "1Gi", "129e6". Parsed exactly (in billionths), compared, and
// printed in the canonical form that Go gives them back in ("1000m" is "1", "1024Mi" is "1Gi").

type QuantityFormat = 'decimal' | 'exponent' | 'binary'

export interface Quantity {
  /** The amount in billionths; finer parts are rounded away from zero, as Kubernetes does. */
  readonly nanos: bigint
  readonly format: QuantityFormat
}

const GRAMMAR = /^([+-]?)(\d+\.?\d*|\.\d+)(|n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d{1,5})$/
const ALREADY_CANONICAL = /^[1-9]\d{0,2}(|n|u|m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)$/
const DECIMAL_EXPONENTS: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
}
const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const
const UNIT = 1_000_000_000n
const LARGEST = (2n ** 63n - 1n) * UNIT
const MAX_LENGTH = 64

/** The quantity that a text or a JSON number names, or undefined when it is none. */
export function parseQuantity(value: string | number): Quantity | undefined {
  const text = String(value).trim()
  const match = text.length <= MAX_LENGTH ? GRAMMAR.exec(text) : null
  if (match === null) return undefined
  const [, sign, number, suffix] = match as unknown as [string, string, string, string]
  const [whole = '', fraction = ''] = number.split('.')
  const format = formatOf(suffix)
  const magnitude = scaled({ digits: BigInt(whole + fraction), places: fraction.length, suffix, format })
  const capped = magnitude > LARGEST ? LARGEST : magnitude
  return {
    nanos: sign === '-' ? -capped : capped,
    // Less than one byte-like unit is shown in decimals, so that nothing is rounded.
    format: format === 'binary' && capped > 0n && capped < UNIT ? 'decimal' : format,
  }
}

function formatOf(suffix: string): QuantityFormat {
  if (suffix.endsWith('i')) return 'binary'
  return /^[eE]./.test(suffix) ? 'exponent' : 'decimal'
}

function scaled(parts: { digits: bigint; places: number; suffix: string; format: QuantityFormat }): bigint {
  const { digits, places, suffix, format } = parts
  if (format === 'binary') {
    const power = BINARY_SUFFIXES.indexOf(suffix as 'Ki')
    return dividedUp(digits * UNIT * 1024n ** BigInt(power), 10n ** BigInt(places))
  }
  const exponent = format === 'exponent' ? Number(suffix.slice(1)) : (DECIMAL_EXPONENTS[suffix] as number)
  const shift = exponent - places + 9
  if (digits === 0n) return 0n
  if (shift > MAX_LENGTH) return LARGEST
  if (shift < -2 * MAX_LENGTH) return 1n
  return shift >= 0 ? digits * 10n ** BigInt(shift) : dividedUp(digits, 10n ** BigInt(-shift))
}

function dividedUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by
}

/** The canonical text: no fraction, the largest suffix that keeps it exact. */
export function printQuantity(quantity: Quantity): string {
  const { nanos, format } = quantity
  if (nanos === 0n) return '0'
  // An amount that no binary suffix fits loses its format when it is read back, as in every API server.
  const isBinary = format === 'binary' && nanos % (1024n * UNIT) === 0n
  return isBinary ? printBinary(nanos / UNIT) : printDecimal(nanos, format)
}

function printBinary(units: bigint): string {
  let rest = units
  let power = 0
  while (power < 6 && rest % 1024n === 0n) {
    rest /= 1024n
    power++
  }
  return `${rest}${BINARY_SUFFIXES[power]}`
}

function printDecimal(nanos: bigint, format: QuantityFormat): string {
  const largest = format === 'exponent' ? Infinity : 18
  let rest = nanos
  let exponent = -9
  while (rest % 1000n === 0n && exponent < largest) {
    rest /= 1000n
    exponent += 3
  }
  if (format === 'exponent') return exponent === 0 ? `${rest}` : `${rest}e${exponent}`
  return `${rest}${DECIMAL_SUFFIXES[exponent / 3 + 3]}`
}

/** The canonical text of what a text or number says, or undefined when it is no quantity. */
export function canonicalQuantity(value: string | number): string | undefined {
  if (typeof value === 'string' && ALREADY_CANONICAL.test(value)) return value
  const quantity = parseQuantity(value)
  if (quantity === undefined) return undefined
  const text = String(value).trim()
  return isKept(text) ? text : printQuantity(quantity)
}

const DIGITS_MAX = 18
/** About how many decimal digits each binary suffix takes of them. */
const BINARY_DIGITS_MAX = 14

/** Compat: Go keeps what it takes for canonical: `1.125`, `1E9`, `+5`. */
function isKept(text: string): boolean {
  const [, , number = '', suffix = ''] = GRAMMAR.exec(text) ?? []
  const [whole = '', fraction = ''] = number.split('.')
  const digits = (whole.replace(/^0+/, '') || '0') + fraction
  const format = formatOf(suffix)
  if (format === 'binary') {
    const power = BINARY_SUFFIXES.indexOf(suffix as 'Ki')
    const isShort = digits.length + power * 3 <= BINARY_DIGITS_MAX
    return fraction === '' && isShort && Number(digits) % 8 !== 0
  }
  const exponent = format === 'exponent' ? Number(suffix.slice(1)) : (DECIMAL_EXPONENTS[suffix] ?? 0)
  const scale = exponent - fraction.length
  const isPlain = scale >= -9 && scale % 3 === 0 && digits.length <= DIGITS_MAX
  return isPlain && !digits.startsWith('0') && !digits.endsWith('000')
}

/** Negative when `a` is less than `b`, zero when they are the same amount. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  if (a.nanos === b.nanos) return 0
  return a.nanos < b.nanos ? -1 : 1
}

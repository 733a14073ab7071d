// Floating point numbers as Go reads and prints them.

const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['inf', Infinity],
  ['infinity', Infinity],
  ['nan', NaN],
])

const DECIMAL = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
const HEXADECIMAL = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?[0-9]+)$/
/** An underscore separates digits, or a prefix from digits. */
const STRAY_UNDERSCORE = /(?<![0-9a-fA-F]|^[+-]?0[xX])_|_(?![0-9a-fA-F])/

export type FloatRead =
  | { readonly value: number }
  | { readonly problem: 'invalid syntax' | 'value out of range' }

/** As strconv.ParseFloat. */
export function parseFloat64(text: string): FloatRead {
  const sign = text.startsWith('-') ? -1 : 1
  const special = SPECIAL.get(text.replace(/^[+-]/, '').toLowerCase())
  if (special !== undefined) {
    return Number.isNaN(special) && /^[+-]/.test(text)
      ? { problem: 'invalid syntax' }
      : { value: sign * special }
  }
  if (text.includes('_') && STRAY_UNDERSCORE.test(text)) return { problem: 'invalid syntax' }
  const plain = text.replaceAll('_', '')
  const value = DECIMAL.test(plain) ? Number(plain) : hexadecimal(plain)
  if (value === undefined) return { problem: 'invalid syntax' }
  return Number.isFinite(value) ? { value } : { problem: 'value out of range' }
}

function hexadecimal(text: string): number | undefined {
  const read = HEXADECIMAL.exec(text)
  if (read === null) return undefined
  const [, sign, whole = '', fraction = '', power] = read
  if (whole + fraction === '') return undefined
  const mantissa = Number(`0x${whole}${fraction}`)
  const value = mantissa * 2 ** (Number(power) - 4 * fraction.length)
  return sign === '-' ? -value : value
}

const SMALLEST_PLAIN = -4
const LARGEST_PLAIN = 5

/** As Go's `%v`: the shortest text that reads back the same; with an exponent from 1e+06 on and below 1e-04. */
export function printFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa, power] = value.toExponential().split('e') as [string, string]
  const exponent = Number(power)
  if (exponent >= SMALLEST_PLAIN && exponent <= LARGEST_PLAIN) return String(value)
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

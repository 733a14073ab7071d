// Numbers as Go prints and reads them: in JSON, and as Prometheus' samples are written.

/** Between these, encoding/json writes all digits. */
const [SMALLEST, LARGEST] = [1e-6, 1e21]

/** A float64 as encoding/json writes it: `1e+21`, `1e-7`. NaN and infinities have no JSON. */
export function goJsonNumber(value: number): string {
  if (Object.is(value, -0)) return '-0'
  const size = Math.abs(value)
  if (size !== 0 && (size < SMALLEST || size >= LARGEST)) return value.toExponential()
  return plain(value)
}

/** With all its digits, and no exponent. */
export function plain(value: number): string {
  if (Object.is(value, -0)) return '-0'
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  if (exponent === '') return special(value)
  const digits = mantissa.replace(/[-.]/g, '')
  const point = 1 + Number(exponent)
  const sign = value < 0 ? '-' : ''
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return sign + digits.padEnd(point, '0')
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** `NaN`, `+Inf`, `-Inf`. */
function special(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const HEXADECIMAL = /^([+-]?)0x([\da-f]*)\.?([\da-f]*)p([+-]?\d+)$/i
const UNDERSCORES = /(?<=[\da-f])_(?=[\da-f])/gi

/** strconv.ParseFloat; undefined: its "invalid syntax". Compat: Prometheus' own numbers may have underscores. */
export function goParseFloat(text: string): number | undefined {
  const digits = text.replaceAll(UNDERSCORES, '')
  if (DECIMAL.test(digits)) return Number(digits)
  if (/^[+-]?inf(inity)?$/i.test(digits)) return digits.startsWith('-') ? -Infinity : Infinity
  if (/^nan$/i.test(digits)) return NaN
  const [, sign, whole = '', fraction = '', exponent] = HEXADECIMAL.exec(digits) ?? []
  if (exponent === undefined || whole + fraction === '') return undefined
  const size = parseInt(whole + fraction, 16) * 2 ** (Number(exponent) - 4 * fraction.length)
  return sign === '-' ? -size : size
}

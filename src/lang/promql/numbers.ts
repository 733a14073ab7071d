// Numbers and durations as Prometheus reads and prints them.

const UNITS_MS: readonly (readonly [unit: string, ms: number])[] = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]
const PART = /^(\d+)(\D+)/
const DURATION_MAX_MS = 9_223_372_036_854

/** Milliseconds of `1h30m`, or what is wrong with it: its units must fall, and Go must hold it. */
export function durationMs(text: string): number | string {
  const isNone = `not a valid duration string: ${JSON.stringify(text)}`
  if (text === '') return 'empty duration string'
  let ms = 0
  let last = -1
  for (let rest = text; rest !== '';) {
    const part = PART.exec(rest)
    if (part === null) return isNone
    const [whole, count = '', name = ''] = part
    const unit = UNITS_MS.findIndex(([known]) => known === name)
    if (unit < 0) return `unknown unit ${JSON.stringify(name)} in duration ${JSON.stringify(text)}`
    if (unit <= last) return isNone
    last = unit
    ms += Number(count) * (UNITS_MS[unit]?.[1] ?? 0)
    if (ms > DURATION_MAX_MS) return 'duration out of range'
    rest = rest.slice(whole.length)
  }
  return ms
}

/** A number of a query: decimal, hexadecimal, octal with a leading zero, with `_` between digits. */
export function literalNumber(text: string): number | undefined {
  const plain = text.replaceAll('_', '')
  if (/^0[xX][0-9a-fA-F]+$/.test(plain)) return Number(plain)
  if (/^0[0-7]+$/.test(plain)) return Number(`0o${plain.slice(1)}`)
  return /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(plain) ? Number(plain) : undefined
}

/** What Go's strconv.ParseFloat reads, as bucket bounds and time parameters are read. */
export function goFloat(text: string): number | undefined {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text)
  if (special !== null) {
    if (special[2]?.toLowerCase() === 'nan') return special[1] === '' ? Number.NaN : undefined
    return special[1] === '-' ? -Infinity : Infinity
  }
  const plain = text.replaceAll(/(?<=\d)_(?=\d)/g, '')
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(plain)) return undefined
  const value = Number(plain)
  return Number.isFinite(value) ? value : undefined
}

/** A sample's value as the HTTP API prints it. */
export function sampleText(value: number): string {
  if (value === Infinity) return '+Inf'
  if (Object.is(value, -0)) return '-0'
  return goExponent(value === -Infinity ? '-Inf' : String(value))
}

/** Go's %v, or %g with `exponentFrom` 6. */
export function goNumber(value: number, exponentFrom = 21): string {
  if (!Number.isFinite(value) || value === 0) return sampleText(value)
  const [digits = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent < -4 || exponent >= exponentFrom) return goExponent(`${digits}e${power}`)
  return plainText(value)
}

/** All digits, without an exponent. */
export function plainText(value: number): string {
  const text = sampleText(value)
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (match === null) return text
  const [, sign = '', whole = '', part = '', power = '0'] = match
  const exponent = Number(power)
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${whole}${part}`
  return `${sign}${whole}${part.padEnd(exponent, '0')}`
}

/** Go writes at least two digits of an exponent. */
function goExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}

// CEL's `'%s is %d'.format([…])`: how Go's verbs print the values of CEL.
import { Optional } from '@marcbachmann/cel-js'
import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator'
import { spend, weightOf } from './budget.ts'
import { isPlain } from './values.ts'

const CLAUSE = /%(%|(?:\.(\d{1,2}))?([a-zA-Z]))|%/g
const DEFAULT_DIGITS = 6

export function formatText(template: string, args: readonly unknown[]): string {
  spend(weightOf(args) / 10)
  let next = 0
  return template.replace(CLAUSE, (...[clause, kind, digits, verb]: string[]) => {
    if (kind === '%') return '%'
    if (verb === undefined) throw new Error(`could not parse formatting clause: "${clause}"`)
    if (next >= args.length) throw new Error(`index ${next} out of range`)
    return printed(verb, args[next++], digits === undefined ? DEFAULT_DIGITS : Number(digits))
  })
}

function printed(verb: string, value: unknown, digits: number): string {
  switch (verb) {
    case 's':
      return textOf(value)
    case 'd':
      return typeof value === 'number' && !Number.isFinite(value)
        ? textOf(value)
        : whole(value, verb).toString()
    case 'f':
      return decimal(value, verb, number => number.toFixed(digits))
    case 'e':
      return decimal(value, verb, scientific)
    case 'b':
      return typeof value === 'boolean' ? (value ? '1' : '0') : whole(value, verb).toString(2)
    case 'o':
      return whole(value, verb).toString(8)
    case 'x':
      return hexadecimal(value, verb)
    case 'X':
      return hexadecimal(value, verb).toUpperCase()
    default:
      throw new Error(`could not parse formatting clause: unrecognized formatting clause "${verb}"`)
  }
}

function whole(value: unknown, verb: string): bigint {
  if (typeof value === 'bigint') return value
  if (value instanceof UnsignedInt) return value.value
  throw new Error(`error during formatting: no such overload: ${verb} of ${typeof value}`)
}

function decimal(value: unknown, verb: string, print: (value: number) => string): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return textOf(value)
  return print(typeof value === 'number' ? value : Number(whole(value, verb)))
}

function hexadecimal(value: unknown, verb: string): string {
  if (typeof value === 'string') return Buffer.from(value).toString('hex')
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return whole(value, verb).toString(16)
}

/** As Kubernetes prints it for people: six digits whatever was asked for, and a power of ten. */
function scientific(value: number): string {
  const [digits, exponent = '0'] = value.toExponential(DEFAULT_DIGITS).split('e')
  const power = exponent.replace('+', '').replace(/^(-?)(\d)$/, '$10$2')
  return `${digits}×10${power.replace(/[-\d]/g, one => RAISED[one] ?? one)}`
}

const RAISED: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from('⁰¹²³⁴⁵⁶⁷⁸⁹', (raised, digit) => [String(digit), raised]).concat([['-', '⁻']]),
)

function textOf(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return numberText(value)
  if (value instanceof Date) return timestampText(value)
  if (value instanceof Duration) return value.toString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  if (value instanceof Optional)
    return value.hasValue() ? `optional(${textOf(value.value())})` : 'optional.none()'
  if (Array.isArray(value)) return `[${value.map(inside).join(', ')}]`
  if (!isPlain(value)) return String(value).replace(/^Type<(.*)>$/, '$1')
  const entries = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}:${inside(one)}`)
  return `{${entries.toSorted().join(', ')}}`
}

/** In a list or a map, texts are quoted and numbers have all their digits. */
function inside(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return typeof value === 'number' && Number.isFinite(value) ? value.toFixed(DEFAULT_DIGITS) : textOf(value)
}

export function timestampText(at: Date): string {
  return at.toISOString().replace(/\.?0*Z$/, 'Z')
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? String(value) : value > 0 ? 'Infinity' : '-Infinity'
}

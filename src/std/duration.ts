// Lengths of time as Go writes them: `300ms`, `1.5h`, `1h30m`. In code they are milliseconds, with a fraction
// if need be.
import { goTimeQuote } from './go/text.ts'
import { bytesOf } from './utf8.ts'

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g
const WHOLE = /^[+-]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/

/** 2^63 nanoseconds, some 292 years: what Go can hold. */
const LIMIT_MS = 2 ** 63 / 1e6

/** Why Go would not take it, in the words of time.ParseDuration; undefined: it would. */
export function durationProblem(text: string): string | undefined {
  if (parseDuration(text) !== undefined) return undefined
  const quote = (part: string) => goTimeQuote(Array.from(bytesOf(part), byte => byte.charCodeAt(0)))
  const quoted = quote(text)
  let sum = 0
  let rest = text.replace(/^[+-]/, '')
  while (rest !== '') {
    const [number = ''] = /^\d*\.?\d*/.exec(rest) ?? []
    if (number === '' || number === '.') break
    const [unit = ''] = /^[^.\d]*/.exec(rest.slice(number.length)) ?? []
    if (unit === '') return `time: missing unit in duration ${quoted}`
    if (!(unit in UNIT_MS)) return `time: unknown unit ${quote(unit)} in duration ${quoted}`
    sum += Number(number) * (UNIT_MS[unit] ?? 0)
    if (sum > LIMIT_MS) break
    rest = rest.slice(number.length + unit.length)
  }
  return `time: invalid duration ${quoted}`
}

/** Undefined when Go would not take it: no unit, an unknown one, nothing at all, or too long. */
export function parseDuration(text: string): number | undefined {
  if (!WHOLE.test(text)) return undefined
  const parts = [...text.matchAll(PART)]
  const sum = parts.reduce(
    (total, [, amount, unit]) => total + Number(amount) * (UNIT_MS[unit as string] ?? 0),
    0,
  )
  if (sum >= LIMIT_MS) return undefined
  return text.startsWith('-') && sum !== 0 ? -sum : sum
}

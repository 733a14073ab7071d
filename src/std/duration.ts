// Lengths of time as Go writes them: `300ms`, `1.5h`, `1h30m`. In code they are milliseconds, with a fraction
// if need be.

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

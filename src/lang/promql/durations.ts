// Durations in a query: a literal, or one that is computed of others, of the step and of the range that are asked for.
import type { Reader } from './reader.ts'

/** Brackets, signs and powers within each other. */
const DEPTH_MAX = 100
const EXPECTED = 'expected number, duration, step(), or range()'
const SECONDS_MAX = 2 ** 63 / 1e9

/** Milliseconds of what stands in square brackets: whatever can be computed, but more than nothing. */
export function rangeDuration(reader: Reader, where: string): number | undefined {
  const { from } = reader.peek()
  const ms = milliseconds(reader, sum(reader, { where, depth: 0 }))
  return ms !== undefined && ms <= 0 ? reader.fail(from, 'duration must be greater than 0') : ms
}

/** Milliseconds behind `offset`: a literal with its signs; what is computed begins with a bracket. */
export function offsetDuration(reader: Reader): number | undefined {
  const place = { where: 'offset', depth: 0 }
  if (reader.isSymbol('(')) return milliseconds(reader, sum(reader, place))
  let sign = 1
  while (reader.isSymbol('-') || reader.isSymbol('+')) if (reader.take().text === '-') sign = -sign
  const ms = milliseconds(reader, operand(reader, place))
  return ms === undefined ? undefined : sign * ms
}

/** A literal is rounded, what was computed is cut. */
function milliseconds(reader: Reader, found: Found | undefined): number | undefined {
  if (found === undefined || reader.mistake !== undefined) return undefined
  const { seconds, from, isComputed } = found
  if (Number.isNaN(seconds) || Math.abs(seconds) === Infinity)
    return reader.fail(from, 'duration is NaN or infinite')
  if (Math.abs(seconds) > SECONDS_MAX) return reader.fail(from, 'duration is out of range')
  return isComputed ? Math.trunc(seconds * 1000) : Math.round(seconds * 1000)
}

interface Found {
  readonly seconds: number
  readonly from: number
  readonly isComputed: boolean
}

interface Place {
  readonly where: string
  readonly depth: number
}

function sum(reader: Reader, place: Place): Found | undefined {
  let left = product(reader, place)
  while (left !== undefined && (reader.isSymbol('+') || reader.isSymbol('-'))) {
    const sign = reader.take().text === '+' ? 1 : -1
    const right = product(reader, place)
    if (right === undefined) return undefined
    left = { seconds: left.seconds + sign * right.seconds, from: left.from, isComputed: true }
  }
  return left
}

function product(reader: Reader, place: Place): Found | undefined {
  let left = power(reader, place)
  while (left !== undefined && (reader.isSymbol('*') || reader.isSymbol('/') || reader.isSymbol('%'))) {
    const { text, from } = reader.take()
    const right = power(reader, place)
    if (right === undefined) return undefined
    if (text !== '*' && right.seconds === 0)
      return reader.fail(from, `${text === '/' ? 'division' : 'modulo'} by zero`)
    const [a, b] = [left.seconds, right.seconds]
    left = { seconds: text === '*' ? a * b : text === '/' ? a / b : a % b, from: left.from, isComputed: true }
  }
  return left
}

/** A sign binds looser than a power. */
function power(reader: Reader, place: Place): Found | undefined {
  const inner = { ...place, depth: place.depth + 1 }
  const { from } = reader.peek()
  if (place.depth > DEPTH_MAX) return reader.fail(from, `durations nest deeper than ${DEPTH_MAX}`)
  if (reader.isSymbol('-') || reader.isSymbol('+')) {
    const sign = reader.take().text === '-' ? -1 : 1
    const found = power(reader, inner)
    return found === undefined ? undefined : { ...found, seconds: sign * found.seconds, from }
  }
  const base = operand(reader, place)
  if (base === undefined || !reader.takeSymbol('^')) return base
  const exponent = power(reader, inner)
  return exponent === undefined
    ? undefined
    : { seconds: base.seconds ** exponent.seconds, from, isComputed: true }
}

function operand(reader: Reader, place: Place): Found | undefined {
  const { kind, text, from } = reader.peek()
  const inner = { ...place, depth: place.depth + 1 }
  if (kind === 'number' || kind === 'duration') {
    const seconds = reader.number()
    return seconds === undefined ? undefined : { seconds, from, isComputed: false }
  }
  if (reader.takeSymbol('(')) {
    const found = sum(reader, inner)
    return closes(reader, ')') ? found : undefined
  }
  if (reader.isWord('step', 'range')) {
    reader.take()
    const { stepMs, rangeMs } = reader.span
    const seconds = (text.toLowerCase() === 'step' ? stepMs : rangeMs) / 1000
    return closes(reader, '(') && closes(reader, ')') ? { seconds, from, isComputed: true } : undefined
  }
  if (!reader.isWord('min_of', 'max_of')) {
    if (kind === 'end' && place.depth > 0) return reader.fail(from, 'unclosed left parenthesis')
    return reader.unexpected(` in ${place.where}, ${EXPECTED}`)
  }
  reader.take()
  const a = closes(reader, '(') ? sum(reader, inner) : undefined
  const b = closes(reader, ',') ? sum(reader, inner) : undefined
  if (!closes(reader, ')') || a === undefined || b === undefined) return undefined
  const chosen = text.toLowerCase() === 'min_of' ? Math.min : Math.max
  return { seconds: chosen(a.seconds, b.seconds), from, isComputed: true }
}

function closes(reader: Reader, symbol: string): boolean {
  if (reader.takeSymbol(symbol)) return true
  if (reader.peek().kind === 'end') reader.fail(reader.peek().from, 'unclosed left parenthesis')
  reader.unexpected(` in duration expression, expected "${symbol}"`)
  return false
}

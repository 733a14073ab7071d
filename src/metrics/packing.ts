// A run of samples as bytes: times by the change of their steps, whole numbers by their steps, others by what of their
// bits has changed (after Pelkonen et al., Gorilla: a fast, scalable, in-memory time series database, VLDB 2015; but in
// whole bytes). It is read from its beginning.

export interface Run {
  readonly times: readonly number[]
  readonly values: readonly number[]
}

/** Where runs are read to; the next one takes its place. */
export interface Samples {
  count: number
  readonly times: Float64Array
  readonly values: Float64Array
}

const EVEN = 0
const WHOLE_TIMES = 1
const ODD_TIMES = 2
const SAME = 0
const WHOLE = 4
const BITS = 8
const KINDS = 12

/** No sample takes more, its time and its value; nor does what stands before them. */
const SAMPLE_MAX = 20
const HEAD_MAX = 40

const number = new Float64Array(1)
const halves = new Uint32Array(number.buffer)
const octets = new Uint8Array(number.buffer)

class Writer {
  readonly bytes: Uint8Array
  at = 0

  constructor(size: number) {
    this.bytes = new Uint8Array(size)
  }

  /** Small numbers first: 0, -1, 1, -2 … */
  signed(value: number): void {
    let rest = value < 0 ? -2 * value - 1 : 2 * value
    while (rest >= 128) {
      this.bytes[this.at++] = 128 + (rest % 128)
      rest = Math.floor(rest / 128)
    }
    this.bytes[this.at++] = rest
  }

  float(value: number): void {
    number[0] = value
    this.bytes.set(octets, this.at)
    this.at += 8
  }

  /** A byte says how many follow and how many zeroes stand behind them. */
  changedBits(low: number, high: number): void {
    halves[0] = low
    halves[1] = high
    let [first, end] = [0, 8]
    while (end > 0 && octets[end - 1] === 0) end--
    while (first < end && octets[first] === 0) first++
    this.bytes[this.at++] = ((end - first) << 4) | first
    this.bytes.set(octets.subarray(first, end), this.at)
    this.at += end - first
  }
}

/** Times rise; there is at least one sample. */
export function pack({ times, values }: Run): Uint8Array {
  const writer = new Writer(HEAD_MAX + times.length * SAMPLE_MAX)
  const timeKind = timeKindOf(times)
  const valueKind = valueKindOf(values)
  writer.bytes[writer.at++] = timeKind | valueKind
  packTimes(writer, times, timeKind)
  packValues(writer, values, valueKind)
  return writer.bytes.slice(0, writer.at)
}

function timeKindOf(times: readonly number[]): number {
  if (!times.every(Number.isSafeInteger)) return ODD_TIMES
  const step = (times[1] ?? 0) - (times[0] ?? 0)
  return times.every((time, i) => i === 0 || time - (times[i - 1] ?? 0) === step) ? EVEN : WHOLE_TIMES
}

function packTimes(writer: Writer, times: readonly number[], kind: number): void {
  const [first = 0, second = first] = times
  writer.float(first)
  if (kind === EVEN) return writer.signed(second - first)
  let [before, step] = [first, 0]
  for (const time of times.slice(1)) {
    if (kind === ODD_TIMES) writer.float(time)
    else writer.signed(time - before - step)
    step = time - before
    before = time
  }
}

function valueKindOf(values: readonly number[]): number {
  const [first] = values
  if (values.every(value => Object.is(value, first))) return SAME
  return values.every(isWhole) ? WHOLE : BITS
}

/** Its steps are exact; -0 is not 0. */
function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && Math.abs(value) < 2 ** 51 && !Object.is(value, -0)
}

function packValues(writer: Writer, values: readonly number[], kind: number): void {
  writer.float(values[0] ?? 0)
  if (kind === SAME) return
  let before = values[0] ?? 0
  for (const value of values.slice(1)) {
    if (kind === WHOLE) writer.signed(value - before)
    else {
      number[0] = before
      const [low, high] = [halves[0] ?? 0, halves[1] ?? 0]
      number[0] = value
      writer.changedBits((halves[0] ?? 0) ^ low, (halves[1] ?? 0) ^ high)
    }
    before = value
  }
}

class Reader {
  private readonly bytes: Uint8Array
  private at: number

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes
    this.at = at
  }

  byte(): number {
    return this.bytes[this.at++] as number
  }

  signed(): number {
    let byte = this.byte()
    if (byte < 128) return (byte & 1) === 0 ? byte >> 1 : -((byte + 1) >> 1)
    let [whole, scale] = [byte - 128, 128]
    do {
      byte = this.byte()
      whole += (byte & 127) * scale
      scale *= 128
    } while (byte >= 128)
    return whole % 2 === 0 ? whole / 2 : -(whole + 1) / 2
  }

  float(): number {
    for (let i = 0; i < 8; i++) octets[i] = this.byte()
    return number[0] as number
  }

  /** The next value, whose bits differ so from those of the last one. */
  changed(last: number): number {
    number[0] = last
    const head = this.byte()
    const first = head & 15
    const end = first + (head >> 4)
    for (let i = first; i < end; i++) octets[i] = (octets[i] as number) ^ this.byte()
    return number[0] as number
  }
}

export function unpack(bytes: Uint8Array, at: number, into: Samples): void {
  const reader = new Reader(bytes, at)
  const kinds = reader.byte()
  readTimes(reader, kinds & ~KINDS, into)
  readValues(reader, kinds & KINDS, into)
}

function readTimes(reader: Reader, kind: number, { times, count }: Samples): void {
  let time = reader.float()
  let step = kind === EVEN ? reader.signed() : 0
  times[0] = time
  for (let i = 1; i < count; i++) {
    if (kind === WHOLE_TIMES) step += reader.signed()
    time = kind === ODD_TIMES ? reader.float() : time + step
    times[i] = time
  }
}

function readValues(reader: Reader, kind: number, { values, count }: Samples): void {
  let value = reader.float()
  values[0] = value
  for (let i = 1; i < count; i++) {
    if (kind === WHOLE) value += reader.signed()
    else if (kind === BITS) value = reader.changed(value)
    values[i] = value
  }
}

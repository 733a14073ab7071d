// Samples of one series that will not change any more, packed: counters count in small steps, clocks tick evenly.

export interface Chunk {
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
  readonly bytes: number
  timeAt(index: number): number
  valueAt(index: number): number
}

/** What objects cost besides their numbers. */
const OBJECT_BYTES = 120
const ARRAY_BYTES = 200

type Column = (index: number) => number

interface Packed {
  readonly column: Column
  readonly bytes: number
}

/** Times rise; there is at least one sample. */
export function packed(times: readonly number[], values: readonly number[]): Chunk {
  const time = packedTimes(times)
  const value = packedValues(values)
  return {
    count: times.length,
    firstAt: times[0] as number,
    lastAt: times.at(-1) as number,
    bytes: OBJECT_BYTES + time.bytes + value.bytes,
    timeAt: time.column,
    valueAt: value.column,
  }
}

function packedTimes(times: readonly number[]): Packed {
  const first = times[0] as number
  const step = (times[1] ?? first) - first
  const isEven = times.every((time, i) => time === first + i * step)
  return isEven ? { column: index => first + index * step, bytes: OBJECT_BYTES } : packedValues(times)
}

function packedValues(values: readonly number[]): Packed {
  const base = values[0] as number
  if (values.every(value => Object.is(value, base))) return { column: () => base, bytes: OBJECT_BYTES }
  const differences = isWhole(values) ? smallest(values.map(value => value - base)) : undefined
  const array = differences ?? Float64Array.from(values)
  const offset = differences === undefined ? 0 : base
  const column: Column =
    offset === 0 ? index => array[index] as number : index => offset + (array[index] as number)
  return { column, bytes: ARRAY_BYTES + array.byteLength }
}

/** Whole numbers whose sums and differences are exact; -0 is not 0. */
function isWhole(values: readonly number[]): boolean {
  return values.every(
    value => Number.isSafeInteger(value) && Math.abs(value) < 2 ** 51 && !Object.is(value, -0),
  )
}

function smallest(differences: readonly number[]): Int8Array | Int16Array | Int32Array | undefined {
  const most = Math.max(...differences.map(Math.abs))
  if (most < 2 ** 7) return Int8Array.from(differences)
  if (most < 2 ** 15) return Int16Array.from(differences)
  return most < 2 ** 31 ? Int32Array.from(differences) : undefined
}

/** The index of the first sample later than an instant. */
export function firstAfter(at: number, count: number, timeAt: Column): number {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (timeAt(middle) > at) high = middle
    else low = middle + 1
  }
  return low
}

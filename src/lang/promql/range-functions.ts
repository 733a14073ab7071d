// Functions of the samples of one series in a range of time: rates and `…_over_time`.
import type { SampleWindow } from './source.ts'
import { maximumOf, meanOf, minimumOf, quantileOf, Sum, sumOf, varianceOf } from './sums.ts'

interface RangeBounds {
  /** The range is later than `start` and not later than `end`. */
  readonly start: number
  readonly end: number
  readonly rangeMs: number
  /** The moment of the evaluation. */
  readonly at: number
  /** The scalar argument of those that have one. */
  readonly scalar: number
}

/** Undefined when so few samples say nothing. */
type RangeFunction = (window: SampleWindow, bounds: RangeBounds) => number | undefined

const ofValues =
  (of: (values: readonly number[]) => number): RangeFunction =>
  window =>
    of(window.values)

export const RANGE_FUNCTIONS: ReadonlyMap<string, RangeFunction> = new Map<string, RangeFunction>([
  ['rate', (window, bounds) => extrapolated(window, bounds, { isCounter: true, perMs: bounds.rangeMs })],
  ['increase', (window, bounds) => extrapolated(window, bounds, { isCounter: true, perMs: 1000 })],
  ['delta', (window, bounds) => extrapolated(window, bounds, { isCounter: false, perMs: 1000 })],
  ['irate', window => lastChange(window, true)],
  ['idelta', window => lastChange(window, false)],
  ['deriv', window => (window.times.length < 2 ? undefined : regression(window, window.times[0] ?? 0).slope)],
  ['predict_linear', predicted],
  ['changes', window => changes(window.values)],
  [
    'resets',
    window => window.values.filter((value, i) => i > 0 && value < (window.values[i - 1] ?? 0)).length,
  ],
  ['avg_over_time', ofValues(meanOf)],
  ['count_over_time', ofValues(values => values.length)],
  ['first_over_time', ofValues(values => values[0] as number)],
  ['last_over_time', ofValues(values => values.at(-1) as number)],
  ['max_over_time', ofValues(maximumOf)],
  ['min_over_time', ofValues(minimumOf)],
  ['present_over_time', () => 1],
  ['quantile_over_time', ({ values }, { scalar }) => quantileOf(scalar, values)],
  ['stddev_over_time', ofValues(values => Math.sqrt(varianceOf(values)))],
  ['stdvar_over_time', ofValues(varianceOf)],
  ['sum_over_time', ofValues(sumOf)],
])

/** The change over the samples, stretched to the ends of the range where they come near to them. */
function extrapolated(
  { times, values }: SampleWindow,
  bounds: RangeBounds,
  { isCounter, perMs }: { readonly isCounter: boolean; readonly perMs: number },
): number | undefined {
  const count = values.length
  if (count < 2) return undefined
  const [firstAt, lastAt] = [times[0] as number, times[count - 1] as number]
  const first = values[0] as number
  const change = changeOf(values, isCounter)
  const sampled = (lastAt - firstAt) / 1000
  const between = sampled / (count - 1)
  const threshold = between * 1.1
  let toStart = (firstAt - bounds.start) / 1000
  let toEnd = (bounds.end - lastAt) / 1000
  if (toStart >= threshold) toStart = between / 2
  if (toEnd >= threshold) toEnd = between / 2
  // A counter was never below zero: it began no earlier than its line reaches zero.
  if (isCounter && change > 0 && first >= 0) toStart = Math.min(toStart, sampled * (first / change))
  // In this order: others compare a rate with an increase to the last digit.
  return change * ((sampled + toStart + toEnd) / sampled / (perMs / 1000))
}

/** What a counter lost in resets is added one by one: of huge numbers the order is part of the sum. */
function changeOf(values: readonly number[], isCounter: boolean): number {
  let change = (values.at(-1) as number) - (values[0] as number)
  if (!isCounter) return change
  for (let i = 1; i < values.length; i++) {
    const before = values[i - 1] as number
    if ((values[i] as number) < before) change += before
  }
  return change
}

function lastChange({ times, values }: SampleWindow, isRate: boolean): number | undefined {
  const count = values.length
  if (count < 2) return undefined
  const [before, last] = [values[count - 2] as number, values[count - 1] as number]
  const betweenMs = (times[count - 1] as number) - (times[count - 2] as number)
  if (betweenMs === 0) return undefined
  if (!isRate) return last - before
  return (last < before ? last : last - before) / (betweenMs / 1000)
}

function changes(values: readonly number[]): number {
  let count = 0
  for (let i = 1; i < values.length; i++) {
    const [before, value] = [values[i - 1] as number, values[i] as number]
    if (value !== before && !(Number.isNaN(value) && Number.isNaN(before))) count++
  }
  return count
}

function predicted(window: SampleWindow, { at, scalar }: RangeBounds): number | undefined {
  if (window.times.length < 2) return undefined
  const { slope, intercept } = regression(window, at)
  return slope * scalar + intercept
}

/** The straight line nearest to the samples; its intercept at `zeroAt`. */
function regression({ times, values }: SampleWindow, zeroAt: number): { slope: number; intercept: number } {
  const [first] = values
  if (first !== undefined && values.every(value => value === first)) {
    return Math.abs(first) === Infinity
      ? { slope: Number.NaN, intercept: Number.NaN }
      : { slope: 0, intercept: first }
  }
  const [x, y, xy, xx] = [new Sum(), new Sum(), new Sum(), new Sum()]
  values.forEach((value, i) => {
    const seconds = ((times[i] as number) - zeroAt) / 1000
    x.add(seconds)
    y.add(value)
    xy.add(seconds * value)
    xx.add(seconds * seconds)
  })
  const n = values.length
  const slope = (xy.value - (x.value * y.value) / n) / (xx.value - (x.value * x.value) / n)
  return { slope, intercept: y.value / n - (slope * x.value) / n }
}

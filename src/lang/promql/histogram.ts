// Quantiles and fractions of histograms in buckets, as Prometheus finds them.
import type { Node } from './ast.ts'
import { METRIC_NAME } from './labels.ts'
import type { Labels } from './labels.ts'
import type { Fixed } from './notes.ts'
import { goFloat } from './numbers.ts'
import type { Run, Sample, Vector } from './run.ts'

interface Bucket {
  readonly bound: number
  count: number
}

const SMALL_DIFFERENCE = 1e-12
const SMALLEST_NORMAL = 2.2250738585072014e-308

export function histogramQuantile(run: Run, node: Node, argument: HistogramArgument): Vector {
  return histograms(run, node, argument).map(({ labels, buckets }) => {
    const { value, fixed } = quantile(argument.share, buckets)
    if (fixed !== undefined) run.notes.levelled(fixed, { from: argument.from, at: run.at })
    return { labels, value }
  })
}

export function histogramFraction(
  run: Run,
  node: Node,
  argument: HistogramArgument & { upper: number },
): Vector {
  return histograms(run, node, argument).map(({ labels, buckets }) => ({
    labels,
    value: fraction(argument.share, argument.upper, buckets),
  }))
}

interface HistogramArgument {
  readonly share: number
  readonly vector: Vector
  /** Where the vector stands in the query. */
  readonly from: number
}

interface Histogram {
  readonly labels: Labels
  readonly buckets: Bucket[]
}

function histograms(run: Run, node: Node, { vector, from }: HistogramArgument): readonly Histogram[] {
  const found = new Map<string, Histogram>()
  for (const sample of vector) {
    const bound = boundOf(run, sample, from)
    if (bound === undefined) continue
    const labels = run.derived(node, sample.labels, one => one.without([METRIC_NAME, 'le']))
    const known = found.get(labels.key)
    if (known === undefined) found.set(labels.key, { labels, buckets: [{ bound, count: sample.value }] })
    else known.buckets.push({ bound, count: sample.value })
  }
  return [...found.values()]
}

function boundOf(run: Run, { labels }: Sample, from: number): number | undefined {
  const text = labels.get('le')
  const bound = goFloat(text)
  if (bound === undefined)
    run.notes.warn(`bucket label "le" is missing or has a malformed value of ${JSON.stringify(text)}`, from)
  return bound
}

function quantile(share: number, given: Bucket[]): { readonly value: number; readonly fixed?: Fixed } {
  if (Number.isNaN(share)) return { value: Number.NaN }
  if (share < 0) return { value: -Infinity }
  if (share > 1) return { value: Infinity }
  const buckets = merged(given)
  if (buckets.at(-1)?.bound !== Infinity) return { value: Number.NaN }
  const fixed = levelled(buckets)
  const value = quantileOfLevel(share, buckets)
  return fixed === undefined ? { value } : { value, fixed }
}

function quantileOfLevel(share: number, buckets: readonly Bucket[]): number {
  const total = buckets.at(-1)?.count ?? 0
  if (buckets.length < 2 || total === 0) return Number.NaN
  const rank = share * total
  const last = buckets.length - 1
  const found = buckets.findIndex((bucket, i) => i < last && bucket.count >= rank)
  const index = found < 0 ? last : found
  const { bound, count } = buckets[index] as Bucket
  if (index === last) return (buckets[last - 1] as Bucket).bound
  if (index === 0) return bound <= 0 ? bound : bound * (rank / count)
  const before = buckets[index - 1] as Bucket
  return before.bound + (bound - before.bound) * ((rank - before.count) / (count - before.count))
}

/** In the order of their bounds; of the same bound one. */
function merged(buckets: readonly Bucket[]): Bucket[] {
  const sorted: Bucket[] = []
  for (const { bound, count } of buckets.toSorted((a, b) =>
    a.bound < b.bound ? -1 : a.bound > b.bound ? 1 : 0,
  )) {
    const last = sorted.at(-1)
    if (last?.bound === bound) last.count += count
    else sorted.push({ bound, count })
  }
  return sorted
}

/** Counts must not fall from bucket to bucket; rounding may make them, and is mended in silence. */
function levelled(buckets: Bucket[]): Fixed | undefined {
  let fixed: Fixed | undefined
  let before = buckets[0]?.count ?? 0
  for (const bucket of buckets.slice(1)) {
    const { count, bound } = bucket
    if (count === before) continue
    if (nearlyEqual(before, count)) {
      bucket.count = before
    } else if (count < before) {
      bucket.count = before
      fixed = {
        lowest: Math.min(bound, fixed?.lowest ?? Infinity),
        highest: Math.max(bound, fixed?.highest ?? -Infinity),
        most: Math.max(before - count, fixed?.most ?? 0),
      }
    } else before = count
  }
  return fixed
}

function nearlyEqual(a: number, b: number): boolean {
  const sum = Math.abs(a) + Math.abs(b)
  const difference = Math.abs(a - b)
  if (a === 0 || b === 0 || sum < SMALLEST_NORMAL) return difference < SMALL_DIFFERENCE * SMALLEST_NORMAL
  return difference / Math.min(sum, Number.MAX_VALUE) < SMALL_DIFFERENCE
}

function fraction(lower: number, upper: number, given: readonly Bucket[]): number {
  const buckets = merged(given)
  const total = buckets.at(-1)
  if (total?.bound !== Infinity || total.count === 0) return Number.NaN
  if (Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN
  if (lower >= upper) return 0
  return (rankBelow(upper, buckets, total.count) - rankBelow(lower, buckets, total.count)) / total.count
}

/** How many observations lie below a value. */
function rankBelow(value: number, buckets: readonly Bucket[], total: number): number {
  let below = 0
  let from = (buckets[0]?.bound ?? 0) > 0 ? 0 : -Infinity
  for (const { bound, count } of buckets) {
    if (from >= value) return Math.min(below, total)
    if (bound > value) {
      const share = from === -Infinity ? 0 : (value - from) / (bound - from)
      return Math.min(below + (count - below) * share, total)
    }
    below = count
    from = bound
  }
  return total
}

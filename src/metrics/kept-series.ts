// One series of the store: packed samples, those that are newest, and where it ended.
import type { Labels } from '../lang/promql/labels.ts'
import type { SampleWindow, StoredSeries } from '../lang/promql/source.ts'
import { PackedSamples, PACKED_AT_A_TIME } from './packed-samples.ts'

/** As measured: lists have room to grow. */
const SERIES_BYTES = 1400
const SAMPLE_BYTES = 24

export interface Horizon {
  /** What is not later than this is forgotten. */
  at: number
}

export class KeptSeries implements StoredSeries {
  readonly labels: Labels
  /** Rises in the order in which series came. */
  readonly id: number
  private readonly horizon: Horizon
  private readonly ownBytes: number
  private readonly packed = new PackedSamples()
  private times: number[] = []
  private values: number[] = []
  /** Markers of an end. */
  private ends: number[] = []

  constructor(labels: Labels, id: number, horizon: Horizon) {
    this.labels = labels
    this.id = id
    this.horizon = horizon
    this.ownBytes = SERIES_BYTES + labels.flat.reduce((sum, text) => sum + text.length * 2, 0)
  }

  get bytes(): number {
    return this.ownBytes + this.packed.bytes + this.times.length * SAMPLE_BYTES
  }

  /** Of samples and markers. */
  get lastAt(): number {
    return Math.max(this.lastSampleAt, this.ends.at(-1) ?? -Infinity)
  }

  private get lastSampleAt(): number {
    return this.times.at(-1) ?? this.packed.lastAt(this.packed.runs - 1) ?? -Infinity
  }

  get hasEnded(): boolean {
    return (this.ends.at(-1) ?? -Infinity) > this.lastSampleAt
  }

  /** When the oldest packed samples end; undefined when none are packed. */
  get oldestRunAt(): number | undefined {
    return this.packed.lastAt(0)
  }

  /** False for what is not later than what is there. */
  append(at: number, value: number): boolean {
    if (at <= this.lastAt) return false
    this.times.push(at)
    this.values.push(value)
    if (this.times.length < PACKED_AT_A_TIME) return true
    this.packed.append({ times: this.times, values: this.values })
    this.times = []
    this.values = []
    return true
  }

  end(at: number): boolean {
    if (at <= this.lastAt || this.hasEnded) return false
    this.ends.push(at)
    return true
  }

  /** Forgets what is packed behind the horizon; true when nothing is left. */
  trim(): boolean {
    const { at } = this.horizon
    this.packed.forget(at)
    this.ends = this.ends.filter(end => end > at)
    return this.lastAt <= at || (this.lastSampleAt <= at && this.hasEnded)
  }

  last(after: number, until: number): { readonly at: number; readonly value: number } | undefined {
    const found = this.lastSample(until)
    if (found === undefined || found.at <= Math.max(after, this.horizon.at)) return undefined
    return this.ends.some(end => end > found.at && end <= until) ? undefined : found
  }

  private lastSample(until: number): { readonly at: number; readonly value: number } | undefined {
    const open = firstAfter(until, this.times, this.times.length) - 1
    if (open >= 0) return { at: this.times[open] as number, value: this.values[open] as number }
    for (let run = this.packed.runs - 1; run >= 0; run--) {
      if ((this.packed.firstAt(run) ?? 0) > until) continue
      const { times, values, count } = this.packed.read(run)
      const index = firstAfter(until, times, count) - 1
      return { at: times[index] as number, value: values[index] as number }
    }
    return undefined
  }

  window(after: number, until: number): SampleWindow {
    const from = Math.max(after, this.horizon.at)
    const window: Window = { times: [], values: [] }
    const { runs } = this.packed
    for (let run = 0; run < runs; run++) {
      if ((this.packed.lastAt(run) ?? 0) <= from) continue
      if ((this.packed.firstAt(run) ?? 0) > until) return window
      take(window, this.packed.read(run), { from, until })
    }
    take(window, { times: this.times, values: this.values, count: this.times.length }, { from, until })
    return window
  }
}

interface Window {
  readonly times: number[]
  readonly values: number[]
}

interface Given {
  readonly times: ArrayLike<number>
  readonly values: ArrayLike<number>
  readonly count: number
}

function take(
  window: Window,
  { times, values, count }: Given,
  { from, until }: { readonly from: number; readonly until: number },
): void {
  const end = firstAfter(until, times, count)
  for (let i = firstAfter(from, times, count); i < end; i++) {
    window.times.push(times[i] as number)
    window.values.push(values[i] as number)
  }
}

/** The index of the first sample later than an instant. */
function firstAfter(at: number, times: ArrayLike<number>, count: number): number {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] as number) > at) high = middle
    else low = middle + 1
  }
  return low
}

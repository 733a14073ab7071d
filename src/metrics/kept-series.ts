// One series of the store: packed chunks, the samples that are newest, and where it ended.
import type { Labels } from '../lang/promql/labels.ts'
import type { SampleWindow, StoredSeries } from '../lang/promql/source.ts'
import type { Chunk } from './chunk.ts'
import { firstAfter, packed } from './chunk.ts'

const CHUNK_SAMPLES = 120
const SERIES_BYTES = 700
const SAMPLE_BYTES = 16

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
  private chunks: Chunk[] = []
  private times: number[] = []
  private values: number[] = []
  /** Markers of an end. */
  private ends: number[] = []
  private chunkBytes = 0

  constructor(labels: Labels, id: number, horizon: Horizon) {
    this.labels = labels
    this.id = id
    this.horizon = horizon
    this.ownBytes = SERIES_BYTES + labels.flat.reduce((sum, text) => sum + text.length * 2, 0)
  }

  get bytes(): number {
    return this.ownBytes + this.chunkBytes + this.times.length * SAMPLE_BYTES
  }

  /** Of samples and markers. */
  get lastAt(): number {
    return Math.max(this.lastSampleAt, this.ends.at(-1) ?? -Infinity)
  }

  private get lastSampleAt(): number {
    return this.times.at(-1) ?? this.chunks.at(-1)?.lastAt ?? -Infinity
  }

  get hasEnded(): boolean {
    return (this.ends.at(-1) ?? -Infinity) > this.lastSampleAt
  }

  /** When the oldest packed samples end; undefined when none are packed. */
  get oldestChunkAt(): number | undefined {
    return this.chunks[0]?.lastAt
  }

  /** False for what is not later than what is there. */
  append(at: number, value: number): boolean {
    if (at <= this.lastAt) return false
    this.times.push(at)
    this.values.push(value)
    if (this.times.length < CHUNK_SAMPLES) return true
    const chunk = packed(this.times, this.values)
    this.chunks.push(chunk)
    this.chunkBytes += chunk.bytes
    this.times = []
    this.values = []
    return true
  }

  end(at: number): boolean {
    if (at <= this.lastAt || this.hasEnded) return false
    this.ends.push(at)
    return true
  }

  /** Forgets chunks behind the horizon; true when nothing is left. */
  trim(): boolean {
    const { at } = this.horizon
    while (this.chunks[0] !== undefined && this.chunks[0].lastAt <= at) {
      this.chunkBytes -= this.chunks.shift()?.bytes ?? 0
    }
    this.ends = this.ends.filter(end => end > at)
    return this.lastAt <= at || (this.lastSampleAt <= at && this.hasEnded)
  }

  last(after: number, until: number): { readonly at: number; readonly value: number } | undefined {
    const found = this.lastSample(until)
    if (found === undefined || found.at <= Math.max(after, this.horizon.at)) return undefined
    return this.ends.some(end => end > found.at && end <= until) ? undefined : found
  }

  private lastSample(until: number): { readonly at: number; readonly value: number } | undefined {
    const open = firstAfter(until, this.times.length, index => this.times[index] as number) - 1
    if (open >= 0) return { at: this.times[open] as number, value: this.values[open] as number }
    for (let i = this.chunks.length - 1; i >= 0; i--) {
      const chunk = this.chunks[i] as Chunk
      if (chunk.firstAt > until) continue
      const index = firstAfter(until, chunk.count, chunk.timeAt) - 1
      return { at: chunk.timeAt(index), value: chunk.valueAt(index) }
    }
    return undefined
  }

  window(after: number, until: number): SampleWindow {
    const from = Math.max(after, this.horizon.at)
    const times: number[] = []
    const values: number[] = []
    for (const chunk of this.chunks) {
      if (chunk.lastAt <= from) continue
      if (chunk.firstAt > until) return { times, values }
      const end = firstAfter(until, chunk.count, chunk.timeAt)
      for (let i = firstAfter(from, chunk.count, chunk.timeAt); i < end; i++) {
        times.push(chunk.timeAt(i))
        values.push(chunk.valueAt(i))
      }
    }
    const timeAt = (index: number) => this.times[index] as number
    const [start, end] = [
      firstAfter(from, this.times.length, timeAt),
      firstAfter(until, this.times.length, timeAt),
    ]
    if (times.length === 0)
      return { times: this.times.slice(start, end), values: this.values.slice(start, end) }
    return {
      times: [...times, ...this.times.slice(start, end)],
      values: [...values, ...this.values.slice(start, end)],
    }
  }
}

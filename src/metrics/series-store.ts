// The samples of the last two hours in memory, within bounds: whoever asks finds series by an index of their labels.
import type { Matcher } from '../lang/promql/ast.ts'
import type { Labels } from '../lang/promql/labels.ts'
import { matches } from '../lang/promql/matching.ts'
import type { SeriesSource } from '../lang/promql/source.ts'
import { compareText } from '../std/compare.ts'
import { KeptSeries } from './kept-series.ts'
import { SeriesIndex } from './series-index.ts'

export interface StoreLimits {
  readonly seriesMax: number
  readonly bytesMax: number
  readonly retentionMs: number
}

const LIMITS: StoreLimits = { seriesMax: 10_000, bytesMax: 64 * 1024 * 1024, retentionMs: 7_200_000 }
/** How much is forgotten at once when memory is short: a part of what is there. */
const SHARE = 20
/** Counting all bytes looks at all series. */
const COUNT_EVERY = 10_000

export class SeriesStore implements SeriesSource {
  private readonly limits: StoreLimits
  private readonly tell: (sentence: string) => void
  private readonly horizon = { at: -Infinity }
  private readonly index = new SeriesIndex()
  private readonly told = new Set<string>()
  private nextId = 0
  private newestAt = -Infinity
  private uncounted = 0

  /** `tell` is given a sentence when something is dropped for want of room, each once. */
  constructor(
    options: { readonly limits?: Partial<StoreLimits>; readonly tell?: (sentence: string) => void } = {},
  ) {
    this.limits = { ...LIMITS, ...options.limits }
    this.tell = options.tell ?? (() => {})
  }

  /** False when it is dropped: no room for a new series, or not later than what is there. */
  append(labels: Labels, at: number, value: number): boolean {
    const series = this.index.find(labels.key) ?? this.begin(labels)
    if (series === undefined || at <= this.horizon.at || !series.append(at, value)) return false
    this.newestAt = Math.max(this.newestAt, at)
    if (++this.uncounted >= COUNT_EVERY) this.makeRoom()
    return true
  }

  /** The series is not looked back at any more. */
  stale(labels: Labels, at: number): boolean {
    return this.index.find(labels.key)?.end(at) ?? false
  }

  /** Forgets what is older than the retention. */
  trim(now: number): void {
    this.forget(now - this.limits.retentionMs)
    this.makeRoom()
  }

  select(matchers: readonly Matcher[]): readonly KeptSeries[] {
    return this.index
      .candidates(matchers)
      .filter(({ labels }) => matchers.every(one => matches(one, labels.get(one.name))))
  }

  labelNames(): readonly string[] {
    return this.index.names().toSorted(compareText)
  }

  labelValues(name: string): readonly string[] {
    return this.index.values(name).toSorted(compareText)
  }

  get size(): { readonly series: number; readonly bytes: number } {
    const all = this.index.all()
    return { series: all.length, bytes: all.reduce((sum, series) => sum + series.bytes, 0) }
  }

  private begin(labels: Labels): KeptSeries | undefined {
    if (this.index.size >= this.limits.seriesMax && !this.dropEnded()) {
      this.say(`there are ${this.limits.seriesMax} series: new ones are dropped until others have ended`)
      return undefined
    }
    const series = new KeptSeries(labels, this.nextId++, this.horizon)
    this.index.add(series)
    return series
  }

  /** Room for a new series: the one that ended first. */
  private dropEnded(): boolean {
    const ended = this.index.all().filter(series => series.hasEnded)
    const [first] = ended.toSorted((a, b) => a.lastAt - b.lastAt)
    if (first === undefined) return false
    this.index.remove(first)
    this.say(
      `there are ${this.limits.seriesMax} series: those that ended first are dropped before their time`,
    )
    return true
  }

  private makeRoom(): void {
    this.uncounted = 0
    while (this.size.bytes > this.limits.bytesMax) {
      const oldest = this.index
        .all()
        .reduce((at, series) => Math.min(at, series.oldestRunAt ?? Infinity), Infinity)
      if (oldest === Infinity) return
      this.say(
        `samples fill ${Math.round(this.limits.bytesMax / 1024 / 1024)} MB: the oldest are dropped before their time`,
      )
      this.forget(oldest + (this.newestAt - oldest) / SHARE)
    }
  }

  private forget(until: number): void {
    this.horizon.at = Math.max(this.horizon.at, until)
    for (const series of this.index.all()) if (series.trim()) this.index.remove(series)
  }

  private say(sentence: string): void {
    if (this.told.has(sentence)) return
    this.told.add(sentence)
    this.tell(sentence)
  }
}

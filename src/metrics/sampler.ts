// Counters as they stand, sampled into series: one that has ended, or has begun anew, ends before it goes on, so that
// nobody looks back beyond.
import { Labels, METRIC_NAME } from '../lang/promql/labels.ts'
import type { SeriesStore } from './series-store.ts'

/** Numbers that began and end together. */
export interface Counted {
  /** The same as long as they are the same. */
  readonly key: string
  /** Whoever comes back begins anew. */
  readonly begunAt: number
  readonly isOver: boolean
  readonly samples: readonly {
    readonly name: string
    readonly labels: Readonly<Record<string, string>>
    readonly value: number
  }[]
}

interface Known {
  readonly begunAt: number
  readonly series: readonly Labels[]
}

/** Each call is one sample of all. */
export function createSampler(store: SeriesStore): (all: readonly Counted[], now: number) => void {
  let known = new Map<string, Known>()
  return (all, now) => {
    const next = new Map<string, Known>()
    for (const { key, begunAt, isOver, samples } of all) {
      if (isOver) continue
      const before = known.get(key)
      if (before !== undefined && before.begunAt !== begunAt) end(store, before, now - 1)
      const series = before?.series ?? samples.map(({ name, labels }) => labelsOf(name, labels))
      for (const [i, labels] of series.entries()) store.append(labels, now, samples[i]?.value ?? 0)
      next.set(key, { begunAt, series })
    }
    for (const [key, one] of known) if (!next.has(key)) end(store, one, now)
    known = next
    store.trim(now)
  }
}

function labelsOf(name: string, labels: Readonly<Record<string, string>>): Labels {
  return Labels.of([[METRIC_NAME, name], ...Object.entries(labels)])
}

function end(store: SeriesStore, { series }: Known, at: number): void {
  for (const labels of series) store.stale(labels, at)
}

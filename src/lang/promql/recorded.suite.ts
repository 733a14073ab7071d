// The recorded queries and their data, as the evaluator is asked.
import { readFileSync } from 'node:fs'
import { matches } from './matching.ts'
import { Labels } from './labels.ts'
import type { Matcher } from './ast.ts'
import type { SeriesSource, StoredSeries } from './source.ts'

export interface RecordedCase {
  readonly id: string
  readonly group: string
  readonly query?: string
  readonly time?: number | string
  readonly start?: number | string
  readonly end?: number | string
  readonly step?: number | string
  readonly limit?: string
  readonly lookback_delta?: string
  readonly timeout?: string
  readonly result?: { readonly resultType: string; readonly result: unknown }
  readonly http?: number
  readonly errorType?: string
  readonly error?: string
  readonly warnings?: readonly string[]
  readonly infos?: readonly string[]
  readonly ordered?: true
}

export interface RecordedSeries {
  readonly labels: Readonly<Record<string, string>>
  readonly start: number
  readonly step: number
  readonly values: readonly (number | string | null)[]
}

function golden(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../test/golden/${name}`, import.meta.url), 'utf8'))
}

export const recordedCases = golden('promql.json') as readonly RecordedCase[]
export const recordedSeries = (golden('promql-data.json') as { series: readonly RecordedSeries[] }).series

export interface RecordedSample {
  readonly at: number
  /** Undefined ends the series. */
  readonly value: number | undefined
}

export function samplesOf({ start, step, values }: RecordedSeries): readonly RecordedSample[] {
  return values.flatMap((value, i) => {
    if (value === null) return []
    const number = value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number(value)
    return [{ at: (start + i * step) * 1000, value: value === 'stale' ? undefined : number }]
  })
}

/** The plainest source there can be: every question looks at all samples. */
export function plainSource(
  all: readonly { readonly labels: Labels; readonly samples: readonly RecordedSample[] }[],
): SeriesSource {
  const stored = all.map(({ labels, samples }): StoredSeries => {
    const between = (after: number, until: number) => samples.filter(({ at }) => at > after && at <= until)
    return {
      labels,
      last(after, until) {
        const last = between(after, until).at(-1)
        return last?.value === undefined ? undefined : { at: last.at, value: last.value }
      },
      window(after, until) {
        const there = between(after, until).filter(({ value }) => value !== undefined)
        return { times: there.map(({ at }) => at), values: there.map(({ value }) => value as number) }
      },
    }
  })
  return {
    select: (matchers: readonly Matcher[]) =>
      stored.filter(({ labels }) => matchers.every(one => matches(one, labels.get(one.name)))),
  }
}

export function recordedSource(): SeriesSource {
  return plainSource(
    recordedSeries.map(one => ({ labels: Labels.of(Object.entries(one.labels)), samples: samplesOf(one) })),
  )
}

// Where an evaluation gets its series from.
import type { Matcher } from './ast.ts'
import type { Labels } from './labels.ts'

export interface SeriesSource {
  /** All series that every matcher matches, in an order that stays the same. */
  select(matchers: readonly Matcher[]): readonly StoredSeries[]
}

export interface StoredSeries {
  readonly labels: Labels
  /** The last sample later than `after` and not later than `until`; none when the series had ended there. */
  last(after: number, until: number): { readonly at: number; readonly value: number } | undefined
  /** Samples later than `after` and not later than `until`; without the markers of an end. */
  window(after: number, until: number): SampleWindow
}

export interface SampleWindow {
  /** Milliseconds, rising. */
  readonly times: readonly number[]
  readonly values: readonly number[]
}

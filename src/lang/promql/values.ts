// What a part of a query can be worth at one moment.
import type { Vector } from './run.ts'
import type { SampleWindow, StoredSeries } from './source.ts'

export type Argument = number | string | Vector

/** What a series had in a range of time. */
export type RangeSeries = Pick<StoredSeries, 'labels' | 'window'>

/** The series of a range of time, not read yet. */
export interface RangeValue {
  readonly series: readonly RangeSeries[]
  readonly end: number
  readonly rangeMs: number
}

export type StackValue = Argument | RangeValue

/** A range that is the answer itself is read. */
export type FinalValue = Argument | readonly { readonly series: RangeSeries; readonly window: SampleWindow }[]

// What a part of a query can be worth at one moment.
import type { RangeNode } from './ast.ts'
import type { Vector } from './run.ts'
import type { SampleWindow, StoredSeries } from './source.ts'

export type Argument = number | string | Vector

/** The series of a range, not read yet. */
export interface RangeValue {
  readonly node: RangeNode
  readonly series: readonly StoredSeries[]
}

export type StackValue = Argument | RangeValue

/** A range that is the answer itself is read. */
export type FinalValue =
  | Argument
  | readonly { readonly series: StoredSeries; readonly window: SampleWindow }[]

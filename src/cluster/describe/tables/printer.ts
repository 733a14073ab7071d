// What a column is, and what a printer of a kind is: an object and the time → the cells of its row, those of wide
// output included.
import type { KubeObject } from '../../../kube/object.ts'
import type { Instant } from '../../../std/instant.ts'

export interface Column {
  readonly name: string
  readonly type: string
  /** `name` marks the column that names the object. */
  readonly format: string
  readonly description: string
  /** Above 0: only wide output shows it. */
  readonly priority: number
}

export type Cell = string | number | boolean | null

export type Printer = (object: KubeObject, now: Instant) => readonly Cell[]

// What a printer of a kind is: an object and the time → the cells of its row, those of wide output included.
import type { KubeObject } from '../../../kube/object.ts'
import type { Instant } from '../../../std/instant.ts'

export type Cell = string | number | boolean | null

export type Printer = (object: KubeObject, now: Instant) => readonly Cell[]

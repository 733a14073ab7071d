// A JSONPath expression as data: what the parser gives and the walk follows.
import type { Json } from '../std/json.ts'

/** One step along a path: from each value found so far to the values it leads to. */
export type PathStep =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'slice'; readonly from?: number; readonly to?: number; readonly step?: number }
  | { readonly kind: 'wildcard' }
  /** The value itself and everything below it. */
  | { readonly kind: 'descend' }
  | { readonly kind: 'union'; readonly steps: readonly PathStep[] }
  | { readonly kind: 'filter'; readonly test: Filter }

export interface Filter {
  readonly left: Operand
  /** Absent: the left side must be there. */
  readonly operator?: '==' | '!=' | '<' | '<=' | '>' | '>='
  readonly right?: Operand
}

export type Operand = { readonly value: Json } | { readonly steps: readonly PathStep[] }

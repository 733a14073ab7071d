// A word of a query, and what may be wrong with one.

export interface Token {
  readonly kind: 'word' | 'number' | 'duration' | 'string' | 'symbol' | 'end'
  /** Of a string what it means, of everything else what is written. */
  readonly text: string
  readonly from: number
  readonly to: number
}

export interface Mistake {
  readonly at: number
  readonly problem: string
}

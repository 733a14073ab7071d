// A bug to be planted: one line of a file replaced by another, and the tests that must notice.
export interface Bug extends Change {
  readonly file: string
  /** The room's tests: paths, or beginnings of paths. */
  readonly tests: readonly string[]
}

export interface Change {
  /** What goes wrong, as a sentence about the product. */
  readonly name: string
  /** Stands exactly once in the file. */
  readonly find: string
  readonly replace: string
  /** What must catch it: the tests of its room (unless it says otherwise), lives by chance, or both. */
  readonly by?: 'room' | 'sim' | 'both'
}

export function inFile(file: string, tests: readonly string[], changes: readonly Change[]): readonly Bug[] {
  return changes.map(change => ({ ...change, file, tests }))
}

// The order of texts by their code units, as Go has it: no locale may move anything.

/** Negative when `a` comes before `b`, zero when they are the same. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

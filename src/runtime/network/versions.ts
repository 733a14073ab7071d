// resourceVersions compared: decimal numbers of any length, as every API server gives them out (store,
// barrier, reflector).
import { compareText } from '../../std/compare.ts'

/** Negative when `a` is older than `b`, zero when they are the same, positive when it is newer. */
export function compareVersions(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  return compareText(a, b)
}

export function isNewer(a: string, b: string): boolean {
  return compareVersions(a, b) > 0
}

/** The newer of two versions; an unknown one loses. */
export function newest(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined) return b
  if (b === undefined) return a
  return isNewer(b, a) ? b : a
}

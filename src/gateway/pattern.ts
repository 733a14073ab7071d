// Users' regular expressions on headers, paths and queries: std/regex.ts bounds each, the request's budget all of them,
// so that none can stop live traffic.
import { compilePattern } from '../std/regex.ts'
import type { Pattern } from '../std/regex.ts'
import type { Work } from './asked.ts'

/** Matches the whole text. One that is refused matches nothing; compiled when it is first asked. */
export function wholePattern(source: string): (text: string, work: Work | undefined) => boolean {
  let isRead = false
  let pattern: Pattern | undefined
  return (text, work) => {
    if (!isRead) pattern = compilePattern(source)
    isRead = true
    if (pattern === undefined) return false
    if (work !== undefined) work.left -= pattern.steps(text)
    const isTooMuch = work !== undefined && work.left < 0
    return !isTooMuch && pattern.fits(text) && pattern.testWhole(text)
  }
}

// Users' regular expressions on headers, paths and queries: std/regex.ts bounds each, the request's budget all of them,
// so that none can stop live traffic.
import { compilePattern } from '../std/regex.ts'
import type { Pattern } from '../std/regex.ts'
import type { Work } from './asked.ts'
import type { PathMatch } from './routes/route.ts'

/** The pattern of a path; undefined: it is none. */
export function pathPattern({ how, value }: PathMatch): string | undefined {
  if (how === 'regex-prefix') return `(?i)^${value}`
  return how === 'regex' ? value : undefined
}

/** A step that remembers groups, in steps that do not. */
const GROUP_COST = 8

/** What the groups of a pattern find in a text; undefined: nothing, or it would cost too much. */
export function groupsIn(
  source: string,
  text: string,
  work: Work | undefined,
): readonly string[] | undefined {
  const pattern = compilePattern(source)
  if (pattern === undefined) return undefined
  if (work !== undefined) work.left -= GROUP_COST * pattern.steps(text)
  const isTooMuch = work !== undefined && work.left < 0
  return isTooMuch || !pattern.fits(text) ? undefined : pattern.groups(text)
}

/** What is not there matches nothing. */
export type Matches = (text: string | undefined, work: Work | undefined) => boolean

/** Matches the whole text. One that is refused matches nothing; compiled when it is first asked. */
export function wholePattern(source: string): Matches {
  return matching(source, (pattern, text) => pattern.testWhole(text))
}

/** Matches when it is found somewhere in the text. */
export function foundPattern(source: string): Matches {
  return matching(source, (pattern, text) => pattern.test(text))
}

function matching(source: string, test: (pattern: Pattern, text: string) => boolean): Matches {
  let isRead = false
  let pattern: Pattern | undefined
  return (text, work) => {
    if (text === undefined) return false
    if (!isRead) pattern = compilePattern(source)
    isRead = true
    if (pattern === undefined) return false
    if (work !== undefined) work.left -= pattern.steps(text)
    const isTooMuch = work !== undefined && work.left < 0
    return !isTooMuch && pattern.fits(text) && test(pattern, text)
  }
}

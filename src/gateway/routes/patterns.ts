// Which users' patterns a table may keep: each is bounded, and all of them together. A route with one that is refused
// takes no request, and whoever wrote it is told.
import { patternSize } from '../../std/pattern-size.ts'
import { pathPattern } from '../pattern.ts'
import { readPattern } from '../../std/regex.ts'
import type { RefKey } from '../../kube/object.ts'
import type { Notice } from './route-family.ts'
import type { HeaderMatch, Route, RouteTable } from './route.ts'

export interface RefusedPattern {
  readonly from: RefKey
  readonly pattern: string
  readonly problem: string
}

export interface CheckedTable {
  readonly table: RouteTable
  readonly refused: readonly RefusedPattern[]
}

/** Instructions of all patterns of a table together. */
const ALL_MAX = 50_000

export function withPatternsChecked({ routes }: RouteTable): CheckedTable {
  const problems = new Map<string, string | undefined>()
  let left = ALL_MAX
  const problemOf = (pattern: string): string | undefined => {
    if (problems.has(pattern)) return problems.get(pattern)
    const size = patternSize(pattern)
    const problem = size > left ? 'the patterns of all routes together are too large' : problemIn(pattern)
    // One that is refused takes no room from the others.
    if (problem === undefined) left -= size
    problems.set(pattern, problem)
    return problem
  }
  const refused: RefusedPattern[] = []
  const kept = routes.filter(({ from, ...route }) => {
    const found = patternsOf(route).flatMap(pattern => {
      const problem = problemOf(pattern)
      return problem === undefined ? [] : [{ from, pattern, problem }]
    })
    refused.push(...found)
    return found.length === 0
  })
  return { table: refused.length === 0 ? { routes } : { routes: kept }, refused }
}

const SHOWN = 80

export function patternNotice({ from, pattern, problem }: RefusedPattern): Notice {
  const shown = pattern.length > SHOWN ? `${pattern.slice(0, SHOWN)}...` : pattern
  const message = `pattern ${JSON.stringify(shown)} is refused, and its rule takes no request: ${problem}`
  return { from, reason: 'PatternRefused', message }
}

function problemIn(pattern: string): string | undefined {
  const read = readPattern(pattern)
  return 'problem' in read ? read.problem : undefined
}

const PATTERNS = new Set<HeaderMatch['how']>(['regex', 'regex-search', 'query-regex'])

function patternsOf({ path, headers }: Pick<Route, 'path' | 'headers'>): readonly string[] {
  const ofHeaders = headers.filter(({ how }) => PATTERNS.has(how))
  const ofPath = pathPattern(path)
  return [...(ofPath === undefined ? [] : [ofPath]), ...ofHeaders.map(({ value }) => value)]
}

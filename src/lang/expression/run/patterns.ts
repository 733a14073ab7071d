// The regular expressions behind `matches`: RE2, read once each.
import { readLongPattern } from '../../../std/regex.ts'
import type { Pattern } from '../../../std/regex.ts'
import type { Budget } from '../budget.ts'
import { wellFormed } from '../go-bytes.ts'
import { refuse } from '../refusal.ts'

const SYNTAX = 'error parsing regexp'

/** A Refusal when it is none; the text that is wrong stands behind what is wrong with it. */
export function readExpressionPattern(source: string): Pattern {
  const read = readLongPattern(wellFormed(source))
  if ('pattern' in read) return read.pattern
  const { problem } = read
  if (!problem.startsWith(SYNTAX)) {
    const repeat = repeatTooOften(source)
    return refuse(
      repeat === undefined ? `${SYNTAX}: ${problem}` : `${SYNTAX}: invalid repeat count: \`${repeat}\``,
    )
  }
  if (problem.includes('`')) return refuse(problem)
  return refuse(problem.includes('trailing backslash') ? `${problem}: \`\`` : `${problem}: \`${source}\``)
}

/** Instructions times characters that cost as much as one node. */
const STEPS_PER_UNIT = 1

export function matches(pattern: Pattern, text: string, budget: Budget): boolean {
  budget.spend(1 + Math.floor(pattern.steps(text) / STEPS_PER_UNIT))
  if (!pattern.fits(text)) refuse('the text is too long for its pattern')
  return pattern.test(wellFormed(text))
}

const REPEATS_MAX = 1000
const TOKEN = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])+\]|\{(\d{1,4})(,(\d{0,4}))?\}|[\s\S]/g

/** The repetition that makes its part stand there more than 1000 times: RE2 takes no such pattern. */
function repeatTooOften(source: string): string | undefined {
  // How often a part of each open group is repeated at most, and how often the last part is.
  const groups = [1]
  let last = 1
  for (const [token, least, , most] of source.matchAll(TOKEN)) {
    if (token === '(') {
      groups.push(1)
      continue
    }
    if (least !== undefined) {
      last *= Math.max(Number(least), Number(most ?? 0), 1)
      if (last > REPEATS_MAX) return token
    } else last = token === ')' ? (groups.pop() ?? 1) : 1
    groups.push(Math.max(groups.pop() ?? 1, last))
  }
  return undefined
}

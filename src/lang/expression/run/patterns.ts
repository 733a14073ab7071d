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
  if (!problem.startsWith(SYNTAX)) return refuse(`${SYNTAX}: ${problem}`)
  if (problem.includes('`')) return refuse(problem)
  return refuse(problem.includes('trailing backslash') ? `${problem}: \`\`` : `${problem}: \`${source}\``)
}

/** Instructions times characters that cost as much as one node. */
const STEPS_PER_UNIT = 4

export function matches(pattern: Pattern, text: string, budget: Budget): boolean {
  budget.spend(1 + pattern.steps(text) / STEPS_PER_UNIT)
  if (!pattern.fits(text)) refuse('the text is too long for its pattern')
  return pattern.test(wellFormed(text))
}

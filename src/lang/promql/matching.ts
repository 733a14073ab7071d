// Does the value of a label match?
import type { Matcher } from './ast.ts'

export function matches({ operator, value, pattern }: Matcher, text: string): boolean {
  switch (operator) {
    case '=':
      return text === value
    case '!=':
      return text !== value
    case '=~':
      return matchesWhole(pattern, text)
    case '!~':
      return !matchesWhole(pattern, text)
  }
}

/** A text that is too long for the pattern is not looked at: no label's value should be. */
function matchesWhole(pattern: Matcher['pattern'], text: string): boolean {
  return pattern !== undefined && pattern.fits(text) && pattern.testWhole(text)
}

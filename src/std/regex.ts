// Regular expressions that users write: RE2, as in Go, so that no pattern can take for ever; bounded in length.
// The one `catch` around the compiler is here.
import { RE2JS, RE2JSSyntaxException } from 're2js'

export interface Pattern {
  /** Whether the pattern matches somewhere in the text; `^` and `$` bind it to its ends. */
  test(text: string): boolean
  /** Whether the pattern matches the text from end to end. */
  testWhole(text: string): boolean
  /** All that matches, from left to right; as in Go, nothing is found right behind a match. */
  findAll(text: string): string[]
}

const MAX_LENGTH = 1000

/** Undefined when it is too long, or no pattern. */
export function compilePattern(pattern: string): Pattern | undefined {
  return pattern.length > MAX_LENGTH || patternProblem(pattern) !== undefined
    ? undefined
    : acceptedPattern(pattern)
}

/** What is wrong with a pattern of any length, in RE2's words. */
export function patternProblem(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern)
    return undefined
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error
    return error.message
  }
}

/** A pattern that was checked before, when somebody accepted it; throws when it is none. */
export function acceptedPattern(pattern: string): Pattern {
  const compiled = RE2JS.compile(pattern)
  return {
    test: text => compiled.matcher(text).find(),
    testWhole: text => compiled.matches(text),
    findAll(text) {
      const matcher = compiled.matcher(text)
      const found: string[] = []
      let end = -1
      while (matcher.find()) {
        const isEmptyRest = matcher.start() === end && matcher.end() === end
        if (!isEmptyRest) found.push(matcher.group() ?? '')
        end = matcher.end()
      }
      return found
    },
  }
}

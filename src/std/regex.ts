// Regular expressions that users write: RE2, as in Go, so that no pattern can take for ever; bounded in length.
// A pattern that is none gives undefined; the one `catch` around the compiler is here.
import { RE2JS } from 're2js'

export interface Pattern {
  /** Whether the pattern matches somewhere in the text; `^` and `$` bind it to its ends. */
  test(text: string): boolean
  /** Whether the pattern matches the text from end to end. */
  testWhole(text: string): boolean
}

const MAX_LENGTH = 1000

export function compilePattern(pattern: string): Pattern | undefined {
  if (pattern.length > MAX_LENGTH) return undefined
  try {
    const compiled = RE2JS.compile(pattern)
    return { test: text => compiled.matcher(text).find(), testWhole: text => compiled.matches(text) }
  } catch {
    return undefined
  }
}

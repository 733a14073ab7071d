// Users' regular expressions on headers and paths, over a library that never takes longer than linear time: a pattern
// must not be able to stop live traffic.
import { RE2JS } from 're2js'

export type Pattern = (text: string) => boolean

const LENGTH_MAX = 1000

/** Matches the whole text. Undefined when it is too long or no pattern at all: then it matches nothing. */
export function wholePattern(source: string): Pattern | undefined {
  if (source.length > LENGTH_MAX) return undefined
  try {
    const compiled = RE2JS.compile(source)
    return text => compiled.matches(text)
  } catch {
    return undefined
  }
}

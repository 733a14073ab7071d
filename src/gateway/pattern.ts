// Users' regular expressions on headers and paths; std/regex.ts bounds them, so that none can stop live traffic.
import { compilePattern } from '../std/regex.ts'

export type Pattern = (text: string) => boolean

/** Matches the whole text. Undefined when it is too long or no pattern at all: then it matches nothing. */
export function wholePattern(source: string): Pattern | undefined {
  return compilePattern(source)?.testWhole
}

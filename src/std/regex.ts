// Regular expressions that users write: RE2, as in Go. Each is sized before it is compiled, compiled once, and asked
// only what it can answer in a bounded number of steps. The one `catch` around the compiler is here.
import { RE2JS, RE2JSException } from 're2js'
import { assert } from './assert.ts'
import { largeClasses, patternSize } from './pattern-size.ts'

export interface Pattern {
  /** The most steps that a look at the text can take: instructions times characters. */
  steps(text: string): number
  /** Whether they are few enough; the methods below are only asked of texts that fit. */
  fits(text: string): boolean
  /** Whether the pattern matches somewhere in the text; `^` and `$` bind it to its ends. */
  test(text: string): boolean
  /** Whether the pattern matches the text from end to end. */
  testWhole(text: string): boolean
  /** What the groups of the first match have found, empty where one took no part; undefined: nothing matches. */
  groups(text: string): readonly string[] | undefined
  /** What the groups of a match from end to end hold, by number and by name; undefined when there is none. */
  groupsOfWhole(text: string): ReadonlyMap<string, string> | undefined
  /**
   * All that matches, from left to right; as in Go, nothing is found right behind a match. Each match is a search of
   * its own through what is left; throws when these take too many steps together.
   */
  findAll(text: string): string[]
}

export type PatternRead = { readonly pattern: Pattern } | { readonly problem: string }

/** Instructions of one pattern, and steps of one look at a text: less than half a second each. */
const PATTERN_SIZE_MAX = 5000
const PATTERN_STEPS_MAX = 5_000_000

const SHORT = 1000
const LENGTH_MAX = 10_000
const LARGE_CLASSES_MAX = 100
const LARGE_FOLDED_MAX = 20
/** Instructions that are kept compiled in all. */
const KEPT_MAX = 50_000

/** A pattern of a route or a rule, of at most 1000 characters. */
export function readPattern(source: string): PatternRead {
  if (source.length > SHORT) return { problem: `it is longer than ${SHORT} characters` }
  return readAny(source)
}

/** A pattern of any sensible length. */
export function readLongPattern(source: string): PatternRead {
  return readAny(source)
}

/** Undefined when it is too long or too large, or no pattern. */
export function compilePattern(source: string): Pattern | undefined {
  const read = readPattern(source)
  return 'pattern' in read ? read.pattern : undefined
}

/** What is wrong with a pattern of any sensible length, in RE2's words. */
export function patternProblem(source: string): string | undefined {
  const read = readAny(source)
  return 'problem' in read ? read.problem : undefined
}

/** A pattern that was checked before, when somebody accepted it; throws when it is none. */
export function acceptedPattern(source: string): Pattern {
  const read = readAny(source)
  if ('problem' in read) throw new Error(read.problem)
  return read.pattern
}

/** What cannot be compiled in bounded time. */
function sizeProblem(source: string): string | undefined {
  if (source.length > LENGTH_MAX) return `it is longer than ${LENGTH_MAX} characters`
  const size = patternSize(source)
  if (size > PATTERN_SIZE_MAX)
    return `with its repetitions it is too large: ${size} instructions, of ${PATTERN_SIZE_MAX} at most`
  const { count, isFolded } = largeClasses(source)
  const most = isFolded ? LARGE_FOLDED_MAX : LARGE_CLASSES_MAX
  return count > most ? `it has ${count} large character classes, of ${most} at most` : undefined
}

const kept = new Map<string, { readonly read: PatternRead; readonly size: number }>()
let keptSize = 0

/** The ones that were asked for last stay. */
function readAny(source: string): PatternRead {
  const known = kept.get(source)
  if (known !== undefined) {
    kept.delete(source)
    kept.set(source, known)
    return known.read
  }
  const made = readAnew(source)
  kept.set(source, made)
  keptSize += made.size
  for (const [oldest, { size }] of kept) {
    if (keptSize <= KEPT_MAX) break
    kept.delete(oldest)
    keptSize -= size
  }
  return made.read
}

function readAnew(source: string): { readonly read: PatternRead; readonly size: number } {
  const problem = sizeProblem(source)
  if (problem !== undefined) return { read: { problem }, size: source.length }
  try {
    const compiled = RE2JS.compile(source)
    return { read: { pattern: patternOf(compiled) }, size: compiled.programSize() + source.length }
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    return { read: { problem: error.message }, size: source.length }
  }
}

function patternOf(compiled: RE2JS): Pattern {
  const size = compiled.programSize()
  const steps = (text: string) => size * (text.length + 1)
  const fits = (text: string) => steps(text) <= PATTERN_STEPS_MAX
  const fitting = (text: string) => {
    assert(fits(text), 'a text that is too long for its pattern')
    return text
  }
  return {
    steps,
    fits,
    test: text => compiled.matcher(fitting(text)).find(),
    testWhole: text => compiled.matches(fitting(text)),
    groups(text) {
      const matcher = compiled.matcher(fitting(text))
      if (!matcher.find()) return undefined
      return Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? '')
    },
    groupsOfWhole(text) {
      const matcher = compiled.matcher(fitting(text))
      if (!matcher.matches()) return undefined
      const numbered = Array.from({ length: matcher.groupCount() + 1 }, (_, i) => [String(i), i] as const)
      const named = Object.entries(compiled.namedGroups())
      return new Map([...numbered, ...named].map(([name, i]) => [name, matcher.group(i) ?? '']))
    },
    findAll(text) {
      const matcher = compiled.matcher(fitting(text))
      const found: string[] = []
      let end = -1
      let left = PATTERN_STEPS_MAX - steps(text)
      while (matcher.find()) {
        const isEmptyRest = matcher.start() === end && matcher.end() === end
        if (!isEmptyRest) found.push(matcher.group() ?? '')
        end = matcher.end()
        left -= size * (text.length - end + 1)
        if (left < 0) throw new Error('the pattern is found too often in so long a text')
      }
      return found
    },
  }
}

/** The pattern that the text alone matches. */
export function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}

// How large the program of a regular expression can become, read off its text before anything is compiled: counted
// repetitions multiply, so a few characters can ask for hundreds of thousands of instructions.

interface Group {
  /** What its own brackets come to. */
  readonly own: number
  /** Its alternatives that are complete. */
  before: number
  /** The alternative that is being read. */
  open: number
  /** What a repetition would repeat. */
  last: number
}

const CLASS = '['
const ESCAPE = /\\(?:[pP]\{[^}]{0,60}\}|[pP]|x\{[^}]{0,20}\}|x[0-9a-fA-F]{2}|[\s\S])/uy
const FLAGS = /\(\?[a-zA-Z-]{0,20}\)/uy
const GROUP = /\((?:\?(?:P?<\w{0,100}>|[a-zA-Z-]{0,20}:))?/uy
const REPEAT = /(?:([*+?])|\{(\d{1,5})(,?)(\d{0,5})\})\??/uy
const NAMED_CLASS = /\[:\^?[a-z]{0,20}:\]/uy
const CAPTURE = 2

/** Never less than the instructions that RE2 makes of a well-formed pattern. */
export function patternSize(source: string): number {
  const groups: Group[] = [newGroup(0)]
  for (let at = 0; at < source.length;) at = readToken(source, at, groups)
  return 2 + groups.reduce((sum, group) => sum + sizeOf(group), 0)
}

/**
 * How many of its character classes are large: each costs the compiler a walk over Unicode, a long one where case does
 * not count.
 */
export function largeClasses(source: string): { readonly count: number; readonly isFolded: boolean } {
  const count = source.match(/\\[pP]|-(?:\\x|[^\0-\x7f])/g)?.length ?? 0
  return { count, isFolded: /\(\?[a-zA-Z]{0,20}i/.test(source) }
}

function readToken(source: string, at: number, groups: Group[]): number {
  const group = groups.at(-1) as Group
  const char = source[at] as string
  const flags = ends(FLAGS, source, at)
  if (flags !== undefined) return flags
  if (char === '(') {
    const isCapture = source[at + 1] !== '?' || source.slice(at, at + 4).includes('<')
    groups.push(newGroup(isCapture ? CAPTURE : 0))
    return ends(GROUP, source, at) ?? at + 1
  }
  if (char === ')') {
    if (groups.length > 1) add(groups.at(-2) as Group, sizeOf(groups.pop() as Group))
    return at + 1
  }
  if (char === '|') {
    group.before += 1 + Math.max(1, group.open)
    group.open = 0
    return at + 1
  }
  const repeated = repeat(source, at, group)
  if (repeated !== undefined) return repeated
  const end = atomEnd(source, at)
  add(group, source.startsWith(String.raw`\Q`, at) ? end - at : 1)
  return end
}

function atomEnd(source: string, at: number): number {
  if (source[at] === CLASS) return classEnd(source, at)
  if (source.startsWith(String.raw`\Q`, at)) {
    const end = source.indexOf(String.raw`\E`, at)
    return end < 0 ? source.length : end + 2
  }
  return ends(ESCAPE, source, at) ?? at + ((source.codePointAt(at) as number) > 0xffff ? 2 : 1)
}

/** Just behind its closing bracket; a first bracket stands for itself. */
function classEnd(source: string, start: number): number {
  let at = start + (source[start + 1] === '^' ? 2 : 1)
  if (source[at] === ']') at++
  while (at < source.length && source[at] !== ']') {
    const named = source[at] === CLASS ? ends(NAMED_CLASS, source, at) : undefined
    at = named ?? at + (source[at] === '\\' ? 2 : 1)
  }
  return at + 1
}

function repeat(source: string, at: number, group: Group): number | undefined {
  REPEAT.lastIndex = at
  const match = REPEAT.exec(source)
  if (match === null) return undefined
  const [, sign, least = '', comma, most = ''] = match
  const { last } = group
  const counted = Number(most === '' ? least : most)
  const size =
    sign !== undefined || (comma === ',' && most === '')
      ? last * Math.max(1, Number(least)) + 2
      : last * Math.max(1, counted) + Math.max(0, counted - Number(least))
  group.open += size - last
  group.last = size
  return REPEAT.lastIndex
}

function ends(token: RegExp, source: string, at: number): number | undefined {
  token.lastIndex = at
  return token.test(source) ? token.lastIndex : undefined
}

function newGroup(own: number): Group {
  return { own, before: 0, open: 0, last: 0 }
}

function add(group: Group, size: number): void {
  group.open += size
  group.last = size
}

function sizeOf({ own, before, open }: Group): number {
  return own + before + Math.max(1, open)
}

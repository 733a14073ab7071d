// Kubernetes' functions of texts, by characters and not by UTF-16 units; and RE2 where a rule has a pattern.
import { readPattern } from '../../../std/regex.ts'
import type { Pattern, PatternRead } from '../../../std/regex.ts'
import { remembered } from '../../../std/remembered.ts'
import { spend } from './budget.ts'
import type { Functions } from './functions.ts'
import { formatText } from './text-format.ts'
import { ourName } from './names.ts'

const our = (signature: string) => signature.replace('.', `.${ourName('')}`)

export const TEXT_FUNCTIONS: Functions = {
  [`${ourName('matches')}(string, string): bool`]: matches,
  [our('string.matches(string): bool')]: matches,
  'string.find(string): string': (text: string, pattern: string) => found(text, pattern)[0] ?? '',
  'string.findAll(string): list<string>': found,
  'string.findAll(string, int): list<string>': (text: string, pattern: string, most: bigint) =>
    most < 0n ? found(text, pattern) : found(text, pattern).slice(0, Number(most)),
  'string.charAt(int): string': (text: string, at: bigint) => within([...text], at)[Number(at)] ?? '',
  [our('string.indexOf(string): int')]: (text: string, part: string) => firstIndex(text, part, 0n),
  [our('string.indexOf(string, int): int')]: firstIndex,
  [our('string.lastIndexOf(string): int')]: (text: string, part: string) => lastIndex(text, part),
  [our('string.lastIndexOf(string, int): int')]: lastIndex,
  'string.replace(string, string): string': (text: string, old: string, by: string) =>
    replaced(text, { old, by, most: -1n }),
  'string.replace(string, string, int): string': (
    ...[text, old, by, most]: [string, string, string, bigint]
  ) => replaced(text, { old, by, most }),
  [our('string.split(string): list<string>')]: (text: string, by: string) => split(text, by, -1n),
  [our('string.split(string, int): list<string>')]: split,
  [our('string.substring(int): string')]: (text: string, from: bigint) =>
    substring(text, from, BigInt([...text].length)),
  [our('string.substring(int, int): string')]: substring,
  [our('string.lowerAscii(): string')]: (text: string) =>
    text.replace(/[A-Z]+/g, letters => letters.toLowerCase()),
  [our('string.upperAscii(): string')]: (text: string) =>
    text.replace(/[a-z]+/g, letters => letters.toUpperCase()),
  [our('string.trim(): string')]: trimmed,
  'string.reverse(): string': (text: string) => [...text].toReversed().join(''),
  [our('list.join(): string')]: (list: readonly unknown[]) => joined(list, ''),
  [our('list.join(string): string')]: joined,
  'string.format(list): string': formatText,
}

/** Those whose last argument is a pattern, by the names that a parsed rule has for them. */
export const PATTERN_FUNCTIONS: ReadonlySet<string> = new Set([ourName('matches'), 'find', 'findAll'])

/** What this engine has against a pattern that is a literal in a rule; RE2 elsewhere may be less strict. */
export function literalProblem(source: string): string | undefined {
  const read = patternOf(source)
  return 'problem' in read ? `the pattern ${source.slice(0, 100)}: ${read.problem}` : undefined
}

/** A step of a rule takes as long as this many of RE2's. */
const PATTERN_STEPS = 10
/** What compiling costs for each instruction, where a pattern is no literal but met while a rule runs. */
const COMPILE_STEPS = 100

const patternOf = remembered(1000, (source): PatternRead => {
  const read = readPattern(source)
  spend(COMPILE_STEPS * ('pattern' in read ? read.pattern.steps('') : source.length))
  return read
})

function matches(text: string, source: string): boolean {
  return paid(text, source).test(text)
}

function found(text: string, source: string): string[] {
  const pattern = paid(text, source)
  const all = pattern.findAll(text)
  spend((all.length * pattern.steps(text)) / (2 * PATTERN_STEPS))
  return all
}

function paid(text: string, source: string): Pattern {
  const read = patternOf(source)
  if ('problem' in read) throw new Error(`error parsing regexp: ${source}`)
  const { pattern } = read
  if (!pattern.fits(text)) throw new Error(`the text is too long for the pattern: ${source}`)
  spend(pattern.steps(text) / PATTERN_STEPS)
  return pattern
}

function within<T>(characters: readonly T[], at: bigint): readonly T[] {
  if (at < 0n || at > BigInt(characters.length)) throw new Error(`index out of range: ${at}`)
  return characters
}

/** A place in UTF-16 units as one in characters. */
function characterAt(text: string, unit: number): bigint {
  return BigInt(unit < 0 ? -1 : Array.from(text.slice(0, unit)).length)
}

function firstIndex(text: string, part: string, from: bigint): bigint {
  const start = within([...text], from)
    .slice(0, Number(from))
    .join('').length
  return part === '' ? from : characterAt(text, text.indexOf(part, start))
}

function lastIndex(text: string, part: string, until?: bigint): bigint {
  const characters = [...text]
  if (until === undefined) return characterAt(text, text.lastIndexOf(part))
  const end = within(characters, until).slice(0, Number(until)).join('').length
  return part === '' ? until : characterAt(text, text.lastIndexOf(part, end))
}

function replaced(text: string, { old, by, most }: { old: string; by: string; most: bigint }): string {
  const pieces = old === '' ? [...text] : text.split(old)
  const all = old === '' ? pieces.length + 1 : pieces.length - 1
  const count = most < 0n || most > all ? all : Number(most)
  spend((text.length + count * by.length) / 10)
  if (count === 0) return text
  if (old === '') return by + pieces.map((one, i) => (i + 1 < count ? one + by : one)).join('')
  return pieces.slice(0, count).join(by) + by + pieces.slice(count).join(old)
}

function split(text: string, by: string, most: bigint): string[] {
  if (most === 0n) return []
  const pieces = by === '' ? [...text] : text.split(by)
  if (most < 0n || pieces.length <= most) return pieces
  const kept = Number(most) - 1
  return [...pieces.slice(0, kept), pieces.slice(kept).join(by)]
}

function substring(text: string, from: bigint, to: bigint): string {
  const characters = within(within([...text], from), to)
  if (from > to) throw new Error(`invalid substring range. start: ${from}, end: ${to}`)
  return characters.slice(Number(from), Number(to)).join('')
}

/** What Unicode calls white space, which leaves out the byte order mark that `trim` takes. */
function trimmed(text: string): string {
  const isSpace = (one: string | undefined) => one !== undefined && one !== '\uFEFF' && /[\s\u0085]/.test(one)
  let start = 0
  let end = text.length
  while (start < end && isSpace(text[start])) start++
  while (end > start && isSpace(text[end - 1])) end--
  return text.slice(start, end)
}

function joined(list: readonly unknown[], by: string): string {
  if (!list.every(one => typeof one === 'string')) throw new Error('no such overload')
  spend((list.length * by.length) / 10)
  return list.join(by)
}

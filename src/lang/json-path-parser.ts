// The text of a JSONPath expression into steps (json-path.ts follows them). A small scanner over the text:
// each parser takes a position and gives back what it read and where it stopped, or undefined.
import type { Json } from '../std/json.ts'
import type { Filter, Operand, PathStep } from './json-path-steps.ts'

const MAX_LENGTH = 4096
const MAX_DEPTH = 8

type Read<T> = { readonly value: T; readonly end: number } | undefined

export function parseSteps(text: string): readonly PathStep[] | undefined {
  const source = withoutBraces(text.trim()).trim()
  if (source === '' || text.length > MAX_LENGTH) return undefined
  const read = path(source, /^[$@]/.test(source) ? 1 : 0, 0)
  return read === undefined || read.end !== source.length ? undefined : read.value
}

function withoutBraces(text: string): string {
  return text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : text
}

function path(text: string, start: number, depth: number): Read<readonly PathStep[]> {
  const steps: PathStep[] = []
  let at = start
  while (at < text.length && (text[at] === '.' || text[at] === '[' || at === 0)) {
    const read = text[at] === '[' ? bracket(text, at, depth) : dotted(text, at)
    if (read === undefined) return undefined
    steps.push(...read.value)
    at = read.end
  }
  return { value: steps, end: at }
}

const NAME = /(?:\\.|[^\s.[\](){},'"$@?=!<>|&\\])+/y

/** `.name`, `.*`, `..name`, `.` alone (the value itself); a first name may stand without its dot. */
function dotted(text: string, start: number): Read<readonly PathStep[]> {
  const isDescent = text.startsWith('..', start)
  const at = isDescent ? start + 2 : text[start] === '.' ? start + 1 : start
  const head: readonly PathStep[] = isDescent ? [{ kind: 'descend' }] : []
  if (text[at] === '*') return { value: [...head, { kind: 'wildcard' }], end: at + 1 }
  if (text[at] === '[') return { value: head, end: at }
  const name = scan(NAME, text, at)
  if (name !== undefined) {
    const field: PathStep = { kind: 'field', name: name.replaceAll(/\\(.)/g, '$1') }
    return { value: [...head, field], end: at + name.length }
  }
  return at === text.length && !isDescent ? { value: [], end: at } : undefined
}

function bracket(text: string, start: number, depth: number): Read<readonly PathStep[]> {
  if (text.startsWith('[?(', start)) return filter(text, start, depth)
  const steps: PathStep[] = []
  let at = start
  do {
    const read = selector(text, skipSpace(text, at + 1))
    if (read === undefined) return undefined
    steps.push(read.value)
    at = skipSpace(text, read.end)
  } while (text[at] === ',')
  if (text[at] !== ']') return undefined
  const [only] = steps
  return { value: steps.length === 1 && only ? [only] : [{ kind: 'union', steps }], end: at + 1 }
}

const SLICE = /(-?\d{1,9})?\s*:\s*(-?\d{1,9})?\s*(?::\s*(\d{1,9})?)?/y
const INTEGER = /-?\d{1,9}/y

/** What stands between brackets and commas: `*`, `'name'`, `0`, `-1`, `1:3`, `::2`. */
function selector(text: string, at: number): Read<PathStep> {
  if (text[at] === '*') return { value: { kind: 'wildcard' }, end: at + 1 }
  const quoted = quotedText(text, at)
  if (quoted !== undefined) return { value: { kind: 'field', name: quoted.value }, end: quoted.end }
  SLICE.lastIndex = at
  const slice = SLICE.exec(text)
  if (slice !== null) {
    const [all, from, to, step] = slice
    const bounds = {
      ...(from === undefined ? {} : { from: Number(from) }),
      ...(to === undefined ? {} : { to: Number(to) }),
      ...(step === undefined ? {} : { step: Number(step) }),
    }
    return { value: { kind: 'slice', ...bounds }, end: at + all.length }
  }
  const index = scan(INTEGER, text, at)
  if (index !== undefined) return { value: { kind: 'index', index: Number(index) }, end: at + index.length }
  const name = scan(NAME, text, at)
  return name === undefined ? undefined : { value: { kind: 'field', name }, end: at + name.length }
}

const OPERATOR = /==|!=|<=|>=|<|>/y

/** `[?(@.type=="Ready")]`, `[?(@.ready)]`. */
function filter(text: string, start: number, depth: number): Read<readonly PathStep[]> {
  if (depth >= MAX_DEPTH) return undefined
  const left = operand(text, skipSpace(text, start + 3), depth + 1)
  if (left === undefined) return undefined
  const at = skipSpace(text, left.end)
  const operator = scan(OPERATOR, text, at) as Filter['operator']
  if (operator === undefined) return closed(text, at, { left: left.value })
  const right = operand(text, skipSpace(text, at + operator.length), depth + 1)
  if (right === undefined) return undefined
  return closed(text, skipSpace(text, right.end), { left: left.value, operator, right: right.value })
}

function closed(text: string, at: number, test: Filter): Read<readonly PathStep[]> {
  if (!text.startsWith(')]', at)) return undefined
  return { value: [{ kind: 'filter', test }], end: at + 2 }
}

const LITERAL = /true|false|null|-?\d{1,15}(\.\d{1,15})?/y

function operand(text: string, at: number, depth: number): Read<Operand> {
  if (text[at] === '@' || text[at] === '$') {
    const steps = path(text, at + 1, depth)
    return steps === undefined ? undefined : { value: { steps: steps.value }, end: steps.end }
  }
  const quoted = quotedText(text, at)
  if (quoted !== undefined) return { value: { value: quoted.value }, end: quoted.end }
  const literal = scan(LITERAL, text, at)
  if (literal === undefined) return undefined
  return { value: { value: JSON.parse(literal) as Json }, end: at + literal.length }
}

const QUOTED = /'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"/y

function quotedText(text: string, at: number): Read<string> {
  const quoted = scan(QUOTED, text, at)
  if (quoted === undefined) return undefined
  return { value: quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1'), end: at + quoted.length }
}

const SPACE = /\s+/y

function skipSpace(text: string, at: number): number {
  return at + (scan(SPACE, text, at)?.length ?? 0)
}

/** What a sticky pattern matches at a position. */
function scan(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

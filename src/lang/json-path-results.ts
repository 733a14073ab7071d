// What a JSONPath template finds in a value, as client-go finds it and with its words where it finds nothing. Fields
// that are missing are a mistake here; printer columns are content with nothing (json-path.ts).
import { printFloat } from './expression/go-floats.ts'
import { isJsonObject } from '../std/json.ts'
import type { Json } from '../std/json.ts'
import { readTemplate } from './json-path-template.ts'
import type { TemplateList, TemplateNode } from './json-path-template.ts'

/** Go tells whole numbers of the template from the floats of JSON. */
interface Found {
  readonly value: Json
  readonly isInt?: true
}

type Results = { readonly found: readonly Found[] } | { readonly problem: string }

export interface Template {
  /** The values of each expression, in order. */
  results(value: Json): { readonly results: readonly (readonly Json[])[] } | { readonly problem: string }
}

/** How many values one step may touch. */
const VALUES_MAX = 100_000
/** How many steps one question may take. */
const STEPS_MAX = 1_000_000

export function compileTemplate(
  text: string,
): { readonly template: Template } | { readonly problem: string } {
  const read = readTemplate(text)
  if ('problem' in read) return read
  return { template: { results: value => resultsOf(read.nodes, value) } }
}

function resultsOf(nodes: readonly TemplateNode[], value: Json): ReturnType<Template['results']> {
  const walk: Walk = { steps: 0, ranges: 0, results: [] }
  const played = play(walk, nodes, { from: 0, value: { value } })
  if ('problem' in played) return played
  return { results: walk.results.map(one => one.map(found => found.value)) }
}

interface Walk {
  steps: number
  ranges: number
  readonly results: (readonly Found[])[]
}

/** From `from` on, up to the end of the range that it stands in; gives back where that is, if anywhere. */
function play(
  walk: Walk,
  nodes: readonly TemplateNode[],
  at: { readonly from: number; readonly value: Found },
): { readonly end: number | undefined } | { readonly problem: string } {
  for (let i = at.from; i < nodes.length; i++) {
    const node = nodes[i] as TemplateNode
    const word = wordOf(node)
    if (word === 'end' && walk.ranges > 0) return { end: i }
    const results = follow(walk, [at.value], node)
    if ('problem' in results) return results
    if (word !== 'range') {
      walk.results.push(results.found)
      continue
    }
    if (++walk.ranges > RANGES_MAX) return { problem: `more than ${RANGES_MAX} ranges stand in each other` }
    const before = walk.results.length
    let end: number | undefined
    for (const value of results.found.length === 0 ? [{ value: null }] : results.found) {
      const played = play(walk, nodes, { from: i + 1, value })
      if ('problem' in played) return played
      end = played.end
    }
    // Without values the range is walked all the same, to find its end; what it says then is not kept.
    if (results.found.length === 0) walk.results.splice(before)
    walk.ranges--
    // Compat: behind a range without an end all that it repeats comes once more.
    i = end ?? i
  }
  return { end: undefined }
}

const RANGES_MAX = 20

/** `{range .items}` and `{end}`. */
function wordOf(node: TemplateNode): string {
  const first = node.kind === 'list' ? node.nodes[0] : undefined
  return first?.kind === 'identifier' ? first.name : ''
}

function followList(walk: Walk, input: readonly Found[], list: TemplateList): Results {
  let results: Results = { found: input }
  for (const node of list.nodes) {
    if ('problem' in results) return results
    results = follow(walk, results.found, node)
  }
  return results
}

function follow(walk: Walk, input: readonly Found[], node: TemplateNode): Results {
  walk.steps += input.length + 1
  if (walk.steps > STEPS_MAX || input.length > VALUES_MAX)
    return { problem: 'the JSONPath touches too many values' }
  switch (node.kind) {
    case 'list':
      return followList(walk, input, node)
    case 'text':
      return { found: [{ value: node.text }] }
    case 'int':
      return { found: input.map(() => ({ value: node.number, isInt: true })) }
    case 'float':
      return { found: input.map(() => ({ value: node.number })) }
    case 'bool':
      return { found: input.map(() => ({ value: node.is })) }
    case 'identifier':
      return identifier(walk, input, node.name)
    case 'field':
      return field(input, node.name)
    case 'wildcard':
      return { found: input.flatMap(one => childrenOf(one.value)).map(value => ({ value })) }
    case 'recursive':
      return { found: input.flatMap(one => containersIn(one.value)).map(value => ({ value })) }
    case 'array':
      return array(input, node)
    case 'union':
      return union(walk, input, node.lists)
    case 'filter':
      return filter(walk, input, node)
  }
}

function identifier({ ranges }: Walk, input: readonly Found[], name: string): Results {
  if (name === 'range') return { found: input }
  if (name !== 'end') return { problem: `unrecognized identifier ${name}` }
  return ranges > 0 ? { found: input } : { problem: 'not in range, nothing to end' }
}

function field(input: readonly Found[], name: string): Results {
  if (input.length === 0) return { found: [] }
  const found = input.flatMap(({ value }) =>
    isJsonObject(value) && Object.hasOwn(value, name) ? [{ value: value[name] as Json }] : [],
  )
  return found.length === 0 ? { problem: `${name} is not found` } : { found }
}

type ArrayNode = Extract<TemplateNode, { kind: 'array' }>

function array(input: readonly Found[], node: ArrayNode): Results {
  const found: Found[] = []
  for (const one of input) {
    if (one.value === null) continue
    if (!Array.isArray(one.value)) return { problem: `${typeOf(one)} is not array or slice` }
    const items = sliced(one.value as readonly Json[], node)
    if ('problem' in items) return items
    if (items.isEmpty) return { found }
    found.push(...items.items.map(value => ({ value })))
  }
  return { found }
}

function sliced(
  list: readonly Json[],
  { from, to, step }: ArrayNode,
): { readonly items: readonly Json[]; readonly isEmpty: boolean } | { readonly problem: string } {
  const size = list.length
  const first = (from.value ?? 0) < 0 ? (from.value ?? 0) + size : (from.value ?? 0)
  const wanted = to.value ?? size
  const last = wanted < 0 || (wanted === 0 && to.isDerived === true) ? wanted + size : wanted
  if (first === last) return { items: [], isEmpty: true }
  const outside = (index: number) => ({
    problem: `array index out of bounds: index ${index}, length ${size}`,
  })
  if (first >= size || first < 0) return outside(first)
  if (last > size || last < 0) return outside(last - 1)
  if (first > last) return { problem: `starting index ${first} is greater than ending index ${last}` }
  const by = step.value ?? 1
  if (by <= 0) return { problem: 'step must be > 0' }
  return { items: list.slice(first, last).filter((_, i) => i % by === 0), isEmpty: false }
}

function union(walk: Walk, input: readonly Found[], lists: readonly TemplateList[]): Results {
  const found: Found[] = []
  for (const list of lists) {
    const results = followList(walk, input, list)
    if ('problem' in results) return results
    found.push(...results.found)
  }
  return { found }
}

function filter(
  walk: Walk,
  input: readonly Found[],
  node: Extract<TemplateNode, { kind: 'filter' }>,
): Results {
  const found: Found[] = []
  for (const { value } of input) {
    if (!Array.isArray(value))
      return { problem: `${goValueText(value)} is not array or slice and cannot be filtered` }
    for (const item of value as readonly Json[]) {
      const passes = itemPasses(walk, { value: item }, node)
      if (typeof passes !== 'boolean') return passes
      if (passes) found.push({ value: item })
    }
  }
  return { found }
}

function itemPasses(
  walk: Walk,
  item: Found,
  { left, operator, right }: Extract<TemplateNode, { kind: 'filter' }>,
): boolean | { readonly problem: string } {
  const lefts = followList(walk, [item], left)
  if (operator === 'exists') return 'found' in lefts && lefts.found.length > 0
  if ('problem' in lefts) return lefts
  const [a, ...more] = lefts.found
  if (a === undefined) return false
  if (more.length > 0) return { problem: ONE_AT_A_TIME }
  const rights = followList(walk, [item], right)
  if ('problem' in rights) return rights
  const [b, ...others] = rights.found
  if (b === undefined) return false
  return others.length > 0 ? { problem: ONE_AT_A_TIME } : compared(a, operator, b)
}

const ONE_AT_A_TIME = 'can only compare one element at a time'

function compared(a: Found, operator: string, b: Found): boolean | { readonly problem: string } {
  if (!['==', '!=', '<', '<=', '>', '>='].includes(operator))
    return { problem: `unrecognized filter operator ${operator}` }
  const [kind, other] = [basicKind(a), basicKind(b)]
  if (kind === undefined || other === undefined) return { problem: 'invalid type for comparison' }
  if (kind !== other) return { problem: 'incompatible types for comparison' }
  if (operator === '==') return a.value === b.value
  if (operator === '!=') return a.value !== b.value
  if (kind === 'bool') return { problem: 'invalid type for comparison' }
  const [x, y] = [a.value as string, b.value as string]
  if (operator === '<') return x < y
  if (operator === '<=') return x <= y
  return operator === '>' ? x > y : x >= y
}

function basicKind({ value, isInt }: Found): string | undefined {
  if (typeof value === 'number') return isInt === true ? 'int' : 'float'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'string' ? 'string' : undefined
}

function typeOf({ value, isInt }: Found): string {
  if (isJsonObject(value)) return 'map[string]interface {}'
  if (typeof value === 'number') return isInt === true ? 'int' : 'float64'
  return typeof value === 'boolean' ? 'bool' : 'string'
}

/** Compat: Go walks an object in another order each time; ours is the order of the keys. */
function childrenOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[]
  if (!isJsonObject(value)) return []
  return Object.keys(value)
    .toSorted()
    .map(key => value[key] as Json)
}

/** The value and all below it that have children, each before its own. Compat: a text has its bytes for children. */
function containersIn(value: Json): readonly Json[] {
  const found: Json[] = []
  const pending: Json[] = [value]
  for (let next = pending.pop(); next !== undefined && found.length <= VALUES_MAX; next = pending.pop()) {
    const children = childrenOf(next)
    if (children.length === 0 && (typeof next !== 'string' || next === '')) continue
    found.push(next)
    for (let i = children.length - 1; i >= 0; i--) pending.push(children[i] as Json)
  }
  return found
}

const SHOWN_LEVELS = 4

/** With `%v`. */
function goValueText(value: Json, level = 0): string {
  if (value === null) return '<nil>'
  if (typeof value === 'number') return printFloat(value)
  if (typeof value !== 'object') return String(value)
  if (level > SHOWN_LEVELS) return '…'
  if (!isJsonObject(value))
    return `[${(value as readonly Json[]).map(one => goValueText(one, level + 1)).join(' ')}]`
  const parts = Object.keys(value).toSorted()
  return `map[${parts.map(key => `${key}:${goValueText(value[key] as Json, level + 1)}`).join(' ')}]`
}

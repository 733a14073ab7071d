// Label and field selectors: the object form of specs and the text form of queries; parsed, matched, printed.
import type { LabelSelector, LabelSelectorRequirement } from './core.ts'

export type Labels = Readonly<Record<string, string>>

/** One condition on one label; a selector is a list of them, and all must hold. */
export type Requirement =
  | { readonly key: string; readonly operator: 'In' | 'NotIn'; readonly values: readonly string[] }
  | { readonly key: string; readonly operator: 'Exists' | 'DoesNotExist' }
  | { readonly key: string; readonly operator: 'Gt' | 'Lt'; readonly values: readonly string[] }

/** The conditions of a selector object. An empty one selects everything. */
export function requirementsOf(selector: LabelSelector): readonly Requirement[] {
  const equalities = Object.entries(selector.matchLabels ?? {}).map(([key, value]): Requirement => ({
    key,
    operator: 'In',
    values: [value],
  }))
  return [...equalities, ...(selector.matchExpressions ?? []).map(fromExpression)]
}

function fromExpression({ key, operator, values }: LabelSelectorRequirement): Requirement {
  if (operator === 'Exists' || operator === 'DoesNotExist') return { key, operator }
  return { key, operator, values: values ?? [] }
}

export function matches(selector: LabelSelector, labels: Labels | undefined): boolean {
  return meets(requirementsOf(selector), labels)
}

/** Whether labels meet every requirement. Absent keys meet NotIn and DoesNotExist. */
export function meets(requirements: readonly Requirement[], labels: Labels | undefined): boolean {
  return requirements.every(one => meetsOne(one, labels?.[one.key]))
}

function meetsOne(requirement: Requirement, value: string | undefined): boolean {
  switch (requirement.operator) {
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'In':
      return value !== undefined && requirement.values.includes(value)
    case 'NotIn':
      return value === undefined || !requirement.values.includes(value)
    case 'Gt':
      return isWhole(value) && BigInt(value) > BigInt(requirement.values[0] ?? 0)
    case 'Lt':
      return isWhole(value) && BigInt(value) < BigInt(requirement.values[0] ?? 0)
  }
}

function isWhole(value: string | undefined): value is string {
  return value !== undefined && /^[+-]?\d{1,18}$/.test(value)
}

/** A selector object as text, keys in order: `app=demo,tier in (a,b)`. */
export function printSelector(selector: LabelSelector): string {
  return requirementsOf(selector)
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(printRequirement)
    .join(',')
}

export function printRequirement(requirement: Requirement): string {
  const { key, operator } = requirement
  switch (operator) {
    case 'Exists':
      return key
    case 'DoesNotExist':
      return `!${key}`
    case 'In':
    case 'NotIn': {
      const values = requirement.values.toSorted()
      if (operator === 'In' && values.length === 1) return `${key}=${values[0]}`
      return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`
    }
    case 'Gt':
      return `${key}>${requirement.values[0]}`
    case 'Lt':
      return `${key}<${requirement.values[0]}`
  }
}

/** A selector's text is bounded, as a URL is. */
const MAX_LENGTH = 16_384
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const PREFIX = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/
const TOKEN = /\s*(notin(?=[\s(])|in(?=[\s(])|==|!=|[=!<>(),]|[^\s=!<>(),]+)/y

/** The requirements that a text such as `app=demo,tier notin (a,b),!old` names, or a sentence that says why not. */
export function parseSelector(text: string): readonly Requirement[] | { readonly problem: string } {
  if (text.length > MAX_LENGTH) return { problem: `the selector is longer than ${MAX_LENGTH} characters` }
  const tokens = tokensOf(text)
  if (tokens === undefined) return { problem: 'unable to parse the selector' }
  const requirements: Requirement[] = []
  let rest = tokens
  while (rest.length > 0) {
    const [one, after] = requirementAt(rest)
    if ('problem' in one) return one
    requirements.push(one)
    if (after.length === 0) break
    if (after[0] !== ',') return { problem: `found '${after[0]}', expected: ',' or 'end of string'` }
    if (after.length === 1) return { problem: "found '', expected: identifier after ','" }
    rest = after.slice(1)
  }
  return requirements
}

function tokensOf(text: string): readonly string[] | undefined {
  const tokens: string[] = []
  const end = text.trimEnd().length
  TOKEN.lastIndex = 0
  for (let at = 0; at < end; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (match === null) return undefined
    tokens.push(match[1] as string)
  }
  return tokens
}

type Parsed = readonly [Requirement | { readonly problem: string }, readonly string[]]

function requirementAt(tokens: readonly string[]): Parsed {
  const isNegated = tokens[0] === '!'
  const [key = '', operator, ...rest] = isNegated ? tokens.slice(1) : tokens
  const problem = keyProblem(key)
  if (problem !== undefined) return [{ problem }, []]
  const after = operator === undefined ? [] : [operator, ...rest]
  if (isNegated) return [{ key, operator: 'DoesNotExist' }, after]
  switch (operator) {
    case undefined:
    case ',':
      return [{ key, operator: 'Exists' }, after]
    case '=':
    case '==':
      return oneValue({ key, operator: 'In' }, rest)
    case '!=':
      return oneValue({ key, operator: 'NotIn' }, rest)
    case '>':
    case '<':
      return comparison({ key, operator: operator === '>' ? 'Gt' : 'Lt' }, rest)
    case 'in':
    case 'notin':
      return valueList({ key, operator: operator === 'in' ? 'In' : 'NotIn' }, rest)
    default:
      return [{ problem: `found '${operator}', expected: in, notin, =, ==, !=, gt, lt` }, []]
  }
}

interface Head<Operator> {
  readonly key: string
  readonly operator: Operator
}

function oneValue(head: Head<'In' | 'NotIn'>, tokens: readonly string[]): Parsed {
  const isEmpty = tokens.length === 0 || tokens[0] === ','
  const value = isEmpty ? '' : (tokens[0] as string)
  const problem = valueProblem(value)
  if (problem !== undefined) return [{ problem }, []]
  return [{ ...head, values: [value] }, isEmpty ? tokens : tokens.slice(1)]
}

function comparison(head: Head<'Gt' | 'Lt'>, tokens: readonly string[]): Parsed {
  const [value] = tokens
  if (!isWhole(value)) {
    return [{ problem: `for 'Gt', 'Lt' operators, the value must be an integer: '${value ?? ''}'` }, []]
  }
  return [{ ...head, values: [value] }, tokens.slice(1)]
}

function valueList(head: Head<'In' | 'NotIn'>, tokens: readonly string[]): Parsed {
  const end = tokens.indexOf(')')
  if (tokens[0] !== '(' || end < 0) {
    return [{ problem: `found '${tokens[0] ?? ''}', expected: '(' and a list of values` }, []]
  }
  const values: string[] = ['']
  for (const token of tokens.slice(1, end)) {
    if (token === ',') values.push('')
    else if (values.at(-1) === '') values[values.length - 1] = token
    else return [{ problem: `found '${token}', expected: ',' or ')'` }, []]
  }
  const problem = values.map(valueProblem).find(one => one !== undefined)
  if (problem !== undefined) return [{ problem }, []]
  return [{ ...head, values: [...new Set(values)] }, tokens.slice(end + 1)]
}

function keyProblem(key: string): string | undefined {
  const slash = key.lastIndexOf('/')
  const name = key.slice(slash + 1)
  const isGood = NAME.test(name) && (slash < 0 || PREFIX.test(key.slice(0, slash)))
  return isGood ? undefined : `invalid label key "${key}"`
}

function valueProblem(value: string): string | undefined {
  return value === '' || NAME.test(value) ? undefined : `invalid label value "${value}"`
}

/** One condition of a field selector. */
export interface FieldRequirement {
  readonly field: string
  readonly operator: '=' | '!='
  readonly value: string
}

/** `metadata.name=x,status.phase!=Running`; `\,`, `\=` and `\\` stand for themselves. */
export function parseFieldSelector(text: string): readonly FieldRequirement[] | { readonly problem: string } {
  if (text.length > MAX_LENGTH) return { problem: `the selector is longer than ${MAX_LENGTH} characters` }
  const requirements: FieldRequirement[] = []
  for (const term of text.match(/(?:\\.|[^,\\])+/g) ?? []) {
    const match = /^([^=!\\]+)(==|!=|=)((?:\\[\\,=]|[^\\=])*)$/.exec(term)
    if (match === null) return { problem: `invalid field selector: '${term}'; can't understand '${term}'` }
    const [, field, operator, value] = match as unknown as [string, string, string, string]
    requirements.push({
      field,
      operator: operator === '!=' ? '!=' : '=',
      value: value.replaceAll(/\\(.)/g, '$1'),
    })
  }
  return requirements
}

/** Whether the fields (by their full names) meet the selector; a field that is not there is empty. */
export function meetsFields(
  requirements: readonly FieldRequirement[],
  fields: Readonly<Record<string, string>>,
): boolean {
  return requirements.every(
    ({ field, operator, value }) => ((fields[field] ?? '') === value) === (operator === '='),
  )
}

// Label and field selectors as clients write them in a query: `app=x,tier notin (a,b),!old`,
// `metadata.name=x`. A text that is none gets the sentence that a Kubernetes API server says.
import { labelValue, qualifiedName } from './names.ts'
import type { Requirement } from './selector.ts'

export interface Refused {
  readonly problem: string
}

/** A selector's text is bounded, as a URL is. */
const MAX_LENGTH = 16_384
const TOKEN = /\s*(==|!=|[=!<>(),]|[^\s=!<>(),]+)/y
const SYMBOL = /^(==|!=|[=!<>(),])$/

/** The requirements that a label selector's text names; all must hold. An empty text asks for nothing. */
export function parseSelector(text: string): readonly Requirement[] | Refused {
  if (text.length > MAX_LENGTH) return { problem: `the selector is longer than ${MAX_LENGTH} characters` }
  let rest = tokensOf(text)
  if (rest.length === 0) return []
  if (!isIdentifier(rest[0]) && rest[0] !== '!') {
    return { problem: `found '${rest[0]}', expected: !, identifier, or 'end of string'` }
  }
  const requirements: Requirement[] = []
  for (;;) {
    const read = requirementAt(rest)
    if ('problem' in read) return { problem: `unable to parse requirement: ${read.problem}` }
    requirements.push(read.value)
    const [comma, next] = read.rest
    if (comma === undefined) return requirements
    if (comma !== ',') return { problem: `found '${comma}', expected: ',' or 'end of string'` }
    if (!isIdentifier(next) && next !== '!') {
      return { problem: `found '${next ?? ''}', expected: identifier after ','` }
    }
    rest = read.rest.slice(1)
  }
}

function tokensOf(text: string): readonly string[] {
  const end = text.trimEnd().length
  const tokens: string[] = []
  for (let at = 0; at < end; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    tokens.push(TOKEN.exec(text)?.[1] as string)
  }
  return tokens
}

function isIdentifier(token: string | undefined): boolean {
  return token !== undefined && !SYMBOL.test(token)
}

type Tokens = readonly string[]
type Read<T> = { readonly value: T; readonly rest: Tokens } | Refused

const expected = (token: string | undefined, what: string): Refused => ({
  problem: `found '${token ?? ''}', expected: ${what}`,
})

function requirementAt(tokens: Tokens): Read<Requirement> {
  const isAbsent = tokens[0] === '!'
  const [key = '', ...rest] = isAbsent ? tokens.slice(1) : tokens
  if (!isIdentifier(key) || key === '') return expected(key, 'identifier')
  const problem = qualifiedName(key)
  if (problem !== undefined) return { problem: `<nil>: Invalid value: ${JSON.stringify(key)}: ${problem}` }
  if (isAbsent) return { value: { key, operator: 'DoesNotExist' }, rest }
  const [operator, ...after] = rest
  switch (operator) {
    case undefined:
    case ',':
      return { value: { key, operator: 'Exists' }, rest }
    case '=':
    case '==':
      return oneOf(key, 'In', exactValue(after))
    case '!=':
      return oneOf(key, 'NotIn', exactValue(after))
    case 'in':
      return oneOf(key, 'In', valueList(after))
    case 'notin':
      return oneOf(key, 'NotIn', valueList(after))
    case '>':
      return compared(key, 'Gt', exactValue(after))
    case '<':
      return compared(key, 'Lt', exactValue(after))
    default:
      return expected(operator, 'in, notin, =, ==, !=, gt, lt')
  }
}

function oneOf(key: string, operator: 'In' | 'NotIn', values: Read<readonly string[]>): Read<Requirement> {
  if ('problem' in values) return values
  for (const [i, value] of values.value.entries()) {
    const problem = labelValue(value)
    if (problem !== undefined) {
      return { problem: `values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${problem}` }
    }
  }
  return { value: { key, operator, values: values.value }, rest: values.rest }
}

function compared(key: string, operator: 'Gt' | 'Lt', values: Read<readonly string[]>): Read<Requirement> {
  if ('problem' in values) return values
  const [value = ''] = values.value
  if (/^[+-]?\d{1,18}$/.test(value)) return { value: { key, operator, values: [value] }, rest: values.rest }
  const problem = "for 'Gt', 'Lt' operators, the value must be an integer"
  return { problem: `values[0]: Invalid value: ${JSON.stringify(value)}: ${problem}` }
}

function exactValue(tokens: Tokens): Read<readonly string[]> {
  const [value, ...rest] = tokens
  if (value === undefined || value === ',') return { value: [''], rest: tokens }
  return isIdentifier(value) ? { value: [value], rest } : expected(value, 'identifier')
}

const AFTER_COMMA = "',', or identifier"

/** `(a, b)`; between commas there may be nothing, which is the empty value. */
function valueList(tokens: Tokens): Read<readonly string[]> {
  const [open, ...inside] = tokens
  if (open !== '(') return { problem: `found '${open ?? ''}' expected: '('` }
  const first = inside[0]
  if (first !== ',' && first !== ')' && !isIdentifier(first)) return expected(first, "',', ')' or identifier")
  const values = ['']
  for (const [i, token] of inside.entries()) {
    if (token === ')') {
      return { value: [...new Set(values)].toSorted(), rest: inside.slice(i + 1) }
    }
    if (token === ',') values.push('')
    else if (isIdentifier(token) && values.at(-1) === '' && !isIdentifier(inside[i - 1])) {
      values[values.length - 1] = token
    } else return expected(token, inside[i - 1] === ',' ? AFTER_COMMA : "',' or ')'")
  }
  return expected('', inside.at(-1) === ',' ? AFTER_COMMA : "',' or ')'")
}

/** One condition of a field selector. */
export interface FieldRequirement {
  readonly field: string
  readonly operator: '=' | '!='
  readonly value: string
}

/**
 * `metadata.name=x,status.phase!=Running`; a backslash takes the meaning of a comma, an equals sign, a
 * backslash.
 */
export function parseFieldSelector(text: string): readonly FieldRequirement[] | Refused {
  if (text.length > MAX_LENGTH) return { problem: `the selector is longer than ${MAX_LENGTH} characters` }
  const requirements: FieldRequirement[] = []
  for (const term of text.match(/(?:\\.|[^,\\])+|\\/gs) ?? []) {
    const match = /^(.*?)(!=|==|=)(.*)$/s.exec(term)
    if (match === null) return { problem: `invalid selector: '${text}'; can't understand '${term}'` }
    const [, field, operator, raw] = match as unknown as [string, string, string, string]
    const value = unescaped(raw)
    if (typeof value !== 'string') return value
    requirements.push({ field, operator: operator === '!=' ? '!=' : '=', value })
  }
  return requirements
}

function unescaped(raw: string): string | Refused {
  const bare = /(?:^|[^\\])(?:\\\\)*([,=])/.exec(raw)?.[1]
  const wrong = /\\([^\\,=]|$)/.exec(raw.replaceAll(/\\[\\,=]/g, ''))?.[0]
  if (wrong !== undefined) return { problem: `invalid field selector: invalid escape sequence: ${wrong}` }
  if (bare === undefined) return raw.replaceAll(/\\(.)/g, '$1')
  return { problem: `invalid field selector: unescaped character in value: ${bare.charCodeAt(0)}` }
}

/** Whether the fields (by their full names) meet the selector; a field that is not there is empty. */
export function meetsFields(
  requirements: readonly FieldRequirement[],
  fieldOf: (field: string) => string,
): boolean {
  return requirements.every(({ field, operator, value }) => (fieldOf(field) === value) === (operator === '='))
}

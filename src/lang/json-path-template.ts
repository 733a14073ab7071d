// kubectl's JSONPath templates as data: `{.items[?(@.ok)].name}`, text around the braces, `{range}`. Read as client-go
// reads them, with its words for what is wrong. json-path-results.ts follows them.

export type TemplateNode =
  | { readonly kind: 'list'; readonly nodes: readonly TemplateNode[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'identifier'; readonly name: string }
  | { readonly kind: 'int' | 'float'; readonly number: number }
  | { readonly kind: 'bool'; readonly is: boolean }
  | { readonly kind: 'wildcard' | 'recursive' }
  | { readonly kind: 'array'; readonly from: Bound; readonly to: Bound; readonly step: Bound }
  | { readonly kind: 'union'; readonly lists: readonly TemplateList[] }
  | {
      readonly kind: 'filter'
      readonly left: TemplateList
      /** `exists` without one. */
      readonly operator: string
      readonly right: TemplateList
    }

export type TemplateList = Extract<TemplateNode, { kind: 'list' }>

/** Undefined: to the end. `isDerived`: an index alone, whose end is one behind it. */
interface Bound {
  readonly value: number | undefined
  readonly isDerived?: true
}

export type ReadTemplate = { readonly nodes: readonly TemplateNode[] } | { readonly problem: string }

const LENGTH_MAX = 65_536
/** Filters and unions in each other. */
const LEVELS_MAX = 50

export function readTemplate(text: string): ReadTemplate {
  if (text.length > LENGTH_MAX) return { problem: `the JSONPath is longer than ${LENGTH_MAX} characters` }
  return read(text, 0)
}

function read(text: string, level: number): ReadTemplate {
  if (level > LEVELS_MAX) return { problem: `more than ${LEVELS_MAX} filters stand in each other` }
  const nodes: TemplateNode[] = []
  let at = 0
  while (at < text.length) {
    const open = text.indexOf('{', at)
    const end = open < 0 ? text.length : open
    if (end > at) nodes.push({ kind: 'text', text: text.slice(at, end) })
    if (open < 0) break
    const action = readAction(text, open + 1, level)
    if ('problem' in action) return action
    nodes.push({ kind: 'list', nodes: action.nodes })
    at = action.end
  }
  return { nodes }
}

type Read = { readonly nodes: readonly TemplateNode[]; readonly end: number } | { readonly problem: string }

/** What stands between braces, from behind the first to behind the last. */
function readAction(text: string, start: number, level: number): Read {
  const nodes: TemplateNode[] = []
  let at = start
  while (text[at] !== '}') {
    if (' @$'.includes(text[at] ?? '-') && text[at] !== undefined) {
      at++
      continue
    }
    if (text.startsWith('..', at) && nodes.at(-1)?.kind === 'recursive')
      return { problem: 'invalid multiple recursive descent' }
    const one = readNode(text, at, level)
    if ('problem' in one) return one
    nodes.push(...one.nodes)
    at = one.end
  }
  return { nodes, end: at + 1 }
}

function readNode(text: string, at: number, level: number): Read {
  const next = text.slice(at, at + 1)
  if (next === '' || next === '\n' || next === '\r') return { problem: 'unclosed action' }
  if (text.startsWith('[?(', at)) return readFilter(text, at, level)
  if (text.startsWith('..', at)) return readRecursive(text, at)
  if (next === '[') return readArray(text, at, level)
  if (next === '"' || next === "'") return readQuoted(text, at)
  if (next === '.') return readField(text, at + 1)
  if (/[+\-\p{Nd}]/u.test(next)) return readNumber(text, at)
  const character = String.fromCodePoint(text.codePointAt(at) as number)
  if (/[_\p{L}\p{Nd}]/u.test(character)) return readIdentifier(text, at)
  const code = (text.codePointAt(at) as number).toString(16).toUpperCase().padStart(4, '0')
  return { problem: `unrecognized character in action: U+${code} '${character}'` }
}

function readRecursive(text: string, at: number): Read {
  const recursive: TemplateNode = { kind: 'recursive' }
  if (!/^[_\p{L}\p{Nd}]/u.test(text.slice(at + 2, at + 4))) return { nodes: [recursive], end: at + 2 }
  const field = readField(text, at + 2)
  return 'problem' in field ? field : { nodes: [recursive, ...field.nodes], end: field.end }
}

const TERMINATOR = /[\s.,[\]$@{}]/

function readField(text: string, start: number): Read {
  let end = start
  while (end < text.length && !TERMINATOR.test(text[end] as string)) end += text[end] === '\\' ? 2 : 1
  const name = text.slice(start, end)
  const node: TemplateNode =
    name === '*' ? { kind: 'wildcard' } : { kind: 'field', name: name.replaceAll('\\', '') }
  return { nodes: [node], end: Math.min(end, text.length) }
}

function readIdentifier(text: string, at: number): Read {
  let end = at
  while (end < text.length && !TERMINATOR.test(text[end] as string)) end++
  const name = text.slice(at, end)
  const isBool = name === 'true' || name === 'false'
  return { nodes: [isBool ? { kind: 'bool', is: name === 'true' } : { kind: 'identifier', name }], end }
}

function readNumber(text: string, at: number): Read {
  const [number = ''] = /^[+-]?[.\p{Nd}]*/u.exec(text.slice(at)) ?? []
  const end = at + number.length
  if (/^[+-]?\d+$/.test(number)) return { nodes: [{ kind: 'int', number: Number(number) }], end }
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(number))
    return { nodes: [{ kind: 'float', number: Number(number) }], end }
  return { problem: `cannot parse number ${number}` }
}

const SLICE = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/

function readArray(text: string, at: number, level: number): Read {
  const close = text.indexOf(']', at)
  const line = text.indexOf('\n', at)
  if (close < 0 || (line >= 0 && line < close)) return { problem: 'unterminated array' }
  const inside = text.slice(at + 1, close)
  const end = close + 1
  if (inside.includes(',')) return readUnion(inside, end, level)
  const [, key] = /^'([^']*)'$/.exec(inside) ?? []
  if (key !== undefined) {
    const field = actionOf(`.${key}`, level)
    return 'problem' in field ? field : { nodes: field.list.nodes, end }
  }
  const slice = readSlice(inside === '*' ? ':' : inside)
  return 'problem' in slice ? slice : { nodes: [slice], end }
}

function readSlice(text: string): TemplateNode | { readonly problem: string } {
  const found = SLICE.exec(text)
  if (found === null) return { problem: `invalid array index ${text}` }
  const [from = '', to, step] = found.slice(1).map(one => one?.replace(/^:/, ''))
  const bad = [from, to ?? '', step ?? ''].find(one => one === '-' || one.length > DIGITS_MAX)
  if (bad !== undefined) return { problem: `array index ${bad} is not a number` }
  const first = boundOf(from)
  const last: Bound = to === undefined ? { value: (first.value ?? 0) + 1, isDerived: true } : boundOf(to)
  return { kind: 'array', from: first, to: last, step: boundOf(step) }
}

/** What an int64 holds at most. */
const DIGITS_MAX = 19

function boundOf(text = ''): Bound {
  return { value: text === '' ? undefined : Number(text) }
}

function readUnion(inside: string, end: number, level: number): Read {
  const lists: TemplateList[] = []
  for (const one of inside.split(',')) {
    const action = actionOf(`[${one.replaceAll(/^ +| +$/g, '')}]`, level)
    if ('problem' in action) return action
    lists.push(action.list)
  }
  return { nodes: [{ kind: 'union', lists }], end }
}

function readFilter(text: string, at: number, level: number): Read {
  const close = endOfFilter(text, at + 3)
  if (close === undefined) return { problem: 'unterminated filter' }
  if (text[close + 1] !== ']') return { problem: 'unclosed array expect ]' }
  const inside = text.slice(at + 3, close)
  const [, before, operator, after] = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(inside) ?? []
  const left = actionOf(before ?? inside, level)
  if ('problem' in left) return left
  const right = after === undefined ? { list: { kind: 'list', nodes: [] } as const } : actionOf(after, level)
  if ('problem' in right) return right
  const node: TemplateNode = {
    kind: 'filter',
    left: left.list,
    operator: operator ?? 'exists',
    right: right.list,
  }
  return { nodes: [node], end: close + 2 }
}

/** Where the bracket stands that closes it: behind the quoted text, if one was opened. */
function endOfFilter(text: string, start: number): number | undefined {
  let [quote, isOpen] = ['', false]
  for (let at = start; at < text.length && text[at] !== '\n'; at++) {
    const character = text[at] as string
    if (character === ')' && !isOpen) return at
    if (character !== '"' && character !== "'") continue
    if (quote === '') [quote, isOpen] = [character, true]
    else if (character === quote && text[at - 1] !== '\\') isOpen = false
  }
  return undefined
}

function actionOf(
  text: string,
  level: number,
): { readonly list: TemplateList } | { readonly problem: string } {
  const all = read(`{${text}}`, level + 1)
  if ('problem' in all) return all
  const [list] = all.nodes
  return { list: list?.kind === 'list' ? list : { kind: 'list', nodes: [] } }
}

function readQuoted(text: string, at: number): Read {
  const quote = text[at] as string
  let end = at + 1
  while (end < text.length && text[end] !== '\n' && (text[end] !== quote || text[end - 1] === '\\')) end++
  if (text[end] !== quote) return { problem: 'unterminated quoted string' }
  const inside = unquoted(text.slice(at + 1, end), quote)
  if (inside === undefined) {
    return { problem: `unquote string ${text.slice(at, end + 1)} error invalid syntax` }
  }
  return { nodes: [{ kind: 'text', text: inside }], end: end + 1 }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
}

const ESCAPE =
  /\\(?:([abfnrtv\\'"])|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-3][0-7]{2}))|([\s\S])/gu

/** As strconv.UnquoteChar; undefined when it has an escape that is none, or a quote without one. */
function unquoted(text: string, quote: string): string | undefined {
  let plainText = ''
  for (const [, letter, byte, short, long, octal, plain] of text.matchAll(ESCAPE)) {
    const code = octal === undefined ? parseInt(byte ?? short ?? long ?? '', 16) : parseInt(octal, 8)
    const isWrong = plain === '\\' || plain === quote || ('\'"'.includes(letter ?? '-') && letter !== quote)
    if (isWrong || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff) return undefined
    plainText += plain ?? (letter === undefined ? String.fromCodePoint(code) : (ESCAPES[letter] ?? letter))
  }
  return plainText
}

// A query as a tree. A stack of operands and one of what is open: nothing here recurses, so that 50,000 brackets are
// only 50,000 steps.
import { AGGREGATIONS, findFunction } from './functions.ts'
import type { FunctionSpec } from './functions.ts'
import type { BinaryNode, Matching, Node } from './ast.ts'
import { typeOf } from './ast.ts'
import { KEYWORDS, Reader } from './reader.ts'
import type { Span } from './reader.ts'
import { parseSelector, withPostfixes } from './parse-selector.ts'
import type { Mistake } from './token.ts'

const LENGTH_MAX = 65_536
const WORDS_BETWEEN_PAUSES = 1000
const INSTANT: Span = { stepMs: 0, rangeMs: 0 }
const NOTHING = 'no expression found in input'

/** Binds tighter with a higher number; `^` binds to the right. */
const PRECEDENCE: ReadonlyMap<string, number> = new Map([
  ['or', 1],
  ...['and', 'unless'].map(name => [name, 2] as const),
  ...['==', '!=', '<', '<=', '>', '>='].map(name => [name, 3] as const),
  ...['+', '-'].map(name => [name, 4] as const),
  ...['*', '/', '%', 'atan2'].map(name => [name, 5] as const),
  ['^', 6],
])
const UNARY_PRECEDENCE = 5

interface Grouping {
  readonly without: boolean
  readonly labels: readonly string[]
}

type Open =
  | { readonly kind: 'unary'; readonly sign: '+' | '-'; readonly from: number }
  | ({ readonly kind: 'binary' } & Pick<BinaryNode, 'operator' | 'operatorFrom' | 'returnBool' | 'matching'>)
  | { readonly kind: 'paren'; readonly from: number }
  | {
      readonly kind: 'call'
      readonly from: number
      readonly spec: FunctionSpec | string
      readonly base: number
    }
  | {
      readonly kind: 'aggregate'
      readonly from: number
      readonly operator: string
      readonly grouping: Grouping | undefined
      readonly base: number
    }

/** Pauses now and then, as an evaluation does. */
export function* parseQuery(
  text: string,
  span: Span = INSTANT,
): Generator<undefined, { readonly root: Node } | Mistake> {
  if (text.length > LENGTH_MAX) return { at: 0, problem: `the query is longer than ${LENGTH_MAX} characters` }
  return yield* new Parser(text, span).parse()
}

class Parser {
  private readonly reader: Reader
  private readonly operands: Node[] = []
  private readonly open: Open[] = []

  constructor(text: string, span: Span) {
    this.reader = new Reader(text, span)
  }

  *parse(): Generator<undefined, { readonly root: Node } | Mistake> {
    const { reader, operands, open } = this
    if (reader.peek().kind === 'end') reader.fail(0, NOTHING)
    let wantsOperand = true
    for (let words = 1; reader.mistake === undefined; words++) {
      if (words % WORDS_BETWEEN_PAUSES === 0) yield
      if (wantsOperand) wantsOperand = this.operand()
      else if (reader.peek().kind === 'end') break
      else wantsOperand = this.afterOperand()
    }
    this.reduce(0)
    if (open.length > 0) reader.fail(reader.text.length, 'unclosed left parenthesis')
    const root = operands[0]
    if (reader.mistake !== undefined) return reader.mistake
    return root === undefined ? { at: 0, problem: NOTHING } : { root }
  }

  /** True while an operand is still wanted. */
  private operand(): boolean {
    const { reader } = this
    const token = reader.peek()
    switch (token.kind) {
      case 'number':
      case 'duration':
        return this.push({ kind: 'number', value: reader.number() ?? 0, from: token.from })
      case 'string':
        reader.take()
        return this.push({ kind: 'string', value: token.text, from: token.from })
      case 'word':
        return this.word()
      case 'end':
        reader.fail(
          reader.text.length,
          this.open.some(isBracket) ? 'unclosed left parenthesis' : 'unexpected end of input',
        )
        return true
      default:
        return this.symbol()
    }
  }

  private symbol(): boolean {
    const { reader, open } = this
    const { text, from } = reader.peek()
    const last = open.at(-1)
    if (text === '{') return this.push(parseSelector(reader, '', from))
    const isEmpty =
      (last?.kind === 'call' || last?.kind === 'aggregate') && last.base === this.operands.length
    if (text === ')' && isEmpty) return this.close()
    if (text === ')' && !open.some(isBracket)) {
      reader.fail(from, "unexpected right parenthesis ')'")
      return true
    }
    if (text !== '(' && text !== '+' && text !== '-') return this.noOperand()
    reader.take()
    open.push(text === '(' ? { kind: 'paren', from } : { kind: 'unary', sign: text, from })
    return true
  }

  private word(): boolean {
    const { reader } = this
    const lower = reader.peek().text.toLowerCase()
    if (['bool', 'on', 'ignoring', 'group_left', 'group_right', 'atan2'].includes(lower))
      return this.noOperand()
    const { text, from } = reader.take()
    if (lower === 'nan') return this.push({ kind: 'number', value: Number.NaN, from })
    if (lower === 'inf') return this.push({ kind: 'number', value: Infinity, from })
    const isGrouped = reader.isWord('by', 'without')
    if (AGGREGATIONS.has(lower) && (isGrouped || reader.isSymbol('('))) return this.aggregate(lower, from)
    const namesNothing = KEYWORDS.has(lower) || text.includes(':')
    if (!reader.isSymbol('(') || namesNothing) return this.push(parseSelector(reader, text, from))
    this.open.push({ kind: 'call', from, spec: findFunction(text), base: this.operands.length })
    reader.take()
    return true
  }

  /** What stands here begins no operand: behind a comma the comma is the mistake, but for what is no sign here. */
  private noOperand(): true {
    const { reader } = this
    const isSign = !['=~', '!~', '}', ']'].includes(reader.peek().text)
    if (isSign && reader.text[reader.at - 1] === ',')
      reader.fail(reader.at - 1, 'trailing commas not allowed in function call args')
    reader.unexpected()
    return true
  }

  private aggregate(operator: string, from: number): boolean {
    const { reader } = this
    const grouping = reader.isWord('by', 'without') ? this.grouping() : undefined
    if (reader.mistake === undefined && !reader.takeSymbol('(')) reader.unexpected(' in aggregation')
    this.open.push({ kind: 'aggregate', from, operator, grouping, base: this.operands.length })
    return true
  }

  private grouping(): Grouping {
    return { without: this.reader.take().text.toLowerCase() === 'without', labels: this.labelList() }
  }

  private labelList(): readonly string[] {
    const { reader } = this
    const labels: string[] = []
    if (!reader.takeSymbol('(')) reader.unexpected(' in grouping opts, expected "("')
    while (reader.mistake === undefined && !reader.isSymbol(')')) {
      const token = reader.peek()
      if (token.kind === 'end') reader.fail(token.from, 'unclosed left parenthesis')
      if (token.kind === 'string' && token.text === '')
        reader.fail(token.from, 'invalid label name for grouping: ""')
      else if (token.kind !== 'word' && token.kind !== 'string') {
        reader.unexpected(' in grouping opts, expected label')
        break
      }
      labels.push(reader.take().text)
      if (!reader.takeSymbol(',') && !reader.isSymbol(')'))
        reader.unexpected(' in grouping opts, expected "," or ")"')
    }
    reader.take()
    return labels
  }

  /** An operator, a comma, a closing bracket. True when an operand is wanted next. */
  private afterOperand(): boolean {
    const { reader, open } = this
    const token = reader.peek()
    const operator = token.kind === 'word' ? token.text.toLowerCase() : token.text
    const precedence = token.kind === 'word' || token.kind === 'symbol' ? PRECEDENCE.get(operator) : undefined
    if (precedence !== undefined) {
      reader.take()
      const modifiers = this.modifiers()
      this.reduce(operator === '^' ? precedence + 1 : precedence)
      open.push({ kind: 'binary', operator, operatorFrom: token.from, ...modifiers })
      return true
    }
    if (token.kind === 'symbol' && token.text === ')') return this.close()
    if (token.kind === 'symbol' && token.text === ',') {
      this.reduce(0)
      const last = open.at(-1)
      if (last?.kind === 'call' || last?.kind === 'aggregate') {
        reader.take()
        return true
      }
    }
    reader.unexpected()
    return true
  }

  private modifiers(): Pick<BinaryNode, 'returnBool' | 'matching'> {
    const { reader } = this
    const returnBool = reader.isWord('bool')
    if (returnBool) reader.take()
    const isMatched = reader.isWord('on', 'ignoring')
    const on = isMatched && reader.take().text.toLowerCase() === 'on'
    const labels = isMatched ? this.labelList() : []
    if (isMatched && reader.isWord('group_left', 'group_right')) {
      const group = reader.take().text.toLowerCase() === 'group_left' ? 'left' : 'right'
      const include = reader.isSymbol('(') ? this.labelList() : []
      return { returnBool, matching: { on, labels, group, include } }
    }
    if (reader.isWord('fill', 'fill_left', 'fill_right'))
      reader.fail(reader.peek().from, `${reader.peek().text} is not yet supported`)
    const matching: Matching = { on, labels, include: [] }
    return { returnBool, matching }
  }

  /** A closing bracket. */
  private close(): boolean {
    const { reader, open, operands } = this
    const { from } = reader.peek()
    this.reduce(0)
    const last = open.pop()
    if (last === undefined) {
      reader.fail(from, "unexpected right parenthesis ')'")
      return true
    }
    reader.take()
    if (last.kind === 'paren') {
      const inner = operands.pop() as Node
      return this.push({ kind: 'paren', type: typeOf(inner), inner, from: last.from })
    }
    if (last.kind === 'call') {
      const args = operands.splice(last.base)
      const { spec } = last
      if (typeof spec !== 'string') return this.push({ kind: 'call', spec, args, from: last.from })
      reader.fail(last.from, spec)
      return true
    }
    return last.kind === 'aggregate' ? this.closeAggregate(last) : true
  }

  private closeAggregate(last: Extract<Open, { kind: 'aggregate' }>): boolean {
    const { reader, operands } = this
    const given = operands.splice(last.base)
    const isBehind = last.grouping === undefined && reader.isWord('by', 'without')
    const { without, labels } = (isBehind ? this.grouping() : last.grouping) ?? { without: false, labels: [] }
    const takes = AGGREGATIONS.get(last.operator) === undefined ? 1 : 2
    if (given.length === 0) reader.fail(last.from, 'no arguments for aggregate expression provided')
    if (last.operator === 'limitk' || last.operator === 'limit_ratio') {
      const flag = 'must be enabled with --enable-feature=promql-experimental-functions'
      reader.fail(last.from, `${last.operator}() is experimental and ${flag}`)
    }
    if (given.length !== takes) {
      const counts = `expected ${takes}, got ${given.length}`
      reader.fail(last.from, `wrong number of arguments for aggregate expression provided, ${counts}`)
    }
    const inner = given.at(-1)
    if (inner === undefined) return true
    const shape = {
      kind: 'aggregate',
      operator: last.operator,
      without,
      labels,
      inner,
      from: last.from,
    } as const
    const [parameter] = given
    return this.push(takes === 2 && parameter !== undefined ? { ...shape, parameter } : shape)
  }

  private push(operand: Node): false {
    this.operands.push(withPostfixes(this.reader, operand))
    return false
  }

  /** Closes what binds at least as tight. */
  private reduce(precedence: number): void {
    const { open, operands } = this
    if (this.reader.mistake !== undefined) return
    for (let last = open.at(-1); last !== undefined && !isBracket(last); last = open.at(-1)) {
      if (bindingOf(last) < precedence) return
      open.pop()
      const right = operands.pop() as Node
      if (last.kind === 'unary') {
        operands.push({ kind: 'unary', type: typeOf(right), sign: last.sign, inner: right, from: last.from })
        continue
      }
      const left = operands.pop() as Node
      const type = typeOf(left) === 'scalar' && typeOf(right) === 'scalar' ? 'scalar' : 'vector'
      operands.push({ ...last, type, left, right, from: left.from })
    }
  }
}

function bindingOf(open: Open): number {
  return open.kind === 'binary' ? (PRECEDENCE.get(open.operator) ?? 0) : UNARY_PRECEDENCE
}

function isBracket(open: Open): open is Extract<Open, { kind: 'paren' | 'call' | 'aggregate' }> {
  return open.kind !== 'unary' && open.kind !== 'binary'
}

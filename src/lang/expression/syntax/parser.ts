// The tokens of an expression into nodes. What stands inside something else is a step (steps.ts), so brackets may nest
// as deep as they like; what is counted is the number of nodes.
import { toBytes } from '../go-bytes.ts'
import { refuse } from '../refusal.ts'
import type { Steps } from '../steps.ts'
import { runSteps } from '../steps.ts'
import { Lexer, printToken } from './lexer.ts'
import type { Token, TokenKind } from './lexer.ts'
import { numberNode } from './numbers.ts'
import { BINARY, COMPARISONS, NEGATABLE, PREDICATE_ARGUMENTS, UNARY } from './operators.ts'
import type { Node, Pair } from './syntax.ts'

const NODES_MAX = 10_000
/** Brackets and the like around one place: a bound on memory, far beyond what anybody writes. */
const LEVELS_MAX = 60_000

/** The whole of a text; a Refusal when it is no expression. */
export function parse(text: string, builtins: ReadonlySet<string>): Node {
  const parser = new Parser(new Lexer(text), builtins)
  return runSteps(parser.whole())
}

class Parser {
  private readonly lexer: Lexer
  private readonly builtins: ReadonlySet<string>
  private current: Token
  private nodes = 0
  private levels = 0
  private predicates = 0

  constructor(lexer: Lexer, builtins: ReadonlySet<string>) {
    this.lexer = lexer
    this.builtins = builtins
    this.current = lexer.next()
  }

  *whole(): Steps<Node> {
    const node = (yield this.sequence()) as Node
    if (this.current.kind !== 'EOF') this.unexpected()
    return node
  }

  private next(): void {
    if (this.current.kind === 'EOF') refuse('unexpected end of expression')
    this.current = this.lexer.next()
  }

  private is(kind: TokenKind, value?: string): boolean {
    return this.current.kind === kind && (value === undefined || this.current.value === value)
  }

  private unexpected(token: Token = this.current): never {
    return refuse(`unexpected token ${printToken(token)}`)
  }

  private expect(kind: TokenKind, value?: string): void {
    if (!this.is(kind, value)) this.unexpected()
    this.next()
  }

  private node<N extends Node>(node: N): N {
    this.nodes++
    if (this.nodes > NODES_MAX) refuse('compilation failed: expression exceeds maximum allowed nodes')
    return node
  }

  /** One or more expressions with semicolons between them; the last one counts. */
  private *sequence(): Steps<Node> {
    const parts = [(yield this.expression(0)) as Node]
    while (this.is('Operator', ';')) {
      this.next()
      if (this.is('EOF')) break
      parts.push((yield this.expression(0)) as Node)
    }
    return parts.length === 1 ? (parts[0] as Node) : this.node({ kind: 'sequence', parts })
  }

  private *expression(precedence: number): Steps<Node> {
    if (++this.levels > LEVELS_MAX) refuse(`expression nests deeper than ${LEVELS_MAX} levels`)
    const isLet = precedence === 0 && this.is('Operator', 'let')
    if (isLet || (precedence === 0 && this.is('Operator', 'if'))) {
      const whole = (yield isLet ? this.declaration() : this.branches()) as Node
      this.levels--
      return whole
    }
    let node = (yield this.primary()) as Node
    let previous = ''
    for (;;) {
      const isNegated = this.is('Operator', 'not')
      if (isNegated) {
        this.next()
        // In `a + b not in c` it belongs to what stands further out.
        if (!NEGATABLE.has(this.current.value)) this.unexpected()
      }
      const operator = this.current
      const binary = operator.kind === 'Operator' ? BINARY.get(operator.value) : undefined
      if (binary === undefined || binary.precedence < precedence) {
        if (isNegated) this.pushBack(operator)
        break
      }
      this.next()
      node = (yield this.operation({ left: node, operator: operator.value, previous })) as Node
      if (isNegated) node = this.node({ kind: 'unary', operator: 'not', operand: node })
      previous = operator.value
    }
    this.levels--
    return precedence === 0 ? ((yield this.conditional(node)) as Node) : node
  }

  /** The `not` that was read comes first again. */
  private pushBack(behind: Token): void {
    this.lexer.unread(behind)
    this.current = { kind: 'Operator', value: 'not' }
  }

  private *operation(of: { left: Node; operator: string; previous: string }): Steps<Node> {
    const { left, operator, previous } = of
    if (operator === '|') return (yield this.pipe(left)) as Node
    if (previous === '??' && operator !== '??') {
      refuse(
        `Operator (${operator}) and coalesce expressions (??) cannot be mixed. Wrap either by parentheses.`,
      )
    }
    const { precedence = 0, isRight } = BINARY.get(operator) ?? {}
    if (COMPARISONS.has(operator)) return (yield this.comparison(left, operator, precedence)) as Node
    const right = (yield this.expression(isRight === true ? precedence : precedence + 1)) as Node
    return this.node({ kind: 'binary', operator, left, right })
  }

  private *comparison(first: Node, operator: string, precedence: number): Steps<Node> {
    let [left, sign] = [first, operator]
    let whole: Node | undefined
    for (;;) {
      const right = (yield this.expression(precedence + 1)) as Node
      const one = this.node({ kind: 'binary', operator: sign, left, right })
      whole =
        whole === undefined ? one : this.node({ kind: 'binary', operator: '&&', left: whole, right: one })
      if (this.current.kind !== 'Operator' || !COMPARISONS.has(this.current.value)) return whole
      left = right
      sign = this.current.value
      this.next()
    }
  }

  private *pipe(left: Node): Steps<Node> {
    const name = this.current.value
    this.expect('Identifier')
    return (yield this.call(name, [left])) as Node
  }

  private *conditional(first: Node): Steps<Node> {
    let node = first
    while (this.is('Operator', '?')) {
      this.next()
      let yes = node
      if (this.is('Operator', ':')) this.next()
      else {
        yes = (yield this.expression(0)) as Node
        this.expect('Operator', ':')
      }
      const no = (yield this.expression(0)) as Node
      node = this.node({ kind: 'conditional', condition: node, yes, no })
    }
    return node
  }

  private *declaration(): Steps<Node> {
    this.next()
    const name = this.current.value
    this.expect('Identifier')
    this.expect('Operator', '=')
    const value = (yield this.expression(0)) as Node
    this.expect('Operator', ';')
    const body = (yield this.sequence()) as Node
    return this.node({ kind: 'let', name, value, body })
  }

  private *branches(): Steps<Node> {
    this.next()
    const condition = (yield this.expression(0)) as Node
    const yes = (yield this.block()) as Node
    this.expect('Operator', 'else')
    const no = (yield this.is('Operator', 'if') ? this.branches() : this.block()) as Node
    // Compat: it does not count as a node.
    return { kind: 'conditional', condition, yes, no }
  }

  private *block(): Steps<Node> {
    this.expect('Bracket', '{')
    const node = (yield this.sequence()) as Node
    this.expect('Bracket', '}')
    return node
  }

  private *primary(): Steps<Node> {
    const { kind, value } = this.current
    const unary = kind === 'Operator' ? UNARY.get(value) : undefined
    if (unary !== undefined) {
      this.next()
      const operand = (yield this.expression(unary)) as Node
      return (yield this.postfix(this.node({ kind: 'unary', operator: value, operand }))) as Node
    }
    if (this.is('Bracket', '(')) {
      this.next()
      const inner = (yield this.sequence()) as Node
      this.expect('Bracket', ')')
      return (yield this.postfix(inner)) as Node
    }
    if (this.predicates > 0 && (this.is('Operator', '#') || this.is('Operator', '.'))) {
      return (yield this.postfix(this.pointer())) as Node
    }
    if (this.is('Operator', '::')) {
      this.next()
      const name = this.current.value
      this.expect('Identifier')
      return (yield this.postfix((yield this.call(name, [])) as Node)) as Node
    }
    return (yield this.secondary()) as Node
  }

  private pointer(): Node {
    let name = ''
    if (this.is('Operator', '#')) {
      this.next()
      if (this.is('Identifier')) {
        name = this.current.value
        this.next()
      }
    }
    return this.node({ kind: 'pointer', name })
  }

  private *secondary(): Steps<Node> {
    const { kind, value } = this.current
    if (kind === 'Bracket' && value === '[') return (yield this.postfix((yield this.array()) as Node)) as Node
    if (kind === 'Bracket' && value === '{') return (yield this.postfix((yield this.map()) as Node)) as Node
    if (kind === 'Operator' || kind === 'Bracket' || kind === 'EOF') return this.unexpected()
    this.next()
    if (kind === 'Number') return this.node(numberNode(value))
    if (kind === 'Bytes') {
      return (yield this.postfix(this.node({ kind: 'bytes', value: toBytes(value) }))) as Node
    }
    if (kind === 'String') return (yield this.postfix(this.node({ kind: 'string', value }))) as Node
    if (value === 'true' || value === 'false') return this.node({ kind: 'bool', value: value === 'true' })
    if (value === 'nil') return this.node({ kind: 'nil' })
    const node = this.is('Bracket', '(')
      ? ((yield this.call(value, [])) as Node)
      : this.node({ kind: 'identifier', name: value })
    return (yield this.postfix(node)) as Node
  }

  /** A call by name; `piped` is what stood before the pipe. */
  private *call(name: string, piped: readonly Node[]): Steps<Node> {
    const wanted = PREDICATE_ARGUMENTS.get(name)
    if (wanted !== undefined) {
      const rest = (yield this.predicateArguments(wanted.slice(piped.length))) as Node[]
      return this.node({ kind: 'builtin', name, args: [...piped, ...rest] })
    }
    if (this.builtins.has(name)) {
      const rest = (yield this.args()) as Node[]
      return this.node({ kind: 'builtin', name, args: [...piped, ...rest] })
    }
    const callee = this.node({ kind: 'identifier', name })
    const rest = (yield this.args()) as Node[]
    return this.node({ kind: 'call', callee, args: [...piped, ...rest] })
  }

  private *predicateArguments(wanted: readonly string[]): Steps<Node[]> {
    const args: Node[] = []
    this.expect('Bracket', '(')
    for (const one of wanted) {
      if (this.is('Bracket', ')')) {
        if (one.endsWith('?')) break
        refuse(`expected at least ${wanted.length} arguments`)
      }
      if (args.length > 0) this.expect('Operator', ',')
      args.push((yield one.startsWith('predicate') ? this.predicate() : this.expression(0)) as Node)
    }
    if (this.is('Operator', ',')) this.next()
    this.expect('Bracket', ')')
    return args
  }

  private *predicate(): Steps<Node> {
    this.predicates++
    const isBraced = this.is('Bracket', '{')
    const body = (yield isBraced ? this.block() : this.expression(0)) as Node
    if (!isBraced && this.is('Operator', ';')) refuse('wrap predicate with brackets { and }')
    this.predicates--
    return this.node({ kind: 'predicate', body })
  }

  private *args(): Steps<Node[]> {
    const args: Node[] = []
    this.expect('Bracket', '(')
    while (!this.is('Bracket', ')')) {
      if (args.length > 0) this.expect('Operator', ',')
      if (this.is('Bracket', ')')) break
      args.push((yield this.expression(0)) as Node)
    }
    this.next()
    return args
  }

  private *array(): Steps<Node> {
    const items: Node[] = []
    this.next()
    while (!this.is('Bracket', ']')) {
      if (items.length > 0) this.expect('Operator', ',')
      if (items.length > 0 && this.is('Bracket', ']')) break
      items.push((yield this.expression(0)) as Node)
    }
    this.next()
    return this.node({ kind: 'array', items })
  }

  private *map(): Steps<Node> {
    const pairs: Pair[] = []
    this.next()
    while (!this.is('Bracket', '}')) {
      if (pairs.length > 0) this.expect('Operator', ',')
      if (pairs.length > 0 && this.is('Bracket', '}')) break
      if (pairs.length > 0 && this.is('Operator', ',')) this.unexpected()
      const key = (yield this.mapKey()) as Node
      this.expect('Operator', ':')
      const value = (yield this.expression(0)) as Node
      // The pair is a node of its own in the count.
      this.node(value)
      pairs.push({ key, value })
    }
    this.next()
    return this.node({ kind: 'map', pairs })
  }

  private *mapKey(): Steps<Node> {
    const { kind, value } = this.current
    if (kind === 'Number' || kind === 'String' || kind === 'Identifier') {
      this.next()
      return this.node({ kind: 'string', value })
    }
    if (this.is('Bracket', '(')) return (yield this.expression(0)) as Node
    return refuse(
      'a map key must be a quoted string, a number, a identifier, or an expression enclosed in parentheses ' +
        `(unexpected token ${printToken(this.current)})`,
    )
  }

  /** `.name`, `?.name`, `[…]` and calls of methods, as many as follow. */
  private *postfix(first: Node): Steps<Node> {
    let node = first
    for (;;) {
      const isOptional = this.is('Operator', '?.')
      if (isOptional || this.is('Operator', '.')) {
        this.next()
        node =
          isOptional && this.is('Bracket', '[')
            ? ((yield this.index(node, true)) as Node)
            : ((yield this.property(node, isOptional)) as Node)
      } else if (this.is('Bracket', '[')) node = (yield this.index(node, false)) as Node
      else return node
    }
  }

  private *property(of: Node, isOptional: boolean): Steps<Node> {
    const { kind, value } = this.current
    this.next()
    if (kind !== 'Identifier' && (kind !== 'Operator' || !/^[a-zA-Z]+$/.test(value))) refuse('expected name')
    const property = this.node({ kind: 'string', value })
    // A chain goes on: when something at its beginning is nil, all of it is.
    const isChain = of.kind === 'chain'
    const member = this.node<Node>({ kind: 'member', of: isChain ? of.inner : of, property, isOptional })
    const inner = this.is('Bracket', '(')
      ? this.node<Node>({ kind: 'call', callee: member, args: (yield this.args()) as Node[] })
      : member
    return isChain || isOptional ? this.node({ kind: 'chain', inner }) : inner
  }

  private *index(of: Node, isOptional: boolean): Steps<Node> {
    this.next()
    let from: Node | undefined
    if (!this.is('Operator', ':')) {
      from = (yield this.expression(0)) as Node
      if (!this.is('Operator', ':')) {
        const member = this.node<Node>({ kind: 'member', of, property: from, isOptional })
        const node = isOptional ? this.node({ kind: 'chain', inner: member }) : member
        this.expect('Bracket', ']')
        return node
      }
    }
    this.next()
    const to = this.is('Bracket', ']') ? undefined : ((yield this.expression(0)) as Node)
    this.expect('Bracket', ']')
    return this.node({ kind: 'slice', of, from, to })
  }
}

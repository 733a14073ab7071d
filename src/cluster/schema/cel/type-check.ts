// A rule held against its schema before it is stored: fields that are not there, operands that do not go together, and
// the type of its answer. What the schema does not tell is taken for right.
import { withTheirNames } from './names.ts'
import { OPERATORS } from './operators.ts'
import type { Operator } from './operators.ts'
import { RESULTS } from './results.ts'
import { BOOL, DYN, fieldOf, INT, isNumber, isOpen, mayAgree, shownType, STRING } from './static-types.ts'
import type { CelType } from './static-types.ts'
import { nodesIn } from './tree.ts'
import type { Node } from './tree.ts'

export interface TypeProblem {
  /** Where in the text that was parsed. */
  readonly at: number
  readonly said: string
}

type Scope = ReadonlyMap<string, CelType>

/** `text`: what the tree was parsed from. */
export function checkTypes(
  tree: Node,
  text: string,
  variables: Scope,
): { readonly type: CelType; readonly problems: readonly TypeProblem[] } {
  const check = new TypeCheck(text)
  const type = check.of(tree, variables)
  return { type, problems: check.problems.toSorted((a, b) => a.at - b.at) }
}

const QUANTIFIERS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'existsOne'])

class TypeCheck {
  readonly problems: TypeProblem[] = []
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  of(node: Node, scope: Scope): CelType {
    const operator = OPERATORS.get(node.op)
    const args = node.args as readonly Node[]
    if (operator) return this.#binary(node, operator, scope)
    switch (node.op) {
      case 'value':
        return typeOfLiteral(node.args)
      case 'id':
        return scope.get(node.args as string) ?? DYN
      case '.':
      case '.?':
        return this.#selection(node, scope, this.#placeOf(node))
      case '&&':
      case '||':
        args.forEach(one => this.#truth(one, scope))
        return BOOL
      case '!_':
      case '-_':
        return this.#unary(node, scope)
      case '?:':
        return this.#choice(args, scope)
      case 'list':
        return { kind: 'list', of: joined(args.map(one => this.of(one, scope))) }
      case 'map':
        return this.#map(node.args as readonly (readonly [Node, Node])[], scope)
      case 'call':
        return this.#call(node, scope)
      case 'rcall':
        return this.#memberCall(node, scope)
      default:
        nodesIn(node.args).forEach(one => this.of(one, scope))
        return DYN
    }
  }

  #say(at: number, said: string): CelType {
    this.problems.push({ at, said })
    return DYN
  }

  #noOverload(at: number, name: string, operands: readonly CelType[]): CelType {
    const shown = operands.map(shownType).join(', ')
    return this.#say(at, `found no matching overload for '${name}' applied to '(${shown})'`)
  }

  #binary(node: Node, { name, sign, of }: Operator, scope: Scope): CelType {
    const operands = (node.args as readonly Node[]).map(one => this.of(one, scope))
    const [left, right] = operands as [CelType, CelType]
    return of(left, right) ?? this.#noOverload(this.#signOf(node, sign), name, operands)
  }

  #unary(node: Node, scope: Scope): CelType {
    const of = this.of(node.args as Node, scope)
    if (isOpen(of)) return node.op === '!_' ? BOOL : DYN
    const isRight = node.op === '!_' ? of.kind === 'bool' : isNumber(of) && of.kind !== 'uint'
    return isRight ? of : this.#noOverload(node.start, node.op, [of])
  }

  #truth(node: Node, scope: Scope): void {
    const type = this.of(node, scope)
    if (isOpen(type) || type.kind === 'bool') return
    this.#say(this.#placeOf(node), `expected type 'bool' but found '${shownType(type)}'`)
  }

  #choice(args: readonly Node[], scope: Scope): CelType {
    const types = args.map(one => this.of(one, scope)) as [CelType, CelType, CelType]
    const [asked, ...answers] = types
    const isRight = isOpen(asked) || asked.kind === 'bool'
    if (isRight && mayAgree(types[1], types[2])) return joined(answers)
    return this.#noOverload(this.#after(args[0] as Node, '?'), '_?_:_', types)
  }

  #map(entries: readonly (readonly [Node, Node])[], scope: Scope): CelType {
    const keys = entries.map(([key]) => this.of(key, scope))
    return { kind: 'map', key: joined(keys), of: joined(entries.map(([, value]) => this.of(value, scope))) }
  }

  /** `at`: where an unknown field is told. */
  #selection(node: Node, scope: Scope, at: number): CelType {
    const [operand, name] = node.args as [Node, string | Node]
    const of = this.of(operand, scope)
    const field = typeof name === 'string' ? this.#field(of.kind === 'optional' ? of.of : of, name, at) : DYN
    return node.op === '.?' || of.kind === 'optional' ? { kind: 'optional', of: field } : field
  }

  #field(of: CelType, name: string, at: number): CelType {
    if (isOpen(of)) return DYN
    if (of.kind === 'map') return of.of
    if (of.kind === 'object') return fieldOf(of, name) ?? this.#say(at, `undefined field '${name}'`)
    return this.#say(at, `type '${shownType(of)}' does not support field selection`)
  }

  #call(node: Node, scope: Scope): CelType {
    const [name, args] = node.args as [string, readonly Node[]]
    const [first] = args
    const theirs = withTheirNames(name)
    if (theirs === 'has' && first?.op === '.') {
      this.#selection(first, scope, this.#text.indexOf('(', node.start))
      return BOOL
    }
    args.forEach(one => this.of(one, scope))
    return RESULTS.get(theirs) ?? DYN
  }

  #memberCall(node: Node, scope: Scope): CelType {
    const [name, receiver, args] = node.args as [string, Node, readonly Node[]]
    if (receiver.op === 'id' && receiver.args === 'cel' && name === 'bind') return this.#binding(args, scope)
    const of = this.of(receiver, scope)
    const loop = this.#loop(name, of, { args, scope })
    if (loop) return loop
    const types = args.map(one => this.of(one, scope))
    if (of.kind === 'optional') return ofOptional(name, of.of, types)
    return RESULTS.get(withTheirNames(name)) ?? DYN
  }

  /** `cel.bind(x, value, body)` */
  #binding(args: readonly Node[], scope: Scope): CelType {
    const [variable, value, body] = args
    if (!variable || !value || !body) return DYN
    return this.of(body, new Map([...scope, [variable.args as string, this.of(value, scope)]]))
  }

  #loop(name: string, of: CelType, call: { args: readonly Node[]; scope: Scope }): CelType | undefined {
    const { args, scope } = call
    const names = args.filter((one, i) => one.op === 'id' && i < variablesOf(name, args.length))
    if (names.length === 0 || names.length !== variablesOf(name, args.length)) return undefined
    const types = names.length === 2 ? entryOf(of) : [elementOf(of)]
    const inner = new Map([
      ...scope,
      ...names.map((one, i) => [one.args as string, types[i] ?? DYN] as const),
    ])
    const bodies = args.slice(names.length).map(one => this.of(one, inner))
    if (QUANTIFIERS.has(name)) return BOOL
    if (name === 'filter') return { kind: 'list', of: elementOf(of) }
    return name === 'map' || name === 'transformList' ? { kind: 'list', of: bodies.at(-1) ?? DYN } : DYN
  }

  /** Where CEL says that a node stands: at its operator, its point or its bracket. */
  #placeOf(node: Node): number {
    const args = node.args as readonly unknown[]
    if (node.op === '.' || node.op === '.?') return this.#text.lastIndexOf('.', node.pos)
    if (node.op === 'call') return this.#text.indexOf('(', node.start)
    if (node.op === 'rcall')
      return this.#text.indexOf('(', (args[1] as Node).end + (args[0] as string).length)
    if (node.op === '?:') return this.#after(args[0] as Node, '?')
    const operator = OPERATORS.get(node.op)
    return operator ? this.#signOf(node, operator.sign) : node.start
  }

  #signOf(node: Node, sign: string): number {
    return this.#after((node.args as readonly Node[])[0] as Node, sign)
  }

  #after(node: Node, sign: string): number {
    return this.#text.indexOf(sign, node.end)
  }
}

/** How many names a loop's call gives to what it walks over, one or two; none for what is no loop. */
function variablesOf(name: string, count: number): number {
  if (QUANTIFIERS.has(name)) return count - 1
  if (name === 'filter' || name === 'map' || name === 'optMap' || name === 'optFlatMap')
    return count > 1 ? 1 : 0
  return name.startsWith('transform') && count > 2 ? 2 : 0
}

function elementOf(of: CelType): CelType {
  if (of.kind === 'list' || of.kind === 'optional') return of.of
  return of.kind === 'map' ? of.key : DYN
}

function entryOf(of: CelType): readonly [CelType, CelType] {
  if (of.kind === 'list') return [INT, of.of]
  return of.kind === 'map' ? [of.key, of.of] : [DYN, DYN]
}

function ofOptional(name: string, of: CelType, args: readonly CelType[]): CelType {
  if (name === 'hasValue') return BOOL
  if (name === 'value') return of
  return name === 'orValue' ? joined([of, ...args]) : DYN
}

function joined(types: readonly CelType[]): CelType {
  const [first = DYN, ...rest] = types
  return rest.every(one => shownType(one) === shownType(first)) ? first : DYN
}

function typeOfLiteral(value: unknown): CelType {
  if (value === null) return { kind: 'null' }
  switch (typeof value) {
    case 'string':
      return STRING
    case 'boolean':
      return BOOL
    case 'bigint':
      return INT
    case 'number':
      return { kind: 'double' }
    default:
      return value instanceof Uint8Array ? { kind: 'bytes' } : DYN
  }
}

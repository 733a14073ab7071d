// Types an expression before it runs, and refuses what cannot work, in the peer's words. Writes its type on each node.
import {
  ANYS,
  BOOL,
  BYTES,
  FLOAT64,
  INT,
  NIL,
  STRING,
  STRING_MAP,
  UNKNOWN,
  dereferenced,
  isAssignable,
  isInteger,
  isNumber,
  isUnknown,
  listOf,
} from '../go-types.ts'
import type { GoType } from '../go-types.ts'
import type { Environment } from '../environment.ts'
import { typeOf } from '../go-values.ts'
import { refuse } from '../refusal.ts'
import { runSteps } from '../steps.ts'
import type { Steps } from '../steps.ts'
import type { Node, NodeOf } from '../syntax/syntax.ts'
import { BUILTINS } from '../builtins/builtins.ts'
import { binaryType } from './binary.ts'
import { Arguments, callType } from './calls.ts'
import { indexType, propertyType, sliceType } from './members.ts'
import { PREDICATE_RESULTS, SCOPE_NAMES } from './predicates.ts'

/** The type of the whole; a Refusal when it can't be right. */
export function check(node: Node, environment: Environment): GoType {
  return runSteps(new Checker(environment).visit(node))
}

interface Scope {
  readonly collection: GoType
  readonly names: ReadonlyMap<string, GoType>
}

class Checker {
  private readonly environment: Environment
  private readonly scopes: Scope[] = []
  private readonly variables: { name: string; type: GoType }[] = []

  constructor(environment: Environment) {
    this.environment = environment
  }

  /** `parent` is what the node stands in, where that matters. */
  *visit(node: Node, parent?: Node): Steps<GoType> {
    const type = simpleType(node) ?? ((yield this.compound(node, parent)) as GoType)
    node.type = type
    return type
  }

  private *compound(node: Node, parent: Node | undefined): Steps<GoType> {
    switch (node.kind) {
      case 'identifier':
        return this.named(node.name)
      case 'pointer':
        return this.pointed(node.name)
      case 'unary':
        return unaryType(node.operator, (yield this.visit(node.operand)) as GoType)
      case 'binary': {
        const left = (yield this.visit(node.left)) as GoType
        const right = (yield this.visit(node.right)) as GoType
        return binaryType(node, dereferenced(left), dereferenced(right))
      }
      case 'chain':
        return (yield this.visit(node.inner, parent)) as GoType
      case 'member':
        return (yield this.member(node, parent)) as GoType
      case 'slice':
        return (yield this.slice(node)) as GoType
      case 'call':
        return (yield this.call(node)) as GoType
      case 'builtin':
        return (yield this.builtin(node)) as GoType
      case 'predicate':
        return (yield this.visit(node.body)) as GoType
      default:
        return (yield this.composite(node)) as GoType
    }
  }

  private *composite(node: Node): Steps<GoType> {
    switch (node.kind) {
      case 'conditional':
        return (yield this.conditional(node)) as GoType
      case 'let':
        return (yield this.declaration(node)) as GoType
      case 'sequence': {
        let last: GoType = UNKNOWN
        for (const part of node.parts) last = (yield this.visit(part)) as GoType
        return last
      }
      case 'array': {
        const types: GoType[] = []
        for (const item of node.items) types.push((yield this.visit(item)) as GoType)
        const isOfOneKind = new Set(types.map(kindOf)).size <= 1
        return isOfOneKind ? listOf(types.at(-1) ?? UNKNOWN) : ANYS
      }
      case 'map':
        for (const { key, value } of node.pairs) {
          yield this.visit(key)
          yield this.visit(value)
        }
        return STRING_MAP
      default:
        return UNKNOWN
    }
  }

  private named(name: string): GoType {
    const variable = this.variables.findLast(one => one.name === name)
    if (variable !== undefined) return variable.type
    if (name === '$env') return UNKNOWN
    const type = this.environment.types.get(name) ?? BUILTINS.get(name)?.type
    return type ?? refuse(`unknown name ${name}`)
  }

  private pointed(name: string): GoType {
    const scope = this.scopes.at(-1)
    if (scope === undefined) return refuse('cannot use pointer accessor outside predicate')
    if (name === '') return isUnknown(scope.collection) ? UNKNOWN : (scope.collection.element ?? UNKNOWN)
    return scope.names.get(name) ?? refuse(`unknown pointer #${name}`)
  }

  private *member(node: NodeOf<'member'>, parent: Node | undefined): Steps<GoType> {
    const name = node.property.kind === 'string' ? node.property.value : undefined
    // Compat: what stands in the brackets behind `$env` is not looked at.
    if (isEnvironment(node.of)) {
      const known = name === undefined ? UNKNOWN : this.environment.types.get(name)
      return known ?? (node.isOptional ? UNKNOWN : refuse(`unknown name ${name}`))
    }
    const of = (yield this.visit(node.of, node)) as GoType
    const property = (yield this.visit(node.property)) as GoType
    if (isUnknown(of)) return UNKNOWN
    return name === undefined ? indexType(of, property) : propertyType(of, name, parent?.kind === 'call')
  }

  private *slice(node: NodeOf<'slice'>): Steps<GoType> {
    const type = sliceType((yield this.visit(node.of)) as GoType)
    if (isUnknown(type)) return UNKNOWN
    for (const bound of [node.from, node.to]) {
      if (bound === undefined) continue
      const of = dereferenced((yield this.visit(bound)) as GoType)
      if (!isInteger(of) && !isUnknown(of)) refuse(`non-integer slice index ${of.name}`)
    }
    return type
  }

  private *conditional(node: NodeOf<'conditional'>): Steps<GoType> {
    const condition = dereferenced((yield this.visit(node.condition)) as GoType)
    if (condition.kind !== 'bool' && !isUnknown(condition)) {
      refuse(`non-bool expression (type ${condition.name}) used as condition`)
    }
    const yes = (yield this.visit(node.yes)) as GoType
    const no = (yield this.visit(node.no)) as GoType
    if (yes === NIL) return no
    if (no === NIL) return yes
    if (!isAssignable(yes, no)) return UNKNOWN
    return yes.kind === 'slice' && no.kind === 'slice' && !holdAlike(yes, no) ? ANYS : yes
  }

  private *declaration(node: NodeOf<'let'>): Steps<GoType> {
    const { name } = node
    if (this.environment.types.has(name)) refuse(`cannot redeclare ${name}`)
    if (BUILTINS.has(name)) refuse(`cannot redeclare builtin ${name}`)
    if (this.variables.some(one => one.name === name)) refuse(`cannot redeclare variable ${name}`)
    const type = (yield this.visit(node.value)) as GoType
    this.variables.push({ name, type })
    const body = (yield this.visit(node.body)) as GoType
    this.variables.pop()
    return body
  }

  private *call(node: NodeOf<'call'>): Steps<GoType> {
    if (isEnvironment(node.callee)) return refuse(`${STRING_MAP.name} is not callable`)
    const callee = (yield this.visit(node.callee, node)) as GoType
    // Compat: what is given to a function that nobody knows is not looked at.
    if (isUnknown(callee)) return UNKNOWN
    const name = calledName(node.callee)
    if (callee === NIL) return refuse(`${name} is nil; cannot call nil as function`)
    const { signature } = callee
    if (signature === undefined) return refuse(`${callee.name} is not callable`)
    const answer = (yield callType({ name, signature, args: this.given(node.args) })) as GoType | string
    return typeof answer === 'string' ? refuse(answer) : answer
  }

  private given(nodes: Node[]): Arguments {
    return new Arguments(nodes, node => this.visit(node))
  }

  private *builtin(node: NodeOf<'builtin'>): Steps<GoType> {
    const result = PREDICATE_RESULTS.get(node.name)
    if (result !== undefined) return (yield this.overList(node, result)) as GoType
    const builtin = BUILTINS.get(node.name)
    const type = builtin === undefined ? UNKNOWN : ((yield builtin.check(this.given(node.args))) as GoType)
    if (node.name !== 'get' || !isEnvironment(node.args[0])) return type
    return this.environment.types.get(node.args[1]?.kind === 'string' ? node.args[1].value : '') ?? UNKNOWN
  }

  /** A built-in that looks at each element of a list. */
  private *overList(
    node: NodeOf<'builtin'>,
    result: (collection: GoType, body: GoType | undefined) => GoType,
  ): Steps<GoType> {
    const { name, args } = node
    const collection = dereferenced((yield this.visit(args[0] as Node)) as GoType)
    if (collection.kind !== 'slice' && !isUnknown(collection)) {
      refuse(`builtin ${name} takes only array (got ${collection.name})`)
    }
    const [, predicate, last] = args
    let body: GoType | undefined
    if (predicate !== undefined) {
      this.scopes.push({ collection, names: SCOPE_NAMES.get(name) ?? new Map() })
      body = (yield this.visit(predicate)) as GoType
      this.scopes.pop()
    }
    const order = last === undefined ? UNKNOWN : ((yield this.visit(last)) as GoType)
    if (name === 'sortBy' && order.kind !== 'string' && !isUnknown(order)) {
      refuse(`sortBy order argument must be a string (got ${order.name})`)
    }
    return result(collection, body)
  }
}

function isEnvironment(node: Node | undefined): boolean {
  return node?.kind === 'identifier' && node.name === '$env'
}

/** Go's kind of it: nil and what is not known have none. */
function kindOf(type: GoType): string | undefined {
  if (type.kind === 'nil' || type.kind === 'unknown') return undefined
  return type.kind === 'int' ? (type.underlying ?? type).name : type.kind
}

function holdAlike(one: GoType, other: GoType): boolean {
  const [a, b] = [one.element ?? UNKNOWN, other.element ?? UNKNOWN]
  return isAssignable(a, b) && isAssignable(b, a)
}

function simpleType(node: Node): GoType | undefined {
  switch (node.kind) {
    case 'nil':
      return NIL
    case 'integer':
      return INT
    case 'float':
      return FLOAT64
    case 'bool':
      return BOOL
    case 'string':
      return STRING
    case 'bytes':
      return BYTES
    case 'constant':
      return typeOf(node.value)
    default:
      return undefined
  }
}

function unaryType(operator: string, operand: GoType): GoType {
  const type = dereferenced(operand)
  if (isUnknown(type)) return operator === '!' || operator === 'not' ? BOOL : UNKNOWN
  const fits = operator === '!' || operator === 'not' ? type.kind === 'bool' : isNumber(type)
  return fits ? type : refuse(`invalid operation: ${operator} (mismatched type ${type.name})`)
}

function calledName(callee: Node): string {
  if (callee.kind === 'identifier') return callee.name
  const isProperty = callee.kind === 'member' && callee.property.kind === 'string'
  return isProperty ? (callee.property as NodeOf<'string'>).value : 'function'
}

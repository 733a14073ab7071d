// Are the types right? Asked before anything runs, in the order and the words of Prometheus.
import type { BinaryNode, CallNode, Node, SelectorNode, SubqueryNode } from './ast.ts'
import { childrenOf, COMPARISONS, SET_OPERATORS, typeOf } from './ast.ts'
import { AGGREGATIONS } from './functions.ts'
import type { ValueType } from './functions.ts'
import { METRIC_NAME } from './labels.ts'
import { matches } from './matching.ts'
import type { Mistake } from './token.ts'

const NODES_BETWEEN_PAUSES = 5000

/** The first mistake. */
export function* checkTypes(root: Node): Generator<undefined, Mistake | undefined> {
  let steps = 0
  const walk: { readonly node: Node; next: number }[] = [{ node: root, next: 0 }]
  let mistake = before(root)
  for (let top = walk.at(-1); top !== undefined && mistake === undefined; top = walk.at(-1)) {
    if (++steps % NODES_BETWEEN_PAUSES === 0) yield
    const children = childrenOf(top.node)
    if (top.next > 0) mistake = wrongChild(top.node, children[top.next - 1] as Node, top.next - 1)
    const child = children[top.next]
    if (mistake !== undefined) break
    if (child === undefined) {
      mistake = after(top.node)
      walk.pop()
      continue
    }
    top.next++
    walk.push({ node: child, next: 0 })
    mistake = before(child)
  }
  return mistake
}

function before(node: Node): Mistake | undefined {
  return node.kind === 'call' ? wrongCount(node) : undefined
}

function wrongCount({ spec, args, from }: CallNode): Mistake | undefined {
  const { name, takes, variadic } = spec
  const least = variadic === 0 ? takes.length : takes.length - 1
  const most = variadic < 0 ? Infinity : least + variadic
  if (args.length >= least && args.length <= most) return undefined
  const bound = variadic === 0 ? '' : args.length < least ? 'at least ' : 'at most '
  const count = args.length < least ? least : most
  const call = `call to ${JSON.stringify(name)}`
  return { at: from, problem: `expected ${bound}${count} argument(s) in ${call}, got ${args.length}` }
}

/** A child that is right in itself, and not of the type that is asked for here. */
function wrongChild(node: Node, child: Node, index: number): Mistake | undefined {
  const wanted = wantedType(node, index)
  const found = typeOf(child)
  if (wanted === undefined || wanted === found) return undefined
  const where = whereOf(node, index)
  return { at: child.from, problem: `expected type ${typeName(wanted)} in ${where}, got ${typeName(found)}` }
}

function wantedType(node: Node, index: number): ValueType | undefined {
  if (node.kind === 'call') return node.spec.takes[Math.min(index, node.spec.takes.length - 1)]
  if (node.kind !== 'aggregate') return undefined
  return index === 0 ? 'vector' : AGGREGATIONS.get(node.operator)
}

function whereOf(node: Node, index: number): string {
  if (node.kind === 'call') return `call to function ${JSON.stringify(node.spec.name)}`
  return index === 0 ? 'aggregation expression' : 'aggregation parameter'
}

export function typeName(type: ValueType): string {
  if (type === 'vector') return 'instant vector'
  return type === 'matrix' ? 'range vector' : type
}

function after(node: Node): Mistake | undefined {
  switch (node.kind) {
    case 'binary':
      return wrongBinary(node)
    case 'unary':
      return wrongUnary(node)
    case 'selector':
      return wrongSelector(node)
    case 'range':
      return wrongSelector(node.selector)
    case 'subquery':
      return wrongSubquery(node)
    default:
      return undefined
  }
}

function wrongSubquery({ inner, from }: SubqueryNode): Mistake | undefined {
  const type = typeOf(inner)
  if (type === 'vector') return undefined
  return { at: from, problem: `subquery is only allowed on instant vector, got ${type} instead` }
}

function wrongUnary(node: Extract<Node, { kind: 'unary' }>): Mistake | undefined {
  const type = typeOf(node.inner)
  if (type === 'scalar' || type === 'vector') return undefined
  const allowed = 'unary expression only allowed on expressions of type scalar or instant vector'
  return { at: node.from, problem: `${allowed}, got ${JSON.stringify(typeName(type))}` }
}

function wrongBinary(node: BinaryNode): Mistake | undefined {
  const { operator, operatorFrom, matching, returnBool } = node
  const [left, right] = [typeOf(node.left), typeOf(node.right)]
  const isComparison = COMPARISONS.has(operator)
  const areScalars = left === 'scalar' && right === 'scalar'
  if (returnBool && !isComparison)
    return { at: operatorFrom, problem: 'bool modifier can only be used on comparison operators' }
  if (isComparison && !returnBool && areScalars)
    return { at: operatorFrom, problem: 'comparisons between scalars must use BOOL modifier' }
  const both = matching.on ? matching.labels.find(label => matching.include.includes(label)) : undefined
  if (both !== undefined) {
    const problem = `label ${JSON.stringify(both)} must not occur in ON and GROUP clause at once`
    return { at: operatorFrom, problem }
  }
  const isValue = (type: ValueType) => type === 'scalar' || type === 'vector'
  const wrong = !isValue(left) ? node.left : !isValue(right) ? node.right : undefined
  if (wrong !== undefined)
    return { at: wrong.from, problem: 'binary expression must contain only scalar and instant vector types' }
  return wrongMatching(node, left === 'vector' && right === 'vector')
}

function wrongMatching(node: BinaryNode, areVectors: boolean): Mistake | undefined {
  const { operator, matching, from } = node
  if (!areVectors && matching.labels.length > 0)
    return { at: from, problem: 'vector matching only allowed between instant vectors' }
  if (!SET_OPERATORS.has(operator)) return undefined
  const quoted = JSON.stringify(operator)
  if (!areVectors)
    return { at: from, problem: `set operator ${quoted} not allowed in binary scalar expression` }
  return matching.group === undefined
    ? undefined
    : { at: from, problem: `no grouping allowed for ${quoted} operation` }
}

function wrongSelector({ name, matchers, from }: SelectorNode): Mistake | undefined {
  const twice = (a: string, b: string) => ({
    at: from,
    problem: `metric name must not be set twice: ${JSON.stringify(a)} or ${JSON.stringify(b)}`,
  })
  if (name !== '') {
    const other = matchers.slice(0, -1).find(one => one.name === METRIC_NAME)
    return other === undefined ? undefined : twice(name, other.value)
  }
  if (matchers.some(matcher => !matches(matcher, ''))) return undefined
  return { at: from, problem: 'vector selector must contain at least one non-empty matcher' }
}

// What a query is made of. Positions are counted in characters from 0.
import type { FunctionSpec, ValueType } from './functions.ts'
import type { Pattern } from '../../std/regex.ts'

export interface Matcher {
  readonly name: string
  readonly operator: '=' | '!=' | '=~' | '!~'
  readonly value: string
  /** Of the last two operators. */
  readonly pattern?: Pattern
}

interface Place {
  readonly from: number
}

interface NumberNode extends Place {
  readonly kind: 'number'
  readonly value: number
}

interface StringNode extends Place {
  readonly kind: 'string'
  readonly value: string
}

/** Which moment is looked at, where it is not the one of the evaluation. */
export interface Moved {
  readonly offsetMs?: number
  readonly atMs?: number | 'start' | 'end'
}

export interface SelectorNode extends Place, Moved {
  readonly kind: 'selector'
  /** What stands before the braces. */
  readonly name: string
  readonly matchers: readonly Matcher[]
}

export interface RangeNode extends Place {
  readonly kind: 'range'
  readonly selector: SelectorNode
  readonly rangeMs: number
}

/** `inner[10m:1m]`: what `inner` was worth, again and again. */
export interface SubqueryNode extends Place, Moved {
  readonly kind: 'subquery'
  readonly inner: Node
  readonly rangeMs: number
  readonly stepMs: number
}

interface ParenNode extends Place {
  readonly kind: 'paren'
  readonly type: ValueType
  readonly inner: Node
}

interface UnaryNode extends Place {
  readonly kind: 'unary'
  readonly type: ValueType
  readonly sign: '+' | '-'
  readonly inner: Node
}

export interface Matching {
  readonly on: boolean
  readonly labels: readonly string[]
  readonly group?: 'left' | 'right'
  readonly include: readonly string[]
}

export interface BinaryNode extends Place {
  readonly kind: 'binary'
  readonly type: ValueType
  readonly operator: string
  readonly operatorFrom: number
  readonly left: Node
  readonly right: Node
  readonly returnBool: boolean
  readonly matching: Matching
}

export interface CallNode extends Place {
  readonly kind: 'call'
  readonly spec: FunctionSpec
  readonly args: readonly Node[]
}

export interface AggregateNode extends Place {
  readonly kind: 'aggregate'
  readonly operator: string
  readonly without: boolean
  readonly labels: readonly string[]
  readonly parameter?: Node
  readonly inner: Node
}

export type Node =
  | NumberNode
  | StringNode
  | SelectorNode
  | RangeNode
  | SubqueryNode
  | ParenNode
  | UnaryNode
  | BinaryNode
  | CallNode
  | AggregateNode

export const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>='])
export const SET_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless'])

export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'paren':
    case 'unary':
    case 'subquery':
      return [node.inner]
    case 'binary':
      return [node.left, node.right]
    case 'call':
      return node.args
    case 'aggregate':
      return node.parameter === undefined ? [node.inner] : [node.inner, node.parameter]
    default:
      return []
  }
}

export function typeOf(node: Node): ValueType {
  switch (node.kind) {
    case 'number':
      return 'scalar'
    case 'string':
      return 'string'
    case 'range':
    case 'subquery':
      return 'matrix'
    case 'call':
      return node.spec.gives
    case 'paren':
    case 'unary':
    case 'binary':
      return node.type
    default:
      return 'vector'
  }
}

export function unwrapped(node: Node): Node {
  let inner = node
  while (inner.kind === 'paren') inner = inner.inner
  return inner
}

/** Where notes say that an argument stands: within its brackets; of a sub-query Prometheus knows no place. */
export function placeOf(argument: Node | undefined): number {
  const inner = argument === undefined ? undefined : unwrapped(argument)
  return inner === undefined || inner.kind === 'subquery' ? 0 : inner.from
}

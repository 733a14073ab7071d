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

export interface SelectorNode extends Place {
  readonly kind: 'selector'
  /** What stands before the braces. */
  readonly name: string
  readonly matchers: readonly Matcher[]
  readonly offsetMs?: number
}

export interface RangeNode extends Place {
  readonly kind: 'range'
  readonly selector: SelectorNode
  readonly rangeMs: number
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
  | ParenNode
  | UnaryNode
  | BinaryNode
  | CallNode
  | AggregateNode

export const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>='])
export const SET_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless'])

/** What is to be known before the node is. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'paren':
    case 'unary':
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

/** Where notes say that an argument stands: within its brackets. */
export function placeOf(argument: Node | undefined): number {
  return argument === undefined ? 0 : unwrapped(argument).from
}

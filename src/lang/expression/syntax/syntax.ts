// The nodes of an expression. The parser makes them, the checker writes types on them, the compiler reads them.
import type { GoType } from '../go-types.ts'
import type { GoValue, Whole } from '../go-values.ts'

interface Typing {
  /** Written by the checker. */
  type?: GoType
}

export type Node = Typing &
  (
    | { kind: 'nil' }
    | { kind: 'integer'; value: Whole }
    | { kind: 'float'; value: number }
    | { kind: 'bool'; value: boolean }
    | { kind: 'string'; value: string }
    | { kind: 'bytes'; value: readonly number[] }
    | { kind: 'constant'; value: GoValue }
    | { kind: 'identifier'; name: string }
    | { kind: 'pointer'; name: string }
    | { kind: 'unary'; operator: string; operand: Node }
    | { kind: 'binary'; operator: string; left: Node; right: Node }
    | { kind: 'conditional'; condition: Node; yes: Node; no: Node }
    | { kind: 'chain'; inner: Node }
    | { kind: 'member'; of: Node; property: Node; isOptional: boolean }
    | { kind: 'slice'; of: Node; from: Node | undefined; to: Node | undefined }
    | { kind: 'call'; callee: Node; args: Node[] }
    | { kind: 'builtin'; name: string; args: Node[]; failsWhenMissing?: true }
    | { kind: 'predicate'; body: Node }
    | { kind: 'let'; name: string; value: Node; body: Node }
    | { kind: 'sequence'; parts: Node[] }
    | { kind: 'array'; items: Node[] }
    | { kind: 'map'; pairs: Pair[] }
  )

export interface Pair {
  key: Node
  value: Node
}

export type NodeOf<K extends Node['kind']> = Extract<Node, { kind: K }>

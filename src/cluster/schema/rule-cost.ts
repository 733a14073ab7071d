// What evaluating a rule may cost at most, in steps, before it is evaluated: rules are nested loops over an object
// that anybody may send, and CEL here can not be stopped half-way. A step is a node of the rule's tree.
import type { ASTNode } from '@marcbachmann/cel-js'

/** For one object and all its rules; as much as Kubernetes gives. */
export const STEPS_MAX = 10_000_000

const LOOPS = new Set(['all', 'exists', 'exists_one', 'existsOne', 'map', 'filter', 'transformList'])
const LITERALS: ReadonlySet<string> = new Set(['[]', '{}', 'list', 'map'])
/** What makes a list out of a text. */
const CUTTERS = new Set(['split', 'findAll'])

/** The most steps that the rule can take on these values. */
export function stepsAtMost(rule: ASTNode, values: readonly unknown[]): number {
  const isCutting = named(rule, CUTTERS)
  const longest = Math.max(literal(rule), ...values.map(value => longestIn(value, isCutting)))
  return steps(rule, longest)
}

function steps(node: ASTNode, longest: number): number {
  if (node.op === 'rcall' && LOOPS.has(node.args[0])) {
    const [, over, body] = node.args
    return 1 + steps(over, longest) + longest * sum(body, longest)
  }
  return 1 + sum(childrenOf(node), longest)
}

function sum(nodes: readonly ASTNode[], longest: number): number {
  return nodes.reduce((all, node) => all + steps(node, longest), 0)
}

function named(node: ASTNode, names: ReadonlySet<string>): boolean {
  return (node.op === 'rcall' && names.has(node.args[0])) || childrenOf(node).some(one => named(one, names))
}

/** The longest list that the rule itself writes down. */
function literal(node: ASTNode): number {
  const own = LITERALS.has(node.op) && Array.isArray(node.args) ? node.args.length : 0
  return Math.max(own, ...childrenOf(node).map(literal))
}

function childrenOf({ args }: ASTNode): ASTNode[] {
  return nodesIn(args)
}

function nodesIn(value: unknown): ASTNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn)
  return typeof value === 'object' && value !== null && 'op' in value ? [value as ASTNode] : []
}

function longestIn(value: unknown, isCutting: boolean): number {
  if (typeof value === 'string') return isCutting ? value.length : 0
  if (typeof value !== 'object' || value === null || value instanceof Date) return 0
  const parts: unknown[] = Array.isArray(value) ? value : Object.values(value)
  return parts.reduce<number>((most, one) => Math.max(most, longestIn(one, isCutting)), parts.length)
}

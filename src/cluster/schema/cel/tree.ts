// The tree of a parsed rule as cel-js builds and runs it, with each node made to count its step before it runs.
import { spend, weightOf } from './budget.ts'

export interface Context {
  forkWithVariable(name: string, type: unknown): OverlayContext
}

export interface OverlayContext extends Context {
  reuse(parent: Context): OverlayContext
  setIterValue(value: unknown, evaluator: Evaluator): OverlayContext
}

export interface Evaluator {
  run(node: Node, context: Context): unknown
}

export interface Checker {
  check(node: Node, context: Context): unknown
  getType(name: string): unknown
}

interface Macro {
  evaluate(evaluator: Evaluator, macro: Macro, context: Context): unknown
}

export interface Node {
  readonly op: string
  readonly args: unknown
  /** Where it stands in the text: a selection's `pos` is that of its field. */
  readonly pos: number
  readonly start: number
  readonly end: number
  readonly meta: {
    readonly alternate?: Node
    readonly macro?: Macro
    readonly evaluate: Node['evaluate']
  }
  evaluate: (evaluator: Evaluator, node: Node, context: Context) => unknown
}

/** What reads its operands from end to end. */
const READERS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', '+', 'call', 'rcall'])
const SIZE = 'size'

export function meterTree(node: Node, isRead = false): void {
  if (Object.hasOwn(node, 'evaluate')) return
  if (node.op !== 'value') node.evaluate = metered(node, isRead)
  const { alternate } = node.meta
  if (alternate) meterTree(alternate, isRead)
  const reads = READERS.has(node.op) && !(Array.isArray(node.args) && node.args[0] === SIZE)
  nodesIn(node.args).forEach(one => meterTree(one, reads))
}

/** A list is made anew each time; a choice stands for the turn of a loop, too. */
function stepsOf({ op, args }: Node): number {
  if (op === 'list' || op === 'map') return 10 + (args as unknown[]).length
  return op === '?:' ? 3 : 1
}

function metered(node: Node, isRead: boolean): Node['evaluate'] {
  const steps = stepsOf(node)
  const evaluate = node.op === '&&' || node.op === '||' ? logical(node.op === '||') : asBuilt
  return (evaluator, self, context) => {
    spend(steps)
    const value = evaluate(evaluator, self, context)
    if (isRead) spend(weightOf(value) / 10)
    return value
  }
}

function asBuilt(evaluator: Evaluator, node: Node, context: Context): unknown {
  const { alternate, macro, evaluate } = node.meta
  if (alternate) return alternate.evaluate(evaluator, alternate, context)
  return macro ? macro.evaluate(evaluator, macro, context) : evaluate(evaluator, node, context)
}

/** Either side may settle it, so that what is wrong with the other does not count; else the left side's error does. */
function logical(settling: boolean): Node['evaluate'] {
  return (evaluator, node, context) => {
    const [left, right] = (node.args as readonly Node[]).map(
      side => () => truth(evaluator.run(side, context)),
    )
    let value
    try {
      value = left?.()
    } catch (error) {
      if (settles(settling, right)) return settling
      throw error
    }
    return value === settling ? value : right?.()
  }
}

function settles(settling: boolean, side: (() => boolean) | undefined): boolean {
  try {
    return side?.() === settling
  } catch {
    return false
  }
}

function truth(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new Error('no such overload')
  return value
}

/** The patterns that a rule writes down, in calls of these functions. */
export function literalPatterns(tree: Node, functions: ReadonlySet<string>): readonly string[] {
  const calls = [...allNodes(tree, new Set())].filter(isCall).filter(one => functions.has(one.args[0]))
  const last = calls.flatMap(({ args }) => nodesIn(args.flat().at(-1)))
  return last.flatMap(({ op, args }) => (op === 'value' && typeof args === 'string' ? [args] : []))
}

/** Whether a rule speaks of a variable. */
export function usesVariable(tree: Node, name: string): boolean {
  return [...allNodes(tree, new Set())].some(node => node.op === 'id' && node.args === name)
}

/** Each once: what a macro makes of a call holds the call's arguments again. */
function allNodes(node: Node, found: Set<Node>): Set<Node> {
  if (found.has(node)) return found
  found.add(node)
  const { alternate } = node.meta
  for (const one of [...nodesIn(node.args), ...(alternate ? [alternate] : [])]) allNodes(one, found)
  return found
}

function isCall(node: Node): node is Node & { readonly args: readonly [string, ...unknown[]] } {
  return node.op === 'call' || node.op === 'rcall'
}

export function nodesIn(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn)
  if (typeof value !== 'object' || value === null) return []
  if ('op' in value && 'meta' in value) return [value as Node]
  return isComprehension(value) ? [value.iterable, value.init, value.step].flatMap(nodesIn) : []
}

function isComprehension(value: object): value is { iterable: unknown; init: unknown; step: unknown } {
  return 'iterable' in value && 'step' in value
}

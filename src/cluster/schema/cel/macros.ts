// What looks at a rule's tree before it runs: `has` of any selection, comprehensions of two variables, and what is done
// with an optional value.
import { Optional } from '@marcbachmann/cel-js'
import type { Environment } from '@marcbachmann/cel-js'
import { isPlain } from './values.ts'
import { ourName } from './names.ts'
import type { Checker, Context, Evaluator, Node, OverlayContext } from './tree.ts'

interface Call {
  readonly args: readonly Node[]
  readonly receiver: Node
}

export function registerMacros(environment: Environment): void {
  const add = (signature: string, make: (call: Call) => object) =>
    environment.registerFunction(signature, make, { async: false })
  add(`${ourName('has')}(ast): bool`, has)
  for (const fold of FOLDS) {
    add(`list.${fold.name}(ast, ast, ast): ${fold.type}`, call => twoVariables(call, fold))
    if (fold.hasFilter) {
      add(`list.${fold.name}(ast, ast, ast, ast): ${fold.type}`, call => twoVariables(call, fold))
    }
  }
  add('list.existsOne(ast, ast): bool', existsOne)
  add('optional.optMap(ast, ast): optional<dyn>', call => mapped(call, value => Optional.of(value)))
  add('optional.optFlatMap(ast, ast): optional<dyn>', call => mapped(call, value => value))
}

function has({ args }: Call): object {
  const selection = args[0] as Node
  if (selection.op !== '.' && selection.op !== '.?') throw new Error('invalid argument to has() macro')
  const [operand, field] = selection.args as [Node, string]
  return {
    async: false,
    typeCheck(checker: Checker, _: unknown, context: Context) {
      checker.check(operand, context)
      return checker.getType('bool')
    },
    evaluate(evaluator: Evaluator, _: unknown, context: Context) {
      const value = evaluator.run(operand, context)
      const object = value instanceof Optional ? (value.hasValue() ? value.value() : {}) : value
      if (isPlain(object)) return Object.hasOwn(object, field) && object[field] !== undefined
      throw new Error('no such overload')
    },
  }
}

/** A loop over keys and values (places and elements of a list), ended early where `isDone`. */
interface Fold {
  readonly name: string
  readonly type: string
  readonly hasFilter?: true
  start(): unknown
  /** What is known after another answer of the body. */
  next(known: unknown, answer: unknown, key: unknown): unknown
  /** A quantifier: what settles it, so that errors elsewhere do not count. */
  readonly settledBy?: boolean
}

const FOLDS: readonly Fold[] = [
  { name: 'all', type: 'bool', start: () => true, next: (_, answer) => boolean(answer), settledBy: false },
  { name: 'exists', type: 'bool', start: () => false, next: (_, answer) => boolean(answer), settledBy: true },
  { name: 'exists_one', type: 'bool', start: () => 0, next: counted },
  { name: 'existsOne', type: 'bool', start: () => 0, next: counted },
  {
    name: 'transformList',
    type: 'list<dyn>',
    hasFilter: true,
    start: () => [],
    next(known, answer) {
      ;(known as unknown[]).push(answer)
      return known
    },
  },
  {
    name: 'transformMap',
    type: 'map',
    hasFilter: true,
    start: () => new Map(),
    next: (known, answer, key) => (known as Map<unknown, unknown>).set(key, answer),
  },
  {
    name: 'transformMapEntry',
    type: 'map',
    hasFilter: true,
    start: () => new Map(),
    next: (known, answer) => {
      for (const [key, value] of entriesOf(answer)) (known as Map<unknown, unknown>).set(key, value)
      return known
    },
  },
]

function counted(known: unknown, answer: unknown): unknown {
  return (known as number) + (boolean(answer) ? 1 : 0)
}

function boolean(answer: unknown): boolean {
  if (typeof answer !== 'boolean') throw new Error('no such overload')
  return answer
}

function twoVariables({ args, receiver }: Call, fold: Fold): object {
  const [key, value, ...rest] = args.map((one, i) => (i < 2 ? variableOf(one) : one)) as [
    string,
    string,
    ...Node[],
  ]
  const body = rest.at(-1) as Node
  const filter = rest.length > 1 ? rest[0] : undefined
  let outer: OverlayContext
  let inner: OverlayContext
  return {
    async: false,
    typeCheck(checker: Checker, _: unknown, context: Context) {
      checker.check(receiver, context)
      outer = context.forkWithVariable(key, checker.getType('dyn'))
      inner = outer.forkWithVariable(value, checker.getType('dyn'))
      rest.forEach(one => checker.check(one, inner))
      return checker.getType(fold.type)
    },
    evaluate(evaluator: Evaluator, _: unknown, context: Context) {
      const entries = entriesOf(evaluator.run(receiver, context))
      inner.reuse(outer.reuse(context))
      const run = (node: Node) => evaluator.run(node, inner)
      return folded(fold, entries, {
        set(entry) {
          outer.setIterValue(entry[0], evaluator)
          inner.setIterValue(entry[1], evaluator)
        },
        passes: () => filter === undefined || boolean(run(filter)),
        body: () => run(body),
      })
    },
  }
}

interface Loop {
  set(entry: readonly [unknown, unknown]): void
  passes(): boolean
  body(): unknown
}

function folded(fold: Fold, entries: readonly (readonly [unknown, unknown])[], loop: Loop): unknown {
  let known = fold.start()
  let failed: { readonly error: unknown } | undefined
  for (const entry of entries) {
    loop.set(entry)
    try {
      if (loop.passes()) known = fold.next(known, loop.body(), entry[0])
    } catch (error) {
      if (fold.settledBy === undefined) throw error
      failed ??= { error }
    }
    if (fold.settledBy !== undefined && known === fold.settledBy) return known
  }
  if (failed) throw failed.error
  return typeof known === 'number' ? known === 1 : known
}

function existsOne(call: Call): object {
  return oneVariable(call, 'bool', (list, body) => {
    const values = entriesOf(list).map(([key, one]) => (typeof key === 'bigint' ? one : key))
    return values.filter(one => boolean(body(one))).length === 1
  })
}

function mapped(call: Call, wrap: (value: unknown) => unknown): object {
  return oneVariable(call, 'optional', (value, body) => {
    if (!(value instanceof Optional)) throw new Error('no such overload')
    return value.hasValue() ? wrap(body(value.value())) : value
  })
}

/** `body`: what the second argument says of a value, under the name that the first gives it. */
function oneVariable(
  { args, receiver }: Call,
  type: string,
  answer: (of: unknown, body: (value: unknown) => unknown) => unknown,
): object {
  const name = variableOf(args[0] as Node)
  const node = args[1] as Node
  let inner: OverlayContext
  return {
    async: false,
    typeCheck(checker: Checker, _: unknown, context: Context) {
      checker.check(receiver, context)
      inner = context.forkWithVariable(name, checker.getType('dyn'))
      checker.check(node, inner)
      return checker.getType(type)
    },
    evaluate(evaluator: Evaluator, _: unknown, context: Context) {
      const of = evaluator.run(receiver, context)
      inner.reuse(context)
      return answer(of, value => evaluator.run(node, inner.setIterValue(value, evaluator) as never))
    },
  }
}

function variableOf(node: Node): string {
  if (node.op !== 'id') throw new Error('argument must be a simple name')
  return node.args as string
}

function entriesOf(value: unknown): (readonly [unknown, unknown])[] {
  if (Array.isArray(value)) return value.map((one, i) => [BigInt(i), one] as const)
  if (value instanceof Map) return [...value.entries()]
  if (isPlain(value)) return Object.entries(value)
  throw new Error('no such overload')
}

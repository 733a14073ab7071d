// Typed nodes into closures. Which value a closure gives depends on the machine alone: a program can run again.
import type { Environment } from '../environment.ts'
import { RESULT } from '../environment.ts'
import { BYTES } from '../go-types.ts'
import { GoSlice, int, isNil } from '../go-values.ts'
import type { GoObject, GoValue } from '../go-values.ts'
import { fetch } from '../run/fetch.ts'
import type { Machine } from '../run/machine.ts'
import { runSteps } from '../steps.ts'
import type { Steps } from '../steps.ts'
import type { Node, NodeOf } from '../syntax/syntax.ts'
import { ELEMENT, choice, coalesce, loop } from './choices.ts'
import { LOOPS } from './loops.ts'
import {
  arrayOperation,
  binaryOperation,
  builtinOperation,
  called,
  longBuiltin,
  mapOperation,
  sliceOperation,
  unaryOperation,
} from './operations.ts'
import type { LongOperation, Operation } from './operations.ts'
import { evaluated, leaf, partOf } from './part.ts'
import type { Part, Run } from './part.ts'

export interface Program {
  /** It may take more than a moment. */
  readonly isLong: boolean
  run(machine: Machine): GoValue
  /** The same with pauses, for a machine that has them. */
  steps(machine: Machine): Steps<GoValue>
}

export function compile(node: Node, environment: Environment): Program {
  const part = runSteps(new Compiler(environment).part(node))
  return {
    isLong: part.isLong,
    run(machine) {
      machine.spend(part.size)
      return part.run === undefined ? runSteps(evaluated(part, machine)) : part.run(machine)
    },
    *steps(machine) {
      machine.spend(part.size)
      return (yield evaluated(part, machine)) as GoValue
    },
  }
}

/** What a chain is when something at its beginning is nil. */
const BROKEN: GoObject = Object.freeze({})

class Compiler {
  private readonly environment: Environment
  private readonly variables: string[] = []

  constructor(environment: Environment) {
    this.environment = environment
  }

  *part(node: Node): Steps<Part> {
    const constant = constantOf(node)
    if (constant !== undefined) return leaf(() => constant)
    switch (node.kind) {
      case 'identifier':
        return this.named(node.name)
      case 'pointer':
        return pointer(node.name)
      case 'unary': {
        const work = unaryOperation(node.operator)
        return strict([(yield this.part(node.operand)) as Part], ([value = null]) => work(value))
      }
      case 'binary':
        return (yield this.binary(node)) as Part
      case 'member':
        return (yield this.member(node)) as Part
      case 'slice':
        return strict((yield this.all([node.of, node.from, node.to])) as Part[], sliceOperation(node))
      case 'call':
        return spine((yield this.all([node.callee, ...node.args])) as Part[], called)
      case 'predicate':
        return (yield this.part(node.body)) as Part
      case 'array':
        return strict((yield this.all(node.items)) as Part[], arrayOperation)
      case 'map':
        return strict(
          (yield this.all(node.pairs.flatMap(({ key, value }) => [key, value]))) as Part[],
          mapOperation,
        )
      default:
        return (yield this.branching(node)) as Part
    }
  }

  private *branching(node: Node): Steps<Part> {
    switch (node.kind) {
      case 'conditional': {
        const [condition, yes, no] = (yield this.all([node.condition, node.yes, node.no])) as [
          Part,
          Part,
          Part,
        ]
        return choice(condition, { yes, no })
      }
      case 'chain':
        return chain((yield this.part(node.inner)) as Part)
      case 'let':
        return (yield this.declaration(node)) as Part
      case 'sequence':
        return strict((yield this.all(node.parts)) as Part[], values => values.at(-1) ?? null)
      case 'builtin': {
        const parts = (yield this.all(node.args)) as Part[]
        const kind = LOOPS.get(node.name)
        return kind === undefined
          ? strict(parts, builtinOperation(node.name), longBuiltin(node.name))
          : loop(node, parts, kind)
      }
      default:
        return leaf(() => null)
    }
  }

  private *all(nodes: readonly (Node | undefined)[]): Steps<Part[]> {
    const parts: Part[] = []
    for (const node of nodes) if (node !== undefined) parts.push((yield this.part(node)) as Part)
    return parts
  }

  private named(name: string): Part {
    const at = this.variables.lastIndexOf(name)
    if (at >= 0) return leaf(machine => machine.variables[at] ?? null)
    if (name === '$env') return leaf(machine => this.everything(machine))
    if (name === RESULT && this.environment.types.has(RESULT)) return leaf(machine => machine.result)
    const helper = this.environment.functions.get(name) ?? null
    return leaf(() => helper)
  }

  private everything(machine: Machine): GoValue {
    const all: Record<string, GoValue> = Object.create(null) as GoObject
    for (const [name, helper] of this.environment.functions) all[name] = helper
    if (this.environment.types.has(RESULT)) all[RESULT] = machine.result
    return all
  }

  private *binary(node: NodeOf<'binary'>): Steps<Part> {
    const [left, right] = (yield this.all([node.left, node.right])) as [Part, Part]
    switch (node.operator) {
      case 'and':
      case '&&':
        return choice(left, { yes: right, no: FALSE })
      case 'or':
      case '||':
        return choice(left, { yes: TRUE, no: right })
      case '??':
        return coalesce(left, right)
    }
    const work = binaryOperation(node)
    return partOf({
      parts: [left, right],
      direct:
        ([a, b]) =>
        machine =>
          work((a as Run)(machine), (b as Run)(machine), machine),
      *steps(machine) {
        const first = (yield evaluated(left, machine)) as GoValue
        return work(first, (yield evaluated(right, machine)) as GoValue, machine)
      },
    })
  }

  private *member(node: NodeOf<'member'>): Steps<Part> {
    const [of, property] = (yield this.all([node.of, node.property])) as [Part, Part]
    const stops = node.isOptional ? isNil : (value: GoValue) => value === BROKEN
    return partOf({
      parts: [of, property],
      direct:
        ([base, name]) =>
        machine => {
          const value = (base as Run)(machine)
          return value === BROKEN || stops(value) ? BROKEN : fetch(value, (name as Run)(machine), machine)
        },
      *steps(machine) {
        const value = (yield evaluated(of, machine)) as GoValue
        if (value === BROKEN || stops(value)) return BROKEN
        return fetch(value, (yield evaluated(property, machine)) as GoValue, machine)
      },
    })
  }

  private *declaration(node: NodeOf<'let'>): Steps<Part> {
    const value = (yield this.part(node.value)) as Part
    const at = this.variables.push(node.name) - 1
    const body = (yield this.part(node.body)) as Part
    this.variables.pop()
    return partOf({
      parts: [value, body],
      direct:
        ([first, second]) =>
        machine => {
          machine.declare(at, (first as Run)(machine))
          return (second as Run)(machine)
        },
      *steps(machine) {
        machine.declare(at, (yield evaluated(value, machine)) as GoValue)
        return (yield evaluated(body, machine)) as GoValue
      },
    })
  }
}

function constantOf(node: Node): GoValue | undefined {
  switch (node.kind) {
    case 'nil':
      return null
    case 'integer':
      return int(node.value)
    case 'bytes':
      return new GoSlice(BYTES, node.value)
    case 'float':
    case 'bool':
    case 'string':
    case 'constant':
      return node.value
    default:
      return undefined
  }
}

const TRUE = leaf(() => true)
const FALSE = leaf(() => false)

function pointer(name: string): Part {
  if (name === 'index') return leaf(({ scope }) => int(scope?.index ?? 0))
  if (name === 'acc') return leaf(({ scope }) => scope?.accumulated ?? null)
  return ELEMENT
}

/** All parts first, then the work. */
function strict(parts: readonly Part[], work: Operation, longWork?: LongOperation): Part {
  return partOf({
    parts,
    ...(longWork === undefined ? {} : { isLoop: true }),
    direct: runs => machine =>
      work(
        runs.map(run => run(machine)),
        machine,
      ),
    *steps(machine) {
      const values: GoValue[] = []
      for (const part of parts) values.push((yield evaluated(part, machine)) as GoValue)
      return longWork === undefined ? work(values, machine) : ((yield longWork(values, machine)) as GoValue)
    },
  })
}

/** The same, but nothing is done when what it stands on is a broken chain. */
function spine(parts: readonly Part[], work: Operation): Part {
  return partOf({
    parts,
    direct:
      ([first, ...rest]) =>
      machine => {
        const base = (first as Run)(machine)
        return base === BROKEN ? BROKEN : work([base, ...rest.map(run => run(machine))], machine)
      },
    *steps(machine) {
      const values: GoValue[] = []
      for (const part of parts) {
        values.push((yield evaluated(part, machine)) as GoValue)
        if (values[0] === BROKEN) return BROKEN
      }
      return work(values, machine)
    },
  })
}

function chain(inner: Part): Part {
  const whole = (value: GoValue) => (value === BROKEN || isNil(value) ? null : value)
  return partOf({
    parts: [inner],
    direct:
      ([run]) =>
      machine =>
        whole((run as Run)(machine)),
    *steps(machine) {
      return whole((yield evaluated(inner, machine)) as GoValue)
    },
  })
}

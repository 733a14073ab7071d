// Whether arguments fit a function, and what it gives.
import { FLOAT64, NIL, UNKNOWN, dereferenced, isAssignable, isInteger, isUnknown } from '../go-types.ts'
import type { GoType, Signature } from '../go-types.ts'
import type { Steps } from '../steps.ts'
import type { Node } from '../syntax/syntax.ts'

/** What a function is given. Each is looked at when its turn comes, and once: the first mistake is the one told. */
export class Arguments {
  /** Whole-number literals among them become floats where the function wants floats. */
  readonly nodes: Node[]
  private readonly visit: (node: Node) => Steps<GoType>
  private readonly types: GoType[] = []

  constructor(nodes: Node[], visit: (node: Node) => Steps<GoType>) {
    this.nodes = nodes
    this.visit = visit
  }

  *type(at: number): Steps<GoType> {
    while (this.types.length <= at) {
      const node = this.nodes[this.types.length]
      this.types.push(node === undefined ? UNKNOWN : ((yield this.visit(node)) as GoType))
    }
    return this.types[at] ?? UNKNOWN
  }

  *all(): Steps<readonly GoType[]> {
    const { length } = this.nodes
    if (length > 0) yield this.type(length - 1)
    return this.types
  }
}

interface Call {
  readonly name: string
  readonly signature: Signature
  readonly args: Arguments
}

/** The type of what comes out, or what is wrong. */
export function* callType({ name, signature, args }: Call): Steps<GoType | string> {
  const { parameters, result, isVariadic, givesTooMuch } = signature
  if (givesTooMuch === true) return `func ${name} returns more then two values`
  const least = isVariadic === true ? parameters.length - 1 : parameters.length
  const { length } = args.nodes
  if (length < least || (length > parameters.length && isVariadic !== true)) {
    yield args.all()
    return `${length < least ? 'not enough' : 'too many'} arguments to call ${name}`
  }
  for (let at = 0; at < length; at++) {
    const wanted = wantedAt(signature, at)
    const type = (yield args.type(at)) as GoType
    if (wanted.kind === 'float' && isInteger(type)) args.nodes[at] = withFloats(args.nodes[at] as Node)
    else if (!fits(type, wanted)) return misfit(name, type, wanted)
  }
  return result
}

/** What stands there: of the last of a variadic function any number may come. */
function wantedAt({ parameters, isVariadic }: Signature, at: number): GoType {
  const last = parameters.length - 1
  const wanted = parameters[Math.min(at, last)] ?? UNKNOWN
  return isVariadic === true && at >= last ? (wanted.element ?? UNKNOWN) : wanted
}

function misfit(name: string, type: GoType, wanted: GoType): string {
  // The peer's text ends in a space, but not that about nil.
  return type === NIL
    ? `cannot use nil as argument (type ${wanted.name}) to call ${name}`
    : `cannot use ${type.name} as argument (type ${wanted.name}) to call ${name} `
}

function fits(type: GoType, wanted: GoType): boolean {
  if (type === NIL) return wanted.kind === 'pointer' || wanted.kind === 'interface'
  if (isUnknown(type) || (isInteger(wanted) && isInteger(type))) return true
  return isAssignable(type, wanted) || isAssignable(dereferenced(type), wanted)
}

/** Literals only: a variable stays the whole number that it is, and fails when it is called with. */
function withFloats(node: Node): Node {
  const waiting: Node[] = [node]
  const replaced = (one: Node): Node => {
    if (one.kind === 'integer') return { kind: 'float', value: Number(one.value), type: FLOAT64 }
    waiting.push(one)
    return one
  }
  const first = node.kind === 'integer' ? replaced(node) : node
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (one.kind === 'unary') {
      one.operand = replaced(one.operand)
      one.type = FLOAT64
    } else if (one.kind === 'binary' && ['+', '-', '*'].includes(one.operator)) {
      one.left = replaced(one.left)
      one.right = replaced(one.right)
      one.type = FLOAT64
    }
  }
  return first
}

// Whether arguments fit a function, and what it gives.
import { FLOAT64, NIL, UNKNOWN, dereferenced, isAssignable, isInteger, isUnknown } from '../go-types.ts'
import type { GoType, Signature } from '../go-types.ts'
import type { Node } from '../syntax/syntax.ts'

interface Call {
  readonly name: string
  readonly signature: Signature
  /** Its whole-number literals become floats where the function wants floats. */
  readonly node: { args: Node[] }
  readonly types: readonly GoType[]
}

/** The type of what comes out, or what is wrong. */
export function callType({ name, signature, node, types }: Call): GoType | string {
  const { parameters, result, isVariadic } = signature
  if (signature.givesTooMuch === true) return `func ${name} returns more then two values`
  const least = isVariadic === true ? parameters.length - 1 : parameters.length
  if (types.length > parameters.length && isVariadic !== true) return `too many arguments to call ${name}`
  if (types.length < least) return `not enough arguments to call ${name}`
  for (const [at, type] of types.entries()) {
    const last = parameters.at(-1) ?? UNKNOWN
    const wanted =
      isVariadic === true && at >= least ? (last.element ?? UNKNOWN) : (parameters[at] ?? UNKNOWN)
    if (wanted.kind === 'float' && isInteger(type)) node.args[at] = withFloats(node.args[at] as Node)
    else if (isInteger(wanted) && isInteger(type)) continue
    else if (type === NIL) {
      if (wanted.kind !== 'pointer' && wanted.kind !== 'interface') {
        return `cannot use nil as argument (type ${wanted.name}) to call ${name}`
      }
    } else if (!fits(type, wanted)) {
      // The peer's text ends in a space.
      return `cannot use ${type.name} as argument (type ${wanted.name}) to call ${name} `
    }
  }
  return result
}

function fits(type: GoType, wanted: GoType): boolean {
  return isUnknown(type) || isAssignable(type, wanted) || isAssignable(dereferenced(type), wanted)
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

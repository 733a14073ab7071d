// What the operators of CEL make of the types of their operands: undefined where none of their overloads fits.
import { BOOL, DYN, INT, isNumber, isOpen, mayAgree } from './static-types.ts'
import type { CelType } from './static-types.ts'

type Binary = (left: CelType, right: CelType) => CelType | undefined

const ORDERED: ReadonlySet<string> = new Set(['bool', 'string', 'bytes', 'timestamp', 'duration'])
const ADDED: ReadonlySet<string> = new Set(['string', 'bytes', 'list', 'duration'])

const equals: Binary = (a, b) => (mayAgree(a, b) ? BOOL : undefined)

const compares: Binary = (a, b) => {
  if (isOpen(a) || isOpen(b) || (isNumber(a) && isNumber(b))) return BOOL
  return a.kind === b.kind && ORDERED.has(a.kind) ? BOOL : undefined
}

/** Arithmetic: of two numbers of one kind, and of what else is told. */
function computes(isMore: Binary): Binary {
  return (a, b) => {
    if (isOpen(a) || isOpen(b)) return DYN
    return isNumber(a) && a.kind === b.kind ? a : isMore(a, b)
  }
}

const none: Binary = () => undefined

const adds: Binary = (a, b) => {
  if (a.kind === 'list' && b.kind === 'list')
    return mayAgree(a.of, b.of) ? { kind: 'list', of: DYN } : undefined
  if (a.kind === b.kind && ADDED.has(a.kind)) return a
  const isLater = a.kind === 'timestamp' && b.kind === 'duration'
  const isLaterThan = a.kind === 'duration' && b.kind === 'timestamp'
  return isLater ? a : isLaterThan ? b : undefined
}

const subtracts: Binary = (a, b) => {
  if (a.kind === 'timestamp' && b.kind === 'timestamp') return { kind: 'duration' }
  return b.kind === 'duration' && (a.kind === 'timestamp' || a.kind === 'duration') ? a : undefined
}

const contains: Binary = (a, b) => {
  if (isOpen(b)) return BOOL
  if (b.kind === 'list') return mayAgree(a, b.of) ? BOOL : undefined
  return b.kind === 'map' && mayAgree(a, b.key) ? BOOL : undefined
}

const indexes: Binary = (of, by) => {
  if (isOpen(of)) return DYN
  if (of.kind === 'list') return mayAgree(INT, by) ? of.of : undefined
  return of.kind === 'map' && mayAgree(of.key, by) ? of.of : undefined
}

/** An operator with the name that CEL's messages have for it, and the sign to look for in the text. */
export interface Operator {
  readonly name: string
  readonly sign: string
  readonly of: Binary
}

const infix = (sign: string, of: Binary) => [sign, { name: `_${sign}_`, sign, of }] as const

export const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  infix('==', equals),
  infix('!=', equals),
  infix('<', compares),
  infix('<=', compares),
  infix('>', compares),
  infix('>=', compares),
  infix('+', computes(adds)),
  infix('-', computes(subtracts)),
  infix('*', computes(none)),
  infix('/', computes(none)),
  infix(
    '%',
    computes((a, b) => (a.kind === 'double' ? undefined : none(a, b))),
  ),
  ['in', { name: '@in', sign: 'in', of: contains }],
  ['[]', { name: '_[_]', sign: '[', of: indexes }],
])

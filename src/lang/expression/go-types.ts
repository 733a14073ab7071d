// The types that expressions know: those of Go, by the names that its texts use. A type is one object, so that equal
// types are the same object; a list or a map literal remembers what it holds beside its Go type.

export type Kind =
  | 'unknown'
  | 'nil'
  | 'interface'
  | 'bool'
  | 'string'
  | 'float'
  | 'int'
  | 'slice'
  | 'map'
  | 'struct'
  | 'pointer'
  | 'function'

export interface GoType {
  readonly kind: Kind
  /** As Go prints it. */
  readonly name: string
  /** What Go takes it for, when this type knows more than Go does. */
  readonly base?: GoType
  /** Of a list, a map and a pointer: what it holds or points to. */
  readonly element?: GoType
  readonly key?: GoType
  readonly fields?: ReadonlyMap<string, GoType>
  /** The names of what can be called on a value of it, with the types of those functions. */
  readonly methods?: ReadonlyMap<string, GoType>
  readonly signature?: Signature
  /** A type with a name of its own: it does not mix with others of its kind. */
  readonly isNamed?: true
  /** Of whole numbers with a name of their own: what they are without it. */
  readonly underlying?: GoType
  /** Of whole numbers: how many bits Go keeps, and whether they can be negative. */
  readonly bits?: 8 | 64
  readonly isUnsigned?: true
}

export interface Signature {
  readonly parameters: readonly GoType[]
  readonly result: GoType
  readonly isVariadic?: true
  /** Of more results than one value and an error nothing can be made. */
  readonly givesTooMuch?: true
}

const basic = (kind: Kind, name: string, more: Partial<GoType> = {}): GoType => ({ kind, name, ...more })

/** What the checker cannot know; prints like nil, which has no type either. */
export const UNKNOWN = basic('unknown', 'unknown')
export const NIL = basic('nil', 'unknown')
export const ANY = basic('interface', 'interface {}')
export const BOOL = basic('bool', 'bool')
export const STRING = basic('string', 'string')
export const FLOAT64 = basic('float', 'float64')
export const INT = basic('int', 'int', { bits: 64 })
export const INT64 = basic('int', 'int64', { bits: 64 })
export const UINT8 = basic('int', 'uint8', { bits: 8, isUnsigned: true })

const slices = new WeakMap<GoType, GoType>()
const pointers = new WeakMap<GoType, GoType>()
const listsOf = new WeakMap<GoType, GoType>()

export function sliceOf(element: GoType): GoType {
  return once(slices, element, () => basic('slice', `[]${element.name}`, { element }))
}

export function pointerTo(element: GoType): GoType {
  return once(pointers, element, () => basic('pointer', `*${element.name}`, { element }))
}

export const ANYS = sliceOf(ANY)
export const FLOATS = sliceOf(FLOAT64)
export const INTS = sliceOf(INT)
export const STRINGS = sliceOf(STRING)
export const BYTES = sliceOf(UINT8)

/** A list of anything in Go, of which the checker knows what it holds. */
export function listOf(element: GoType): GoType {
  return once(listsOf, element, () => basic('slice', ANYS.name, { base: ANYS, element }))
}

export const mapType = (key: GoType, element: GoType, more: Partial<GoType> = {}): GoType =>
  basic('map', `map[${key.name}]${element.name}`, { key, element, ...more })

export const STRING_MAP = mapType(STRING, ANY)
export const ANY_MAP = mapType(ANY, ANY)
export const GROUPS = mapType(ANY, ANYS)

export interface FunctionShape {
  readonly parameters: readonly GoType[]
  readonly result: GoType
  /** What is printed for more results than the one that counts. */
  readonly results?: string
  readonly isVariadic?: true
}

export function functionType(shape: FunctionShape): GoType {
  const { parameters, result, results = result.name, isVariadic } = shape
  const names = parameters.map((one, at) =>
    isVariadic === true && at === parameters.length - 1 ? `...${one.element?.name ?? ''}` : one.name,
  )
  const signature: Signature = {
    parameters,
    result,
    ...(isVariadic === true ? { isVariadic } : {}),
    ...(results.split(',').length > 2 ? { givesTooMuch: true } : {}),
  }
  return basic('function', `func(${names.join(', ')}) ${results}`, { signature })
}

/** A type with a name of its own and perhaps methods. */
export function namedType(kind: Kind, name: string, more: Partial<GoType> = {}): GoType {
  return basic(kind, name, { isNamed: true, ...more })
}

function once(kept: WeakMap<GoType, GoType>, of: GoType, make: () => GoType): GoType {
  const known = kept.get(of)
  if (known !== undefined) return known
  const made = make()
  kept.set(of, made)
  return made
}

export function isUnknown(type: GoType): boolean {
  return type.kind === 'unknown' || type.kind === 'interface'
}

/** Numbers with which one can reckon: no named ones. */
export function isInteger(type: GoType): boolean {
  return type.kind === 'int' && type.isNamed !== true
}

export function isNumber(type: GoType): boolean {
  return type.kind === 'float' || isInteger(type)
}

export function dereferenced(type: GoType): GoType {
  return type.kind === 'pointer' && type.element !== undefined ? type.element : type
}

/** What Go knows of it. */
export function inGo(type: GoType): GoType {
  return type.base ?? type
}

const CAN_BE_NIL: ReadonlySet<Kind> = new Set(['pointer', 'interface', 'function', 'map', 'slice'])

/** Whether a value of the one can stand where the other is wanted, as in Go. */
export function isAssignable(type: GoType, to: GoType): boolean {
  const [from, wanted] = [inGo(type), inGo(to)]
  if (from === NIL) return CAN_BE_NIL.has(wanted.kind)
  if (from.kind === 'unknown' || wanted.kind === 'unknown') return false
  if (from === wanted || wanted.kind === 'interface') return true
  if (from.kind !== wanted.kind) return false
  // Of two types alike one must have no name.
  const isComposite = from.kind === 'map' || from.kind === 'slice'
  return (
    isComposite &&
    from.isNamed !== wanted.isNamed &&
    from.element === wanted.element &&
    from.key === wanted.key
  )
}

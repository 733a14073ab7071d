// The values that expressions compute with. What JSON gives stands for itself: a number is a float64, an array []any,
// an object map[string]any. Everything else that Go tells apart is a class of its own.
import type { GoType, Kind } from './go-types.ts'
import { ANYS, BOOL, FLOAT64, INT, NIL, STRING, STRING_MAP } from './go-types.ts'
import type { Budget } from './budget.ts'
import type { Zone } from './times/zone.ts'
import { LOCATION, TIME } from './times/types-of-time.ts'

export interface GoObject {
  readonly [name: string]: GoValue
}

export type GoValue =
  | null
  | boolean
  | number
  | string
  | readonly GoValue[]
  | GoObject
  | GoInt
  | GoText
  | GoSlice
  | GoMap
  | GoStruct
  | GoPointer
  | GoTime
  | GoZone
  | GoFunction

/** A whole number is a number while that is exact, and a bigint beyond: never both. */
export type Whole = number | bigint

export class GoInt {
  readonly type: GoType
  readonly value: Whole
  constructor(type: GoType, value: Whole) {
    this.type = type
    this.value = value
  }
}

/** A string of a named type. */
export class GoText {
  readonly type: GoType
  readonly text: string
  constructor(type: GoType, text: string) {
    this.type = type
    this.text = text
  }
}

/** A slice of one type; whole numbers lie in it bare. */
export class GoSlice {
  readonly type: GoType
  readonly items: readonly (GoValue | Whole)[]
  constructor(type: GoType, items: readonly (GoValue | Whole)[]) {
    this.type = type
    this.items = items
  }
  at(index: number): GoValue {
    const element = this.type.element
    const item = this.items[index]
    return element?.kind === 'int' ? new GoInt(element, item as Whole) : (item as GoValue)
  }
}

/** What a slice that is nil holds: JSON shows it as null. */
export const NOTHING: readonly GoValue[] = []

/** A map that is not just map[string]any; its entries go by the identity of their keys. */
export class GoMap {
  readonly type: GoType
  readonly entries: ReadonlyMap<unknown, readonly [key: GoValue, value: GoValue]>
  constructor(type: GoType, entries: ReadonlyMap<unknown, readonly [GoValue, GoValue]>) {
    this.type = type
    this.entries = entries
  }
}

export class GoStruct {
  readonly type: GoType
  readonly fields: ReadonlyMap<string, GoValue>
  constructor(type: GoType, fields: ReadonlyMap<string, GoValue>) {
    this.type = type
    this.fields = fields
  }
}

export class GoPointer {
  readonly type: GoType
  readonly target: GoValue
  constructor(type: GoType, target: GoValue) {
    this.type = type
    this.target = target
  }
}

export class GoTime {
  /** Since 1970 in UTC. */
  readonly nanoseconds: bigint
  readonly zone: Zone
  constructor(nanoseconds: bigint, zone: Zone) {
    this.nanoseconds = nanoseconds
    this.zone = zone
  }
}

export class GoZone {
  readonly zone: Zone
  constructor(zone: Zone) {
    this.zone = zone
  }
}

export class GoFunction {
  readonly type: GoType
  readonly call: (args: readonly GoValue[], budget: Budget) => GoValue
  constructor(type: GoType, call: (args: readonly GoValue[], budget: Budget) => GoValue) {
    this.type = type
    this.call = call
  }
}

export function isList(value: GoValue): value is readonly GoValue[] {
  return Array.isArray(value)
}

/** Whether it is a map[string]any. */
export function isObject(value: GoValue): value is GoObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** What is in a list of either kind. */
export function itemsOf(value: GoValue): readonly GoValue[] | undefined {
  if (isList(value)) return value
  return value instanceof GoSlice ? value.items.map((_, at) => value.at(at)) : undefined
}

export function typeOf(value: GoValue): GoType {
  switch (typeof value) {
    case 'number':
      return FLOAT64
    case 'string':
      return STRING
    case 'boolean':
      return BOOL
  }
  if (value === null) return NIL
  if (isList(value)) return ANYS
  if (value instanceof GoTime) return TIME
  if (value instanceof GoZone) return LOCATION
  return isObject(value) ? STRING_MAP : value.type
}

/** The kind of a value as Go's reflection names it. */
export function kindName(value: GoValue): string {
  if (value instanceof GoZone) return 'ptr'
  const type = typeOf(value)
  const { kind, name } = type.underlying ?? type
  return KIND_NAMES.get(kind) ?? name
}

const KIND_NAMES: ReadonlyMap<Kind, string> = new Map([
  ['nil', 'invalid'],
  ['pointer', 'ptr'],
  ['function', 'func'],
  ...(['slice', 'map', 'struct', 'string'] as const).map(kind => [kind, kind] as const),
])

/** The type as Go's `%T` prints it. */
export function typeName(value: GoValue): string {
  return value === null ? '<nil>' : typeOf(value).name
}

const SMALL_MAX = 256
const SMALL = Array.from({ length: SMALL_MAX }, (_, value) => new GoInt(INT, value))

export function int(value: Whole): GoInt {
  const known = typeof value === 'number' && value >= 0 ? SMALL[value] : undefined
  return known ?? new GoInt(INT, value)
}

/** Follows a pointer; nil stays nil. */
export function deref(value: GoValue): GoValue {
  return value instanceof GoPointer ? value.target : value
}

export function isNil(value: GoValue): boolean {
  if (value === null || value === NOTHING) return true
  return value instanceof GoPointer
    ? value.target === null
    : value instanceof GoSlice && value.items === NOTHING
}

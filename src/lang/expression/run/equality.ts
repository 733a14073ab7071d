// Whether two values are the same, as the peer's `==` has it; and the identity of a key of a map.
import {
  GoFunction,
  GoInt,
  GoMap,
  GoSlice,
  GoStruct,
  GoText,
  GoTime,
  GoZone,
  isList,
  itemsOf,
  isNil,
  isObject,
  typeName,
  typeOf,
} from '../go-values.ts'
import type { GoObject, GoValue } from '../go-values.ts'
import { refuse } from '../refusal.ts'
import type { Budget } from '../budget.ts'

export function areEqual(a: GoValue, b: GoValue, budget: Budget): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a === b
  if (typeof a === 'string') {
    budget.spendText(a.length)
    return a === b
  }
  if (typeof a === 'boolean') return a === b
  if (a instanceof GoInt && b instanceof GoInt) return sameSimple(a, b, false)
  if (typeof a === 'number' && b instanceof GoInt) return isFloatOf(b, a, false)
  return compound({ left: a, right: b, isExact: false }, budget)
}

interface Compared {
  readonly left: GoValue
  readonly right: GoValue
  /** Inside a map and the like nothing but the very same type is equal. */
  readonly isExact: boolean
}

/** With a list of what is still to be compared, since values may be nested deeply. */
function compound(first: Compared, budget: Budget): boolean {
  const waiting: Compared[] = [first]
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    budget.spend(sizeOf(one.left))
    if (!sameHere(one, waiting)) return false
  }
  return true
}

/** False when they differ; what is inside them is put on the list. */
function sameHere(one: Compared, waiting: Compared[]): boolean {
  const { left, right, isExact } = one
  if (!isExact && isNil(left) && isNil(right)) return true
  const length = lengthOf(left)
  if (length !== undefined && lengthOf(right) !== undefined && length !== lengthOf(right)) return false
  const [a, b] = [itemsOf(left), itemsOf(right)]
  if (a !== undefined && b !== undefined) {
    if (isExact && typeOf(left) !== typeOf(right)) return false
    for (let at = a.length - 1; at >= 0; at--) {
      waiting.push({ left: a[at] ?? null, right: b[at] ?? null, isExact })
    }
    return true
  }
  if (isObject(left) && isObject(right)) return sameObjects(left, right, waiting)
  if (left instanceof GoMap && right instanceof GoMap) return sameEntries(left, right, waiting)
  if (left instanceof GoStruct && right instanceof GoStruct) return sameFields(left, right, waiting)
  return sameSimple(left, right, isExact)
}

/** What one entry of a map costs. */
const ENTRY = 4

function lengthOf(value: GoValue): number | undefined {
  if (isList(value)) return value.length
  return value instanceof GoSlice ? value.items.length : undefined
}

/** What it costs to look at it, without what is inside. */
function sizeOf(value: GoValue): number {
  if (typeof value === 'string') return 1 + (value.length >> 2)
  if (isObject(value)) return 1 + Object.keys(value).length * ENTRY
  return 1 + (lengthOf(value) ?? 0)
}

function sameObjects(left: GoObject, right: GoObject, waiting: Compared[]): boolean {
  const names = Object.keys(left)
  if (names.length !== Object.keys(right).length) return false
  for (const name of names) {
    if (!Object.hasOwn(right, name)) return false
    waiting.push({ left: left[name] ?? null, right: right[name] ?? null, isExact: true })
  }
  return true
}

function sameFields(left: GoStruct, right: GoStruct, waiting: Compared[]): boolean {
  for (const [name, value] of left.fields) {
    waiting.push({ left: value, right: right.fields.get(name) ?? null, isExact: true })
  }
  return left.type === right.type
}

function sameEntries(left: GoMap, right: GoMap, waiting: Compared[]): boolean {
  if (left.type !== right.type || left.entries.size !== right.entries.size) return false
  for (const [identity, [, value]] of left.entries) {
    const other = right.entries.get(identity)
    if (other === undefined) return false
    waiting.push({ left: value, right: other[1], isExact: true })
  }
  return true
}

function sameSimple(left: GoValue, right: GoValue, isExact: boolean): boolean {
  if (left instanceof GoTime) return right instanceof GoTime && left.nanoseconds === right.nanoseconds
  if (left instanceof GoInt) {
    if (typeof right === 'number') return isFloatOf(left, right, isExact)
    if (!(right instanceof GoInt) || left.value !== right.value) return false
    const isPlain = left.type.isNamed !== true && right.type.isNamed !== true && !isExact
    return isPlain || left.type === right.type
  }
  if (right instanceof GoInt) return typeof left === 'number' && isFloatOf(right, left, isExact)
  if (left instanceof GoText) {
    return right instanceof GoText && left.type === right.type && left.text === right.text
  }
  if (left instanceof GoZone) return right instanceof GoZone && left.zone === right.zone
  return left === right && !(left instanceof GoFunction)
}

function isFloatOf(whole: GoInt, float: number, isExact: boolean): boolean {
  return !isExact && whole.type.isNamed !== true && Number(whole.value) === float
}

/** What tells keys of a map apart; a Refusal for what can't be one, in other words when one looks into an empty map. */
export function keyIdentity(key: GoValue, lookedInto?: ReadonlyMap<unknown, unknown>): unknown {
  if (key instanceof GoInt) return `${key.type.name} ${key.value}`
  if (key instanceof GoText) return `${key.type.name} ${key.text}`
  if (typeof key === 'string') return `string ${key}`
  if (key instanceof GoTime) return `time ${key.nanoseconds} ${key.zone.name}`
  if (key !== null && (isList(key) || isObject(key) || key instanceof GoSlice || key instanceof GoMap)) {
    const isEmpty = lookedInto?.size === 0
    return refuse(
      `${isEmpty ? '' : 'runtime error: '}hash of unhashable type${isEmpty ? ':' : ''} ${typeName(key)}`,
    )
  }
  return key
}

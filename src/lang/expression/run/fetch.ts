// What stands in a value under a name, a key or an index; pieces of lists and texts; whether something is in them.
import type { Budget } from '../budget.ts'
import { byteLength, isAscii, sliceBytes, toBytes } from '../go-bytes.ts'
import { UINT8 } from '../go-types.ts'
import {
  GoFunction,
  GoInt,
  GoMap,
  GoSlice,
  GoStruct,
  GoTime,
  NOTHING,
  deref,
  isList,
  isObject,
  typeName,
  typeOf,
} from '../go-values.ts'
import type { GoValue } from '../go-values.ts'
import { refuse } from '../refusal.ts'
import { methodOf } from '../times/methods.ts'
import { toWhole } from './conversion.ts'
import { areEqual, keyIdentity } from './equality.ts'
import { printValue } from './print.ts'

export function fetch(from: GoValue, index: GoValue, budget: Budget): GoValue {
  const method = typeof index === 'string' ? methodOf(from, index) : undefined
  if (method !== undefined) return new GoFunction(method.type, charged(method.call))
  const of = deref(from)
  if (isList(of)) return of[place(index, of.length)] ?? null
  if (of instanceof GoSlice) return of.at(place(index, of.items.length))
  if (typeof of === 'string') {
    budget.spendText(of.length)
    return byteAt(of, index)
  }
  if (isObject(of)) return property(of, index)
  if (of instanceof GoMap) return entry(of, index)
  const field = of instanceof GoStruct && typeof index === 'string' ? of.fields.get(index) : undefined
  if (field !== undefined) return field
  return refuse(`cannot fetch ${printValue(index)} from ${typeName(from)}`)
}

/** How much dearer places among bytes are where characters have several. */
const BYTES = 16

/** Times are reckoned in large numbers, and printed piece by piece. */
const METHOD = 100

function charged(call: (args: readonly GoValue[]) => GoValue): GoFunction['call'] {
  return (args, budget) => {
    const [layout] = args
    budget.spend(METHOD + (typeof layout === 'string' ? layout.length * METHOD : 0))
    return call(args)
  }
}

function place(index: GoValue, length: number): number {
  const wanted = Number(toWhole(index))
  const at = wanted < 0 ? length + wanted : wanted
  return at < 0 || at >= length ? refuse(`index out of range: ${at} (array length is ${length})`) : at
}

function byteAt(text: string, index: GoValue): GoValue {
  const at = place(index, byteLength(text))
  return new GoInt(UINT8, isAscii(text) ? text.charCodeAt(at) : (toBytes(text)[at] ?? 0))
}

function property(of: Readonly<Record<string, GoValue>>, index: GoValue): GoValue {
  const name = index === null ? '' : index
  if (typeof name !== 'string') return wrongKey(name, 'string')
  return Object.hasOwn(of, name) ? (of[name] ?? null) : null
}

function wrongKey(key: GoValue, wanted: string): never {
  return refuse(`reflect.Value.MapIndex: value of type ${typeName(key)} is not assignable to type ${wanted}`)
}

/** Nil stands for the empty text where texts are the keys. */
function identityIn({ type, entries }: GoMap, key: GoValue): unknown {
  if (type.key?.kind !== 'string') return keyIdentity(key, entries)
  const text = key ?? ''
  return typeof text === 'string' ? keyIdentity(text) : wrongKey(text, 'string')
}

function entry(of: GoMap, index: GoValue): GoValue {
  const found = of.entries.get(identityIn(of, index))
  if (found !== undefined) return found[1]
  return of.type.element?.kind === 'slice' ? NOTHING : null
}

/** From one place up to another; places outside are brought inside. */
export function slice(
  of: GoValue,
  bounds: { from: GoValue; to: GoValue | undefined },
  budget: Budget,
): GoValue {
  const target = deref(of)
  if (typeof target === 'string') budget.spendText(isAscii(target) ? target.length : target.length * BYTES)
  const length = sizeOf(target)
  if (length === undefined) return refuse(`cannot slice ${printValue(bounds.from)}`)
  const to = bounds.to === undefined ? length : Math.min(inside(bounds.to, length), length)
  const from = Math.min(inside(bounds.from, length), to)
  budget.spend((to - from) >> 3)
  if (typeof target === 'string') return sliceBytes(target, from, to)
  if (isList(target)) return target.slice(from, to)
  return target instanceof GoSlice ? new GoSlice(target.type, target.items.slice(from, to)) : null
}

function inside(bound: GoValue, length: number): number {
  const at = Number(toWhole(bound))
  return Math.max(at < 0 ? length + at : at, 0)
}

function sizeOf(value: GoValue): number | undefined {
  if (typeof value === 'string') return byteLength(value)
  if (isList(value)) return value.length
  return value instanceof GoSlice ? value.items.length : undefined
}

export function isIn(needle: GoValue, hay: GoValue, budget: Budget): boolean {
  const of = deref(hay)
  if (of === null) return false
  if (isList(of)) {
    budget.spend(of.length)
    return of.some(one => areEqual(one, needle, budget))
  }
  if (of instanceof GoSlice) {
    budget.spend(of.items.length)
    return of.items.some((_, at) => areEqual(of.at(at), needle, budget))
  }
  if (isObject(of)) {
    const name = needle ?? ''
    return typeof name === 'string' ? Object.hasOwn(of, name) : wrongKey(name, 'string')
  }
  if (of instanceof GoMap) return of.entries.has(identityIn(of, needle))
  if (of instanceof GoStruct || of instanceof GoTime) {
    if (typeof needle === 'string') return of instanceof GoStruct && of.fields.has(needle)
    return refuse(`cannot use ${typeName(needle)} as field name of ${typeName(of)}`)
  }
  return refuse(`operator "in" not defined on ${typeOf(of).name}`)
}

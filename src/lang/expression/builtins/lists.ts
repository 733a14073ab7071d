// Built-ins of lists and maps: `len`, `first`, `take`, `sort`, `uniq`, `concat`, `flatten`, `keys`, `get` and so on.
import type { Budget } from '../budget.ts'
import type { Arguments } from '../check/calls.ts'
import { byteLength, characterCount } from '../go-bytes.ts'
import {
  ANY,
  ANYS,
  ANY_MAP,
  FLOATS,
  INT,
  INTS,
  NIL,
  STRING,
  STRINGS,
  UNKNOWN,
  dereferenced,
  isAssignable,
  isInteger,
  isUnknown,
  sliceOf,
} from '../go-types.ts'
import type { GoType } from '../go-types.ts'
import {
  GoInt,
  GoMap,
  GoSlice,
  NOTHING,
  int,
  isList,
  isNil,
  isObject,
  itemsOf,
  kindName,
  typeName,
} from '../go-values.ts'
import type { GoValue } from '../go-values.ts'
import { attempt, refuse } from '../refusal.ts'
import { toWhole } from '../run/conversion.ts'
import { areEqual, keyIdentity } from '../run/equality.ts'
import { fetch } from '../run/fetch.ts'
import { printValue } from '../run/print.ts'
import { isDescending, sorted } from '../run/sorting.ts'
import { PAUSE } from '../steps.ts'
import type { Steps } from '../steps.ts'
import {
  ANYTHING,
  argumentName,
  atOnce,
  checked,
  counted,
  long,
  ofKinds,
  signature,
  typed,
} from './builtin.ts'
import type { Entry, LongWork, Work } from './builtin.ts'

const listTo = (result: (type: GoType) => GoType, complaint: (name: string) => string) =>
  ofKinds(['slice'], { result, complaint: type => complaint(argumentName(type)) })

const elementOf = (type: GoType): GoType => (isUnknown(type) ? ANY : (type.element ?? ANY))
const anys = () => ANYS

const len: Work = ([value = null], budget) => {
  if (typeof value === 'string') {
    budget.spendText(value.length)
    return int(characterCount(value))
  }
  if (isList(value)) return int(value.length)
  if (value instanceof GoSlice) return int(value.items.length)
  if (value instanceof GoMap) return int(value.entries.size)
  if (isObject(value)) {
    const { length } = Object.keys(value)
    budget.spend(length * ENTRY)
    return int(length)
  }
  return refuse(`invalid argument for len (type ${typeName(value)})`)
}

/** Nil where there is nothing, whatever was asked. */
function fetched(from: GoValue, index: GoValue, budget: Budget): GoValue {
  const read = attempt(() => fetch(from, index, budget))
  if ('value' in read) return read.value
  budget.spend(REFUSED)
  return null
}

/** Nil where there is nothing; an index that cannot be one is refused. */
const get: Work = ([from = null, index = null], budget) => {
  const length = typeof from === 'string' ? byteLength(from) : itemsOf(from)?.length
  if (length === undefined && !isObject(from) && !(from instanceof GoMap)) return fetched(from, index, budget)
  const at = length === undefined ? 0 : Number(toWhole(index))
  if (length !== undefined && (at >= length || at < -length)) return null
  const value = fetch(from, index, budget)
  return isNil(value) ? null : value
}

/** What it costs to find out that there is nothing. */
const REFUSED = 20

function* checkGet(args: Arguments): Steps<GoType> {
  counted(args.nodes, 2)
  const [base = NIL, given = NIL] = (yield args.all()) as readonly GoType[]
  const index = dereferenced(given)
  if (isUnknown(base)) return UNKNOWN
  if (base.kind === 'slice') {
    if (!isInteger(index) && !isUnknown(index)) refuse(`non-integer slice index ${index.name}`)
    return base.element ?? UNKNOWN
  }
  if (base.kind !== 'map') return refuse(`type ${base.name} does not support indexing`)
  const fits = isUnknown(index) || isAssignable(index, base.key ?? STRING)
  if (!fits) refuse(`cannot use ${index.name} to get an element from ${base.name}`)
  return base.element ?? UNKNOWN
}

function checkTake(types: readonly GoType[]): GoType {
  counted(types, 2)
  const [list = NIL, count = NIL] = types
  if (!isUnknown(list) && list.kind !== 'slice') refuse(`cannot take from ${argumentName(list)}`)
  const of = dereferenced(count)
  const isCount = of.kind === 'int' && of.isUnsigned !== true
  if (!isUnknown(of) && !isCount) refuse(`cannot take ${argumentName(count)} elements`)
  return list
}

const take: Work = ([list = null, count = null], budget) => {
  if (!isList(list) && !(list instanceof GoSlice)) return refuse(`cannot take from ${kindName(list)}`)
  if (!(count instanceof GoInt)) return refuse(`cannot take ${kindName(count)} elements`)
  if (count.value < 0) return refuse('reflect.Value.Slice: slice index out of bounds')
  const most = Number(count.value)
  budget.spend(Math.min(most, isList(list) ? list.length : list.items.length))
  return isList(list) ? list.slice(0, most) : new GoSlice(list.type, list.items.slice(0, most))
}

function items(value: GoValue, complaint: string, budget: Budget): readonly GoValue[] {
  const list = itemsOf(value)
  if (list === undefined) return refuse(`${complaint} ${kindName(value)}`)
  budget.spend(list.length)
  return list
}

const reverse: Work = ([list = null], budget) => {
  const all = items(list, 'cannot reverse', budget)
  budget.grow(all.length)
  return all.toReversed()
}

const uniq: LongWork = function* ([list = null], budget) {
  const all = items(list, 'cannot uniq', budget)
  const kept: GoValue[] = []
  const seen = new Set<GoValue>()
  for (const one of all) {
    const isSimple = typeof one === 'number' || typeof one === 'string'
    if (isSimple && seen.has(one) && one === one) continue
    budget.spend(1)
    if (budget.isPauseDue()) yield PAUSE
    if (kept.some(other => areCounted(other, one, budget))) continue
    kept.push(one)
    if (isSimple) seen.add(one)
  }
  budget.grow(kept.length)
  return kept
}

function areCounted(a: GoValue, b: GoValue, budget: Budget): boolean {
  budget.spend(1)
  return areEqual(a, b, budget)
}

const concat: Work = (args, budget) => {
  const lists = args.map(one => items(one, 'cannot concat', budget))
  budget.grow(lists.reduce((sum, one) => sum + one.length, 0))
  return lists.flat()
}

function checkConcat(types: readonly GoType[]): GoType {
  if (types.length === 0) refuse('invalid number of arguments (expected at least 1, got 0)')
  for (const type of types) {
    if (!isUnknown(type) && type.kind !== 'slice') refuse(`cannot concat ${argumentName(type)}`)
  }
  return ANYS
}

const flatten: Work = ([list = null], budget) => {
  const flat: GoValue[] = []
  const open = [{ items: items(list, 'cannot flatten', budget), at: 0 }]
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const one = top.items[top.at]
    if (one === undefined) {
      open.pop()
      continue
    }
    top.at++
    const inner = itemsOf(one)
    if (inner !== undefined) {
      budget.spend(inner.length)
      open.push({ items: inner, at: 0 })
      continue
    }
    budget.grow(1)
    flat.push(one)
  }
  return flat
}

const SORTABLE = [ANYS, INTS, FLOATS, STRINGS]
const sorting = [
  ...SORTABLE.map(type => signature([type, STRING], ANYS)),
  ...[ANYS, FLOATS, STRINGS, INTS].map(type => signature([type], ANYS)),
]

const sort: LongWork = function* ([list = null, order], budget) {
  // Compat: of what holds nothing that has an order nothing is left.
  const canBeSorted = isList(list) || (list instanceof GoSlice && SORTABLE.includes(list.type))
  const all = canBeSorted ? (itemsOf(list) ?? []) : NOTHING
  budget.grow(all.length)
  if (order !== undefined && typeof order !== 'string')
    refuse(`sort order argument must be a string (got ${typeName(order)})`)
  const isDownwards = isDescending(order, wanted => `invalid order ${wanted}, expected asc or desc`)
  if (!canBeSorted) return NOTHING
  return (yield sorted(
    all.map(one => ({ key: one, value: one })),
    isDownwards,
    budget,
  )) as GoValue[]
}

const mapTo = (result: GoType, complaint: (name: string) => string) =>
  ofKinds(['map'], { result: () => result, complaint: type => complaint(argumentName(type)) })

/** What one entry of a map costs. */
const ENTRY = 4

/** Go's array of two. */
const PAIR: GoType = { ...ANYS, name: '[2]interface {}' }
const PAIRS = sliceOf(PAIR)

type Pairs = readonly (readonly [GoValue, GoValue])[]

function pairs(value: GoValue, complaint: (kind: string) => string, budget: Budget): Pairs {
  if (isObject(value)) {
    const entries = Object.entries(value)
    budget.spend(entries.length * ENTRY)
    return entries
  }
  if (!(value instanceof GoMap)) return refuse(complaint(kindName(value)))
  budget.spend(value.entries.size)
  return [...value.entries.values()]
}

/** Compat: as `%s` prints what is no text. */
function printed(value: GoValue): string {
  if (value === null) return '<invalid reflect.Value>'
  const isPlain = typeof value === 'number' || typeof value === 'boolean' || value instanceof GoInt
  return isPlain ? `%!s(${typeName(value)}=${printValue(value)})` : printValue(value)
}

const fromPairs: Work = ([list = null], budget) => {
  const all = itemsOf(list)
  if (all === undefined) return refuse(`cannot transform ${printed(list)} from pairs`)
  budget.spend(all.length)
  const entries = new Map<unknown, readonly [GoValue, GoValue]>()
  for (const one of all) {
    const pair = itemsOf(one)
    if (pair === undefined) return refuse(`invalid pair ${printValue(one)}`)
    if (pair.length !== 2) return refuse(`invalid pair length ${printValue(one)}`)
    const [key = null, value = null] = pair
    entries.set(keyIdentity(key), [key, value])
  }
  return new GoMap(ANY_MAP, entries)
}

const keysOf = (kind: string) => `cannot get keys from ${kind}`
const valuesOf = (kind: string) => `cannot get values from ${kind}`
const toPairsOf = (kind: string) => `cannot transform ${kind} to pairs`

export const LIST_BUILTINS: readonly Entry[] = [
  checked(
    'len',
    ofKinds(['slice', 'map', 'string'], {
      result: () => INT,
      complaint: type => `invalid argument for len (type ${argumentName(type)})`,
    }),
    len,
  ),
  checked(
    'first',
    listTo(elementOf, name => `cannot get first element from ${name}`),
    ([list = null], budget) => fetched(list, int(0), budget),
  ),
  checked(
    'last',
    listTo(elementOf, name => `cannot get last element from ${name}`),
    ([list = null], budget) => fetched(list, int(-1), budget),
  ),
  [
    'get',
    {
      type: ANYTHING,
      check: checkGet,
      call: get,
    },
  ],
  checked('take', checkTake, take),
  checked(
    'reverse',
    listTo(anys, name => `cannot reverse ${name}`),
    reverse,
  ),
  long(
    checked(
      'uniq',
      listTo(anys, name => `cannot uniq ${name}`),
      atOnce(uniq),
    ),
    uniq,
  ),
  checked('concat', checkConcat, concat),
  checked(
    'flatten',
    listTo(anys, name => `cannot flatten ${name}`),
    flatten,
  ),
  long(typed('sort', sorting, atOnce(sort)), sort),
  checked('keys', mapTo(ANYS, keysOf), ([map = null], budget) =>
    pairs(map, keysOf, budget).map(([key]) => key),
  ),
  checked('values', mapTo(ANYS, valuesOf), ([map = null], budget) =>
    pairs(map, valuesOf, budget).map(([, value]) => value),
  ),
  checked('toPairs', mapTo(ANYS, toPairsOf), ([map = null], budget) => {
    const all = pairs(map, toPairsOf, budget).map(pair => new GoSlice(PAIR, pair))
    return new GoSlice(PAIRS, all)
  }),
  checked(
    'fromPairs',
    listTo(
      () => ANY_MAP,
      name => `cannot transform ${name} from pairs`,
    ),
    fromPairs,
  ),
]

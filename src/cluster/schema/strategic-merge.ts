// Strategic merge patches: like merge patches, but lists of named things merge element by element.
//
//   field: null                    takes the field away
//   list of elements with a key    each is merged with the one of the same key; new ones are added
//   $patch: delete | replace       in an element or a map: that one goes; or all that stands is replaced
//   $retainKeys: [a, b]            of this map only a and b stay
//   $deleteFromPrimitiveList/f     these values leave the list f
//   $setElementOrder/f             the order in which the elements of f are to stand
import { isJsonObject, stableJson } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { own, setOwn } from '../../std/own.ts'
import { mergedField } from './merge-metadata.ts'
import type { MergedField } from './merge-metadata.ts'
import { printed } from '../../std/json-parts.ts'

/** The patch itself makes no sense. */
export class BadPatch extends Error {}

const PATCH = '$patch'
const RETAIN = '$retainKeys'
const DELETE_FROM = '$deleteFromPrimitiveList/'
const SET_ORDER = '$setElementOrder/'

/** The object with the patch applied; `type` is the Go type that says how its lists merge. */
export function strategicMerge(
  type: string | undefined,
  original: JsonObject,
  patch: JsonObject,
): JsonObject {
  const directive = patch[PATCH]
  if (directive === 'replace') return cleaned(patch)
  if (directive === 'delete') return {}
  if (directive !== undefined && directive !== 'merge') {
    throw new BadPatch(`unknown patch type: ${printed(directive)}`)
  }
  const result: { [field: string]: Json } = { ...retained(original, patch) }
  for (const [field, value] of Object.entries(patch)) {
    if (field === PATCH || field === RETAIN || field.startsWith(SET_ORDER)) continue
    if (field.startsWith(DELETE_FROM)) {
      const list = field.slice(DELETE_FROM.length)
      if (Object.hasOwn(result, list)) setOwn(result, list, without(result[list], value) as Json)
    } else if (value === null) delete result[field]
    else setOwn(result, field, mergedValue(mergedField(type, field), own(result, field), value))
  }
  return ordered(type, { original, patch, result })
}

function mergedValue(field: MergedField, standing: Json | undefined, value: Json): Json {
  const isReplaced = field.patch === 'replace'
  if (isJsonObject(value)) {
    if (!isJsonObject(standing) || isReplaced) return strategicMerge(field.type, {}, value)
    return strategicMerge(field.type, standing, value)
  }
  if (!Array.isArray(value)) return value
  if (isMergedList(field)) return mergedList(field, Array.isArray(standing) ? standing : [], value)
  return value.map(cleanedValue)
}

function isMergedList(field: MergedField): boolean {
  return field.patch?.split(',').includes('merge') === true
}

function retained(original: JsonObject, patch: JsonObject): JsonObject {
  const keys = patch[RETAIN]
  if (!Array.isArray(keys)) return original
  const kept = new Set<Json>(keys)
  return Object.fromEntries(Object.entries(original).filter(([field]) => kept.has(field)))
}

function without(standing: Json | undefined, values: Json): Json | undefined {
  if (!Array.isArray(standing) || !Array.isArray(values)) return standing
  const removed = placesOf(undefined, values)
  return standing.filter((one: Json) => !removed.has(identityOf(one)))
}

function mergedList(field: MergedField, original: readonly Json[], patch: readonly Json[]): Json {
  const { mergeKey } = field
  if (mergeKey === undefined) {
    const standing = placesOf(undefined, original)
    const first = placesOf(undefined, patch)
    const added = patch.filter((one, i) => {
      const identity = identityOf(one)
      return !standing.has(identity) && first.get(identity) === i
    })
    return inOrder(undefined, { merged: [...original, ...added], wanted: patch, original })
  }
  const elements = patch.map(one => checked(one, mergeKey))
  if (elements.some(one => one[PATCH] === 'replace')) {
    return elements.filter(one => one[PATCH] === undefined).map(cleaned)
  }
  const changes = elements.filter(one => one[PATCH] !== 'delete')
  const removed = placesOf(
    mergeKey,
    elements.filter(one => one[PATCH] === 'delete'),
  )
  const kept = original.filter(one => !removed.has(sameness(mergeKey, one)))
  const byKey = grouped(mergeKey, changes)
  const merged = kept.map(standing =>
    (byKey.get(sameness(mergeKey, standing)) ?? []).reduce<Json>(
      (value, one) => strategicMerge(field.type, value as JsonObject, one),
      standing,
    ),
  )
  const standing = placesOf(mergeKey, kept)
  const fresh = changes.filter(one => !standing.has(sameness(mergeKey, one)))
  const added = fresh.map(one => strategicMerge(field.type, {}, one))
  return inOrder(mergeKey, { merged: [...merged, ...added], wanted: changes, original })
}

function checked(element: Json, mergeKey: string): JsonObject {
  if (!isJsonObject(element)) throw new BadPatch('cannot restore slice from map')
  if (own(element, mergeKey) !== undefined || element[PATCH] === 'replace') return element
  throw new BadPatch(`map: ${JSON.stringify(element)} does not contain declared merge key: ${mergeKey}`)
}

/** Equal values, and only they, have equal identities. */
function identityOf(value: Json | undefined): string {
  if (typeof value === 'object' && value !== null) return stableJson(value)
  return `${typeof value} ${value}`
}

/** What makes elements of a list the same; undefined: this one is like no other. */
function sameness(mergeKey: string | undefined, one: Json): string | undefined {
  if (mergeKey === undefined) return identityOf(one)
  return isJsonObject(one) ? identityOf(own(one, mergeKey)) : undefined
}

/** Where each element stands first: a list of thousands is asked for each of thousands. */
function placesOf(mergeKey: string | undefined, list: readonly Json[]): ReadonlyMap<unknown, number> {
  const places = new Map<unknown, number>()
  for (const [i, one] of list.entries()) {
    const identity = sameness(mergeKey, one)
    if (identity !== undefined && !places.has(identity)) places.set(identity, i)
  }
  return places
}

function grouped(mergeKey: string, elements: readonly JsonObject[]): ReadonlyMap<unknown, JsonObject[]> {
  const groups = new Map<unknown, JsonObject[]>()
  for (const one of elements) {
    const identity = sameness(mergeKey, one)
    const group = groups.get(identity)
    if (group === undefined) groups.set(identity, [one])
    else group.push(one)
  }
  return groups
}

/** Lists that the patch orders explicitly. */
function ordered(
  type: string | undefined,
  { original, patch, result }: { original: JsonObject; patch: JsonObject; result: JsonObject },
): JsonObject {
  const orders = Object.entries(patch).filter(([field]) => field.startsWith(SET_ORDER))
  if (orders.length === 0) return result
  const lists = orders.flatMap(([name, wanted]) => {
    const field = name.slice(SET_ORDER.length)
    const merged = own(result, field)
    if (!Array.isArray(merged) || !Array.isArray(wanted)) return []
    const { mergeKey } = mergedField(type, field)
    const before = own(original, field)
    const order = { merged, wanted, original: Array.isArray(before) ? before : [] }
    return [[field, inOrder(mergeKey, order)] as const]
  })
  return { ...result, ...Object.fromEntries(lists) }
}

interface Order {
  readonly merged: readonly Json[]
  /** The order of what the patch speaks of. */
  readonly wanted: readonly Json[]
  /** The order of everything else. */
  readonly original: readonly Json[]
}

interface Placed {
  readonly one: Json
  /** In the patch's order and in the old one; -1: not there. */
  readonly wantedAt: number
  readonly originalAt: number
}

/**
 * What the patch names stands in the patch's order, the rest in its old order; the two are shuffled together so that
 * an element of the rest comes before one that it came before.
 */
function inOrder(mergeKey: string | undefined, { merged, wanted, original }: Order): Json {
  const [wantedAt, originalAt] = [placesOf(mergeKey, wanted), placesOf(mergeKey, original)]
  const placed = merged.map((one): Placed => {
    const identity = sameness(mergeKey, one)
    return { one, wantedAt: wantedAt.get(identity) ?? -1, originalAt: originalAt.get(identity) ?? -1 }
  })
  const named = placed.filter(one => one.wantedAt >= 0).toSorted((a, b) => a.wantedAt - b.wantedAt)
  const rest = placed.filter(one => one.wantedAt < 0).toSorted((a, b) => a.originalAt - b.originalAt)
  return shuffled(named, rest).map(({ one }) => one)
}

function shuffled(named: readonly Placed[], rest: readonly Placed[]): readonly Placed[] {
  const result: Placed[] = []
  let [n, r] = [0, 0]
  for (;;) {
    const [a, b] = [rest[r], named[n]]
    if (a === undefined || b === undefined) return [...result, ...named.slice(n), ...rest.slice(r)]
    const isRestFirst = a.originalAt >= 0 && b.originalAt >= 0 && a.originalAt < b.originalAt
    result.push(isRestFirst ? a : b)
    if (isRestFirst) r += 1
    else n += 1
  }
}

const DIRECTIVE = /^\$(patch$|retainKeys$|deleteFromPrimitiveList\/|setElementOrder\/)/

/** What is put where nothing stood: nulls and directives mean nothing there. */
function cleaned(object: JsonObject): JsonObject {
  const kept = Object.entries(object).filter(([field, one]) => one !== null && !DIRECTIVE.test(field))
  return Object.fromEntries(kept.map(([field, one]) => [field, cleanedValue(one)]))
}

function cleanedValue(value: Json): Json {
  if (Array.isArray(value)) return value.map(cleanedValue)
  return isJsonObject(value) ? cleaned(value) : value
}

// Strategic merge patches: like merge patches, but lists of named things merge element by element.
//
//   field: null                    takes the field away
//   list of elements with a key    each is merged with the one of the same key; new ones are added
//   $patch: delete | replace       in an element or a map: that one goes; or all that stands is replaced
//   $retainKeys: [a, b]            of this map only a and b stay
//   $deleteFromPrimitiveList/f     these values leave the list f
//   $setElementOrder/f             the order in which the elements of f are to stand
import { equal } from '../../std/equal.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { mergedField } from './merge-metadata.ts'
import type { MergedField } from './merge-metadata.ts'

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
    throw new BadPatch(`unknown patch type: ${String(directive)}`)
  }
  const result: { [field: string]: Json } = { ...retained(original, patch) }
  for (const [field, value] of Object.entries(patch)) {
    if (field === PATCH || field === RETAIN || field.startsWith(SET_ORDER)) continue
    if (field.startsWith(DELETE_FROM)) removeFrom(result, field.slice(DELETE_FROM.length), value)
    else if (value === null) delete result[field]
    else result[field] = mergedValue(mergedField(type, field), result[field], value)
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
  return Object.fromEntries(Object.entries(original).filter(([field]) => keys.includes(field)))
}

function removeFrom(result: { [field: string]: Json }, field: string, values: Json): void {
  const standing = result[field]
  if (!Array.isArray(standing) || !Array.isArray(values)) return
  result[field] = standing.filter((one: Json) => !values.some((value: Json) => equal(value, one)))
}

function mergedList(field: MergedField, original: readonly Json[], patch: readonly Json[]): Json {
  const { mergeKey } = field
  if (mergeKey === undefined) {
    const added = patch.filter(one => !original.some(standing => equal(standing, one)))
    return inOrder(undefined, { merged: [...original, ...unique(added)], wanted: patch, original })
  }
  const elements = patch.map(one => checked(one, mergeKey))
  if (elements.some(one => one[PATCH] === 'replace')) {
    return elements.filter(one => one[PATCH] === undefined).map(cleaned)
  }
  const removed = elements.filter(one => one[PATCH] === 'delete')
  const kept = original.filter(one => !removed.some(other => isSame(mergeKey, one, other)))
  const changes = elements.filter(one => one[PATCH] !== 'delete')
  const merged = kept.map(standing => {
    const changed = changes.filter(one => isSame(mergeKey, one, standing))
    return changed.reduce<Json>(
      (value, one) => strategicMerge(field.type, value as JsonObject, one),
      standing,
    )
  })
  const fresh = changes.filter(one => !kept.some(standing => isSame(mergeKey, one, standing)))
  const added = fresh.map(one => strategicMerge(field.type, {}, one))
  return inOrder(mergeKey, { merged: [...merged, ...added], wanted: changes, original })
}

function checked(element: Json, mergeKey: string): JsonObject {
  if (!isJsonObject(element)) throw new BadPatch('cannot restore slice from map')
  if (element[mergeKey] !== undefined || element[PATCH] === 'replace') return element
  throw new BadPatch(`map: ${JSON.stringify(element)} does not contain declared merge key: ${mergeKey}`)
}

function isSame(mergeKey: string | undefined, a: Json, b: Json): boolean {
  if (mergeKey === undefined) return equal(a, b)
  return isJsonObject(a) && isJsonObject(b) && equal(a[mergeKey], b[mergeKey])
}

function unique(values: readonly Json[]): readonly Json[] {
  return values.filter((one, i) => values.findIndex(other => equal(other, one)) === i)
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
    const merged = result[field]
    if (!Array.isArray(merged) || !Array.isArray(wanted)) return []
    const { mergeKey } = mergedField(type, field)
    const before = Array.isArray(original[field]) ? original[field] : []
    return [[field, inOrder(mergeKey, { merged, wanted, original: before as readonly Json[] })] as const]
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

/**
 * What the patch names stands in the patch's order, the rest in its old order; the two are shuffled together so that
 * an element of the rest comes before one that it came before.
 */
function inOrder(mergeKey: string | undefined, { merged, wanted, original }: Order): Json {
  const place = (list: readonly Json[], one: Json) => list.findIndex(other => isSame(mergeKey, other, one))
  const by = (list: readonly Json[]) => (a: Json, b: Json) => place(list, a) - place(list, b)
  const named = merged.filter(one => place(wanted, one) >= 0).toSorted(by(wanted))
  const rest = merged.filter(one => place(wanted, one) < 0).toSorted(by(original))
  const result: Json[] = []
  while (named.length > 0 && rest.length > 0) {
    const [a, b] = [place(original, rest[0] as Json), place(original, named[0] as Json)]
    const isRestFirst = a >= 0 && b >= 0 && a < b
    result.push((isRestFirst ? rest : named).shift() as Json)
  }
  return [...result, ...named, ...rest]
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

// Filling in what is absent, without touching what was given: the small words that default tables are written
// in.
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'

export type Fill = (object: JsonObject) => JsonObject

/**
 * The object with `values` wherever it has nothing (or an empty string, which Go cannot tell from nothing).
 */
export function filled(
  object: JsonObject,
  values: { readonly [field: string]: Json | undefined },
): JsonObject {
  const missing = Object.entries(values).filter(
    ([field, value]) => value !== undefined && (object[field] === undefined || object[field] === ''),
  )
  return missing.length === 0 ? object : { ...object, ...(Object.fromEntries(missing) as JsonObject) }
}

/** The object with a function applied to one of its objects, if it has it. */
export function inside(object: JsonObject, field: string, fill: Fill): JsonObject {
  const value = object[field]
  return isJsonObject(value) ? { ...object, [field]: fill(value) } : object
}

/** The same for every object of a list. */
export function each(object: JsonObject, field: string, fill: Fill): JsonObject {
  const value = object[field]
  if (!Array.isArray(value)) return object
  return { ...object, [field]: value.map((one: Json) => (isJsonObject(one) ? fill(one) : one)) }
}

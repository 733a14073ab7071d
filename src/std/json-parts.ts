// Parts of JSON whose shape nobody has checked yet: each reads as a value of its type, empty when it is another.
import { isJsonObject } from './json.ts'
import type { Json, JsonObject } from './json.ts'

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A text as it is, other scalars as `String` has them, objects and lists as JSON: `String` throws for some. */
export function printed(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

/** What `Number` reads from a number, a text, a boolean or null; NaN for objects and lists, where it may throw. */
export function numeric(value: unknown): number {
  return typeof value === 'object' && value !== null ? NaN : Number(value)
}

export function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value : []
}

export function record(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}

/** The objects of a list, whatever else may stand in it. */
export function objects(value: unknown): readonly JsonObject[] {
  return list(value).filter(one => isJsonObject(one))
}

/** The object with some of its fields replaced; `undefined` takes one away. */
export function withFields(
  object: JsonObject,
  changes: { readonly [field: string]: Json | undefined },
): JsonObject {
  const result: { [field: string]: Json } = { ...object }
  for (const [field, value] of Object.entries(changes)) {
    if (value === undefined) delete result[field]
    else result[field] = value
  }
  return result
}

/** Where each value of a list stands first. */
export function firstPlaces<T>(values: readonly T[]): ReadonlyMap<T, number> {
  return new Map(values.map((value, i) => [value, i] as const).toReversed())
}

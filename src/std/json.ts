// JSON as a type; reading it to a value or undefined.
import { setOwn } from './own.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
export type JsonObject = { readonly [name: string]: Json }

/** The parsed value, or undefined when the text is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/** JSON with the keys of every object sorted: equal values give equal text. */
export function stableJson(value: Json): string {
  return JSON.stringify(sorted(value))
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What is nested deeper could be read, but not written down again: writing takes more stack than reading. */
export const LEVELS_MAX = 1000

/** Whether objects and lists stand in each other more than `levels` deep. */
export function isDeeperThan(levels: number, value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  // Every body comes through here: no copy of its parts is made.
  if (!isJsonObject(value)) return value.some(one => isDeeperThan(levels - 1, one))
  for (const name in value) if (isDeeperThan(levels - 1, value[name] as Json)) return true
  return false
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isJsonObject(value)) return value
  const result: { [name: string]: Json } = {}
  for (const name of Object.keys(value).toSorted()) setOwn(result, name, sorted(value[name] as Json))
  return result
}

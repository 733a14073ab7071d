// A part of a spec in the order in which Go would print it, for messages that quote it.
import { isJsonObject } from '../std/json.ts'
import type { Json } from '../std/json.ts'
import type { Schema } from './schema.ts'

/** Known fields in the schema's order, keys of maps sorted; what the schema does not know is left out. */
export function inGoOrder(schema: Schema, value: unknown): Json {
  const { shape } = schema
  if (shape.kind === 'list' && Array.isArray(value)) return value.map(one => inGoOrder(shape.of, one))
  if (!isJsonObject(value)) return (value ?? null) as Json
  if (shape.kind === 'object') {
    const known = Object.entries(shape.fields).filter(([name]) => value[name] !== undefined)
    return Object.fromEntries(known.map(([name, field]) => [name, inGoOrder(field, value[name])]))
  }
  if (shape.kind === 'map') {
    const sorted = Object.keys(value).toSorted()
    return Object.fromEntries(sorted.map(key => [key, inGoOrder(shape.of, value[key])]))
  }
  return value
}

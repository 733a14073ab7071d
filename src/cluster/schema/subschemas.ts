// The schemas inside a schema, as a definition writes them, each with where it stands.
import { isJsonObject } from '../../std/json.ts'
import type { JsonObject } from '../../std/json.ts'
import { record } from '../../std/json-parts.ts'

export function subschemas(
  { properties, additionalProperties, items }: JsonObject,
  path: string,
): readonly (readonly [schema: JsonObject, path: string])[] {
  return [
    ...Object.entries(record(properties)).map(
      ([field, one]) => [record(one), `${path}.properties[${field}]`] as const,
    ),
    ...(isJsonObject(additionalProperties)
      ? [[additionalProperties, `${path}.additionalProperties`] as const]
      : []),
    ...(isJsonObject(items) ? [[items, `${path}.items`] as const] : []),
  ]
}

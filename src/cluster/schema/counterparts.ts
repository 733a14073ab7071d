// Which element of a list as it was each element of a list as it is to be continues.
import type { Json } from '../../std/json.ts'
import { record } from '../../std/json-parts.ts'
import type { Structural } from './structural.ts'

/** The old element that each new one continues: by keys in a map-like list; nothing elsewhere. */
export function counterparts(
  schema: Structural,
  value: readonly Json[],
  old: Json | undefined,
): readonly (Json | undefined)[] {
  const keys = schema['x-kubernetes-list-map-keys']
  if (schema['x-kubernetes-list-type'] !== 'map' || !keys || !Array.isArray(old)) return []
  const byKey = new Map(old.map((one: Json) => [keyOf(one, keys), one]))
  return value.map(one => byKey.get(keyOf(one, keys)))
}

function keyOf(element: Json, keys: readonly string[]): string {
  const object = record(element)
  return JSON.stringify(Object.fromEntries(keys.map(key => [key, object[key] ?? null])))
}

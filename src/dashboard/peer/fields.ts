// `?fields=result.status,result.objectMeta.name`: only these parts of an answer, as deep as they name it.
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'

/** More names than the longest answer has would only cost time. */
const NAMES_MAX = 100
const LEVELS_MAX = 20

/** `fields`: undefined or empty: all of it. Of a list each element is taken from. */
export function onlyFields(value: Json, fields: string | null): Json {
  if (fields === null || fields === '') return value
  const paths = fields.split(',', NAMES_MAX).map(one => one.split('.', LEVELS_MAX))
  return taken(value, paths)
}

function taken(value: Json, paths: readonly (readonly string[])[]): Json {
  if (paths.some(path => path.length === 0)) return value
  if (Array.isArray(value)) return value.map((one: Json) => taken(one, paths))
  if (!isJsonObject(value)) return value
  const kept: [string, Json][] = []
  for (const [name, inner] of Object.entries<Json>(value as JsonObject)) {
    const below = paths.filter(path => path[0] === name).map(path => path.slice(1))
    if (below.length > 0) kept.push([name, taken(inner, below)])
  }
  return Object.fromEntries(kept)
}

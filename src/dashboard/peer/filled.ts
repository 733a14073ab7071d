// Go's `omitempty`: a field that says nothing is left out.
import type { Json, JsonObject } from '../../std/json.ts'

export function filled(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isEmpty(value)))
}

function isEmpty(value: Json): boolean {
  return value === '' || value === 0 || value === false || (Array.isArray(value) && value.length === 0)
}

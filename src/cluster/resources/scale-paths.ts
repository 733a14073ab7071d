// Where a custom resource keeps its replica counts, as its definition's scale subresource says.
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { printed, record } from '../../std/json-parts.ts'
import { invalid } from '../schema/field-errors.ts'
import type { FieldProblem } from '../schema/field-errors.ts'

export interface ScalePaths {
  readonly specReplicasPath: string
  readonly statusReplicasPath: string
  readonly labelSelectorPath?: string
}

const INT32_MAX = 2_147_483_647

function partsOf(path: string): string[] {
  return path.replace(/^\./, '').split('.')
}

export function valueAt(object: JsonObject, path: string): Json | undefined {
  return partsOf(path).reduce<Json | undefined>(
    (value, part) => (isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined),
    object,
  )
}

/** The object with another value at a path; objects on the way are made. */
export function withValueAt(object: JsonObject, path: string, value: Json): JsonObject {
  return put(object, partsOf(path), value)
}

function put(object: JsonObject, [first, ...rest]: readonly string[], value: Json): JsonObject {
  if (first === undefined) return object
  if (rest.length === 0) return { ...object, [first]: value }
  const inner = object[first]
  return { ...object, [first]: put(record(inner), rest, value) }
}

/** Counts must be numbers, and not negative, whatever the schema says. */
export function replicasProblems(
  paths: ScalePaths,
  object: JsonObject,
  subresource: string,
): readonly FieldProblem[] {
  const path = subresource === 'status' ? paths.statusReplicasPath : paths.specReplicasPath
  const problem = accessProblem(object, path)
  if (problem !== undefined) return [invalid(path, 0, `${path} accessor error: ${problem}`)]
  const count = valueAt(object, path)
  if (typeof count !== 'number') return []
  if (count < 0) return [invalid(path, count, 'should be a non-negative integer')]
  if (count <= INT32_MAX) return []
  return [invalid(path, count, `should be less than or equal to ${INT32_MAX}`)]
}

function accessProblem(object: JsonObject, path: string): string | undefined {
  let value: Json | undefined = object
  for (const part of partsOf(path)) {
    if (value === undefined || value === null) return undefined
    if (!isJsonObject(value)) return `${goPrinted(value)}, expected map[string]interface{}`
    value = value[part]
  }
  if (value === undefined || value === null || Number.isInteger(value)) return undefined
  return `${goPrinted(value)}, expected int64`
}

function goPrinted(value: Json): string {
  if (typeof value === 'string') return `${value} is of the type string`
  if (typeof value === 'boolean') return `${value} is of the type bool`
  if (Array.isArray(value)) return `[${value.map(printed).join(' ')}] is of the type []interface {}`
  if (typeof value === 'number')
    return `${value} is of the type ${Number.isInteger(value) ? 'int64' : 'float64'}`
  return 'map is of the type map[string]interface {}'
}

// How the elements of a list and the fields of an object are merged: `x-kubernetes-list-type`, its keys, and
// `x-kubernetes-map-type`.
import type { Json, JsonObject } from '../../../std/json.ts'
import { isJsonObject } from '../../../std/json.ts'
import { list, record, text } from '../../../std/json-parts.ts'
import { own } from '../../../std/own.ts'
import { forbidden, invalid, notSupported, required } from '../field-errors.ts'
import type { FieldProblem } from '../field-errors.ts'

const LIST_TYPE = 'x-kubernetes-list-type'
const MAP_TYPE = 'x-kubernetes-map-type'
const KEYS = 'x-kubernetes-list-map-keys'

export function markProblems(schema: JsonObject, path: string): readonly FieldProblem[] {
  const listType = schema[LIST_TYPE]
  return [
    ...kindProblems(schema, path, { mark: MAP_TYPE, type: 'object', kinds: ['atomic', 'granular'] }),
    ...kindProblems(schema, path, { mark: LIST_TYPE, type: 'array', kinds: ['atomic', 'set', 'map'] }),
    ...(listType === 'set' && schema['type'] === 'array' ? setProblems(record(schema['items']), path) : []),
    ...keyProblems(schema, path),
  ]
}

interface Mark {
  readonly mark: string
  /** Of what it may stand on. */
  readonly type: string
  readonly kinds: readonly string[]
}

function kindProblems(
  schema: JsonObject,
  path: string,
  { mark, type, kinds }: Mark,
): readonly FieldProblem[] {
  const kind = schema[mark]
  if (kind === undefined) return []
  const given = text(schema['type'])
  const said = `must be ${type} if ${mark} is specified`
  const problem = given === '' ? required(`${path}.type`, said) : invalid(`${path}.type`, given, said)
  return [
    ...(given === type ? [] : [problem]),
    ...(kinds.includes(text(kind)) ? [] : [notSupported(`${path}.${mark}`, kind, kinds)]),
  ]
}

function setProblems(items: JsonObject, path: string): readonly FieldProblem[] {
  const said = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const shown = items[LIST_TYPE] ?? null
  const isWhole = items['type'] !== 'array' || shown === null || shown === 'atomic'
  return [
    ...(isWhole ? [] : [invalid(`${path}.items.${LIST_TYPE}`, shown, said)]),
    ...(items['type'] === 'object' && items[MAP_TYPE] !== 'atomic'
      ? [invalid(`${path}.items.${MAP_TYPE}`, shown, said)]
      : []),
    ...nullableProblems(items, `${path}.items`, 'cannot be nullable when x-kubernetes-list-type is set'),
  ]
}

function nullableProblems(schema: JsonObject, path: string, said: string): readonly FieldProblem[] {
  return schema['nullable'] === true ? [forbidden(`${path}.nullable`, said)] : []
}

function keyProblems(schema: JsonObject, path: string): readonly FieldProblem[] {
  const listType = schema[LIST_TYPE]
  const keys = list(schema[KEYS])
  const mustBeMap = 'must be map if x-kubernetes-list-map-keys is non-empty'
  if (listType !== 'map') {
    if (keys.length === 0) return []
    const at = `${path}.${LIST_TYPE}`
    return [listType === undefined ? required(at, mustBeMap) : invalid(at, listType, mustBeMap)]
  }
  return [
    ...(keys.length === 0
      ? [required(`${path}.${KEYS}`, 'must not be empty if x-kubernetes-list-type is map')]
      : []),
    ...(isJsonObject(schema['items'])
      ? elementProblems(schema['items'], keys, path)
      : [required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map')]),
  ]
}

function elementProblems(items: JsonObject, keys: readonly Json[], path: string): readonly FieldProblem[] {
  const type = text(items['type'])
  if (type !== 'object') {
    const said = "must be object if parent array's x-kubernetes-list-type is map"
    return [invalid(`${path}.items.type`, type, said)]
  }
  const properties = record(items['properties'])
  const at = `${path}.${KEYS}`
  return [
    ...keys.flatMap((key, i) => [
      ...(Object.hasOwn(properties, text(key))
        ? []
        : [invalid(at, keys, 'entries must all be names of item properties')]),
      ...(keys.indexOf(key) < i ? [invalid(at, keys, 'must not contain duplicate entries')] : []),
    ]),
    ...nullableProblems(items, `${path}.items`, 'cannot be nullable when x-kubernetes-list-type is map'),
    ...keys.flatMap(key => {
      const property = own(properties, text(key))
      const isNeeded = list(items['required']).includes(key)
      const place = `${path}.items.properties[${text(key)}]`
      return property === undefined ? [] : keyFieldProblems(record(property), place, isNeeded)
    }),
  ]
}

const AS_KEY = 'this property is in x-kubernetes-list-map-keys, so it'

function keyFieldProblems(property: JsonObject, path: string, isNeeded: boolean): readonly FieldProblem[] {
  const type = text(property['type'])
  return [
    ...(type === 'array' || type === 'object'
      ? [
          // The element's type is what Kubernetes shows here.
          invalid(
            `${path}.type`,
            'object',
            "must be a scalar type if parent array's x-kubernetes-list-type is map",
          ),
        ]
      : []),
    ...(isNeeded || property['default'] !== undefined
      ? []
      : [required(`${path}.default`, `${AS_KEY} must have a default or be a required property`)]),
    ...nullableProblems(property, path, `${AS_KEY} cannot be nullable`),
  ]
}

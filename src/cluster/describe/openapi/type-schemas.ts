// Schemas of the built-in types, made from two tables of facts: which fields a type has and of what type they
// are, and how lists and maps merge. There are no descriptions: `kubectl explain` shows fields and types.
import type { Json, JsonObject } from '../../../std/json.ts'
import merges from './merge-metadata.json' with { type: 'json' }
import types from './kubernetes-types.json' with { type: 'json' }

type TypeFacts = { readonly [field: string]: Json }

interface MergeFacts {
  readonly listType?: string
  readonly keys?: readonly string[]
  readonly mapType?: string
  readonly patch?: string
  readonly mergeKey?: string
}

const TYPES = types as unknown as Readonly<Record<string, TypeFacts>>
const MERGES = merges as unknown as Readonly<Record<string, MergeFacts>>

export const REF_PREFIX = '#/components/schemas/'
export const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'
export const LIST_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta'
export const PATCH = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch'

const byKind = new Map<string, string>()
for (const [name, facts] of Object.entries(TYPES)) {
  const kinds = Array.isArray(facts['$gvk']) ? (facts['$gvk'] as readonly JsonObject[]) : []
  if (kinds.length > 1) continue
  for (const { group, version, kind } of kinds) byKind.set(`${group}/${version}/${kind}`, name)
}

/** The name under which a built-in kind's type stands in the table. */
export function typeNameOf(kind: {
  readonly group: string
  readonly version: string
  readonly kind: string
}): string | undefined {
  return byKind.get(`${kind.group}/${kind.version}/${kind.kind}`)
}

/** The named types and all that they are made of, each as a schema. */
export function schemaClosure(names: readonly string[]): ReadonlyMap<string, JsonObject> {
  const schemas = new Map<string, JsonObject>()
  const waiting = [...names]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const facts = TYPES[name]
    if (facts === undefined || schemas.has(name)) continue
    schemas.set(name, typeSchema(name, facts))
    waiting.push(...fieldsOf(facts).flatMap(([, type]) => namesIn(type)))
  }
  return schemas
}

function fieldsOf(facts: TypeFacts): readonly (readonly [field: string, type: string])[] {
  return Object.entries(facts).filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' &&
      (!entry[0].startsWith('$') || entry[0] === '$ref' || entry[0] === '$schema'),
  )
}

function namesIn(type: string): readonly string[] {
  return [...type.matchAll(/@([\w.-]+)/g)].map(match => match[1] as string)
}

function typeSchema(name: string, facts: TypeFacts): JsonObject {
  const merge = MERGES[name]
  const kinds = facts['$gvk']
  if (typeof facts['$type'] === 'string') return { ...schemaOf(facts['$type']), ...mergeMarks(merge) }
  const defaults = (facts['$default'] ?? {}) as JsonObject
  const properties = fieldsOf(facts).map(([field, type]) => [
    field,
    {
      ...withDefault(schemaOf(type), defaults[field]),
      ...mergeMarks(MERGES[`${name}.${field}`], type.startsWith('[')),
    },
  ])
  return {
    type: 'object',
    ...(facts['$req'] === undefined ? {} : { required: facts['$req'] }),
    properties: Object.fromEntries(properties) as JsonObject,
    ...(Array.isArray(kinds) && kinds.length === 1 ? { 'x-kubernetes-group-version-kind': kinds } : {}),
    ...mergeMarks(merge),
  }
}

function withDefault(schema: JsonObject, value: Json | undefined): JsonObject {
  return value === undefined ? schema : { ...schema, default: value }
}

/** Reads the table's words: `string`, `integer:int32`, `@Type`, `[…]` for lists, `{…}` for maps. */
function schemaOf(word: string): JsonObject {
  if (word.startsWith('@')) return { allOf: [{ $ref: `${REF_PREFIX}${word.slice(1)}` }] }
  if (word.startsWith('[')) return { type: 'array', items: schemaOf(word.slice(1, -1)) }
  if (word === '{}') return { type: 'object' }
  if (word.startsWith('{')) return { type: 'object', additionalProperties: schemaOf(word.slice(1, -1)) }
  if (word === 'any') return {}
  const [type, format] = word.split(':') as [string, string | undefined]
  if (format === 'int-or-string') return { oneOf: [{ type: 'integer' }, { type: 'string' }], format }
  return format === undefined ? { type } : { type, format }
}

/** Lists without facts are atomic: whoever writes one, writes it whole. */
function mergeMarks(merge: MergeFacts | undefined, isList = false): JsonObject {
  if (merge === undefined) return isList ? { 'x-kubernetes-list-type': 'atomic' } : {}
  return {
    ...(merge.listType === undefined ? {} : { 'x-kubernetes-list-type': merge.listType }),
    ...(merge.keys === undefined ? {} : { 'x-kubernetes-list-map-keys': merge.keys }),
    ...(merge.mapType === undefined ? {} : { 'x-kubernetes-map-type': merge.mapType }),
    ...(merge.patch === undefined ? {} : { 'x-kubernetes-patch-strategy': merge.patch }),
    ...(merge.mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': merge.mergeKey }),
  }
}

// The schemas of one group-version: its built-in kinds from the tables, its custom kinds from their CRDs,
// their lists.
import { isJsonObject, type JsonObject } from '../../../std/json.ts'
import type { ServedKind } from '../../resources/resources.ts'
import { responseKindOf } from '../response-kind.ts'
import { LIST_META, OBJECT_META, PATCH, REF_PREFIX, schemaClosure, typeNameOf } from './type-schemas.ts'

/** Where a kind's schema stands in a document: `io.argoproj.v1alpha1.Rollout`. */
export function schemaName(kind: Pick<ServedKind, 'group' | 'version' | 'kind'>): string {
  const known = typeNameOf(kind)
  if (known !== undefined) return known
  return [...kind.group.split('.').toReversed(), kind.version, kind.kind].join('.')
}

export function kindSchemas(kinds: readonly ServedKind[]): JsonObject {
  const builtIn = kinds.filter(kind => !kind.custom).flatMap(kind => typeNameOf(kind) ?? [])
  const answers = kinds.flatMap(kind =>
    kind.subresources.flatMap(one => typeNameOf(responseKindOf(kind, one)) ?? []),
  )
  const closure = schemaClosure([...builtIn, ...answers, OBJECT_META, LIST_META])
  const custom = kinds
    .filter(kind => kind.custom)
    .map(kind => [schemaName(kind), customSchema(kind)] as const)
  const lists = kinds.map(kind => [listName(kind), listSchema(kind)] as const)
  const patch = { type: 'object' }
  return Object.fromEntries(
    [...closure, ...custom, ...lists, [PATCH, patch] as const].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}

export function listName(kind: ServedKind): string {
  const name = schemaName(kind)
  return `${name.slice(0, name.lastIndexOf('.') + 1)}${kind.listKind}`
}

function gvk(kind: Pick<ServedKind, 'group' | 'version'>, name: string): JsonObject {
  return { 'x-kubernetes-group-version-kind': [{ group: kind.group, version: kind.version, kind: name }] }
}

function customSchema(kind: ServedKind): JsonObject {
  const schema = isJsonObject(kind.schema) ? kind.schema : { type: 'object' }
  const declared = isJsonObject(schema['properties']) ? schema['properties'] : {}
  const properties = {
    ...declared,
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { allOf: [{ $ref: `${REF_PREFIX}${OBJECT_META}` }] },
  }
  return { ...schema, properties, ...gvk(kind, kind.kind) }
}

function listSchema(kind: ServedKind): JsonObject {
  return {
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { allOf: [{ $ref: `${REF_PREFIX}${LIST_META}` }] },
      items: { type: 'array', items: { allOf: [{ $ref: `${REF_PREFIX}${schemaName(kind)}` }] } },
    },
    ...gvk(kind, kind.listKind),
  }
}

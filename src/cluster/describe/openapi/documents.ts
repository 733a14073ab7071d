// OpenAPI documents of what is served: version 3, one document for each group-version with the hash that
// names its content; version 2, all in one. Pure functions of the served kinds.
import type { Json, JsonObject } from '../../../std/json.ts'
import type { ServedKind } from '../../resources/resources.ts'
import { GIT_VERSION } from '../../resources/standing/kubernetes-level.ts'
import { kindPaths } from './kind-paths.ts'
import { kindSchemas } from './kind-schemas.ts'

/** `api/v1` or `apis/GROUP/VERSION`: how the index names a group-version. */
export function groupVersionPath(kind: Pick<ServedKind, 'group' | 'version'>): string {
  return kind.group === '' ? `api/${kind.version}` : `apis/${kind.group}/${kind.version}`
}

export function groupVersionPaths(kinds: readonly ServedKind[]): readonly string[] {
  return [...new Set(kinds.map(groupVersionPath))].toSorted()
}

/** The document of one group-version, or undefined when it is not served. */
export function openApiV3(kinds: readonly ServedKind[], path: string): Json | undefined {
  const own = kinds.filter(kind => groupVersionPath(kind) === path)
  if (own.length === 0) return undefined
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: GIT_VERSION },
    paths: kindPaths(own),
    components: { schemas: kindSchemas(own) },
  }
}

/** `/openapi/v3`: where each group-version's document is, under a hash that changes with its content. */
export function openApiIndex(hashes: ReadonlyMap<string, string>): Json {
  return {
    paths: Object.fromEntries(
      [...hashes].map(([path, hash]) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }]),
    ),
  }
}

/** `/openapi/v2` as JSON: definitions and the paths' kinds, translated from version 3. */
export function openApiV2(kinds: readonly ServedKind[]): Json {
  const paths = kindPaths(kinds)
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: GIT_VERSION },
    paths: Object.fromEntries(
      Object.entries(paths).map(([path, item]) => [path, pathV2(item as JsonObject)]),
    ),
    definitions: Object.fromEntries(
      Object.entries(kindSchemas(kinds)).map(([name, schema]) => [name, schemaV2(schema)]),
    ),
  }
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch']

function pathV2(item: JsonObject): JsonObject {
  const operations = METHODS.filter(method => item[method] !== undefined).map(method => {
    const operation = item[method] as JsonObject
    const body = operation['requestBody'] as JsonObject | undefined
    const consumes = Object.keys((body?.['content'] ?? {}) as JsonObject)
    return [
      method,
      {
        operationId: operation['operationId'] as string,
        consumes: consumes.length === 0 ? ['*/*'] : consumes,
        produces: ['application/json', 'application/yaml'],
        parameters: parametersV2(operation['parameters']),
        responses: { '200': { description: 'OK' } },
        'x-kubernetes-action': operation['x-kubernetes-action'] as string,
        'x-kubernetes-group-version-kind': operation['x-kubernetes-group-version-kind'] as Json,
      },
    ] as const
  })
  return { ...Object.fromEntries(operations), parameters: parametersV2(item['parameters']) }
}

function parametersV2(parameters: Json | undefined): Json {
  const list = Array.isArray(parameters) ? (parameters as readonly JsonObject[]) : []
  return list.map(({ schema, ...rest }) => ({ ...rest, ...(schema as JsonObject) }))
}

/** Version 2 has no `oneOf`, no wrapped `$ref`, and names schemas under `definitions`. */
function schemaV2(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(schemaV2)
  if (typeof schema !== 'object' || schema === null) return schema
  const { allOf, oneOf } = schema as JsonObject
  const inner = Array.isArray(allOf) ? (allOf[0] as JsonObject | undefined) : undefined
  const ref = inner?.['$ref']
  if (typeof ref === 'string') return { $ref: ref.replace('/components/schemas/', '/definitions/') }
  const isEither = oneOf !== undefined && (schema as JsonObject)['format'] === 'int-or-string'
  const rest = Object.entries(isEither ? { ...schema, type: 'string' } : schema)
  return Object.fromEntries(
    rest
      .filter(([name]) => !UNKNOWN_TO_V2.has(name))
      .map(([name, value]) => [name, SCHEMA_PLACES.has(name) ? schemaV2Inside(name, value) : value]),
  )
}

const UNKNOWN_TO_V2 = new Set(['allOf', 'oneOf', 'anyOf', 'not', 'nullable'])
const SCHEMA_PLACES = new Set(['items', 'properties', 'additionalProperties'])

function schemaV2Inside(name: string, value: Json): Json {
  if (name !== 'properties') return schemaV2(value)
  return Object.fromEntries(Object.entries(value as JsonObject).map(([field, one]) => [field, schemaV2(one)]))
}

// The paths of one group-version. kubectl reads from them which parameters a write takes (so that it may
// leave dry runs and validation to the server), which patch types a kind knows, and, for `explain`, which
// kind a path is about.
import type { JsonObject } from '../../../std/json.ts'
import type { ServedKind } from '../../resources/resources.ts'
import { listName, schemaName } from './kind-schemas.ts'
import { responseKindOf } from '../response-kind.ts'
import { PATCH, REF_PREFIX, typeNameOf } from './type-schemas.ts'

const MEDIA = ['application/json', 'application/yaml']
const OBJECT_PATCHES = ['application/json-patch+json', 'application/merge-patch+json']
const STRATEGIC = 'application/strategic-merge-patch+json'

const DRY_RUN = parameter('dryRun', 'string')
const FIELD_MANAGER = parameter('fieldManager', 'string')
const FIELD_VALIDATION = parameter('fieldValidation', 'string')
const WRITE = [DRY_RUN, FIELD_MANAGER, FIELD_VALIDATION]
const LIST = [
  parameter('allowWatchBookmarks', 'boolean'),
  parameter('continue', 'string'),
  parameter('fieldSelector', 'string'),
  parameter('labelSelector', 'string'),
  parameter('limit', 'integer'),
  parameter('resourceVersion', 'string'),
  parameter('resourceVersionMatch', 'string'),
  parameter('sendInitialEvents', 'boolean'),
  parameter('timeoutSeconds', 'integer'),
  parameter('watch', 'boolean'),
]
const DELETE = [
  DRY_RUN,
  parameter('gracePeriodSeconds', 'integer'),
  parameter('orphanDependents', 'boolean'),
  parameter('propagationPolicy', 'string'),
]

export function kindPaths(kinds: readonly ServedKind[]): JsonObject {
  return Object.fromEntries(kinds.flatMap(pathsOf))
}

function pathsOf(kind: ServedKind): readonly (readonly [path: string, item: JsonObject])[] {
  const base = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`
  const collection = kind.namespaced
    ? `${base}/namespaces/{namespace}/${kind.plural}`
    : `${base}/${kind.plural}`
  const inPath = kind.namespaced ? [pathParameter('namespace')] : []
  const everywhere = kind.namespaced
    ? [[`${base}/${kind.plural}`, { get: operation(kind, 'list', LIST) }] as const]
    : []
  const subresources = kind.subresources
    .filter(one => hasSchema(kind, one))
    .map(one => [`${collection}/{name}/${one.name}`, subresourceItem(kind, one, inPath)] as const)
  return [
    ...everywhere,
    [collection, collectionItem(kind, inPath)] as const,
    [`${collection}/{name}`, objectItem(kind, inPath)] as const,
    ...subresources,
  ]
}

function collectionItem(kind: ServedKind, inPath: readonly JsonObject[]): JsonObject {
  return {
    ...(kind.verbs.includes('list') ? { get: operation(kind, 'list', LIST) } : {}),
    ...(kind.verbs.includes('create') ? { post: operation(kind, 'post', WRITE) } : {}),
    ...(kind.verbs.includes('deletecollection')
      ? { delete: operation(kind, 'deletecollection', [...LIST, ...DELETE]) }
      : {}),
    parameters: inPath,
  }
}

function objectItem(kind: ServedKind, inPath: readonly JsonObject[]): JsonObject {
  return {
    ...(kind.verbs.includes('get') ? { get: operation(kind, 'get', []) } : {}),
    ...(kind.verbs.includes('update') ? { put: operation(kind, 'put', WRITE) } : {}),
    ...(kind.verbs.includes('patch') ? { patch: operation(kind, 'patch', WRITE) } : {}),
    ...(kind.verbs.includes('delete') ? { delete: operation(kind, 'delete', DELETE) } : {}),
    parameters: [...inPath, pathParameter('name')],
  }
}

/** Those of streams (exec and the like) have none. */
function hasSchema(kind: ServedKind, part: ServedKind['subresources'][number]): boolean {
  const answer = responseKindOf(kind, part)
  return typeNameOf(answer) !== undefined || answer.kind === kind.kind
}

function subresourceItem(
  kind: ServedKind,
  part: ServedKind['subresources'][number],
  inPath: readonly JsonObject[],
): JsonObject {
  const answer = { ...kind, ...responseKindOf(kind, part) }
  return {
    ...(part.verbs.includes('get') ? { get: operation(answer, 'get', []) } : {}),
    ...(part.verbs.includes('create') ? { post: operation(answer, 'post', WRITE) } : {}),
    ...(part.verbs.includes('update') ? { put: operation(answer, 'put', WRITE) } : {}),
    ...(part.verbs.includes('patch') ? { patch: operation(answer, 'patch', WRITE) } : {}),
    parameters: [...inPath, pathParameter('name')],
  }
}

function operation(kind: ServedKind, action: string, parameters: readonly JsonObject[]): JsonObject {
  const answer = action === 'list' ? listName(kind) : schemaName(kind)
  return {
    operationId: `${action}-${kind.group || 'core'}-${kind.version}-${kind.plural}-${kind.kind}`,
    parameters,
    ...requestBody(kind, action),
    responses: { '200': { description: 'OK', content: content(MEDIA, answer) } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: kind.group, version: kind.version, kind: kind.kind },
  }
}

function requestBody(kind: ServedKind, action: string): JsonObject {
  if (action === 'patch') {
    const types = kind.custom ? OBJECT_PATCHES : [...OBJECT_PATCHES, STRATEGIC]
    return { requestBody: { content: content(types, PATCH), required: true } }
  }
  if (action !== 'post' && action !== 'put') return {}
  return { requestBody: { content: content(MEDIA, schemaName(kind)), required: true } }
}

function content(media: readonly string[], name: string): JsonObject {
  return Object.fromEntries(media.map(type => [type, { schema: { $ref: `${REF_PREFIX}${name}` } }]))
}

function parameter(name: string, type: string): JsonObject {
  return { name, in: 'query', schema: { type, uniqueItems: true } }
}

function pathParameter(name: string): JsonObject {
  return { name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } }
}

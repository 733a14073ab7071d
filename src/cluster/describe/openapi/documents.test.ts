// OpenAPI documents: what kubectl reads in them, and that no reference leads nowhere.
import { describe, expect, test } from 'vitest'
import { isJsonObject, type Json, type JsonObject } from '../../../std/json.ts'
import { builtInBehaviours } from '../../resources/built-in.ts'
import type { ServedKind } from '../../resources/resources.ts'
import { groupVersionPaths, openApiV2, openApiV3 } from './documents.ts'
import { openApiV2Protobuf } from './protobuf.ts'

const widget: ServedKind = {
  group: 'example.com',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
  statusSubresource: true,
  singular: 'widget',
  listKind: 'WidgetList',
  shortNames: [],
  categories: [],
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [],
  custom: true,
  schema: {
    type: 'object',
    properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
  },
}
const kinds = [...builtInBehaviours().map(one => one.kind), widget]

function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((one, name) => (isJsonObject(one) ? one[name] : undefined), value)
}

function referencesIn(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  if (!isJsonObject(value)) return []
  const own = typeof value['$ref'] === 'string' ? [value['$ref']] : []
  return [...own, ...Object.values(value).flatMap(referencesIn)]
}

describe.each(groupVersionPaths(kinds))('the document of %s', path => {
  const document = openApiV3(kinds, path) as JsonObject
  test('holds every schema that it refers to', () => {
    const schemas = Object.keys(at(document, 'components', 'schemas') as JsonObject)
    const missing = referencesIn(document).filter(one => !schemas.includes(one.split('/').at(-1) as string))
    expect([...new Set(missing)]).toEqual([])
  })
})

describe('what kubectl reads', () => {
  const apps = openApiV3(kinds, 'apis/apps/v1') as JsonObject
  const item = ['paths', '/apis/apps/v1/namespaces/{namespace}/replicasets/{name}'] as const
  test('a write may be tried and validated by the server', () => {
    const parameters = at(apps, ...item, 'patch', 'parameters') as readonly JsonObject[]
    expect(parameters.map(one => one['name'])).toEqual(expect.arrayContaining(['dryRun', 'fieldValidation']))
    expect(at(apps, ...item, 'patch', 'x-kubernetes-group-version-kind')).toEqual({
      group: 'apps',
      version: 'v1',
      kind: 'ReplicaSet',
    })
  })
  test('built-in kinds take strategic merge patches, custom ones do not', () => {
    const strategic = 'application/strategic-merge-patch+json'
    expect(Object.keys(at(apps, ...item, 'patch', 'requestBody', 'content') as JsonObject)).toContain(
      strategic,
    )
    const custom = openApiV3(kinds, 'apis/example.com/v1')
    const path = '/apis/example.com/v1/namespaces/{namespace}/widgets/{name}'
    const content = at(custom, 'paths', path, 'patch', 'requestBody', 'content') as JsonObject
    expect(Object.keys(content)).not.toContain(strategic)
    expect(
      at(custom, 'components', 'schemas', 'com.example.v1.Widget', 'properties', 'metadata'),
    ).toBeDefined()
  })
  test('how lists merge', () => {
    const spec = at(apps, 'components', 'schemas', 'io.k8s.api.core.v1.PodSpec', 'properties', 'containers')
    expect(spec).toMatchObject({
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'name',
    })
  })
  test('a kind’s schema says which kind it is', () => {
    expect(at(apps, 'components', 'schemas', 'io.k8s.api.apps.v1.ReplicaSet')).toMatchObject({
      'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'ReplicaSet' }],
    })
  })
  test('nothing of a version that is not served', () => {
    expect(openApiV3(kinds, 'apis/apps/v9')).toBeUndefined()
  })
})

describe('version 2', () => {
  const document = openApiV2(kinds) as JsonObject
  test('holds every definition that it refers to', () => {
    const definitions = Object.keys(document['definitions'] as JsonObject)
    const missing = referencesIn(document).filter(
      one => !definitions.includes(one.split('/').at(-1) as string),
    )
    expect([...new Set(missing)]).toEqual([])
  })
  test('in protobuf begins with its version', () => {
    expect(openApiV2Protobuf(document).subarray(0, 5)).toEqual(Buffer.from([0x0a, 3, 0x32, 0x2e, 0x30]))
  })
})

// Schemas that a definition may not have, and what Kubernetes says of them.
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../std/json.ts'
import { validateDefinition } from '../definition-validation.ts'
import { validateSchema } from './schema-validation.ts'

const SPEC = 'properties[spec]'
const TYPES = '"array", "boolean", "integer", "number", "object", "string"'

function problems(schema: Json): readonly string[] {
  return validateSchema(schema as JsonObject, 'schema').map(({ path, message }) => `${path}: ${message}`)
}

/** Of a field of an object, without the way to it. */
function problemsOf(spec: Json): readonly string[] {
  const root = { type: 'object', properties: { spec } }
  return problems(root).map(one => one.replaceAll(`schema.${SPEC}`, 'spec'))
}

const string = { type: 'string' }
const fields = (properties: Json) => ({ type: 'object', properties }) as const

test.each<[string, Json, readonly string[]]>([
  [
    'a type that JSON has not',
    { type: 'foo' },
    [`spec.type: Unsupported value: "foo": supported values: ${TYPES}`],
  ],
  [
    'null',
    { type: 'null' },
    [
      `spec.type: Unsupported value: "null": supported values: ${TYPES}`,
      'spec.type: Forbidden: type cannot be set to null, use nullable as an alternative',
    ],
  ],
  [
    'such a type inside a list of maps',
    { type: 'array', items: { type: 'object', additionalProperties: { type: 'str' } } },
    [`spec.items.additionalProperties.type: Unsupported value: "str": supported values: ${TYPES}`],
  ],
  ['none', {}, ['spec.type: Required value: must not be empty for specified object fields']],
  [
    'none, of elements',
    { type: 'array', items: {} },
    ['spec.items.type: Required value: must not be empty for specified array items'],
  ],
])('a field has one of the six types, and not %s', (_, schema, said) => {
  expect(problemsOf(schema)).toEqual(said)
})

test.each<[Json, readonly string[]]>([
  [
    { type: 'integer', default: 'many' },
    ['spec.default: Invalid value: "string":  in body must be of type integer: "string"'],
  ],
  [
    { type: 'string', enum: ['a', 'b'], default: 'c' },
    ['spec.default: Unsupported value: "c": supported values: "a", "b"'],
  ],
  [
    { ...fields({ a: string }), default: { a: 'x', b: 1 } },
    ['spec.default: Invalid value: {"a":"x","b":1}: must not have unknown fields'],
  ],
  [{ ...fields({ a: string }), required: ['a'], default: {} }, ['spec.default.a: Required value']],
  [
    { type: 'array', items: { type: 'string', maxLength: 1 }, default: ['a', 'bc'] },
    ['spec.default.[1]: Too long: may not be more than 1 byte'],
  ],
  [
    fields({ deep: { type: 'array', items: fields({ n: { type: 'integer', default: 1.5 } }) } }),
    [
      'spec.properties[deep].items.properties[n].default: Invalid value: "number": ' +
        ' in body must be of type integer: "number"',
    ],
  ],
  [
    { type: 'integer', default: 0, 'x-kubernetes-validations': [{ rule: 'self > 0', message: 'some' }] },
    ['spec.default: Invalid value: "integer": some'],
  ],
])('a default is refused that its own schema would refuse in every object: %j', (schema, said) => {
  expect(problemsOf(schema).map(one => one.replaceAll(`schema.${SPEC}`, 'spec'))).toEqual(said)
})

test.each<Json>([
  { type: 'integer', default: 1 },
  { type: 'integer', nullable: true, default: null },
  { 'x-kubernetes-int-or-string': true, default: '25%' },
  { ...fields({ a: string }), default: {} },
  { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, default: { any: 1 } },
  { type: 'object', additionalProperties: string, default: { any: 'a' } },
])('a default that its schema takes is accepted: %j', schema => {
  expect(problemsOf(schema)).toEqual([])
})

const MUTUAL =
  'spec.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive'

test.each<[Json, readonly string[]]>([
  [{ ...fields({ a: string }), additionalProperties: string }, [MUTUAL]],
  [{ ...fields({ a: string }), additionalProperties: false }, [MUTUAL]],
  [{ ...fields({ a: string }), additionalProperties: true }, []],
  [{ type: 'object', additionalProperties: string }, []],
])('an object has fields or keys, not both: %j', (schema, said) => {
  expect(problemsOf(schema)).toEqual(said)
})

test.each<Json>([false, true, string])('a resource has fields, and no keys: %j', additionalProperties => {
  expect(problems({ type: 'object', additionalProperties })).toEqual([
    'schema.additionalProperties: Forbidden: must not be used at the root',
  ])
})

test.each<[Json, string]>([
  [{ type: 'string' }, 'type: Forbidden: must be empty to be structural'],
  [{ default: 'a' }, 'default: Forbidden: must be undefined to be structural'],
  [{ description: 'a' }, 'description: Forbidden: must be empty to be structural'],
  [{ title: 'a' }, 'title: Forbidden: must be empty to be structural'],
  [{ nullable: true }, 'nullable: Forbidden: must be false to be structural'],
  [{ additionalProperties: {} }, 'additionalProperties: Forbidden: must be undefined to be structural'],
  [
    { 'x-kubernetes-int-or-string': true },
    'x-kubernetes-int-or-string: Forbidden: must be false to be structural',
  ],
  [
    { 'x-kubernetes-preserve-unknown-fields': true },
    'x-kubernetes-preserve-unknown-fields: Forbidden: must be false to be structural',
  ],
  [
    { 'x-kubernetes-validations': [{ rule: 'true' }] },
    'x-kubernetes-validations: Forbidden: must be empty to be structural',
  ],
])('what stands under a junctor only restricts values: %j', (clause, said) => {
  for (const junctor of ['allOf', 'anyOf', 'oneOf']) {
    const path = `spec.${junctor}[1]`
    expect(problemsOf({ type: 'string', [junctor]: [{ minLength: 1 }, clause] })).toEqual([`${path}.${said}`])
  }
  expect(problemsOf({ type: 'string', not: clause })).toEqual([`spec.not.${said}`])
  expect(problemsOf({ ...fields({ a: string }), anyOf: [{ properties: { a: clause } }] })).toEqual([
    `spec.anyOf[0].properties[a].${said}`,
  ])
})

test('what stands under one of the root names no field that the root does not have', () => {
  const root = fields({ a: string })
  expect(
    problems({ ...root, oneOf: [{ required: ['a'] }, { properties: { b: { minLength: 1 } } }] }),
  ).toEqual(['schema.properties[b]: Required value: because it is defined in schema.oneOf[1].properties[b]'])
  expect(problems({ ...root, not: { properties: { a: { items: {} } } } })).toEqual([
    'schema.properties[a].items: Required value: because it is defined in schema.not.properties[a].items',
  ])
})

const either = [{ type: 'integer' }, { type: 'string' }]

test('an integer or string may be written down with its types, in two ways', () => {
  const schema = { 'x-kubernetes-int-or-string': true }
  expect(problemsOf({ ...schema, anyOf: either })).toEqual([])
  expect(problemsOf({ ...schema, allOf: [{ anyOf: either }, { pattern: '^[0-9]' }] })).toEqual([])
  expect(problemsOf({ ...schema, allOf: [{}, { anyOf: either }] })).toEqual([
    'spec.allOf[1].anyOf[0].type: Forbidden: must be empty to be structural',
    'spec.allOf[1].anyOf[1].type: Forbidden: must be empty to be structural',
  ])
  expect(problemsOf({ ...schema, anyOf: either.toReversed() })).toHaveLength(2)
})

const ONLY_NAMES =
  'schema.properties[metadata]: Forbidden: must not specify anything other than name and generateName, ' +
  'but metadata is implicitly specified'

test.each<[Json, readonly string[]]>([
  [{ type: 'object' }, []],
  [fields({ name: { type: 'string', maxLength: 5 } }), []],
  [fields({ name: string, generateName: string }), []],
  [fields({ name: string, labels: { type: 'object' } }), [ONLY_NAMES]],
  [{ type: 'object', description: 'a' }, [ONLY_NAMES]],
  [{ type: 'object', required: ['name'] }, [ONLY_NAMES]],
  [string, ['schema.properties[metadata].type: Invalid value: "string": must be object']],
])('of metadata a schema restricts the names alone: %j', (metadata, said) => {
  expect(problems(fields({ metadata }))).toEqual(said)
})

test('what every object has is a text, or has no default', () => {
  expect(problems(fields({ kind: { type: 'integer' } }))).toEqual([
    'schema.properties[kind].type: Invalid value: "integer": must be string',
  ])
  expect(problems(fields({ kind: { type: 'string', default: 'Thing' } }))).toEqual([
    'schema.properties[kind].default: Forbidden: must not be set in top-level kind',
  ])
})

test('an embedded object is an object with fields', () => {
  const mark = { 'x-kubernetes-embedded-resource': true }
  expect(problemsOf({ type: 'object', ...mark })).toEqual([
    'spec.properties: Required value: must not be empty if x-kubernetes-embedded-resource is true ' +
      'without x-kubernetes-preserve-unknown-fields',
  ])
  expect(problemsOf({ type: 'object', ...mark, 'x-kubernetes-preserve-unknown-fields': true })).toEqual([])
})

const keyed = (items: Json, keys: readonly string[]) => ({
  type: 'array',
  items,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
})
const KEYS = 'spec.x-kubernetes-list-map-keys'

test.each<[Json, readonly string[]]>([
  [keyed({ ...fields({ a: string }), required: ['a'] }, ['a']), []],
  [
    keyed({ ...fields({ a: string }), required: ['a'] }, ['a', 'b']),
    [`${KEYS}: Invalid value: ["a","b"]: entries must all be names of item properties`],
  ],
  [
    keyed(string, ['a']),
    [
      'spec.items.type: Invalid value: "string": must be object if parent array\'s x-kubernetes-list-type is map',
    ],
  ],
  [
    { type: 'string', 'x-kubernetes-list-type': 'set' },
    ['spec.type: Invalid value: "string": must be array if x-kubernetes-list-type is specified'],
  ],
  [
    { type: 'array', items: fields({ a: string }), 'x-kubernetes-list-type': 'set' },
    [
      'spec.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with ' +
        'x-kubernetes-list-type=set',
    ],
  ],
  [
    { type: 'object', 'x-kubernetes-map-type': 'loose' },
    ['spec.x-kubernetes-map-type: Unsupported value: "loose": supported values: "atomic", "granular"'],
  ],
])('the elements of a list can be told apart as it says: %j', (schema, said) => {
  expect(problemsOf(schema)).toEqual(said)
})

test('a schema that was accepted once is not held against a change of something else', () => {
  const definition = (type: string, labels: Json) =>
    ({
      metadata: { name: 'things.example.com', labels },
      spec: {
        group: 'example.com',
        scope: 'Cluster',
        names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
        versions: [{ name: 'v1', storage: true, schema: { openAPIV3Schema: fields({ spec: { type } }) } }],
      },
    }) as JsonObject
  const stored = definition('foo', {})
  expect(validateDefinition(stored, undefined)).toHaveLength(1)
  expect(validateDefinition(definition('foo', { a: 'b' }), stored)).toEqual([])
  expect(validateDefinition(definition('bar', {}), stored)).toHaveLength(1)
})

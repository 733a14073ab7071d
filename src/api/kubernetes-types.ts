// The built-in kinds' parts inside ours (pod templates, Jobs, selectors) as structural schemas, from the table
// kubernetes-types.json: facts of Kubernetes 1.34, with two freedoms that existing CRDs give: the amounts of
// containers and all volumes are kept as they are, whatever they hold.
import type { Json } from '../std/json.ts'
import table from './kubernetes-types.json' with { type: 'json' }
import type { KubernetesType } from './schema.ts'
import type { Structural } from './structural-schema.ts'

interface FieldFacts {
  readonly type?: string
  readonly list?: string
  readonly map?: string
  readonly required?: boolean
  readonly stored?: Json
  readonly listType?: 'atomic' | 'set' | 'map'
  readonly keys?: readonly string[]
  readonly mapType?: 'atomic'
}

interface TypeFacts {
  readonly fields: Readonly<Record<string, FieldFacts>>
  readonly mapType?: 'atomic'
}

const TYPES = table as unknown as Readonly<Record<string, TypeFacts>>

export const INT_OR_STRING: Structural = {
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  'x-kubernetes-int-or-string': true,
}

export const ANYTHING: Structural = { 'x-kubernetes-preserve-unknown-fields': true }

const NUMBER = String.raw`(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))`
const QUANTITY = String.raw`^(\+|-)?${NUMBER}(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?${NUMBER}))?$`

const SCALARS: Readonly<Record<string, Structural>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  time: { type: 'string', format: 'date-time' },
  'int-or-string': INT_OR_STRING,
  quantity: { ...INT_OR_STRING, pattern: QUANTITY },
  any: ANYTHING,
}

export function kubernetesSchema(type: KubernetesType): Structural {
  return typeSchema(type)
}

function typeSchema(name: string): Structural {
  const facts = TYPES[name]
  if (facts === undefined) throw new Error(`no facts about the type ${name}`)
  const required = Object.keys(facts.fields)
    .filter(field => facts.fields[field]?.required === true)
    .toSorted()
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(facts.fields).map(([field, about]) => [field, fieldSchema(about)]),
    ),
    ...(required.length === 0 ? {} : { required }),
    ...(facts.mapType === undefined ? {} : { 'x-kubernetes-map-type': facts.mapType }),
  }
}

function fieldSchema(facts: FieldFacts): Structural {
  if (facts.list !== undefined) {
    return {
      type: 'array',
      items: valueSchema(facts.list),
      'x-kubernetes-list-type': facts.listType ?? 'atomic',
      ...(facts.keys === undefined ? {} : { 'x-kubernetes-list-map-keys': facts.keys }),
    }
  }
  const schema: Structural =
    facts.map === undefined
      ? valueSchema(facts.type ?? 'any')
      : { type: 'object', additionalProperties: valueSchema(facts.map) }
  return {
    ...schema,
    ...(facts.stored === undefined ? {} : { default: facts.stored }),
    ...(facts.mapType === undefined ? {} : { 'x-kubernetes-map-type': facts.mapType }),
  }
}

function valueSchema(type: string): Structural {
  const scalar = SCALARS[type]
  return scalar ?? typeSchema(type.slice(1))
}

// Schema → OpenAPI v3 structural schema, as CRDs hold it and API servers read it.
import { unreachable } from '../std/assert.ts'
import { ANYTHING, INT_OR_STRING, kubernetesSchema } from './kubernetes-types.ts'
import type { Fields, Schema } from './schema.ts'
import type { Structural } from './structural-schema.ts'

/** The structural schema of a value, its docs as descriptions. */
export function structural(schema: Schema): Structural {
  return {
    description: schema.doc,
    ...shapeOf(schema),
    ...(schema.stored === undefined ? {} : { default: schema.stored }),
    ...(schema.rules === undefined ? {} : { 'x-kubernetes-validations': schema.rules }),
  }
}

function structuralObject(fields: Fields): Structural {
  const required = Object.keys(fields)
    .filter(name => fields[name]?.required === true)
    .toSorted()
  const properties = Object.entries(fields).map(([name, field]) => [name, structural(field)] as const)
  return {
    type: 'object',
    ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
    ...(required.length === 0 ? {} : { required }),
  }
}

function shapeOf(schema: Schema): Structural {
  const { shape } = schema
  switch (shape.kind) {
    case 'string':
      return { type: 'string', ...(shape.checked === true && shape.words ? { enum: shape.words } : {}) }
    case 'time':
      return { type: 'string', format: 'date-time' }
    case 'boolean':
      return { type: 'boolean' }
    case 'integer':
      return { type: 'integer', format: shape.bits === 32 ? 'int32' : 'int64' }
    case 'int-or-string':
      return INT_OR_STRING
    case 'object':
      return structuralObject(shape.fields)
    case 'list':
      return { type: 'array', items: structural(shape.of) }
    case 'map':
      return { type: 'object', additionalProperties: structural(shape.of) }
    case 'raw':
      return { type: 'object', ...ANYTHING }
    case 'kubernetes':
      return kubernetesSchema(shape.type)
    default:
      return unreachable(shape)
  }
}

// A custom resource's body read by its structural schema: unknown fields dropped and named, nulls that nobody
// allowed gone, defaults filled in. One walk over the value; what the schema does not mention costs nothing.
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { setOwn } from '../../std/own.ts'
import { decodeType } from './type-decoder.ts'
import type { Decoded } from './type-decoder.ts'

/** A node of `openAPIV3Schema`. */
export interface Structural {
  readonly type?: string
  readonly format?: string
  readonly nullable?: boolean
  readonly default?: Json
  readonly enum?: readonly Json[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Structural>>
  readonly additionalProperties?: Structural | boolean
  readonly items?: Structural
  readonly allOf?: readonly Structural[]
  readonly anyOf?: readonly Structural[]
  readonly oneOf?: readonly Structural[]
  readonly not?: Structural
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: boolean
  readonly exclusiveMaximum?: boolean
  readonly multipleOf?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly minItems?: number
  readonly maxItems?: number
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-embedded-resource'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular'
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[]
}

export interface ValidationRule {
  readonly rule: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: string
  readonly fieldPath?: string
  readonly optionalOldSelf?: boolean
}

const OBJECT_META = 'apimachinery.pkg.apis.meta.v1.ObjectMeta'
const HEAD: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata'])

/** A whole custom resource; without a schema everything is kept. */
export function readCustomResource(schema: Structural | undefined, body: JsonObject): Decoded {
  const unknown: string[] = []
  const root: Structural = schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const { metadata, ...rest } = body
  const meta = isJsonObject(metadata) ? readMeta(metadata, 'metadata', unknown) : {}
  const value = readObject(root, rest, { path: '', isResource: true, unknown })
  return { value: { ...value, metadata: meta }, unknown }
}

interface Place {
  readonly path: string
  /** `apiVersion`, `kind` and `metadata` belong here although no schema names them. */
  readonly isResource: boolean
  readonly unknown: string[]
}

function readMeta(metadata: JsonObject, path: string, unknown: string[]): JsonObject {
  const decoded = decodeType(OBJECT_META, metadata)
  unknown.push(...decoded.unknown.map(field => `${path}.${field}`))
  return decoded.value
}

/** The fields of a value that its schema does not know. */
export function unknownFields(schema: Structural, value: Json): readonly string[] {
  const unknown: string[] = []
  read(schema, value, { path: '', unknown })
  return unknown
}

function read(schema: Structural, value: Json, place: Pick<Place, 'path' | 'unknown'>): Json {
  const isResource = schema['x-kubernetes-embedded-resource'] === true
  if (isJsonObject(value)) return readObject(schema, value, { ...place, isResource })
  if (!Array.isArray(value) || !schema.items) return value
  const { items } = schema
  return value.map((one: Json, i) => read(items, one, { ...place, path: `${place.path}[${i}]` }))
}

function readObject(schema: Structural, value: JsonObject, place: Place): JsonObject {
  const properties = schema.properties ?? {}
  const kept: { [field: string]: Json } = {}
  for (const field of Object.keys(value)) {
    const given = value[field] as Json
    const path = place.path === '' ? field : `${place.path}.${field}`
    if (place.isResource && field === 'metadata' && isJsonObject(given)) {
      setOwn(kept, field, readMeta(given, path, place.unknown))
      continue
    }
    const known = Object.hasOwn(properties, field) ? properties[field] : undefined
    const of =
      known ?? (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined)
    if (of) {
      if (given !== null || of.nullable)
        setOwn(kept, field, read(of, given, { path, unknown: place.unknown }))
    } else if (isKept(schema, place, field)) setOwn(kept, field, given)
    else place.unknown.push(path)
  }
  return withDefaults(properties, kept)
}

function isKept(schema: Structural, place: Place, field: string): boolean {
  if (place.isResource && HEAD.has(field)) return true
  return schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true
}

function withDefaults(
  properties: Readonly<Record<string, Structural>>,
  object: { [field: string]: Json },
): JsonObject {
  for (const field of Object.keys(properties)) {
    const schema = properties[field] as Structural
    if (schema.default === undefined || object[field] !== undefined) continue
    object[field] = read(schema, schema.default, { path: '', unknown: [] })
  }
  return object
}

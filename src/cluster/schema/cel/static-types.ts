// The types of a rule's values as far as its schema tells them; `dyn` is anything, and nothing is said against it.
import { record } from '../../../std/json-parts.ts'
import type { Structural } from '../structural.ts'
import { celNames } from './values.ts'

export type CelType =
  | { readonly kind: ScalarKind | 'dyn' | 'null' }
  | { readonly kind: 'list' | 'optional'; readonly of: CelType }
  | { readonly kind: 'map'; readonly key: CelType; readonly of: CelType }
  | ObjectType

export interface ObjectType {
  readonly kind: 'object'
  /** As messages show it. */
  readonly name: string
  readonly schema: Structural
  /** `apiVersion`, `kind`, `metadata.name` and `metadata.generateName` belong to it. */
  readonly isResource: boolean
}

type ScalarKind = 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'timestamp' | 'duration'

export const DYN: CelType = { kind: 'dyn' }
export const BOOL: CelType = { kind: 'bool' }
export const INT: CelType = { kind: 'int' }
export const STRING: CelType = { kind: 'string' }

const TEXTS: Readonly<Record<string, ScalarKind>> = {
  byte: 'bytes',
  duration: 'duration',
  date: 'timestamp',
  'date-time': 'timestamp',
}
const PLAIN: Readonly<Record<string, ScalarKind>> = { boolean: 'bool', integer: 'int', number: 'double' }

export function typeOfSchema(schema: Structural, name: string, isRoot = false): CelType {
  if (schema['x-kubernetes-int-or-string']) return DYN
  const { type = '', items, additionalProperties } = schema
  switch (type) {
    case 'array':
      return items ? { kind: 'list', of: typeOfSchema(items, `${name}.@idx`) } : DYN
    case 'object':
      if (typeof additionalProperties === 'object') {
        return { kind: 'map', key: STRING, of: typeOfSchema(additionalProperties, `${name}.@elem`) }
      }
      return additionalProperties === true
        ? DYN
        : { kind: 'object', name, schema, isResource: isRoot || isEmbedded(schema) }
    case 'string':
      return { kind: TEXTS[schema.format ?? ''] ?? 'string' }
    default:
      return PLAIN[type] ? { kind: PLAIN[type] } : DYN
  }
}

function isEmbedded(schema: Structural): boolean {
  return schema['x-kubernetes-embedded-resource'] === true
}

const META = { name: { type: 'string' }, generateName: { type: 'string' } }
const HEAD: NonNullable<Structural['properties']> = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: { type: 'object', properties: META },
}

/** The type of an object's field; undefined when it has no such field. */
export function fieldOf({ name, schema, isResource }: ObjectType, field: string): CelType | undefined {
  const { properties: named = {} } = schema
  const properties = isResource && !isWholeHead(schema) ? { ...named, ...HEAD } : named
  const found = celNames(properties).get(field)
  if (found !== undefined) return typeOfSchema(properties[found] as Structural, `${name}.${field}`)
  return schema['x-kubernetes-preserve-unknown-fields'] ? DYN : undefined
}

/** A schema that tells its whole head itself is believed. */
function isWholeHead({ properties = {} }: Structural): boolean {
  const named = record(record(properties['metadata'])['properties'])
  return 'apiVersion' in properties && 'kind' in properties && 'name' in named && 'generateName' in named
}

export function shownType(type: CelType): string {
  switch (type.kind) {
    case 'list':
      return `list(${shownType(type.of)})`
    case 'optional':
      return `optional_type(${shownType(type.of)})`
    case 'map':
      return `map(${shownType(type.key)}, ${shownType(type.of)})`
    case 'object':
      return type.name
    default:
      return type.kind
  }
}

const NUMBERS: ReadonlySet<string> = new Set(['int', 'uint', 'double'])

export function isNumber({ kind }: CelType): boolean {
  return NUMBERS.has(kind)
}

/** Whether values of the two could be of one type, as far as one knows. */
export function mayAgree(a: CelType, b: CelType): boolean {
  if (isOpen(a) || isOpen(b) || (isNumber(a) && isNumber(b))) return true
  if (a.kind === 'list' && b.kind === 'list') return mayAgree(a.of, b.of)
  if (a.kind === 'map' && b.kind === 'map') return mayAgree(a.of, b.of)
  const isFields = (one: CelType) => one.kind === 'map' || one.kind === 'object'
  return a.kind === b.kind || (isFields(a) && isFields(b))
}

/** Of which nothing certain is known: what may be null or absent agrees with much. */
export function isOpen({ kind }: CelType): boolean {
  return kind === 'dyn' || kind === 'null' || kind === 'optional'
}

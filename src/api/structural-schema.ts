// What an OpenAPI v3 structural schema is, as far as our CRDs use it.
import type { Json } from '../std/json.ts'
import type { Rule } from './schema.ts'

export interface Structural {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean'
  readonly description?: string
  readonly format?: 'int32' | 'int64' | 'date-time'
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly default?: Json
  readonly properties?: Readonly<Record<string, Structural>>
  readonly additionalProperties?: Structural
  readonly items?: Structural
  readonly required?: readonly string[]
  readonly anyOf?: readonly { readonly type: string }[]
  readonly 'x-kubernetes-int-or-string'?: true
  readonly 'x-kubernetes-preserve-unknown-fields'?: true
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: 'atomic'
  readonly 'x-kubernetes-validations'?: readonly Rule[]
}

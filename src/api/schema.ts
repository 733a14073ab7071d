// The little language in which our kinds are written once. From it come the TypeScript types (Infer), the CRDs
// (crds.ts), the defaults (defaults.ts), the reference tables (docs.ts) and the tolerant reading (sanitise.ts).
import type { Json, JsonObject } from '../std/json.ts'

/** What a value may look like, as data. */
type Shape =
  | { readonly kind: 'string'; readonly words?: readonly string[]; readonly checked?: boolean }
  | { readonly kind: 'time' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer'; readonly bits: 32 | 64 }
  | { readonly kind: 'int-or-string' }
  | { readonly kind: 'object'; readonly fields: Fields }
  | { readonly kind: 'list'; readonly of: Schema }
  | { readonly kind: 'map'; readonly of: Schema }
  | { readonly kind: 'raw' }
  | { readonly kind: 'kubernetes'; readonly type: KubernetesType }

/** Parts of built-in kinds that ours contain; their schemas come from kubernetes-types.ts. */
export type KubernetesType = 'PodTemplateSpec' | 'JobSpec' | 'LabelSelector'

export interface Rule {
  readonly rule: string
  readonly message: string
}

export interface Schema<T = unknown> {
  /** One or two sentences for people who write manifests. */
  readonly doc: string
  readonly shape: Shape
  /** The API server refuses an object without it. */
  readonly required?: boolean
  /** What the controller takes an absent field to mean. It is never written into the object. */
  readonly default?: Json
  /** What the API server itself writes into the stored object when the field is absent. */
  readonly stored?: Json
  /** Limits that validation checks, not the API server. */
  readonly min?: number
  readonly max?: number
  /** Rules in CEL that the API server checks. */
  readonly rules?: readonly Rule[]
  /** Never there: it carries the TypeScript type. */
  readonly type?: T
}

export type Fields = { readonly [name: string]: Schema }

/** The TypeScript type of the values that a schema describes. */
export type Infer<S extends Schema> = NonNullable<S['type']>

type Flat<T> = { [K in keyof T]: T[K] }

type ObjectOf<F extends Fields> = Flat<
  { readonly [K in keyof F as F[K] extends { readonly required: true } ? K : never]: Infer<F[K]> } & {
    readonly [K in keyof F as F[K] extends { readonly required: true } ? never : K]?: Infer<F[K]>
  }
>

export interface ObjectSchema<F extends Fields> extends Schema<ObjectOf<F>> {
  readonly fields: F
}

export interface More<T> {
  readonly default?: T
  readonly stored?: T
  readonly min?: number
  readonly max?: number
}

export function string(doc: string, more: More<string> = {}): Schema<string> {
  return { doc, shape: { kind: 'string' }, ...more }
}

/** A string with a known set of values. The API server checks them only where `checked` says so. */
export function word<const W extends string>(
  doc: string,
  words: readonly W[],
  more: More<string> & { readonly checked?: boolean } = {},
): Schema<W> {
  const { checked = false, ...limits } = more
  return { doc, shape: { kind: 'string', words, checked }, ...limits }
}

/** A moment, as RFC 3339 text. */
export function time(doc: string): Schema<string> {
  return { doc, shape: { kind: 'time' } }
}

export function boolean(doc: string, more: More<boolean> = {}): Schema<boolean> {
  return { doc, shape: { kind: 'boolean' }, ...more }
}

export function int32(doc: string, more: More<number> = {}): Schema<number> {
  return { doc, shape: { kind: 'integer', bits: 32 }, ...more }
}

export function int64(doc: string, more: More<number> = {}): Schema<number> {
  return { doc, shape: { kind: 'integer', bits: 64 }, ...more }
}

export function intOrString(doc: string, more: More<number | string> = {}): Schema<number | string> {
  return { doc, shape: { kind: 'int-or-string' }, ...more }
}

export function object<const F extends Fields>(doc: string, fields: F): ObjectSchema<F> {
  return { doc, shape: { kind: 'object', fields }, fields }
}

export function list<S extends Schema>(doc: string, of: S): Schema<readonly Infer<S>[]> {
  return { doc, shape: { kind: 'list', of } }
}

export function map<S extends Schema>(doc: string, of: S): Schema<Readonly<Record<string, Infer<S>>>> {
  return { doc, shape: { kind: 'map', of } }
}

/** An object whose fields are somebody else's (a plug-in's): kept as it is. */
export function raw(doc: string): Schema<JsonObject> {
  return { doc, shape: { kind: 'raw' } }
}

export function kubernetes<T>(doc: string, type: KubernetesType): Schema<T> {
  return { doc, shape: { kind: 'kubernetes', type } }
}

/** A value that can not be changed once the object exists. `path`: how the message names it. */
export function immutable<S extends Schema>(path: string, schema: S): S {
  return { ...schema, rules: [{ rule: 'self == oldSelf', message: `${path} is immutable` }] }
}

export function required<S extends Schema>(schema: S): S & { readonly required: true } {
  return { ...schema, required: true }
}

/** The same shape where it means something else. */
export function described<S extends Schema>(doc: string, schema: S): S {
  return { ...schema, doc }
}

/** What an absent field means, for code. */
export function defaultOf<T>(schema: Schema<T>): T {
  if (schema.default === undefined) throw new Error(`no default: ${schema.doc}`)
  return schema.default as T
}

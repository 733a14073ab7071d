// What every Kubernetes object has in common, and how data names one.
import type { Json, JsonObject } from '../std/json.ts'
import { record } from '../std/json-parts.ts'

export interface Kind {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  /** Whether status is written through `/status` (and ignored elsewhere). */
  readonly statusSubresource: boolean
}

export interface ObjectRef {
  readonly kind: Kind
  readonly name: string
  readonly namespace?: string
  /** Set only where an object lives in another cluster. */
  readonly cluster?: string
}

/** `group/plural/namespace/name`: how data names an object. */
export type RefKey = string

/** `namespace/name`: how a reconciler names what it works on. */
export type Key = string

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

export interface ObjectMeta {
  readonly name: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly finalizers?: readonly string[]
  readonly ownerReferences?: readonly OwnerReference[]
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
}

export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
}

/** The objects that carry more than metadata, seen as plain JSON. */
export type AnyObject = KubeObject & { readonly [field: string]: unknown }

/** A value of one of our own types, seen as the JSON that it is; the way there for statuses, patches and objects. */
export function asJson<Value>(value: Value): JsonOf<Value> {
  return value as unknown as JsonOf<Value>
}

/** What an object of a kind without a type here asks for; empty where that is no object. */
export function specOf(object: KubeObject): JsonObject {
  return record((object as AnyObject)['spec'])
}

type JsonOf<Value> = Value extends readonly unknown[]
  ? readonly Json[]
  : Value extends object
    ? JsonObject
    : Json

export function fromJson(value: Json): KubeObject {
  return value as unknown as KubeObject
}

/** `group/version`, or `version` alone for the core group. */
export function apiVersionOf(kind: Kind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
}

/** `deployments.apps`, or `pods` for the core group: how Kubernetes' messages name a resource. */
export function resourceName(kind: Kind): string {
  const known = RESOURCE_NAMES.get(kind)
  if (known !== undefined) return known
  const name = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`
  RESOURCE_NAMES.set(kind, name)
  return name
}

/** Asked for at every look into the local copy: a text that is known need not be built and hashed again. */
const RESOURCE_NAMES = new WeakMap<Kind, string>()

/** Whatever the version. */
export function sameResource(a: Kind, b: Kind): boolean {
  return a.plural === b.plural && a.group === b.group
}

export function refKey(ref: ObjectRef): RefKey {
  return `${ref.kind.group}/${ref.kind.plural}/${ref.namespace ?? ''}/${ref.name}`
}

export function refOf(kind: Kind, object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata
  return namespace === undefined ? { kind, name } : { kind, name, namespace }
}

export function keyOf(object: KubeObject): Key {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`
}

export function parseKey(key: Key): { namespace: string; name: string } {
  const slash = key.indexOf('/')
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** The owner that controls the object, if any. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(owner => owner.controller === true)
}

/** The key of its controller, when that is of the kind. */
export function controllerKeys(object: KubeObject | undefined, kind: Kind): readonly Key[] {
  const owner = object === undefined ? undefined : controllerOf(object)
  return owner?.kind === kind.kind ? [`${object?.metadata.namespace ?? ''}/${owner.name}`] : []
}

/** The controllers of an object as it is and as it was: whoever it is taken from hears of that. */
export function controllerKeysOf(kind: Kind) {
  return (now: KubeObject | undefined, before: KubeObject | undefined): readonly Key[] => [
    ...new Set([...controllerKeys(now, kind), ...controllerKeys(before, kind)]),
  ]
}

/** How an object says that `owner` controls it, and that it goes when the owner goes. */
export function ownerReference(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  }
}

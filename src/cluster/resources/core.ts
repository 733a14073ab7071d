// What all parts of the pipeline share: the store, the doors to time and chance, the kinds, the addresses
// given out.
import type { Kind, ObjectRef } from '../../kube/object.ts'
import type { Instant } from '../../std/instant.ts'
import type { Change, Store } from '../storage/store.ts'
import type { Addresses } from './addresses.ts'
import type { Behaviour } from './behaviour.ts'

export interface Core {
  readonly store: Store
  readonly addresses: Addresses
  /** The node that pods are bound to when they are created. */
  readonly nodeName: string | undefined
  now(): Instant
  random(): number
  uid(): string
  /** How a kind behaves; a 404 when it is not served. */
  behaviour(kind: Pick<Kind, 'group' | 'version' | 'plural'>): Behaviour
  /** By group and plural, in whatever version is stored. */
  storedBehaviour(resource: string): Behaviour | undefined
  /** Every resource that is served, as the store names them. */
  resources(): readonly string[]
  /** Whether a kind is served, in whatever version. */
  serves(group: string, kind: string): boolean
  /** Calls the function at an instant; gives back the call that cancels it. */
  at(instant: Instant, act: () => void): () => void
  commit(changes: readonly Change[]): Promise<void>
  /** Work that nobody waits for: what it throws is reported, unless its object has gone meanwhile. */
  spawn(work: Promise<unknown>): void
}

export function storeKey(
  { resource }: Pick<Behaviour, 'resource'>,
  namespace: string | undefined,
  name: string,
): string {
  return `${resource}/${namespace ?? ''}/${name}`
}

export function keyOfRef(behaviour: Behaviour, ref: ObjectRef): string {
  return storeKey(behaviour, ref.kind.namespaced ? ref.namespace : undefined, ref.name)
}

// The local, frozen copy of the cluster, as its readers see it (kept by runtime/mirror/store.ts).
import type { Kind, KubeObject, ObjectRef } from './object.ts'

export interface Cache {
  get<T extends KubeObject>(ref: ObjectRef): T | undefined
  list<T extends KubeObject>(kind: Kind, namespace?: string): readonly T[]
  /** The objects of a kind that a declared index files under `value`: 'owner', 'names-service' … */
  by<T extends KubeObject>(kind: Kind, index: string, value: string): readonly T[]
  /** Whether the server has the kind and its first list is complete; optional kinds may be absent. */
  has(kind: Kind): boolean
  /** The server has the kind, and does not let this program read it. */
  isForbidden(kind: Kind): boolean
  /** The version of the kind in which it is watched; undefined while nobody knows. */
  served(kind: Kind): Kind | undefined
}

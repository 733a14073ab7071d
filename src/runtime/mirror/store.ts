// The local copy of the cluster: frozen objects, shared and never cloned, with the indices that reconcilers
// declare. Station b of the walk. Reflectors write to it; everybody else sees it as kube/cache.ts says.
import type { Cache } from '../../kube/cache.ts'
import { resourceName, sameResource } from '../../kube/object.ts'
import type { Kind, KubeObject, ObjectRef } from '../../kube/object.ts'
import type { IndexDeclaration } from '../../kube/reconciler.ts'
import { freezeObjects } from '../../std/freeze.ts'
import { sharing } from '../../std/sharing.ts'
import { isNewer, newest } from '../network/versions.ts'

/** One change of the copy, as the loop hears of it. */
export interface Change {
  readonly kind: Kind
  readonly now: KubeObject | undefined
  readonly before: KubeObject | undefined
}

export interface Store extends Cache {
  /** Keeps the object unless it is older than what is kept; gives back the change, if it is one. */
  put(kind: Kind, object: KubeObject): Change | undefined
  /** Takes the object out unless a newer one of that name has come since. */
  remove(kind: Kind, object: KubeObject): Change | undefined
  /** Whatever is not put between these two has gone; after the second the kind is complete. */
  beginList(kind: Kind): void
  endList(kind: Kind, version: string): readonly Change[]
  /** The server no longer has the kind. */
  forget(kind: Kind): readonly Change[]
  /** The server does not let us list the kind; it may, when a list is complete. */
  forbid(kind: Kind): void
  /** The kind's changes are known up to this version. */
  reached(kind: Kind, version: string): void
  /** The newest version of the kind that has been heard of. */
  versionOf(kind: Kind): string | undefined
  readonly size: number
}

export interface StoreOptions {
  readonly indices?: readonly Readonly<Record<string, IndexDeclaration>>[]
  /** What is kept of a kind's objects; a kind that is not listed is kept whole, managedFields apart. */
  readonly trims?: readonly { readonly of: Kind; trim(object: KubeObject): KubeObject }[]
}

type Named = Map<string, KubeObject>

interface Shelf {
  readonly namespaces: Map<string, Named>
  readonly indices: ReadonlyMap<string, Index>
  readonly trim: ((object: KubeObject) => KubeObject) | undefined
  /** While a list runs: what it has named so far. */
  listed: Set<string> | undefined
  complete: boolean
  forbidden: boolean
  version: string | undefined
  /** The version of the kind that the last list was asked for in. */
  served: Kind | undefined
}

interface Index {
  values(object: KubeObject): readonly string[]
  readonly buckets: Map<string, Set<KubeObject>>
}

export function createStore(options: StoreOptions = {}): Store {
  const shelves = new Map<string, Shelf>()
  const shelfOf = (kind: Kind): Shelf => {
    const known = shelves.get(resourceName(kind))
    if (known !== undefined) return known
    const shelf = emptyShelf(kind, options)
    shelves.set(resourceName(kind), shelf)
    return shelf
  }

  return {
    ...reader(shelfOf),
    get size() {
      return [...shelves.values()].reduce((sum, shelf) => sum + everything(shelf).length, 0)
    },
    put: (kind, object) => put(shelfOf(kind), kind, object),
    remove(kind, object) {
      const shelf = shelfOf(kind)
      shelf.version = newest(shelf.version, object.metadata.resourceVersion)
      const before = find(shelf, object)
      if (before === undefined || isNewer(versionIn(before), versionIn(object))) return undefined
      shelf.listed?.delete(nameOf(object))
      return take(shelf, kind, before)
    },
    beginList(kind) {
      const shelf = shelfOf(kind)
      shelf.listed = new Set()
      shelf.served = kind
    },
    endList(kind, version) {
      const shelf = shelfOf(kind)
      const listed = shelf.listed ?? new Set()
      shelf.listed = undefined
      shelf.complete = true
      shelf.forbidden = false
      shelf.version = version
      return everything(shelf)
        .filter(object => !listed.has(nameOf(object)))
        .map(object => take(shelf, kind, object))
    },
    forget(kind) {
      const shelf = shelfOf(kind)
      const changes = everything(shelf).map(object => take(shelf, kind, object))
      shelves.delete(resourceName(kind))
      return changes
    },
    forbid(kind) {
      shelfOf(kind).forbidden = true
    },
    reached(kind, version) {
      const shelf = shelfOf(kind)
      shelf.version = newest(shelf.version, version)
    },
  }
}

function put(shelf: Shelf, kind: Kind, object: KubeObject): Change | undefined {
  shelf.listed?.add(nameOf(object))
  shelf.version = newest(shelf.version, object.metadata.resourceVersion)
  const before = find(shelf, object)
  if (before !== undefined && !replaces(shelf, object, before)) return undefined
  const kept = shelf.trim === undefined ? withoutManagers(object) : shelf.trim(object)
  const now = freezeObjects(sharing(before, kept))
  if (before !== undefined) unfile(shelf, before)
  spaceOf(shelf, now).set(now.metadata.name, now)
  file(shelf, now)
  return { kind, now, before }
}

/** A list is the truth even where it goes back (a restored server); a stream only ever goes forward. */
function replaces(shelf: Shelf, object: KubeObject, before: KubeObject): boolean {
  if (shelf.listed !== undefined) return versionIn(object) !== versionIn(before)
  return isNewer(versionIn(object), versionIn(before))
}

function take(shelf: Shelf, kind: Kind, object: KubeObject): Change {
  const namespace = object.metadata.namespace ?? ''
  const space = shelf.namespaces.get(namespace)
  space?.delete(object.metadata.name)
  if (space?.size === 0) shelf.namespaces.delete(namespace)
  unfile(shelf, object)
  return { kind, now: undefined, before: object }
}

function reader(shelfOf: (kind: Kind) => Shelf): Cache & Pick<Store, 'versionOf'> {
  return {
    get<T extends KubeObject>(ref: ObjectRef) {
      return shelfOf(ref.kind)
        .namespaces.get(ref.namespace ?? '')
        ?.get(ref.name) as T | undefined
    },
    list<T extends KubeObject>(kind: Kind, namespace?: string) {
      const shelf = shelfOf(kind)
      if (namespace === undefined) return everything(shelf) as T[]
      return [...(shelf.namespaces.get(namespace)?.values() ?? [])] as T[]
    },
    by<T extends KubeObject>(kind: Kind, index: string, value: string) {
      const found = shelfOf(kind).indices.get(index)
      if (found === undefined) throw new Error(`no reconciler declares an index ${index} of ${kind.plural}`)
      return [...(found.buckets.get(value) ?? [])] as T[]
    },
    has: kind => shelfOf(kind).complete,
    isForbidden: kind => shelfOf(kind).forbidden,
    served: kind => shelfOf(kind).served,
    versionOf: kind => shelfOf(kind).version,
  }
}

function emptyShelf(kind: Kind, options: StoreOptions): Shelf {
  const own = (options.indices ?? []).flatMap(indices =>
    Object.entries(indices).filter(([, index]) => sameResource(index.of, kind)),
  )
  return {
    namespaces: new Map(),
    indices: new Map(
      own.map(([name, index]) => [
        name,
        { values: o => index.values(o), buckets: new Map() } satisfies Index,
      ]),
    ),
    trim: options.trims?.find(one => sameResource(one.of, kind))?.trim,
    listed: undefined,
    complete: false,
    forbidden: false,
    version: undefined,
    served: undefined,
  }
}

function everything(shelf: Shelf): KubeObject[] {
  return [...shelf.namespaces.values()].flatMap(space => [...space.values()])
}

function find(shelf: Shelf, object: KubeObject): KubeObject | undefined {
  return shelf.namespaces.get(object.metadata.namespace ?? '')?.get(object.metadata.name)
}

function spaceOf(shelf: Shelf, object: KubeObject): Named {
  const namespace = object.metadata.namespace ?? ''
  const known = shelf.namespaces.get(namespace)
  if (known !== undefined) return known
  const space: Named = new Map()
  shelf.namespaces.set(namespace, space)
  return space
}

function file(shelf: Shelf, object: KubeObject): void {
  for (const index of shelf.indices.values()) {
    for (const value of index.values(object)) {
      const bucket = index.buckets.get(value)
      if (bucket === undefined) index.buckets.set(value, new Set([object]))
      else bucket.add(object)
    }
  }
}

function unfile(shelf: Shelf, object: KubeObject): void {
  for (const index of shelf.indices.values()) {
    for (const value of index.values(object)) {
      const bucket = index.buckets.get(value)
      bucket?.delete(object)
      if (bucket?.size === 0) index.buckets.delete(value)
    }
  }
}

function nameOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`
}

function versionIn(object: KubeObject): string {
  return object.metadata.resourceVersion ?? ''
}

function withoutManagers(object: KubeObject): KubeObject {
  if (!('managedFields' in object.metadata)) return object
  const { managedFields: _, ...metadata } = object.metadata as KubeObject['metadata'] & {
    managedFields?: unknown
  }
  return { ...object, metadata }
}

// Objects by kind and key, shared between copies until one of them writes: a world that was furnished once is the
// beginning of many lives.
import { resourceName } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'

type Shelf = Map<string, KubeObject>

export interface Shelves {
  get(kind: Kind, key: string): KubeObject | undefined
  all(kind: Kind): Iterable<KubeObject>
  kinds(): readonly Kind[]
  set(kind: Kind, key: string, object: KubeObject): void
  delete(kind: Kind, key: string): void
  copy(): Shelves
}

const NOTHING: Shelf = new Map()

export function createShelves(
  shared: ReadonlyMap<string, { kind: Kind; shelf: Shelf }> = new Map(),
): Shelves {
  const shelves = new Map(shared)
  const own = new Set<string>()
  const mine = (kind: Kind): Shelf => {
    const name = resourceName(kind)
    const known = shelves.get(name)
    if (known !== undefined && own.has(name)) return known.shelf
    const shelf = new Map(known?.shelf)
    shelves.set(name, { kind, shelf })
    own.add(name)
    return shelf
  }
  return {
    get: (kind, key) => shelves.get(resourceName(kind))?.shelf.get(key),
    all: kind => (shelves.get(resourceName(kind))?.shelf ?? NOTHING).values(),
    kinds: () => [...shelves.values()].map(one => one.kind),
    set: (kind, key, object) => void mine(kind).set(key, object),
    delete: (kind, key) => void mine(kind).delete(key),
    copy() {
      // From here on both copy what they write to.
      own.clear()
      return createShelves(shelves)
    },
  }
}

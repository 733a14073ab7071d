// Every key's recent versions, in memory: what stands at a revision, listed in the order of namespace and
// name. Objects are frozen and shared, so a version costs a pointer.
import { compareText } from '../../std/compare.ts'
import type { KubeObject, RefKey } from '../../kube/object.ts'
import type { Entry } from './store.ts'

interface Version {
  readonly revision: number
  readonly value: KubeObject | undefined
}

interface Chain {
  readonly key: RefKey
  readonly name: string
  /** Oldest first. */
  versions: Version[]
}

interface Bucket {
  readonly chains: Map<string, Chain>
  /** The names in order; undefined when a name came or went since they were sorted. */
  sorted: string[] | undefined
}

export interface Versions {
  apply(key: RefKey, value: KubeObject | undefined, revision: number): void
  /** The newest version not younger than `at`; of all when `at` is absent. */
  read(key: RefKey, at?: number): Entry | undefined
  list(resource: string, namespace: string | undefined, at: number): Entry[]
  /** The revision at which the key stands, 0 when absent. */
  revisionOf(key: RefKey): number
  /** Forgets versions of the key that no read at `at` or later can see; gives back their revisions. */
  trim(key: RefKey, at: number): number[]
}

export function createVersions(): Versions {
  const chains = new Map<RefKey, Chain>()
  const resources = new Map<string, Map<string, Bucket>>()

  const bucketOf = (resource: string, namespace: string): Bucket => {
    const namespaces = getOrMake(resources, resource, () => new Map<string, Bucket>())
    return getOrMake(namespaces, namespace, () => ({ chains: new Map(), sorted: undefined }))
  }

  return {
    apply(key, value, revision) {
      const chain = chains.get(key)
      if (chain) {
        chain.versions.push({ revision, value })
        return
      }
      const { resource, namespace, name } = splitKey(key)
      const made: Chain = { key, name, versions: [{ revision, value }] }
      const bucket = bucketOf(resource, namespace)
      chains.set(key, made)
      bucket.chains.set(name, made)
      bucket.sorted = undefined
    },

    read(key, at) {
      const chain = chains.get(key)
      return chain && entryAt(chain, at ?? Infinity)
    },

    list(resource, namespace, at) {
      const namespaces = resources.get(resource)
      if (!namespaces) return []
      const names = namespace === undefined ? [...namespaces.keys()].toSorted(compareText) : [namespace]
      return names.flatMap(name => {
        const bucket = namespaces.get(name)
        return bucket ? entriesOf(bucket, at) : []
      })
    },

    revisionOf(key) {
      const last = chains.get(key)?.versions.at(-1)
      return last?.value === undefined ? 0 : last.revision
    },

    trim(key, at) {
      const chain = chains.get(key)
      if (!chain) return []
      const kept = firstVisible(chain.versions, at)
      const dropped = chain.versions.slice(0, kept).map(version => version.revision)
      chain.versions = chain.versions.slice(kept)
      if (chain.versions.length > 0) return dropped
      const { resource, namespace, name } = splitKey(key)
      const bucket = bucketOf(resource, namespace)
      chains.delete(key)
      bucket.chains.delete(name)
      bucket.sorted = undefined
      if (bucket.chains.size === 0) resources.get(resource)?.delete(namespace)
      return dropped
    },
  }
}

/**
 * Where the versions begin that a read at `at` or later can still need; a tombstone alone is needed by
 * nobody.
 */
function firstVisible(versions: readonly Version[], at: number): number {
  let first = 0
  while (first + 1 < versions.length && (versions[first + 1] as Version).revision <= at) first++
  const version = versions[first]
  if (version && version.value === undefined && version.revision <= at) return first + 1
  return first
}

function entryAt(chain: Chain, at: number): Entry | undefined {
  for (let i = chain.versions.length - 1; i >= 0; i--) {
    const { revision, value } = chain.versions[i] as Version
    if (revision > at) continue
    return value && { key: chain.key, value, revision }
  }
  return undefined
}

/** Names are ASCII, so the order of texts is that of their bytes. */
function entriesOf(bucket: Bucket, at: number): Entry[] {
  bucket.sorted ??= [...bucket.chains.keys()].toSorted(compareText)
  const entries: Entry[] = []
  for (const name of bucket.sorted) {
    const entry = entryAt(bucket.chains.get(name) as Chain, at)
    if (entry) entries.push(entry)
  }
  return entries
}

/** `group/plural/namespace/name`, taken apart. */
export function splitKey(key: RefKey): { resource: string; namespace: string; name: string } {
  const plural = key.indexOf('/') + 1
  const namespace = key.indexOf('/', plural) + 1
  const name = key.indexOf('/', namespace) + 1
  return {
    resource: key.slice(0, namespace - 1),
    namespace: key.slice(namespace, name - 1),
    name: key.slice(name),
  }
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}

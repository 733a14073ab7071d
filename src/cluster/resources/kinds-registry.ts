// Which kinds are served right now: the built-in ones, and those that CustomResourceDefinitions add and take
// away.
import type { Kind } from '../../kube/object.ts'
import type { Behaviour } from './behaviour.ts'

export interface KindsRegistry {
  all(): readonly Behaviour[]
  find(kind: Pick<Kind, 'group' | 'version' | 'plural'>): Behaviour | undefined
  resources(): readonly string[]
  serves(group: string, kind: string): boolean
  /** Any served version of a resource. */
  stored(resource: string): Behaviour | undefined
  /** Replaces all versions of one custom resource; none takes it away. */
  replace(resource: string, behaviours: readonly Behaviour[]): void
  onChange(listener: () => void): () => void
}

export function createKindsRegistry(builtIn: readonly Behaviour[]): KindsRegistry {
  const byPath = new Map<string, Behaviour>()
  const byResource = new Map<string, readonly Behaviour[]>()
  const listeners = new Set<() => void>()
  let kindNames = new Set<string>()

  const put = (resource: string, behaviours: readonly Behaviour[]) => {
    for (const old of byResource.get(resource) ?? []) byPath.delete(pathOf(old.kind))
    if (behaviours.length > 0) byResource.set(resource, behaviours)
    else byResource.delete(resource)
    for (const behaviour of behaviours) byPath.set(pathOf(behaviour.kind), behaviour)
    kindNames = new Set([...byPath.values()].map(({ kind }) => `${kind.group}/${kind.kind}`))
  }
  for (const { resource } of builtIn) {
    const versions = builtIn.filter(one => one.resource === resource)
    if (!byResource.has(resource)) put(resource, versions)
  }

  return {
    all: () => [...byResource.values()].flat(),
    find: kind => byPath.get(pathOf(kind)),
    resources: () => [...byResource.keys()],
    serves: (group, kind) => kindNames.has(`${group}/${kind}`),
    stored: resource => byResource.get(resource)?.[0],
    replace(resource, behaviours) {
      put(resource, behaviours)
      for (const listener of listeners) listener()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function pathOf(kind: Pick<Kind, 'group' | 'version' | 'plural'>): string {
  return `${kind.group}/${kind.version}/${kind.plural}`
}

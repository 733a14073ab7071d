// What the controller may do in a cluster: to see what its reconcilers watch, and to write what they write. RBAC and
// the check of it stand on this list; a reconciler that learns a new write adds it here.
import {
  AMBASSADOR_MAPPING,
  ANALYSIS_RUN,
  APISIX_ROUTE,
  CUSTOM_RESOURCE_DEFINITION,
  DESTINATION_RULE,
  EVENT,
  EXPERIMENT,
  HTTP_ROUTE,
  INGRESS,
  JOB,
  LEASE,
  MESH_NODE,
  MESH_ROUTER,
  OLD_TRAEFIK_SERVICE,
  POD,
  REPLICA_SET,
  ROLLOUT,
  SECRET,
  SERVICE,
  TRAEFIK_SERVICE,
  TRAFFIC_SPLIT,
  VIRTUAL_SERVICE,
} from '../kube/kinds.ts'
import type { Kind } from '../kube/object.ts'
import { reconcilers } from './reconcilers.ts'

type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete'

export interface Permission {
  readonly kind: Kind
  readonly subresource?: string
  readonly verbs: readonly Verb[]
}

/** Writes, and reads of single objects, by kind. */
const WRITES: readonly Permission[] = [
  { kind: ROLLOUT, verbs: ['get', 'patch'] },
  { kind: ROLLOUT, subresource: 'status', verbs: ['patch'] },
  // Never asked for by name: a server that guards owner references (OpenShift's does) wants it of whoever makes an
  // object whose owner's deletion it blocks.
  { kind: ROLLOUT, subresource: 'finalizers', verbs: ['update'] },
  { kind: REPLICA_SET, verbs: ['get', 'create', 'patch', 'delete'] },
  { kind: SERVICE, verbs: ['get', 'create', 'patch', 'delete'] },
  { kind: POD, verbs: ['patch'] },
  { kind: POD, subresource: 'eviction', verbs: ['create'] },
  { kind: ANALYSIS_RUN, verbs: ['get', 'create', 'patch', 'delete'] },
  { kind: ANALYSIS_RUN, subresource: 'finalizers', verbs: ['update'] },
  { kind: EXPERIMENT, verbs: ['get', 'create', 'patch', 'delete'] },
  { kind: EXPERIMENT, subresource: 'finalizers', verbs: ['update'] },
  { kind: JOB, verbs: ['get', 'create', 'delete'] },
  // One at a time, by its name, when a measurement has an argument from it; nobody needs to list or to watch them.
  { kind: SECRET, verbs: ['get'] },
  { kind: EVENT, verbs: ['create', 'patch'] },
  { kind: INGRESS, verbs: ['create', 'patch', 'delete'] },
  { kind: AMBASSADOR_MAPPING, verbs: ['create', 'patch', 'delete'] },
  { kind: HTTP_ROUTE, verbs: ['patch'] },
  { kind: VIRTUAL_SERVICE, verbs: ['patch'] },
  { kind: DESTINATION_RULE, verbs: ['patch'] },
  { kind: TRAFFIC_SPLIT, verbs: ['create', 'patch', 'delete'] },
  { kind: TRAEFIK_SERVICE, verbs: ['patch'] },
  { kind: OLD_TRAEFIK_SERVICE, verbs: ['patch'] },
  { kind: APISIX_ROUTE, verbs: ['create', 'patch', 'delete'] },
  { kind: MESH_ROUTER, verbs: ['patch'] },
  { kind: MESH_NODE, verbs: ['patch'] },
]

/** Who leads is settled in the controller's own namespace. */
export const LEADER_PERMISSIONS: readonly Permission[] = [{ kind: LEASE, verbs: ['get', 'create', 'patch'] }]

/** Everything that the reconcilers need, one entry for each resource; and CRDs, to notice kinds that appear. */
export function permissions(): readonly Permission[] {
  const kinds = reconcilers().flatMap(one => one.watches.map(watch => watch.kind))
  const watched = [...kinds, CUSTOM_RESOURCE_DEFINITION]
  const seen: readonly Permission[] = watched.map(kind => ({ kind, verbs: ['list', 'watch'] }))
  return merged([...seen, ...WRITES])
}

/** RBAC knows groups and resources, not versions: those of one kind are one entry. */
function merged(all: readonly Permission[]): readonly Permission[] {
  const found = new Map<string, Permission>()
  for (const one of all) {
    const id = `${one.kind.group}/${resourceOf(one)}`
    const verbs = [...new Set([...(found.get(id)?.verbs ?? []), ...one.verbs])]
    found.set(id, { ...one, verbs })
  }
  return [...found.values()]
}

export function resourceOf({ kind, subresource }: Permission): string {
  return subresource === undefined ? kind.plural : `${kind.plural}/${subresource}`
}

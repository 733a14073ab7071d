// What a Rollout that is gone leaves behind: Services that still select a revision of which nothing is left, so
// that they would select nothing for ever. One whose ReplicaSet lives on (deleted with --cascade=orphan, or
// another controller's) keeps its selector: its users keep their pods.
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Cache } from '../../kube/cache.ts'
import type { Service } from '../../kube/core.ts'
import { REPLICA_SET, ROLLOUT, SERVICE } from '../../kube/kinds.ts'
import type { Key } from '../../kube/object.ts'
import { parseKey } from '../../kube/object.ts'
import { podHashOf } from '../../workload/replica-set.ts'
import { selectedHash } from '../services.ts'
import { SERVICES_MANAGED_BY } from './indices.ts'

export interface LeftBehind {
  readonly leftBehind: readonly Service[]
}

export function leftBehindBy(key: Key, cache: Cache): LeftBehind | undefined {
  const { namespace, name } = parseKey(key)
  if (cache.get({ kind: ROLLOUT, namespace, name }) !== undefined) return undefined
  const managed = cache.by<Service>(SERVICE, SERVICES_MANAGED_BY, key)
  if (managed.length === 0) return undefined
  const hashes = new Set(cache.list<ReplicaSet>(REPLICA_SET, namespace).map(podHashOf))
  return { leftBehind: managed.filter(service => !hashes.has(selectedHash(service) ?? '')) }
}

// What a Rollout that is gone leaves behind: marks and weights in objects of users, and Services that still select a
// revision of which nothing is left, so that they would select nothing for ever. One whose ReplicaSet lives on (deleted
// with --cascade=orphan, or another controller's) keeps its selector: its users keep their pods.
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Cache } from '../../kube/cache.ts'
import type { Service } from '../../kube/core.ts'
import { REPLICA_SET, ROLLOUT, SERVICE } from '../../kube/kinds.ts'
import type { Key, KubeObject, ObjectRef } from '../../kube/object.ts'
import { controllerOf, parseKey, refOf } from '../../kube/object.ts'
import { ROUTE_MARKS } from '../../traffic/registry.ts'
import { podHashOf } from '../../workload/replica-set.ts'
import { selectedHash } from '../services.ts'
import { markedBy, SERVICES_MANAGED_BY } from './indices.ts'

export interface LeftBehind {
  readonly leftBehind: readonly Service[]
  /** Objects of users with its mark, and how they should be. */
  readonly marked: readonly Marked[]
}

interface Marked {
  readonly ref: ObjectRef
  readonly before: KubeObject
  readonly object: KubeObject
}

export function leftBehindBy(key: Key, cache: Cache): LeftBehind | undefined {
  const { namespace, name } = parseKey(key)
  if (cache.get({ kind: ROLLOUT, namespace, name }) !== undefined) return undefined
  const managed = cache.by<Service>(SERVICE, SERVICES_MANAGED_BY, key)
  const marked = markedBehind(key, cache)
  if (managed.length + marked.length === 0) return undefined
  const sets = cache.list<ReplicaSet>(REPLICA_SET, namespace)
  const hashes = new Set(sets.map(podHashOf))
  const isAlive = sets.some(
    one => controllerOf(one)?.kind === ROLLOUT.kind && controllerOf(one)?.name === name,
  )
  return {
    leftBehind: managed.filter(service => !hashes.has(selectedHash(service) ?? '')),
    marked: isAlive ? [] : marked,
  }
}

function markedBehind(key: Key, cache: Cache): readonly Marked[] {
  const { name } = parseKey(key)
  return ROUTE_MARKS.flatMap(({ kind, without }) =>
    cache.by(kind, markedBy(kind), key).map(before => ({
      ref: refOf(kind, before),
      before,
      object: without(before, name),
    })),
  )
}

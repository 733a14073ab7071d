// Everything that a Rollout names: Services, templates, Ingresses, the objects of its routers. One list for
// gathering, for the index that finds the Rollouts which a change concerns, and for what is watched.
import { referencedObjects } from '../../api/references.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { ObjectRef } from '../../kube/object.ts'
import { routersOf } from '../../traffic/registry.ts'

export function namedRefs(rollout: Rollout): readonly ObjectRef[] {
  return [...referencedObjects(rollout), ...routersOf(rollout).flatMap(router => router.refs)]
}

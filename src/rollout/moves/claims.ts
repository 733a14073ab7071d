// ReplicaSets that the selector selects and nobody controls are adopted; ours that it no longer selects are
// let go. A pass that claims does nothing else: the next one sees what it then owns.
import type { ReplicaSet } from '../../kube/apps.ts'
import { REPLICA_SET } from '../../kube/kinds.ts'
import type { OwnerReference } from '../../kube/object.ts'
import { asJson, refOf } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { adoptedReferences, releasedReferences } from '../../workload/replica-set.ts'
import type { RolloutSnapshot } from '../snapshot.ts'

export function claimWrites({ rollout, adopt, release }: RolloutSnapshot): readonly Write[] {
  return [
    ...adopt.map(one => owned(one, adoptedReferences(rollout, one), 'adopt')),
    ...release.map(one => owned(one, releasedReferences(rollout, one), 'release')),
  ]
}

/** Others write to the list of owners too: only on the version that was looked at. */
function owned(replicaSet: ReplicaSet, owners: readonly OwnerReference[], what: string): Write {
  const { name, resourceVersion } = replicaSet.metadata
  return {
    verb: 'patch',
    target: refOf(REPLICA_SET, replicaSet),
    patch: { metadata: { ownerReferences: asJson(owners) } },
    ...(resourceVersion === undefined ? {} : { ifVersion: resourceVersion }),
    why: `${what} ReplicaSet ${name}`,
  }
}

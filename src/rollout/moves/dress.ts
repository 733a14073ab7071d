// Labels and annotations that pods carry while their ReplicaSet has a role (canary, stable, preview, active),
// put on the template for new pods and on the pods that run (dress, in moves.ts). Nothing is restarted for
// it.
import type { MetadataMaps } from '../../api/metadata.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Pod } from '../../kube/core.ts'
import { POD, REPLICA_SET } from '../../kube/kinds.ts'
import { refOf } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import type { Json } from '../../std/json.ts'
import { dressing } from '../../workload/pod-metadata.ts'
import type { Story } from '../story.ts'
import { rolesOf } from './pod-template.ts'

export function dressWrites(story: Story): readonly Write[] {
  if (story.isReset) return []
  const known = ofAnyRole(story.rollout)
  return story.all.flatMap(one => {
    const { name } = one.metadata
    const { patch, pods } = dressing(one, {
      wanted: roleMetadata(story, one),
      known,
      own: name === story.current?.metadata.name ? story.snapshot.template?.metadata : undefined,
      pods: (story.snapshot.pods[name] ?? []).filter(isAlive),
    })
    const why = `dress ReplicaSet ${name} for its role`
    return [
      ...(patch === undefined
        ? []
        : [{ verb: 'patch', target: refOf(REPLICA_SET, one), patch, why } as const]),
      ...pods.map(dressPod),
    ]
  })
}

/** The new revision is a newcomer until it is promoted; old ones have no role. */
function roleMetadata(story: Story, replicaSet: ReplicaSet): MetadataMaps {
  const { newcomer, settled } = rolesOf(story.rollout)
  const isSettled = story.isFirst || story.isPromoted
  const { name } = replicaSet.metadata
  if (name === story.current?.metadata.name) return isSettled ? settled : newcomer
  return name === story.stable?.metadata.name ? settled : {}
}

function dressPod({ pod, patch }: { readonly pod: Pod; readonly patch: Json }): Write {
  return { verb: 'patch', target: refOf(POD, pod), patch, why: `dress pod ${pod.metadata.name}` }
}

/** A pod may still wear what an earlier role gave it, if a pass ended between its ReplicaSet and itself. */
function ofAnyRole({ spec }: Rollout): MetadataMaps {
  const { blueGreen, canary } = spec.strategy ?? {}
  const roles = [
    blueGreen?.previewMetadata,
    blueGreen?.activeMetadata,
    canary?.canaryMetadata,
    canary?.stableMetadata,
  ].filter(role => role !== undefined)
  if (roles.length === 0) return NONE
  return {
    labels: Object.assign({}, ...roles.map(role => role.labels)) as Record<string, string>,
    annotations: Object.assign({}, ...roles.map(role => role.annotations)) as Record<string, string>,
  }
}

const NONE: MetadataMaps = {}

function isAlive(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined
}

// The writes that make the wanted revision's ReplicaSet, and that keep an existing one true to the Rollout:
// its number, the annotations that it copies, minReadySeconds, the rule against stable pods. Used by moves.ts (create).
import { EVENTS } from '../../api/event-words.ts'
import { DESIRED_REPLICAS } from '../../api/words.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import { REPLICA_SET } from '../../kube/kinds.ts'
import { refOf } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import type { Json } from '../../std/json.ts'
import {
  copiedAnnotations,
  newReplicaSet,
  revisionAnnotations,
  revisionOf,
} from '../../workload/replica-set.ts'
import { minReadySeconds } from '../../api/defaults.ts'
import { affinityPatch, dressedFor, templateFor } from './pod-template.ts'
import type { Story } from '../story.ts'

/** It starts with no pods: it is scaled once it is known to exist. */
export function createReplicaSet(story: Story): readonly Write[] {
  const { rollout, replicaSet: name, hash, revision } = story
  const { selector, template } = story.snapshot
  if (selector === undefined || template === undefined) return []
  const bare = newReplicaSet({
    owner: rollout,
    name,
    hash,
    selector,
    template: templateFor(story, template),
    replicas: 0,
    minReadySeconds: minReadySeconds(rollout.spec),
    annotations: {
      ...copiedAnnotations(rollout),
      ...revisionAnnotations(undefined, revision),
      [DESIRED_REPLICAS]: String(story.replicas),
    },
  })
  return [
    {
      verb: 'create',
      object: dressedFor(story, bare),
      why: `create ReplicaSet ${name} for revision ${revision}`,
      event: EVENTS.replicaSetCreated(name, revision),
    },
  ]
}

/** What an existing ReplicaSet must be told when it becomes (or is) the wanted revision. */
export function refreshReplicaSet(story: Story, replicaSet: ReplicaSet): readonly Write[] {
  const { rollout } = story
  const annotations = changedAnnotations(replicaSet, {
    ...copiedAnnotations(rollout),
    ...(revisionOf(replicaSet) === story.revision ? {} : revisionAnnotations(replicaSet, story.revision)),
  })
  const seconds = minReadySeconds(rollout.spec)
  const affinity = affinityPatch(story, replicaSet)
  const spec: Json = {
    ...((replicaSet.spec.minReadySeconds ?? 0) === seconds ? {} : { minReadySeconds: seconds }),
    ...(affinity === undefined ? {} : { template: { spec: affinity } }),
  }
  const patch = {
    ...(Object.keys(annotations).length === 0 ? {} : { metadata: { annotations } }),
    ...(Object.keys(spec).length === 0 ? {} : { spec }),
  }
  if (Object.keys(patch).length === 0) return []
  const { name } = replicaSet.metadata
  const why = `keep ReplicaSet ${name} true to revision ${story.revision}`
  return [{ verb: 'patch', target: refOf(REPLICA_SET, replicaSet), patch, why }]
}

function changedAnnotations(
  replicaSet: ReplicaSet,
  wanted: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const found = replicaSet.metadata.annotations ?? {}
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => found[key] !== value))
}

// The pod template of the wanted revision's ReplicaSet: the Rollout's, with the metadata of its first role
// and the rule that keeps it away from stable pods. Neither makes it another revision (workload/pod-hash.ts).
import type { MetadataMaps } from '../../api/metadata.ts'
import type { Rollout } from '../../api/rollout.ts'
import { POD_TEMPLATE_HASH } from '../../api/words.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { PodTemplateSpec } from '../../kube/core.ts'
import { asJson, fromJson } from '../../kube/object.ts'
import { applyMergePatch } from '../../kube/patch.ts'
import { withAntiAffinity } from '../../workload/anti-affinity.ts'
import { dressing } from '../../workload/pod-metadata.ts'
import { podHashOf } from '../../workload/replica-set.ts'
import type { Story } from '../story.ts'

/**
 * A revision that comes while nothing is stable will be the stable one: it is dressed as that from the start.
 */
function firstRole(story: Story): MetadataMaps {
  const { newcomer, settled } = rolesOf(story.rollout)
  return story.stable === undefined ? settled : newcomer
}

/** What the pods of a new revision carry, and what those of a promoted one do. */
export function rolesOf({ spec }: Rollout): {
  readonly newcomer: MetadataMaps
  readonly settled: MetadataMaps
} {
  const { blueGreen, canary } = spec.strategy ?? {}
  return {
    newcomer: blueGreen?.previewMetadata ?? canary?.canaryMetadata ?? {},
    settled: blueGreen?.activeMetadata ?? canary?.stableMetadata ?? {},
  }
}

export function templateFor(story: Story, template: PodTemplateSpec): PodTemplateSpec {
  const { blueGreen, canary } = story.rollout.spec.strategy ?? {}
  const rule = blueGreen?.antiAffinity ?? canary?.antiAffinity
  const stableHash = story.stable === undefined ? undefined : podHashOf(story.stable)
  if (rule === undefined || stableHash === undefined || stableHash === story.hash) return template
  const namespace = story.rollout.metadata.namespace ?? ''
  const target = { hashLabel: POD_TEMPLATE_HASH, stableHash, namespace }
  return { ...template, spec: withAntiAffinity(template.spec, rule, target) }
}

/** The ReplicaSet itself does not carry what its pods do. */
export function dressedFor(story: Story, bare: ReplicaSet): ReplicaSet {
  const wanted = firstRole(story)
  const { patch } = dressing(bare, { wanted, known: {}, pods: [] })
  return patch === undefined ? bare : (fromJson(applyMergePatch(asJson(bare), patch)) as ReplicaSet)
}

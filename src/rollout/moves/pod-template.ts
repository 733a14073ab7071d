// The pod template of the wanted revision's ReplicaSet: the Rollout's, with the metadata of its first role
// and the rule that keeps it away from stable pods. Neither makes it another revision (workload/pod-hash.ts).
import type { MetadataMaps } from '../../api/metadata.ts'
import type { Rollout } from '../../api/rollout.ts'
import { POD_TEMPLATE_HASH } from '../../api/words.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { PodSpec, PodTemplateSpec } from '../../kube/core.ts'
import { mergeDiff } from '../../kube/diff.ts'
import { asJson, fromJson } from '../../kube/object.ts'
import { applyMergePatch } from '../../kube/patch.ts'
import type { Json } from '../../std/json.ts'
import { withAntiAffinity, withoutAntiAffinity } from '../../workload/anti-affinity.ts'
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
  const ruled = ruleOf(story)
  return ruled === undefined ? template : { ...template, spec: ruled(template.spec) }
}

/**
 * What makes the rule of an existing ReplicaSet that of today; pods that run stay where they are. A rule about the
 * hash in the Rollout's own template is not ours.
 */
export function affinityPatch(story: Story, { spec }: ReplicaSet): Json | undefined {
  const own = story.snapshot.template?.spec
  if (own === undefined || withoutAntiAffinity(own, POD_TEMPLATE_HASH) !== own) return undefined
  const ruled = ruleOf(story) ?? (found => withoutAntiAffinity(found, POD_TEMPLATE_HASH))
  const [found, wanted] = [spec.template.spec, ruled(spec.template.spec)]
  if (wanted === found) return undefined
  const affinityOf = ({ affinity }: PodSpec) => asJson(affinity === undefined ? {} : { affinity })
  return mergeDiff(affinityOf(found), affinityOf(wanted))
}

/** Puts the rule against stable pods into a pod spec; undefined when there is none to be. */
function ruleOf({ rollout, stable, hash }: Story): ((spec: PodSpec) => PodSpec) | undefined {
  const { blueGreen, canary } = rollout.spec.strategy ?? {}
  const rule = blueGreen?.antiAffinity ?? canary?.antiAffinity
  const stableHash = stable && podHashOf(stable)
  if (rule === undefined || stableHash === undefined || stableHash === hash) return undefined
  const namespace = rollout.metadata.namespace ?? ''
  const target = { hashLabel: POD_TEMPLATE_HASH, stableHash, namespace }
  return spec => withAntiAffinity(spec, rule, target)
}

/** The ReplicaSet itself does not carry what its pods do. */
export function dressedFor(story: Story, bare: ReplicaSet): ReplicaSet {
  const wanted = firstRole(story)
  const { patch } = dressing(bare, { wanted, known: {}, pods: [] })
  return patch === undefined ? bare : (fromJson(applyMergePatch(asJson(bare), patch)) as ReplicaSet)
}

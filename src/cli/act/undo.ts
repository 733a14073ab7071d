// `undo`: back to the template of an earlier revision, which its ReplicaSet still holds.
import { POD_TEMPLATE_HASH } from '../../api/words.ts'
import type { Rollout, WorkloadRef } from '../../api/rollout.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { PodTemplateSpec } from '../../kube/core.ts'
import { DEPLOYMENT, POD_TEMPLATE, REPLICA_SET, ROLLOUT } from '../../kube/kinds.ts'
import { asJson, refOf } from '../../kube/object.ts'
import type { Kind, KubeObject, ObjectRef } from '../../kube/object.ts'
import { controllerOf } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { withoutAntiAffinity } from '../../workload/anti-affinity.ts'
import { sameTemplate } from '../../workload/pod-hash.ts'
import { ownTemplate } from '../../workload/pod-metadata.ts'
import { revisionOf } from '../../workload/replica-set.ts'
import type { Planned } from './act.ts'

export interface UndoParts {
  readonly rollout: Rollout
  /** May hold ReplicaSets of others. */
  readonly replicaSets: readonly ReplicaSet[]
  /** What the rollout refers to, when it has no template of its own. */
  readonly workload?: KubeObject
  /** 0: the one before the newest. */
  readonly toRevision: number
}

/** The kinds that a rollout may refer to, and where their template stands. */
const WORKLOADS: readonly { kind: Kind; path: string }[] = [
  { kind: DEPLOYMENT, path: '/spec/template' },
  { kind: REPLICA_SET, path: '/spec/template' },
  { kind: POD_TEMPLATE, path: '/template' },
]

/** The object that `workloadRef` names, if its kind is one that undo can change. */
export function workloadOf(reference: WorkloadRef, namespace: string): ObjectRef | undefined {
  const known = WORKLOADS.find(one => one.kind.kind === reference.kind)
  return known === undefined ? undefined : { kind: known.kind, namespace, name: reference.name ?? '' }
}

export function undo(parts: UndoParts): Planned {
  const { rollout, workload, toRevision } = parts
  const { name } = rollout.metadata
  const { workloadRef } = rollout.spec
  const found = revisionWanted(parts)
  if ('refused' in found) return found
  if (workloadRef !== undefined && workload === undefined) {
    return { refused: `workload of type ${workloadRef.kind ?? ''} is not supported` }
  }
  const template = templateAsWritten(found)
  const present = workload === undefined ? rollout.spec.template : templateOf(workload)
  if (present !== undefined && sameTemplate(present, template)) {
    // Compat: no line break, and the number as it was asked for.
    return { writes: [], text: `skipped rollback (current template already matches revision ${toRevision})` }
  }
  const why = `undo rollout ${name} to revision ${revisionOf(found)}`
  return { writes: [templateWrite({ rollout, workload }, template, why)], text: `rollout '${name}' undo\n` }
}

function revisionWanted({ rollout, replicaSets, toRevision }: UndoParts): ReplicaSet | { refused: string } {
  const own = replicaSets
    .filter(one => controllerOf(one)?.uid === rollout.metadata.uid)
    .toSorted((a, b) => revisionOf(b) - revisionOf(a))
  if (toRevision <= 0) {
    const before = toRevision === 0 ? own[1] : undefined
    return before ?? { refused: `no revision found for rollout ${JSON.stringify(rollout.metadata.name)}` }
  }
  return (
    own.find(one => revisionOf(one) === toRevision) ?? {
      refused: `unable to find specified revision ${toRevision} in history`,
    }
  )
}

/**
 * Without what the controller put into it: the hash label, metadata of a role, the injected anti-affinity.
 */
function templateAsWritten(replicaSet: ReplicaSet): PodTemplateSpec {
  const own = ownTemplate(replicaSet)
  const { [POD_TEMPLATE_HASH]: _, ...labels } = own.metadata?.labels ?? {}
  return {
    ...own,
    metadata: { ...own.metadata, labels },
    spec: withoutAntiAffinity(own.spec, POD_TEMPLATE_HASH),
  }
}

function templateOf(workload: KubeObject): PodTemplateSpec | undefined {
  const { spec, template } = workload as { spec?: { template?: PodTemplateSpec }; template?: PodTemplateSpec }
  return workload.kind === POD_TEMPLATE.kind ? template : spec?.template
}

interface Target {
  readonly rollout: Rollout
  readonly workload: KubeObject | undefined
}

function templateWrite({ rollout, workload }: Target, template: PodTemplateSpec, why: string): Write {
  const known = WORKLOADS.find(one => one.kind.kind === workload?.kind)
  const target =
    workload === undefined || known === undefined ? refOf(ROLLOUT, rollout) : refOf(known.kind, workload)
  const { resourceVersion } = (workload ?? rollout).metadata
  return {
    verb: 'patch',
    target,
    why,
    type: 'json',
    patch: [{ op: 'replace', path: known?.path ?? '/spec/template', value: asJson(template) }],
    ...(resourceVersion === undefined ? {} : { ifVersion: resourceVersion }),
  }
}

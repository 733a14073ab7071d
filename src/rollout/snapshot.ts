// All that a decision about a Rollout may know, and nothing else: plain, frozen data (station f of the walk). A copy of
// it, saved and read again, gives the same decision: nothing is told apart by which object it is.
import type { AnalysisRun } from '../api/analysis.ts'
import type { Experiment } from '../api/experiment.ts'
import type { Rollout } from '../api/rollout.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { LabelSelector, Pod, PodTemplateSpec, Service } from '../kube/core.ts'
import { refKey } from '../kube/object.ts'
import type { ObjectRef } from '../kube/object.ts'
import type { Answer } from '../kube/reconciler.ts'
import type { Repeats } from '../kube/repeats.ts'
import type { Instant } from '../std/instant.ts'
import type { IngressClasses } from '../traffic/ingress-class.ts'
import type { Found } from '../traffic/router.ts'

export interface RolloutSnapshot {
  readonly now: Instant
  readonly rollout: Rollout
  /** What its pods are to be like, and how they are found. */
  readonly template: PodTemplateSpec | undefined
  readonly selector: LabelSelector | undefined
  /** Every ReplicaSet of the Rollout, each once: the stable one, the current one, older ones by age. */
  readonly revisions: readonly Revision[]
  /** ReplicaSets that the selector selects and nobody controls; and ours that it no longer selects. */
  readonly adopt: readonly ReplicaSet[]
  readonly release: readonly ReplicaSet[]
  /** Pods by the name of their ReplicaSet; only where restart or metadata ask for them. */
  readonly pods: Readonly<Record<string, readonly Pod[]>>
  /**
   * Those that the strategy names, and those that it no longer names but that still say that we manage them.
   */
  readonly services: Readonly<Record<string, Service>>
  /** Everything that the spec and its routers name, as far as it is there. */
  readonly named: Found
  /** In which version kinds of routers that have several are asked for: by `trafficsplits.split.smi-spec.io`. */
  readonly served: Readonly<Record<string, string>>
  /** What it names of kinds that this controller may not read, by routers that it has left, too. */
  readonly forbidden: readonly ObjectRef[]
  /** Fields of a wrong type were left out of the spec: what is stored is to be replaced by what is here. */
  readonly isMalformed: boolean
  readonly analysisRuns: readonly AnalysisRun[]
  readonly experiments: readonly Experiment[]
  /** Their ReplicaSets. */
  readonly tried: readonly ReplicaSet[]
  readonly answers: Readonly<Record<string, Answer>>
  /** What this controller has written lately, as far as it remembers. */
  readonly repeats: Repeats
  /** Which classes of Ingresses its routers' load balancers serve, as far as this controller was told. */
  readonly ingressClasses: IngressClasses
}

/** A ReplicaSet and what it is to the Rollout. One may be both; an older one is neither. */
export interface Revision {
  readonly replicaSet: ReplicaSet
  /** Its pod template is the Rollout's. */
  readonly isCurrent: boolean
  /** It was promoted last. */
  readonly isStable: boolean
}

/** The first of these objects that this controller may not read; mostly there is none, and nobody is asked for them. */
export function forbiddenIn(
  { forbidden }: RolloutSnapshot,
  refs: () => readonly ObjectRef[],
): ObjectRef | undefined {
  if (forbidden.length === 0) return undefined
  const keys = new Set(refs().map(refKey))
  return forbidden.find(one => keys.has(refKey(one)))
}

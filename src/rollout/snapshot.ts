// All that a decision about a Rollout may know, and nothing else: plain, frozen data (station f of the walk).
import type { AnalysisRun } from '../api/analysis.ts'
import type { Experiment } from '../api/experiment.ts'
import type { Rollout } from '../api/rollout.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { Pod, Service } from '../kube/core.ts'
import type { Answer } from '../kube/reconciler.ts'
import type { Instant } from '../std/instant.ts'
import type { Found } from '../traffic/router.ts'

export interface RolloutSnapshot {
  readonly now: Instant
  readonly rollout: Rollout
  /** Its pod template is the Rollout's; undefined until it has been made. */
  readonly current: ReplicaSet | undefined
  /** The revision that was last promoted. It may be the current one. */
  readonly stable: ReplicaSet | undefined
  /** Neither of the two. */
  readonly older: readonly ReplicaSet[]
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
  /** Fields of a wrong type were left out of the spec: what is stored is to be replaced by what is here. */
  readonly isMalformed: boolean
  readonly analysisRuns: readonly AnalysisRun[]
  readonly experiments: readonly Experiment[]
  readonly answers: Readonly<Record<string, Answer>>
}

/** Every ReplicaSet of the Rollout, each once: stable, current, older. */
export function allReplicaSets(snapshot: RolloutSnapshot): readonly ReplicaSet[] {
  const { current, stable, older } = snapshot
  const first = stable === undefined ? [] : [stable]
  const second = current === undefined || current === stable ? [] : [current]
  return [...first, ...second, ...older]
}

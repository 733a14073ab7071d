// All that a decision about an Experiment may know: plain data.
import type { AnalysisRun } from '../api/analysis.ts'
import type { Experiment } from '../api/experiment.ts'
import type { FoundObjects } from '../api/references.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { Service } from '../kube/core.ts'
import type { ObjectRef } from '../kube/object.ts'
import type { Instant } from '../std/instant.ts'

export interface ExperimentSnapshot {
  readonly now: Instant
  readonly experiment: Experiment
  /** Those that it controls. */
  readonly replicaSets: readonly ReplicaSet[]
  readonly services: readonly Service[]
  readonly analysisRuns: readonly AnalysisRun[]
  /** The templates of its analyses, as far as they are there. */
  readonly named: FoundObjects
  /** Those of them that may be there: this controller is not allowed to read their kind. */
  readonly unread: readonly ObjectRef[]
  /** Services that the routers of its Rollout may still send users to. */
  readonly carrying: readonly string[]
  /** Objects that could not be made, by name, and what the API server said. */
  readonly refused: Readonly<Record<string, string>>
  /** ReplicaSets whose names are somebody else's, by the name of the template. */
  readonly taken: readonly string[]
}

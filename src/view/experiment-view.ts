// What `get experiment` shows, as data: an Experiment with its ReplicaSets and AnalysisRuns.
import type { AnalysisRun } from '../api/analysis.ts'
import type { Experiment } from '../api/experiment.ts'
import type { KubeObject } from '../kube/object.ts'
import { revisionOf } from '../workload/replica-set.ts'
import { analysisRunViews } from './analysis-run-view.ts'
import type { AnalysisRunView } from './analysis-run-view.ts'
import { imagesOf } from './images.ts'
import type { ImageView } from './images.ts'
import { byRevisionThenAge, ownedBy } from './owned.ts'
import { replicaSetViews } from './replica-set-view.ts'
import type { ReplicaSetParts, ReplicaSetView } from './replica-set-view.ts'
import { icon } from './words.ts'

export interface ExperimentView {
  readonly name: string
  readonly namespace: string
  readonly createdAt: string
  readonly revision: number
  readonly status: string
  readonly icon: string
  readonly message: string
  readonly images: readonly ImageView[]
  readonly replicaSets: readonly ReplicaSetView[]
  readonly analysisRuns: readonly AnalysisRunView[]
}

export interface ExperimentParts extends ReplicaSetParts {
  readonly analysisRuns: readonly AnalysisRun[]
}

/** `parts` may hold more than the experiment owns: what it does not own is left out. */
export function experimentView(experiment: Experiment, parts: ExperimentParts): ExperimentView {
  const replicaSets = replicaSetViews(experiment, parts)
  const status = experiment.status?.phase ?? ''
  return {
    name: experiment.metadata.name,
    namespace: experiment.metadata.namespace ?? '',
    createdAt: experiment.metadata.creationTimestamp ?? '',
    revision: revisionOf(experiment),
    status,
    icon: icon('analysis', status),
    message: experiment.status?.message ?? '',
    images: imagesOf(replicaSets),
    replicaSets,
    analysisRuns: analysisRunViews(experiment, parts.analysisRuns),
  }
}

/** The Experiments that an object owns. */
export function experimentViews(
  owner: KubeObject,
  experiments: readonly Experiment[],
  parts: ExperimentParts,
): ExperimentView[] {
  return ownedBy(owner, experiments)
    .map(one => experimentView(one, parts))
    .toSorted(byRevisionThenAge)
}

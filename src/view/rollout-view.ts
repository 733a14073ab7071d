// What `get rollout` shows, as data: a Rollout with all that it owns, grouped by revision.
import { maxTrafficWeight } from '../api/defaults.ts'
import type { Experiment } from '../api/experiment.ts'
import type { Rollout } from '../api/rollout.ts'
import { currentSetWeight, currentStep, stepsOf } from '../rollout/steps.ts'
import { analysisRunViews } from './analysis-run-view.ts'
import type { AnalysisRunView } from './analysis-run-view.ts'
import { experimentViews } from './experiment-view.ts'
import type { ExperimentParts, ExperimentView } from './experiment-view.ts'
import { imagesOf } from './images.ts'
import type { ImageView } from './images.ts'
import { shownPhase } from './phase.ts'
import { replicaSetViews } from './replica-set-view.ts'
import type { ReplicaSetView } from './replica-set-view.ts'
import { icon } from './words.ts'

export interface RevisionView {
  readonly revision: number
  readonly replicaSets: readonly ReplicaSetView[]
  readonly experiments: readonly ExperimentView[]
  readonly analysisRuns: readonly AnalysisRunView[]
}

export interface RolloutView {
  readonly name: string
  readonly namespace: string
  readonly createdAt: string
  readonly phase: string
  readonly icon: string
  readonly message: string
  readonly strategy: 'Canary' | 'BlueGreen' | ''
  /** Only of a canary. */
  readonly canary?: CanaryProgress
  readonly images: readonly ImageView[]
  readonly replicas: ReplicaCounts
  /** Newest first. */
  readonly revisions: readonly RevisionView[]
}

interface CanaryProgress {
  /** Absent until the controller has counted it. */
  readonly step?: number
  readonly steps: number
  readonly setWeight: number
  readonly actualWeight: number
}

export interface ReplicaCounts {
  readonly desired: number
  readonly current: number
  readonly updated: number
  readonly ready: number
  readonly available: number
}

export interface RolloutParts extends ExperimentParts {
  readonly experiments: readonly Experiment[]
}

/** `parts` may hold more than the rollout owns: what it does not own is left out. */
export function rolloutView(rollout: Rollout, parts: RolloutParts): RolloutView {
  const replicaSets = replicaSetViews(rollout, parts, rollout)
  const experiments = experimentViews(rollout, parts.experiments, parts)
  const analysisRuns = analysisRunViews(rollout, parts.analysisRuns)
  const { phase, message } = shownPhase(rollout)
  const strategy = strategyOf(rollout)
  return {
    name: rollout.metadata.name,
    namespace: rollout.metadata.namespace ?? '',
    createdAt: rollout.metadata.creationTimestamp ?? '',
    phase,
    icon: icon('rollout', phase),
    message,
    strategy,
    ...(strategy === 'Canary' ? { canary: canaryProgress(rollout, replicaSets) } : {}),
    images: imagesOf([...replicaSets, ...experiments.flatMap(one => one.replicaSets)]),
    replicas: replicaCounts(rollout),
    revisions: byRevision({ replicaSets, experiments, analysisRuns }),
  }
}

export function strategyOf(rollout: Rollout): RolloutView['strategy'] {
  const { canary, blueGreen } = rollout.spec.strategy ?? {}
  if (canary !== undefined) return 'Canary'
  return blueGreen === undefined ? '' : 'BlueGreen'
}

export function replicaCounts(rollout: Rollout): ReplicaCounts {
  const { status = {} } = rollout
  return {
    desired: rollout.spec.replicas ?? 1,
    current: status.replicas ?? 0,
    updated: status.updatedReplicas ?? 0,
    ready: status.readyReplicas ?? 0,
    available: status.availableReplicas ?? 0,
  }
}

function canaryProgress(rollout: Rollout, replicaSets: readonly ReplicaSetView[]): CanaryProgress {
  const steps = stepsOf(rollout).length
  const step = rollout.status?.currentStepIndex
  return {
    ...(step === undefined || steps === 0 ? {} : { step }),
    steps,
    setWeight: currentSetWeight(rollout),
    actualWeight: actualWeight(rollout, replicaSets),
  }
}

/** Without a router the share of available pods that are the canary's; with one what it was last told. */
function actualWeight(rollout: Rollout, replicaSets: readonly ReplicaSetView[]): number {
  const max = maxTrafficWeight(rollout.spec)
  if (currentStep(rollout) === undefined) return max
  const available = rollout.status?.availableReplicas ?? 0
  if (available === 0) return 0
  if (rollout.spec.strategy?.canary?.trafficRouting !== undefined) {
    return rollout.status?.canary?.weights?.canary.weight ?? currentSetWeight(rollout)
  }
  const canary = replicaSets.findLast(one => one.tags.includes('canary'))
  return canary === undefined ? 0 : Math.floor((canary.available * max) / available)
}

function byRevision(all: Omit<RevisionView, 'revision'>): RevisionView[] {
  const everything = [...all.replicaSets, ...all.experiments, ...all.analysisRuns]
  const revisions = [...new Set(everything.map(one => one.revision))].toSorted((a, b) => b - a)
  return revisions.map(revision => {
    const mine = <T extends { readonly revision: number }>(list: readonly T[]) =>
      list.filter(one => one.revision === revision)
    return {
      revision,
      replicaSets: mine(all.replicaSets),
      experiments: mine(all.experiments),
      analysisRuns: mine(all.analysisRuns),
    }
  })
}

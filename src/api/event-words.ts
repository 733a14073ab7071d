// What Events say on a Rollout, word for word: notifications, scripts and dashboards are keyed on these reasons.
import type { EventNote } from '../kube/write.ts'
import type { AnalysisPhase } from './analysis.ts'
import type { RouteNotice } from './condition-words.ts'
import type { PauseReason } from './rollout.ts'
import type { RolloutType } from './words.ts'

const normal = (reason: string, message: string): EventNote => ({ type: 'Normal', reason, message })
const warning = (reason: string, message: string): EventNote => ({ type: 'Warning', reason, message })

/** How a user hears which revision is meant. */
export interface RevisionName {
  readonly revision: number
  readonly podHash: string
}

export interface Scaled {
  readonly replicaSet: string
  readonly revision: number
  readonly from: number
  readonly to: number
}

export const EVENTS = {
  added: (key: string) => normal('RolloutAddedToInformer', `Rollout resource added to informer: ${key}`),
  deleted: (name: string, namespace: string) =>
    normal('RolloutDeleted', `Rollout ${name}/${namespace} is deleted.`),
  updated: (revision: number) => normal('RolloutUpdated', `Rollout updated to revision ${revision}`),
  notCompleted: (to: RevisionName) =>
    normal(
      'RolloutNotCompleted',
      `Rollout not completed, started update to revision ${to.revision} (${to.podHash})`,
    ),
  completed: (to: RevisionName, why: string) =>
    normal('RolloutCompleted', `Rollout completed update to revision ${to.revision} (${to.podHash}): ${why}`),
  /** `done`: how many steps are behind it, this one included. */
  stepCompleted: (done: number, steps: number, step: string) =>
    normal('RolloutStepCompleted', `Rollout step ${done}/${steps} completed (${step})`),
  aborted: (message: string) => warning('RolloutAborted', message),
  paused: (why: PauseReason) => normal('RolloutPaused', `Rollout is paused (${why})`),
  resumed: normal('RolloutResumed', 'Rollout is resumed'),
  replicaSetCreated: (replicaSet: string, revision: number) =>
    normal('NewReplicaSetCreated', `Created ReplicaSet ${replicaSet} (revision ${revision})`),
  replicaSetCreateError: (message: string) => warning('ReplicaSetCreateError', message),
  /** Ours alone. */
  writeRefused: (message: string) => warning('WriteRefused', message),
  routeNotice: (type: RouteNotice, message: string) => warning(type, message),
  scaled: (change: Scaled) =>
    normal(
      'ScalingReplicaSet',
      `Scaled ${change.to > change.from ? 'up' : 'down'} ReplicaSet ${change.replicaSet}` +
        ` (revision ${change.revision}) from ${change.from} to ${change.to}`,
    ),
  skippedToStable: normal('SkipSteps', 'Rollback to stable ReplicaSets'),
  skippedInWindow: normal('SkipSteps', 'Rollback to active ReplicaSets within RollbackWindow'),
  switched: (service: string, from: string, to: string) =>
    normal('SwitchService', `Switched selector for service '${service}' from '${from}' to '${to}'`),
  /** `change`: `from 20 to 40`, `to 20`, `additional: […]`, or nothing when only hashes moved. */
  weightUpdated: (change: string) => normal('TrafficWeightUpdated', `Traffic weight updated ${change}`),
  trafficError: (message: string) => warning('TrafficRoutingError', message),
  experimentCreated: (name: string) => normal('ExperimentCreated', `Created Experiment '${name}'`),
  analysisRun: (type: RolloutType, name: string, phases: { now: AnalysisPhase; before: string }) => {
    const message = `${type} Analysis Run '${name}' Status New: '${phases.now}' Previous: '${phases.before}'`
    const bad = phases.now === 'Failed' || phases.now === 'Error'
    return (bad ? warning : normal)(`AnalysisRun${phases.now}`, message)
  },
} as const

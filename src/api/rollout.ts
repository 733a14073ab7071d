// Rollout: `spec` here, its strategies in strategy.ts, its steps in steps.ts, its status in rollout-status.ts.
import type { LabelSelector, PodTemplateSpec } from '../kube/core.ts'
import type { KubeObject } from '../kube/object.ts'
import type { RolloutStatus } from './rollout-status.ts'
import type { Infer } from './schema.ts'
import { boolean, immutable, int32, kubernetes, object, string, time, word } from './schema.ts'
import { strategy } from './strategy.ts'

export type { RolloutAnalysis } from './analysis.ts'
export type * from './rollout-status.ts'
export type * from './steps.ts'
export type * from './strategy.ts'

const workloadRef = object('A workload whose pod template is used, in place of `template`.', {
  apiVersion: string('Its API version.'),
  kind: string('Its kind: Deployment, ReplicaSet or PodTemplate.'),
  name: string('Its name.'),
  scaleDown: word('When that Deployment gives up its own pods.', ['never', 'onsuccess', 'progressively'], {
    default: 'never',
  }),
})

const rollbackWindow = object('How far back a rollback skips steps and analyses.', {
  revisions: int32('How many revisions.', { min: 0 }),
})

const analysisHistory = object('How many finished AnalysisRuns and Experiments are kept.', {
  successfulRunHistoryLimit: int32('Successful ones.', { default: 5, min: 0 }),
  unsuccessfulRunHistoryLimit: int32('Failed, inconclusive and broken ones.', { default: 5, min: 0 }),
})

export const rolloutSpec = object('The wanted state.', {
  replicas: int32('How many pods.', { default: 1, min: 0 }),
  selector: immutable(
    '.spec.selector',
    kubernetes<LabelSelector>(
      'Selects the pods; must match the labels of the template; can not be changed.',
      'LabelSelector',
    ),
  ),
  template: kubernetes<PodTemplateSpec>('The pods.', 'PodTemplateSpec'),
  workloadRef,
  minReadySeconds: int32('Seconds that a pod must be ready before it is available.', { default: 0, min: 0 }),
  rollbackWindow,
  strategy,
  revisionHistoryLimit: int32('How many old ReplicaSets are kept.', { default: 10, min: 0 }),
  paused: boolean('Whether the update stands still.', { default: false }),
  progressDeadlineSeconds: int32('Seconds without progress after which the update counts as failed.', {
    default: 600,
    min: 1,
  }),
  progressDeadlineAbort: boolean('Whether a failed update is aborted.', { default: false }),
  restartAt: time('Pods older than this are replaced.'),
  analysis: analysisHistory,
})

export type WorkloadRef = Infer<typeof workloadRef>
export type RolloutSpec = Infer<typeof rolloutSpec>

export interface Rollout extends KubeObject {
  readonly spec: RolloutSpec
  readonly status?: RolloutStatus
}

// Experiment: pods of several templates side by side, with analyses; and the experiment step of a Rollout.
import type { LabelSelector, PodTemplateSpec } from '../kube/core.ts'
import type { KubeObject } from '../kube/object.ts'
import {
  analysisPhase,
  dryRuns,
  measurementRetentions,
  rolloutArguments,
  analysisRunSpec,
} from './analysis.ts'
import { condition } from './condition.ts'
import { metadataMaps } from './metadata.ts'
import type { Infer } from './schema.ts'
import { boolean, int32, kubernetes, list, object, required, string, time, word } from './schema.ts'

const templateService = object('A Service made for a template.', {
  name: string('Its name; that of the ReplicaSet when left out.'),
})

const experimentTemplate = object('Pods to run.', {
  name: required(string('Name of the template, unique in the experiment.')),
  replicas: int32('How many pods.', { default: 1, min: 0 }),
  minReadySeconds: int32('Seconds that a pod must be ready before it is available.', { default: 0, min: 0 }),
  selector: required(
    kubernetes<LabelSelector>('Selects the pods; must match the labels of the template.', 'LabelSelector'),
  ),
  template: required(kubernetes<PodTemplateSpec>('The pods.', 'PodTemplateSpec')),
  service: templateService,
})

const analysisFields = {
  name: required(string('Name of this analysis in the experiment.')),
  templateName: required(string('Name of the template.')),
  clusterScope: boolean('Whether it is a ClusterAnalysisTemplate.', { default: false }),
  requiredForCompletion: boolean('Whether the experiment lasts until this analysis has ended.', {
    default: false,
  }),
}

const experimentAnalysis = object('An analysis of an experiment.', {
  ...analysisFields,
  args: analysisRunSpec.fields.args,
})

const runFields = {
  duration: string('How long the experiment lasts once all pods are available, such as `1h`.'),
  dryRun: dryRuns,
  analysisRunMetadata: metadataMaps('Labels and annotations of the AnalysisRuns.'),
  scaleDownDelaySeconds: int32('Seconds that the pods live on after the end.', { default: 30, min: 0 }),
}

export const experimentSpec = object('What to run side by side, and how to judge it.', {
  ...runFields,
  templates: required(list('The pods to run.', experimentTemplate)),
  analyses: list('The analyses to run once all pods are available.', experimentAnalysis),
  progressDeadlineSeconds: int32('Seconds within which all pods must be available.', {
    default: 600,
    min: 0,
  }),
  terminate: boolean('Whether to stop early.', { default: false }),
  measurementRetention: measurementRetentions,
})

const templateStatus = object('How the pods of a template stand.', {
  name: required(string('Name of the template.')),
  replicas: required(int32('Pods.')),
  updatedReplicas: required(int32('Pods of the present template.')),
  readyReplicas: required(int32('Ready pods.')),
  availableReplicas: required(int32('Available pods.')),
  collisionCount: int32('How often the name of the ReplicaSet was taken.'),
  status: word('Where it stands.', ['Progressing', 'Running', 'Successful', 'Failed', 'Error']),
  message: string('Why it stands so.'),
  lastTransitionTime: time('When it last changed.'),
  serviceName: string('The Service made for it.'),
  podTemplateHash: string('The hash of its pods.'),
})

const experimentAnalysisStatus = object('How an analysis of the experiment stands.', {
  name: required(string('Name of the analysis.')),
  analysisRun: required(string('Name of its AnalysisRun.')),
  phase: required(analysisPhase),
  message: string('Why it stands so.'),
})

const experimentCondition = condition([
  'InvalidSpec',
  'Completed',
  'Progressing',
  'Running',
  'ReplicaFailure',
  'WriteRefused',
])

export const experimentStatus = object('How the experiment stands.', {
  phase: analysisPhase,
  message: string('Why it stands so.'),
  availableAt: time('When all pods were available: the duration counts from here.'),
  templateStatuses: list('How each template stands.', templateStatus),
  analysisRuns: list('How each analysis stands.', experimentAnalysisStatus),
  conditions: list('Conditions.', experimentCondition),
})

const rolloutExperimentTemplate = object('Pods of an experiment step.', {
  name: required(string('Name of the template, unique in the step.')),
  specRef: required(word('Whose pod template to take.', ['canary', 'stable'])),
  replicas: int32('How many pods.', { default: 1, min: 0 }),
  metadata: metadataMaps('Labels and annotations to add to the pods.'),
  selector: kubernetes<LabelSelector>("Selects the pods; the Rollout's when left out.", 'LabelSelector'),
  weight: int32('Share of the traffic that these pods get.', { min: 0, max: 100 }),
  service: templateService,
})

const rolloutExperimentAnalysis = object('An analysis of an experiment step.', {
  ...analysisFields,
  args: rolloutArguments,
})

export const rolloutExperiment = object('An experiment to run as a step.', {
  ...runFields,
  templates: required(list('The pods to run.', rolloutExperimentTemplate)),
  analyses: list('The analyses to run once all pods are available.', rolloutExperimentAnalysis),
})

export type ExperimentSpec = Infer<typeof experimentSpec>
export type ExperimentTemplate = Infer<typeof experimentTemplate>
export type ExperimentAnalysis = Infer<typeof experimentAnalysis>
export type ExperimentStatus = Infer<typeof experimentStatus>
export type TemplateStatus = Infer<typeof templateStatus>
export type TemplateWord = NonNullable<TemplateStatus['status']>
export type ExperimentAnalysisStatus = Infer<typeof experimentAnalysisStatus>
export type ExperimentCondition = Infer<typeof experimentCondition>
export type RolloutExperiment = Infer<typeof rolloutExperiment>

export interface Experiment extends KubeObject {
  readonly spec: ExperimentSpec
  readonly status?: ExperimentStatus
}

// AnalysisTemplate, ClusterAnalysisTemplate and AnalysisRun; and how a Rollout asks for an analysis.
import type { KubeObject } from '../kube/object.ts'
import { metadataMaps } from './metadata.ts'
import { metric } from './metric.ts'
import type { Infer } from './schema.ts'
import { boolean, described, int32, list, map, object, required, string, time, word } from './schema.ts'

export const analysisPhase = word('Where it stands.', [
  'Pending',
  'Running',
  'Successful',
  'Failed',
  'Error',
  'Inconclusive',
])

const fieldRef = object('A field of the Rollout.', {
  fieldPath: required(string("Its path, such as `metadata.labels['env']`.")),
})

const argument = object('An argument of an analysis.', {
  name: required(string('Its name; metrics use it as `{{args.name}}`.')),
  value: string('Its value. Without one it must be supplied by whoever uses the template.'),
  valueFrom: object('Where its value comes from.', {
    secretKeyRef: object('A key of a Secret, read at each measurement.', {
      name: required(string('Name of the Secret.')),
      key: required(string('The key.')),
    }),
    fieldRef,
  }),
})

const dryRun = object('Metrics that are measured but do not count.', {
  metricName: required(string('Regular expression over names of metrics.')),
})

const measurementRetention = object('How many measurements of some metrics are kept.', {
  metricName: required(string('Regular expression over names of metrics.')),
  limit: required(int32('How many.', { default: 10, min: 1 })),
})

const templateRef = object('A template to include.', {
  templateName: string('Name of the template.'),
  clusterScope: boolean('Whether it is a ClusterAnalysisTemplate.', { default: false }),
})

export const dryRuns = list('Metrics whose result does not count.', dryRun)
export const measurementRetentions = list(
  'How many measurements are kept; 10 of each metric when nothing is said.',
  measurementRetention,
)
const args = list('Arguments that the metrics use.', argument)

const templateFields = {
  metrics: list('What to measure.', metric),
  args,
  dryRun: dryRuns,
  measurementRetention: measurementRetentions,
}

export const analysisTemplateSpec = object('What to measure, and how to judge it.', {
  ...templateFields,
  templates: list('Templates whose metrics and arguments are included.', templateRef),
})

export const analysisRunSpec = object('A running or finished analysis.', {
  ...templateFields,
  metrics: required(templateFields.metrics),
  terminate: boolean('Whether to stop early.', { default: false }),
  ttlStrategy: object('When to delete the finished run.', {
    secondsAfterCompletion: int32('Seconds after it ended, whatever the result.', { min: 0 }),
    secondsAfterFailure: int32('Seconds after it ended Failed.', { min: 0 }),
    secondsAfterSuccess: int32('Seconds after it ended Successful.', { min: 0 }),
  }),
})

const measurement = object('One measurement.', {
  phase: required(analysisPhase),
  message: string('Why, when it is not Successful.'),
  startedAt: time('When it began.'),
  finishedAt: time('When it ended.'),
  value: string('What was measured.'),
  metadata: map('Notes of the provider.', string('A note.')),
  resumeAt: time('When to look again.'),
})

const count = (doc: string) => int32(doc)

const metricResult = object('How one metric stands.', {
  name: required(string('Name of the metric.')),
  phase: required(analysisPhase),
  measurements: list('The latest measurements, oldest first.', measurement),
  message: string('Why it stands so.'),
  count: count('Measurements without error.'),
  successful: count('Successful measurements.'),
  failed: count('Failed measurements.'),
  inconclusive: count('Inconclusive measurements.'),
  error: count('Errors.'),
  consecutiveError: count('Errors in a row, up to now.'),
  consecutiveSuccess: count('Successes in a row, up to now.'),
  dryRun: boolean('Whether the result does not count.'),
  metadata: map('Notes of the provider about the metric.', string('A note.')),
})

const runSummary = object('How many metrics ended how.', {
  count: count('Metrics.'),
  successful: count('Successful ones.'),
  failed: count('Failed ones.'),
  inconclusive: count('Inconclusive ones.'),
  error: count('Those that ended in error.'),
})

export const analysisRunStatus = object('How the run stands.', {
  phase: required(analysisPhase),
  message: string('Why it stands so.'),
  metricResults: list('How each metric stands.', metricResult),
  startedAt: time('When it began.'),
  completedAt: time('When it ended.'),
  runSummary: described('The metrics that count.', runSummary),
  dryRunSummary: described('The metrics that do not count.', runSummary),
})

const rolloutArgument = object('An argument that a Rollout hands to an analysis.', {
  name: required(string('Its name.')),
  value: string('Its value.'),
  valueFrom: object('Where its value comes from.', {
    podTemplateHashValue: word('The hash of a ReplicaSet.', ['Stable', 'Latest']),
    fieldRef,
  }),
})

export const rolloutArguments = list('Arguments handed to the templates.', rolloutArgument)

const rolloutAnalysisFields = {
  templates: list('The templates to run together.', templateRef),
  args: rolloutArguments,
  dryRun: dryRuns,
  measurementRetention: measurementRetentions,
  analysisRunMetadata: metadataMaps('Labels and annotations of the AnalysisRun.'),
}

export const rolloutAnalysis = object('An analysis of a Rollout.', rolloutAnalysisFields)

export const rolloutAnalysisBackground = object('An analysis that runs beside the steps.', {
  ...rolloutAnalysisFields,
  startingStep: int32('The step from which on it runs.', { default: 0, min: 0 }),
})

export type AnalysisPhase = Infer<typeof analysisPhase>
export type Argument = Infer<typeof argument>
export type DryRun = Infer<typeof dryRun>
export type MeasurementRetention = Infer<typeof measurementRetention>
export type AnalysisTemplateRef = Infer<typeof templateRef>
export type AnalysisTemplateSpec = Infer<typeof analysisTemplateSpec>
export type AnalysisRunSpec = Infer<typeof analysisRunSpec>
export type Measurement = Infer<typeof measurement>
export type MetricResult = Infer<typeof metricResult>
export type RunSummary = Infer<typeof runSummary>
export type AnalysisRunStatus = Infer<typeof analysisRunStatus>
export type RolloutArgument = Infer<typeof rolloutArgument>
export type RolloutAnalysis = Infer<typeof rolloutAnalysis>

export interface AnalysisTemplate extends KubeObject {
  readonly spec: AnalysisTemplateSpec
}

export interface AnalysisRun extends KubeObject {
  readonly spec: AnalysisRunSpec
  readonly status?: AnalysisRunStatus
}

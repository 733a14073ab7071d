// AnalysisRunInfo: a run as the page of Argo Rollouts is told of it: counts, each measurement (a Job apart from the
// rest), and the run itself for its charts.
import type { AnalysisRun } from '../../api/analysis.ts'
import { asJson } from '../../kube/object.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import type { AnalysisRunView } from '../../view/analysis-run-view.ts'
import { icon } from '../../view/words.ts'
import { filled } from './filled.ts'
import { shortMeta } from './short-meta.ts'
import { numeric } from '../../std/json-parts.ts'

type Results = NonNullable<NonNullable<AnalysisRun['status']>['metricResults']>
type Measurement = NonNullable<Results[number]['measurements']>[number]

export function analysisRunInfo(view: AnalysisRunView, runs: readonly AnalysisRun[]): JsonObject {
  const run = runs.find(one => one.metadata.name === view.name)
  const { successful, failed, inconclusive, error } = view
  const measured = (run?.status?.metricResults ?? []).flatMap(({ name, measurements }) =>
    (measurements ?? []).map(measurement => ({ metricName: name, measurement })),
  )
  return filled({
    objectMeta: shortMeta(run),
    icon: view.icon.trim(),
    revision: view.revision,
    status: view.status,
    successful,
    failed,
    inconclusive,
    error,
    jobs: measured.flatMap(one => jobInfo(one.metricName, one.measurement)),
    nonJobInfo: measured.flatMap(one => valueInfo(one.metricName, one.measurement)),
    metrics: (run?.spec.metrics ?? []).map(metric => metricInfo(asJson(metric) as JsonObject)),
    specAndStatus: asJson({ spec: run?.spec ?? {}, status: run?.status ?? {} }) as JsonObject,
  })
}

function jobInfo(metricName: string, { phase, startedAt = '', metadata }: Measurement): JsonObject[] {
  const name = metadata?.['job-name']
  if (name === undefined) return []
  const namespace = metadata?.['job-namespace'] ?? ''
  const objectMeta = filled({ name, namespace, creationTimestamp: startedAt })
  return [filled({ objectMeta, status: phase, icon: icon('analysis', phase).trim(), metricName, startedAt })]
}

function valueInfo(metricName: string, measurement: Measurement): JsonObject[] {
  if (measurement.metadata?.['job-name'] !== undefined) return []
  const { phase, startedAt = '', value = '' } = measurement
  return [filled({ value, status: phase, metricName, startedAt })]
}

const CONDITIONS = ['successCondition', 'failureCondition']
const LIMITS = [
  'count',
  'inconclusiveLimit',
  'failureLimit',
  'consecutiveErrorLimit',
  'consecutiveSuccessLimit',
]

/** A limit may be written as text; there it is a number. */
function metricInfo(metric: JsonObject): JsonObject {
  const texts = ['name', ...CONDITIONS].map(name => [name, metric[name] ?? ''] as const)
  const limits = LIMITS.map(name => [name, numberOf(metric[name])] as const)
  return filled(Object.fromEntries([...texts, ...limits]))
}

function numberOf(value: Json | undefined): number {
  const number = numeric(value ?? 0)
  return Number.isSafeInteger(number) ? number : 0
}

// What Prometheus is told of each AnalysisRun and of each template, read from the cache when somebody asks: under the
// names that Argo Rollouts gives them. Nothing is kept between two scrapes.
import type { AnalysisRun, AnalysisTemplate, MetricResult } from '../api/analysis.ts'
import type { Metric } from '../api/metric.ts'
import type { Cache } from '../kube/cache.ts'
import { ANALYSIS_RUN, ANALYSIS_TEMPLATE, CLUSTER_ANALYSIS_TEMPLATE } from '../kube/kinds.ts'
import { metricText } from '../std/metric-text.ts'
import { own } from '../std/own.ts'

const PHASES = ['Error', 'Failed', 'Inconclusive', 'Pending', 'Running', 'Successful']

/** Compat: how each provider is called there. */
const TYPES: Readonly<Record<string, string>> = {
  prometheus: 'Prometheus',
  kayenta: 'Kayenta',
  web: 'Web',
  datadog: 'Datadog',
  wavefront: 'Wavefront',
  newRelic: 'NewRelic',
  job: 'Job',
  cloudWatch: 'CloudWatch',
  graphite: 'Graphite',
  influxdb: 'Influxdb',
  skywalking: 'skywalking',
  plugin: 'RPCPlugin',
}

type Row = { readonly labels: Readonly<Record<string, string>>; readonly value: number }

export function analysisSeries(cache: Cache): string {
  const runs = cache.list<AnalysisRun>(ANALYSIS_RUN)
  const templates = [ANALYSIS_TEMPLATE, CLUSTER_ANALYSIS_TEMPLATE].flatMap(kind =>
    cache.list<AnalysisTemplate>(kind),
  )
  const gauge = (name: string, help: string, rows: readonly Row[]) =>
    metricText({ name, help, type: 'gauge', rows })
  return [
    gauge('analysis_run_info', 'Phase of each analysis run.', runs.map(infoOf)),
    gauge('analysis_run_phase', 'Phase of each analysis run; use analysis_run_info.', runs.flatMap(phasesOf)),
    gauge('analysis_run_metric_type', 'Provider of each metric of a run.', runs.flatMap(typesOf)),
    gauge('analysis_run_metric_phase', 'Phase of each metric of a run.', runs.flatMap(metricPhasesOf)),
    gauge('analysis_template_info', 'The analysis templates.', templates.map(named)),
    gauge(
      'analysis_template_metric_info',
      'Provider of each metric of a template.',
      templates.flatMap(typesOf),
    ),
  ].join('\n')
}

function labelsOf({ metadata }: AnalysisRun | AnalysisTemplate) {
  return { name: metadata.name, namespace: metadata.namespace ?? '' }
}

function named(object: AnalysisTemplate): Row {
  return { labels: labelsOf(object), value: 1 }
}

function infoOf(run: AnalysisRun): Row {
  return { labels: { ...labelsOf(run), phase: run.status?.phase ?? '' }, value: 1 }
}

function phasesOf(run: AnalysisRun): readonly Row[] {
  return PHASES.map(phase => ({
    labels: { ...labelsOf(run), phase },
    value: run.status?.phase === phase ? 1 : 0,
  }))
}

function typesOf(object: AnalysisRun | AnalysisTemplate): readonly Row[] {
  return (object.spec.metrics ?? []).map(metric => ({
    labels: { ...labelsOf(object), metric: metric.name, type: typeOf(metric) },
    value: 1,
  }))
}

function metricPhasesOf(run: AnalysisRun): readonly Row[] {
  return (run.status?.metricResults ?? []).flatMap(result => phasesOfMetric(run, result))
}

function phasesOfMetric(run: AnalysisRun, { name, phase, dryRun = false }: MetricResult): readonly Row[] {
  const metric = run.spec.metrics.find(one => one.name === name)
  const labels = { ...labelsOf(run), metric: name, type: metric === undefined ? '' : typeOf(metric) }
  return PHASES.map(one => ({
    labels: { ...labels, dry_run: String(dryRun), phase: one },
    value: one === phase ? 1 : 0,
  }))
}

function typeOf({ provider }: Metric): string {
  const [field = ''] = Object.keys(provider)
  return own(TYPES, field) ?? field
}

// The analyses of a rollout for its page: each metric with what was measured, and the limits of its conditions.
import type { AnalysisRun, AnalysisRunSpec, MetricResult } from '../../api/analysis.ts'
import { revisionOf } from '../../workload/replica-set.ts'
import { short } from '../showable.ts'
import type { MeasuredMetric, RunDetail } from '../wire.ts'

const RUNS_MAX = 20
const MEASUREMENTS_MAX = 200

/** The latest, by name. */
export function runDetails(runs: readonly AnalysisRun[]): Readonly<Record<string, RunDetail>> {
  const latest = runs.toSorted((a, b) => (createdAt(a) < createdAt(b) ? 1 : -1)).slice(0, RUNS_MAX)
  return Object.fromEntries(latest.map(run => [run.metadata.name, runDetail(run)]))
}

function createdAt({ metadata }: AnalysisRun): string {
  return metadata.creationTimestamp ?? ''
}

function runDetail(run: AnalysisRun): RunDetail {
  const { status } = run
  const results = new Map((status?.metricResults ?? []).map(result => [result.name, result]))
  return {
    name: run.metadata.name,
    revision: revisionOf(run),
    phase: status?.phase ?? 'Pending',
    message: short(status?.message),
    startedAt: status?.startedAt ?? createdAt(run),
    metrics: (run.spec.metrics ?? []).map(metric => measured(metric, results.get(metric.name))),
  }
}

type Metric = AnalysisRunSpec['metrics'][number]

function measured(metric: Metric, result: MetricResult | undefined): MeasuredMetric {
  const conditions = [metric.successCondition, metric.failureCondition].filter(one => one !== undefined)
  return {
    name: short(metric.name),
    phase: result?.phase ?? 'Pending',
    message: short(result?.message),
    conditions: conditions.map(one => short(one)),
    limits: limitsOf(conditions),
    measurements: (result?.measurements ?? []).slice(-MEASUREMENTS_MAX).map(one => ({
      at: one.finishedAt ?? one.startedAt ?? '',
      value: short(one.value),
      phase: short(one.phase),
      message: short(one.message),
    })),
  }
}

const COMPARISON = /\bresult(?:\[0\])?\s*(?:<=|>=|<|>|==)\s*(-?\d{1,15}(?:\.\d{1,15})?)(?![\w.])/g

/** The numbers that the conditions compare a plain result with. */
export function limitsOf(conditions: readonly string[]): readonly number[] {
  const found = conditions.flatMap(one =>
    [...one.slice(0, 10_000).matchAll(COMPARISON)].map(match => Number(match[1])),
  )
  return [...new Set(found)].slice(0, 4)
}

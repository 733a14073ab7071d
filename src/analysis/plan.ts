// The metrics of a run as they are to be measured: arguments filled in, defaults applied, checked. A run that can not
// be played is refused here, before anything is made.
import type { AnalysisRunSpec } from '../api/analysis.ts'
import type { JobMetric, Metric } from '../api/metric.ts'
import { parseDuration } from '../std/duration.ts'
import { compilePattern } from '../std/regex.ts'
import { argumentValues, filledIn } from './arguments.ts'
import type { Outcome } from './arguments.ts'

export interface MetricPlan {
  readonly name: string
  /** Undefined: it is measured once. */
  readonly intervalMs: number | undefined
  readonly initialDelayMs: number
  /** Undefined: it goes on until it is stopped. */
  readonly count: number | undefined
  readonly failureLimit: number
  readonly inconclusiveLimit: number
  readonly consecutiveErrorLimit: number
  readonly consecutiveSuccessLimit: number
  readonly job: JobMetric
  /** Its result does not count. */
  readonly isDryRun: boolean
  /** How many of its measurements are kept. */
  readonly retention: number
}

const DEFAULT_ERROR_LIMIT = 4
const DEFAULT_RETENTION = 10

type RunSpec = Pick<AnalysisRunSpec, 'metrics' | 'args' | 'dryRun' | 'measurementRetention'>

export function planOf(spec: RunSpec): Outcome<readonly MetricPlan[]> {
  const filled = filledMetrics(spec)
  if ('problem' in filled) return { problem: `Unable to resolve metric arguments: ${filled.problem}` }
  const problem = metricsProblem(filled.value) ?? rulesProblem(spec)
  if (problem !== undefined) return { problem: `Analysis spec invalid: ${problem}` }
  return { value: filled.value.map(metric => planned(metric, spec)) }
}

function filledMetrics({ metrics, args = [] }: RunSpec): Outcome<readonly Metric[]> {
  const values = argumentValues(args)
  if ('problem' in values) return values
  const all = metrics.map(metric => filledIn(metric, values.value))
  const bad = all.find(one => 'problem' in one)
  if (bad !== undefined && 'problem' in bad) return bad
  return { value: all.flatMap(one => ('value' in one ? [one.value] : [])) }
}

function planned(metric: Metric, spec: RunSpec): MetricPlan {
  const { name, interval = '', initialDelay = '', provider } = metric
  const count = numberOf(metric.count)
  const isOf = (rule: { readonly metricName: string }) => compilePattern(rule.metricName)?.test(name) === true
  const limit = spec.measurementRetention?.find(isOf)?.limit ?? 0
  return {
    name,
    intervalMs: interval === '' ? undefined : parseDuration(interval),
    initialDelayMs: parseDuration(initialDelay) ?? 0,
    count: count > 0 ? count : interval === '' ? 1 : undefined,
    failureLimit: numberOf(metric.failureLimit),
    inconclusiveLimit: numberOf(metric.inconclusiveLimit),
    consecutiveErrorLimit: numberOf(metric.consecutiveErrorLimit, DEFAULT_ERROR_LIMIT),
    consecutiveSuccessLimit: numberOf(metric.consecutiveSuccessLimit),
    job: provider.job as JobMetric,
    isDryRun: spec.dryRun?.some(isOf) ?? false,
    retention: limit > 0 ? limit : DEFAULT_RETENTION,
  }
}

function numberOf(value: number | string | undefined, otherwise = 0): number {
  if (value === undefined) return otherwise
  const number = Number(value)
  return Number.isInteger(number) ? number : 0
}

function metricsProblem(metrics: readonly Metric[]): string | undefined {
  if (metrics.length === 0) return 'no metrics specified'
  const names = metrics.map(metric => metric.name)
  const twice = names.findIndex((name, i) => names.indexOf(name) < i)
  if (twice >= 0) return `metrics[${twice}]: duplicate name '${names[twice]}'`
  for (const [i, metric] of metrics.entries()) {
    const problem = limitsProblem(metric) ?? timesProblem(metric) ?? providerProblem(metric)
    if (problem !== undefined) return `metrics[${i}]: ${problem}`
  }
  return undefined
}

function limitsProblem(metric: Metric): string | undefined {
  const count = numberOf(metric.count)
  const failures = numberOf(metric.failureLimit)
  const successes = numberOf(metric.consecutiveSuccessLimit)
  const inconclusives = numberOf(metric.inconclusiveLimit)
  if (failures < -1) return 'failureLimit must be >= -1'
  if (inconclusives < 0) return 'inconclusiveLimit must be >= 0'
  if (numberOf(metric.consecutiveErrorLimit) < 0) return 'consecutiveErrorLimit must be >= 0'
  if (successes < 0) return 'consecutiveSuccessLimit must be >= 0'
  if (failures === -1 && successes === 0) {
    return 'failureLimit and consecutiveSuccessLimit cannot both be disabled'
  }
  if (count <= 0) return undefined
  if (count < Math.max(failures, 0) + successes) {
    return failures < 0
      ? 'count must be >= consecutiveSuccessLimit'
      : 'count must be >= failureLimit + consecutiveSuccessLimit'
  }
  return count < inconclusives ? 'count must be >= inconclusiveLimit' : undefined
}

function timesProblem({ count, interval = '', initialDelay = '' }: Metric): string | undefined {
  if (numberOf(count) > 1 && interval === '') return 'interval must be specified when count > 1'
  if (interval !== '' && parseDuration(interval) === undefined) {
    return `invalid interval string: time: invalid duration "${interval}"`
  }
  return initialDelay !== '' && parseDuration(initialDelay) === undefined
    ? `invalid startDelay string: time: invalid duration "${initialDelay}"`
    : undefined
}

function providerProblem({ provider }: Metric): string | undefined {
  const named = Object.entries(provider).flatMap(([name, one]) => (one === undefined ? [] : [name]))
  if (named.length === 0) return 'no provider specified'
  if (named.length > 1) return 'multiple providers specified'
  return named[0] === 'job'
    ? undefined
    : `this controller does not support the metric provider ${named[0]} yet; use job`
}

/** A rule that is about no metric is a mistake in its name. */
function rulesProblem({ metrics, dryRun = [], measurementRetention = [] }: RunSpec): string | undefined {
  const isIdle = ({ metricName }: { readonly metricName: string }) => {
    const pattern = compilePattern(metricName)
    return pattern === undefined || !metrics.some(metric => pattern.test(metric.name))
  }
  const dry = dryRun.findIndex(isIdle)
  if (dry >= 0) return `dryRun[${dry}]: Rule didn't match any metric name(s)`
  const kept = measurementRetention.findIndex(isIdle)
  return kept >= 0 ? `measurementRetention[${kept}]: Rule didn't match any metric name(s)` : undefined
}

// The metrics of a run as they are to be measured: arguments filled in, defaults applied, checked. A run that can not
// be played is refused here, before anything is made.
import type { AnalysisRunSpec, MeasurementRetention } from '../api/analysis.ts'
import type { Metric } from '../api/metric.ts'
import { durationProblem, parseDuration } from '../std/duration.ts'
import { goAtoi } from '../std/go/text.ts'
import { compilePattern } from '../std/regex.ts'
import { rememberedOn } from '../std/remembered-on.ts'
import { argumentValues, fillIn, secretOf, usedArguments } from './arguments.ts'
import type { Outcome } from './arguments.ts'
import { fieldsOf, providerOf, PROVIDERS } from './registry.ts'
import type { BoundProvider, ProviderEntry } from './registry.ts'

export interface MetricPlan {
  readonly name: string
  /** Undefined: it is measured once. */
  readonly intervalMs: number | undefined
  readonly initialDelayMs: number
  /** Undefined: it goes on until it is stopped. Compat: less than 0 is reached with the first one. */
  readonly count: number | undefined
  readonly failureLimit: number
  readonly inconclusiveLimit: number
  readonly consecutiveErrorLimit: number
  readonly consecutiveSuccessLimit: number
  /** Who measures; its settings are its own affair. */
  readonly provider: BoundProvider
  /** Its result does not count. */
  readonly isDryRun: boolean
  /** How many of its measurements are kept. */
  readonly retention: number
}

const DEFAULT_ERROR_LIMIT = 4
const DEFAULT_RETENTION = 10

type RunSpec = Pick<AnalysisRunSpec, 'metrics' | 'args' | 'dryRun' | 'measurementRetention'>

export function planOf(spec: RunSpec, providers = PROVIDERS): Outcome<readonly MetricPlan[]> {
  return providers === PROVIDERS ? rememberedPlan(spec) : madePlan(spec, providers)
}

/** A pass comes with each change of its run; the spec hardly ever changes. */
const rememberedPlan = rememberedOn((spec: RunSpec) => madePlan(spec, PROVIDERS))

function madePlan(spec: RunSpec, providers: readonly ProviderEntry[]): Outcome<readonly MetricPlan[]> {
  const filled = filledMetrics(spec)
  if ('problem' in filled) return { problem: `Unable to resolve metric arguments: ${filled.problem}` }
  const problem =
    metricsProblem(filled.value, providers) ?? rulesProblem(spec) ?? secretsProblem(spec, providers)
  if (problem !== undefined) return { problem: `Analysis spec invalid: ${problem}` }
  const plans = filled.value.flatMap((metric, i) => {
    const provider = providerOf(metric, providers)
    const source = { metric: spec.metrics[i] as Metric, args: spec.args ?? [] }
    return provider === undefined ? [] : [metricPlan(metric, provider.bind(metric, source), spec)]
  })
  return { value: plans }
}

function filledMetrics({ metrics, args = [] }: RunSpec): Outcome<readonly Metric[]> {
  const values = argumentValues(args)
  if ('problem' in values) return values
  const all = metrics.map(metric => fillIn(metric, values.value))
  const bad = all.find(one => 'problem' in one)
  if (bad !== undefined && 'problem' in bad) return bad
  return { value: all.flatMap(one => ('value' in one ? [one.value] : [])) }
}

function metricPlan(metric: Metric, provider: BoundProvider, spec: RunSpec): MetricPlan {
  const { name, interval = '', initialDelay = '' } = metric
  const count = numberOf(metric.count)
  const isOf = (rule: { readonly metricName: string }) => compilePattern(rule.metricName)?.test(name) === true
  return {
    name,
    intervalMs: interval === '' ? undefined : parseDuration(interval),
    initialDelayMs: parseDuration(initialDelay) ?? 0,
    count: count !== 0 ? count : interval === '' ? 1 : undefined,
    failureLimit: numberOf(metric.failureLimit),
    inconclusiveLimit: numberOf(metric.inconclusiveLimit),
    consecutiveErrorLimit: numberOf(metric.consecutiveErrorLimit, DEFAULT_ERROR_LIMIT),
    consecutiveSuccessLimit: numberOf(metric.consecutiveSuccessLimit),
    provider,
    isDryRun: spec.dryRun?.some(isOf) ?? false,
    // Compat: of several rules the last.
    retention: retentionOf(spec.measurementRetention?.findLast(isOf)),
  }
}

/** Compat: a limit of 0 or less is no limit of its own. */
function retentionOf(rule: MeasurementRetention | undefined): number {
  return rule === undefined || rule.limit <= 0 ? DEFAULT_RETENTION : rule.limit
}

function numberOf(value: number | string | undefined, otherwise = 0): number {
  if (value === undefined) return otherwise
  return typeof value === 'number' ? value : goAtoi(value)
}

function metricsProblem(metrics: readonly Metric[], providers: readonly ProviderEntry[]): string | undefined {
  if (metrics.length === 0) return 'no metrics specified'
  const names = metrics.map(metric => metric.name)
  const twice = names.findIndex((name, i) => names.indexOf(name) < i)
  if (twice >= 0) return `metrics[${twice}]: duplicate name '${names[twice]}'`
  for (const [i, metric] of metrics.entries()) {
    const problem = limitsProblem(metric) ?? timesProblem(metric) ?? providerProblem(metric, providers)
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
      : `count (${count}) must be >= failureLimit + consecutiveSuccessLimit (${failures} + ${successes}) if both >= 0`
  }
  return count < inconclusives ? 'count must be >= inconclusiveLimit' : undefined
}

function timesProblem({ count, interval = '', initialDelay = '' }: Metric): string | undefined {
  if (numberOf(count) > 1 && interval === '') return 'interval must be specified when count > 1'
  const ofInterval = interval === '' ? undefined : durationProblem(interval)
  if (ofInterval !== undefined) return `invalid interval string: ${ofInterval}`
  const ofDelay = initialDelay === '' ? undefined : durationProblem(initialDelay)
  return ofDelay === undefined ? undefined : `invalid startDelay string: ${ofDelay}`
}

function providerProblem(metric: Metric, providers: readonly ProviderEntry[]): string | undefined {
  const [field, ...more] = fieldsOf(metric)
  if (field === undefined) return 'no provider specified'
  if (more.length > 0) return 'multiple providers specified'
  if (providerOf(metric, providers) !== undefined) return undefined
  const known = providers.map(one => one.field).join(', ')
  return `this controller does not support the metric provider ${field} yet; use ${known}`
}

/** What is made in the cluster is there for many to read: no secret goes into it. */
function secretsProblem(
  { metrics, args = [] }: RunSpec,
  providers: readonly ProviderEntry[],
): string | undefined {
  const secrets = args.filter(arg => secretOf(arg) !== undefined).map(arg => arg.name)
  if (secrets.length === 0) return undefined
  for (const [i, metric] of metrics.entries()) {
    const makes = providerOf(metric, providers)?.makes ?? []
    const name = makes.length === 0 ? undefined : usedArguments(metric).find(used => secrets.includes(used))
    if (name !== undefined) {
      const problem = `argument "${name}" comes from a Secret, which a ${fieldsOf(metric)[0]} may not be given`
      return `metrics[${i}]: ${problem}: let its containers read it by a secretKeyRef of their own`
    }
  }
  return undefined
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

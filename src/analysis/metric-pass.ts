// One metric in one pass: the measurement that is under way is looked at, or the next one begun when it is due; one
// that has ended is counted, and the metric assessed.
import type { Measurement, MetricResult } from '../api/analysis.ts'
import type { Question, Wait } from '../kube/reconciler.ts'
import type { Write } from '../kube/write.ts'
import type { Instant } from '../std/instant.ts'
import { parseInstant } from '../std/instant.ts'
import { assess, withCounts } from './assess.ts'
import { nextMeasurementAt, nextNumber } from './due.ts'
import { isOver } from './phases.ts'
import type { MetricPlan } from './plan.ts'
import type { Measured } from './provider.ts'
import { keepMeasurements } from './retention.ts'
import type { AnalysisSnapshot } from './snapshot.ts'

/** How a metric stands before the pass; without a result it was never measured. */
export interface MetricState {
  readonly result: MetricResult | undefined
  readonly isTerminating: boolean
}

/** And after it. */
export interface MetricPass {
  readonly result: MetricResult | undefined
  readonly writes: readonly Write[]
  readonly waits: readonly Wait[]
  readonly questions: readonly Question[]
  /** What is open there counts, although the run is to end. */
  readonly isAwaited?: boolean
  readonly runProblem?: string
}

export function metricPass(snapshot: AnalysisSnapshot, plan: MetricPlan, state: MetricState): MetricPass {
  const { result, isTerminating } = state
  const { provider } = plan
  const at = { snapshot, metric: plan.name, n: nextNumber(result) }
  const open = openOf(result)
  if (isTerminating) {
    const pass = record(snapshot, plan, { ...state, measured: provider.stop(at, open) })
    if (pass.isAwaited === true) return pass
    return { ...pass, result: assessKnown(plan, pass.result, isTerminating) }
  }
  if (open !== undefined) return record(snapshot, plan, { ...state, measured: provider.look(at, open) })
  const dueAt = nextAt(snapshot, plan, state)
  if (dueAt === undefined) return { ...NOTHING, result: assessKnown(plan, result, isTerminating) }
  if (dueAt > snapshot.now) return { ...NOTHING, result, waits: [waitFor(plan, snapshot.now, dueAt)] }
  return record(snapshot, plan, { ...state, measured: provider.begin(at) })
}

const NOTHING = { writes: [], waits: [], questions: [] }

function assessKnown(
  plan: MetricPlan,
  result: MetricResult | undefined,
  isTerminating: boolean,
): MetricResult | undefined {
  return result === undefined ? undefined : assess(plan, result, isTerminating)
}

/** The measurement that is under way. */
export function openOf(result: MetricResult | undefined): Measurement | undefined {
  const last = result?.measurements?.at(-1)
  return last === undefined || isOver(last.phase) ? undefined : last
}

/** What was measured goes into the result; one that has ended is counted, and what is too old forgotten. */
function record(
  snapshot: AnalysisSnapshot,
  plan: MetricPlan,
  { result, isTerminating, measured }: MetricState & { readonly measured: Measured },
): MetricPass {
  const { measurement, writes = [], waits = [], questions = [], isAwaited = false, runProblem } = measured
  if (runProblem !== undefined) return { result, writes, waits, questions, runProblem }
  if (measurement === undefined) return { result, writes, waits, questions, isAwaited }
  const recorded = withMeasurement(plan, result, measured)
  if (!isOver(measurement.phase)) return { result: recorded, writes, waits, questions }
  const counted = assess(plan, withCounts(recorded, measurement), isTerminating)
  const kept = keepMeasurements(plan, counted)
  const dueAt = nextAt(snapshot, plan, { result: kept, isTerminating })
  return {
    result: kept,
    writes,
    waits: dueAt === undefined ? [] : [waitFor(plan, snapshot.now, dueAt)],
    questions,
  }
}

/** In the place of the one that was under way. */
function withMeasurement(
  plan: MetricPlan,
  result: MetricResult | undefined,
  { measurement, metadata = {} }: Measured,
): MetricResult {
  const before: MetricResult = result ?? {
    name: plan.name,
    phase: 'Running',
    ...(plan.isDryRun ? { dryRun: true } : {}),
    // Compat: what is noted when it is first measured stays.
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
  }
  const all = before.measurements ?? []
  const ended = openOf(result) === undefined ? all : all.slice(0, -1)
  return { ...before, measurements: [...ended, ...(measurement === undefined ? [] : [measurement])] }
}

function nextAt(
  { now, run }: AnalysisSnapshot,
  plan: MetricPlan,
  { result, isTerminating }: MetricState,
): Instant | undefined {
  const startedAt = parseInstant(run.status?.startedAt ?? '') ?? now
  return nextMeasurementAt(plan, result, { now, startedAt, isTerminating })
}

function waitFor({ name }: MetricPlan, since: Instant, until: Instant): Wait {
  return { for: `the next measurement of ${name}`, since, until }
}

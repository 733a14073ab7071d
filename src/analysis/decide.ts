// The decision about an AnalysisRun: what is due → Jobs to make, read and stop → phases. Pure.
//
//   plan (arguments, checks) ─> each metric: look at its Job, begin what is due, count, assess ─> the run's phase
import type { AnalysisPhase, AnalysisRunStatus, Measurement, MetricResult } from '../api/analysis.ts'
import type { Decision, Question, Wait } from '../kube/reconciler.ts'
import type { EventNote, Write } from '../kube/write.ts'
import { parseInstant, printInstant } from '../std/instant.ts'
import { assessed, counted, runAssessment, summaryOf } from './assess.ts'
import { nextMeasurementAt } from './due.ts'
import { lookAtPods } from './job-pods.ts'
import { begun, broken, createJob, deleteJob, hopeless, jobName, jobOf, looked, stopped } from './jobs.ts'
import { isBad, isOver } from './phases.ts'
import type { MetricPlan } from './plan.ts'
import { planOf } from './plan.ts'
import { afterwards, keptMeasurements } from './retention.ts'
import type { AnalysisSnapshot } from './snapshot.ts'

export function decide(snapshot: AnalysisSnapshot): Decision<AnalysisRunStatus> {
  const { run, now } = snapshot
  if (isOver(run.status?.phase)) return afterwards(run, now)
  const plan = planOf(run.spec)
  if ('problem' in plan) {
    const status: AnalysisRunStatus = { ...run.status, phase: 'Error', message: plan.problem }
    return { writes: [], status, events: [runEvent('Error')] }
  }
  return measured(snapshot, plan.value)
}

/** One metric after this pass; without a result it was never measured. */
interface Step {
  readonly result: MetricResult | undefined
  readonly writes: readonly Write[]
  readonly waits: readonly Wait[]
  readonly questions?: readonly Question[]
}

function measured(snapshot: AnalysisSnapshot, plans: readonly MetricPlan[]): Decision<AnalysisRunStatus> {
  const { run, now } = snapshot
  const before = run.status?.metricResults ?? []
  const isCounting = (name: string) => plans.some(plan => plan.name === name && !plan.isDryRun)
  const isTerminating =
    run.spec.terminate === true || before.some(one => isBad(one.phase) && isCounting(one.name))
  const steps = plans.map(plan => {
    const result = before.find(one => one.name === plan.name)
    return stepOf(snapshot, plan, { result, isTerminating })
  })
  const results = steps.flatMap(step => step.result ?? [])
  const { phase, message } = runAssessment(plans, results, isTerminating)
  const status: AnalysisRunStatus = {
    ...run.status,
    phase,
    ...(message === undefined ? {} : { message }),
    ...(results.length === 0 ? {} : { metricResults: results }),
    startedAt: run.status?.startedAt ?? printInstant(now),
    runSummary: summaryOf(plans, results, false),
    dryRunSummary: summaryOf(plans, results, true),
    ...(isOver(phase) ? { completedAt: printInstant(now) } : {}),
  }
  return {
    writes: steps.flatMap(step => step.writes),
    status,
    events: [...metricEvents(before, results), ...(isOver(phase) ? [runEvent(phase)] : [])],
    waits: isOver(phase) ? [] : steps.flatMap(step => step.waits),
    questions: isOver(phase) ? [] : steps.flatMap(step => step.questions ?? []),
  }
}

interface MetricState {
  readonly result: MetricResult | undefined
  readonly isTerminating: boolean
}

function stepOf(snapshot: AnalysisSnapshot, plan: MetricPlan, state: MetricState): Step {
  const { result } = state
  const last = result?.measurements?.at(-1)
  if (result === undefined || last === undefined || isOver(last.phase)) return begin(snapshot, plan, state)
  const { now, jobs } = snapshot
  const found = jobOf(last, jobs)
  const seen = looked(last, found, now)
  const isStopped = state.isTerminating && !isOver(seen.phase)
  const look = seen === last && found !== undefined ? lookAtPods(last, found, snapshot) : undefined
  const known = look?.problem === undefined ? seen : hopeless(last, look.problem, now)
  const next = isStopped ? stopped(last, now) : known
  if (next === last) {
    return { result, writes: [], waits: look?.waits ?? [], questions: look?.questions ?? [] }
  }
  const replaced = { ...result, measurements: [...(result.measurements ?? []).slice(0, -1), next] }
  const kept = settled(snapshot, plan, {
    result: counted(replaced, next),
    isTerminating: state.isTerminating,
  })
  return found === undefined || !isStopped
    ? kept
    : { ...kept, writes: [deleteJob(found, 'whose run was stopped'), ...kept.writes] }
}

/** Begins the next measurement when it is due. */
function begin(snapshot: AnalysisSnapshot, plan: MetricPlan, state: MetricState): Step {
  const { now, run } = snapshot
  const { result, isTerminating } = state
  const startedAt = parseInstant(run.status?.startedAt ?? '') ?? now
  const at = nextMeasurementAt(plan, result, { now, startedAt, isTerminating })
  if (at === undefined) {
    const known = result === undefined ? undefined : assessed(plan, result, isTerminating)
    return { result: known, writes: [], waits: [] }
  }
  if (at > now) {
    const wait: Wait = { for: `the next measurement of ${plan.name}`, since: now, until: at }
    return { result, writes: [], waits: [wait] }
  }
  const n = (result?.count ?? 0) + (result?.error ?? 0) + 1
  const name = jobName(run, plan.name, n)
  const refusal = snapshot.refused[name]
  const first = begun(run, name, now)
  const next = refusal === undefined ? first : broken(first, refusal, now)
  const more = withMeasurement(plan, result, next)
  if (refusal !== undefined) {
    return settled(snapshot, plan, { result: counted(more, next), isTerminating })
  }
  const isThere = snapshot.jobs.some(job => job.metadata.name === name)
  return { result: more, writes: isThere ? [] : [createJob(run, plan, n)], waits: [] }
}

function withMeasurement(
  plan: MetricPlan,
  result: MetricResult | undefined,
  next: Measurement,
): MetricResult {
  const before: MetricResult = result ?? {
    name: plan.name,
    phase: 'Running',
    ...(plan.isDryRun ? { dryRun: true } : {}),
  }
  return { ...before, measurements: [...(before.measurements ?? []), next] }
}

/** A measurement has come to its end: the metric is assessed, and what is too old forgotten. */
function settled(
  { now, run, jobs }: AnalysisSnapshot,
  plan: MetricPlan,
  { result, isTerminating }: { result: MetricResult; isTerminating: boolean },
): Step {
  const { result: kept, writes } = keptMeasurements(plan, assessed(plan, result, isTerminating), jobs)
  const startedAt = parseInstant(run.status?.startedAt ?? '') ?? now
  const until = nextMeasurementAt(plan, kept, { now, startedAt, isTerminating })
  const wait = { for: `the next measurement of ${plan.name}`, since: now }
  return { result: kept, writes, waits: until === undefined ? [] : [{ ...wait, until }] }
}

function metricEvents(before: readonly MetricResult[], after: readonly MetricResult[]): readonly EventNote[] {
  return after
    .filter(({ name, phase }) => isOver(phase) && before.find(one => one.name === name)?.phase !== phase)
    .map(({ name, phase }) => note(`Metric${phase}`, phase, `Metric '${name}' Completed. Result: ${phase}`))
}

function runEvent(phase: AnalysisPhase): EventNote {
  return note(`AnalysisRun${phase}`, phase, `Analysis Completed. Result: ${phase}`)
}

function note(reason: string, phase: AnalysisPhase, message: string): EventNote {
  return { type: phase === 'Failed' || phase === 'Error' ? 'Warning' : 'Normal', reason, message }
}

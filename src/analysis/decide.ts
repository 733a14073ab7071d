// The decision about an AnalysisRun: a plan of its metrics, each metric's pass, the run's phase. Pure.
//
//   plan (arguments, checks) ─> each metric: its provider measures, what has ended is counted ─> the run's phase
import type { AnalysisPhase, AnalysisRunStatus, Measurement, MetricResult } from '../api/analysis.ts'
import type { Decision } from '../kube/reconciler.ts'
import type { EventNote } from '../kube/write.ts'
import { printInstant } from '../std/instant.ts'
import { runAssessment, summaryOf, withCounts } from './assess.ts'
import type { RunAssessment } from './assess.ts'
import { metricPass, openOf } from './metric-pass.ts'
import type { MetricPass } from './metric-pass.ts'
import { isBad, isOver } from './phases.ts'
import type { MetricPlan } from './plan.ts'
import { planOf } from './plan.ts'
import { PROVIDERS } from './registry.ts'
import type { ProviderEntry } from './registry.ts'
import { afterwards, leftOver } from './retention.ts'
import { withinSize } from './status-size.ts'
import type { AnalysisSnapshot } from './snapshot.ts'

export function decide(snapshot: AnalysisSnapshot, providers = PROVIDERS): Decision<AnalysisRunStatus> {
  const { run } = snapshot
  const decision = isOver(run.status?.phase) ? afterwards(snapshot) : played(snapshot, providers)
  const trims = leftOver(snapshot, decision.status ?? run.status ?? {}, providers)
  return trims.length === 0 ? decision : { ...decision, trims }
}

function played(
  snapshot: AnalysisSnapshot,
  providers: readonly ProviderEntry[],
): Decision<AnalysisRunStatus> {
  const plan = planOf(snapshot.run.spec, providers)
  return 'problem' in plan ? unplayable(snapshot, plan.problem) : measure(snapshot, plan.value)
}

/** Nothing more will come of what is under way. */
function unplayable({ run, now }: AnalysisSnapshot, message: string): Decision<AnalysisRunStatus> {
  const { metricResults } = run.status ?? {}
  const completedAt = printInstant(now)
  const status: AnalysisRunStatus = {
    ...run.status,
    phase: 'Error',
    message,
    ...(metricResults === undefined
      ? {}
      : { metricResults: metricResults.map(one => givenUp(one, completedAt)) }),
    completedAt,
  }
  return { writes: [], status, events: [runEvent('Error')] }
}

function givenUp(result: MetricResult, finishedAt: string): MetricResult {
  const open = openOf(result)
  if (open === undefined) return result
  const ended: Measurement = { ...open, phase: 'Inconclusive', message: 'Metric Terminated', finishedAt }
  const measurements = [...(result.measurements ?? []).slice(0, -1), ended]
  return { ...withCounts({ ...result, measurements }, ended), phase: 'Inconclusive' }
}

/** Compat: a run has begun when its first measurements are made, not when they are asked for. */
function isFirstAsked(passes: readonly MetricPass[]): boolean {
  return passes.every(pass => pass.result === undefined) && passes.some(pass => pass.questions.length > 0)
}

function measure(snapshot: AnalysisSnapshot, plans: readonly MetricPlan[]): Decision<AnalysisRunStatus> {
  const { run } = snapshot
  const before = run.status?.metricResults ?? []
  const isTerminating = run.spec.terminate === true || hasBadResult(plans, before)
  const passes = plans.map(plan => {
    const result = before.find(one => one.name === plan.name)
    return metricPass(snapshot, plan, { result, isTerminating })
  })
  const problem = passes.find(pass => pass.runProblem !== undefined)?.runProblem
  if (problem !== undefined) return unplayable(snapshot, problem)
  const results = withinSize([...passes.flatMap(pass => pass.result ?? []), ...ofOthers(plans, before)])
  const isEnding = isTerminating && !passes.some(pass => pass.isAwaited === true)
  const { phase, message } = runAssessment(plans, results, isEnding)
  const isAsked = isFirstAsked(passes)
  const status = isAsked ? { ...run.status, phase } : statusOf(snapshot, { plans, results, phase, message })
  return {
    writes: passes.flatMap(pass => pass.writes),
    status,
    events: [...metricEvents(before, results), ...(isOver(phase) ? [runEvent(phase)] : [])],
    waits: isOver(phase) ? [] : passes.flatMap(pass => pass.waits),
    questions: passes.flatMap(pass => pass.questions),
    awaitsEffects: isAsked,
  }
}

/** What was measured of metrics that are no longer in the spec stays, and means nothing. */
function ofOthers(plans: readonly MetricPlan[], before: readonly MetricResult[]): readonly MetricResult[] {
  return before.filter(({ name }) => !plans.some(plan => plan.name === name))
}

interface Measured extends RunAssessment {
  readonly plans: readonly MetricPlan[]
  readonly results: readonly MetricResult[]
}

function statusOf(
  { run, now }: AnalysisSnapshot,
  { plans, results, phase, message }: Measured,
): AnalysisRunStatus {
  const runSummary = summaryOf(plans, results, false)
  return {
    ...run.status,
    phase,
    ...(message === undefined ? {} : { message }),
    ...(results.length === 0 ? {} : { metricResults: results }),
    startedAt: run.status?.startedAt ?? printInstant(now),
    // Compat: without metrics that count there is none.
    ...(Object.keys(runSummary).length === 0 ? {} : { runSummary }),
    dryRunSummary: summaryOf(plans, results, true),
    ...(isOver(phase) ? { completedAt: printInstant(now) } : {}),
  }
}

function hasBadResult(plans: readonly MetricPlan[], results: readonly MetricResult[]): boolean {
  const counting = plans.filter(plan => !plan.isDryRun).map(plan => plan.name)
  return results.some(({ name, phase }) => isBad(phase) && counting.includes(name))
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

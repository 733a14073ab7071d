// The decision about an AnalysisRun: a plan of its metrics, each metric's pass, the run's phase. Pure.
//
//   plan (arguments, checks) ─> each metric: its provider measures, what has ended is counted ─> the run's phase
import type { AnalysisPhase, AnalysisRunStatus, MetricResult } from '../api/analysis.ts'
import type { Decision } from '../kube/reconciler.ts'
import type { EventNote } from '../kube/write.ts'
import { printInstant } from '../std/instant.ts'
import { runAssessment, summaryOf } from './assess.ts'
import { metricPass } from './metric-pass.ts'
import { isBad, isOver } from './phases.ts'
import type { MetricPlan } from './plan.ts'
import { planOf } from './plan.ts'
import { PROVIDERS } from './registry.ts'
import { afterwards } from './retention.ts'
import type { AnalysisSnapshot } from './snapshot.ts'

export function decide(snapshot: AnalysisSnapshot, providers = PROVIDERS): Decision<AnalysisRunStatus> {
  const { run, now } = snapshot
  if (isOver(run.status?.phase)) return afterwards(run, now)
  const plan = planOf(run.spec, providers)
  if ('problem' in plan) {
    const status: AnalysisRunStatus = { ...run.status, phase: 'Error', message: plan.problem }
    return { writes: [], status, events: [runEvent('Error')] }
  }
  return measure(snapshot, plan.value)
}

function measure(snapshot: AnalysisSnapshot, plans: readonly MetricPlan[]): Decision<AnalysisRunStatus> {
  const { run, now } = snapshot
  const before = run.status?.metricResults ?? []
  const isTerminating = run.spec.terminate === true || hasBadResult(plans, before)
  const passes = plans.map(plan => {
    const result = before.find(one => one.name === plan.name)
    return metricPass(snapshot, plan, { result, isTerminating })
  })
  const results = passes.flatMap(pass => pass.result ?? [])
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
    writes: passes.flatMap(pass => pass.writes),
    status,
    events: [...metricEvents(before, results), ...(isOver(phase) ? [runEvent(phase)] : [])],
    waits: isOver(phase) ? [] : passes.flatMap(pass => pass.waits),
    questions: passes.flatMap(pass => pass.questions),
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

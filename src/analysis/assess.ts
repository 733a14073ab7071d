// Counts against limits: the phase of a metric, then the phase of its run.
import type { AnalysisPhase, Measurement, MetricResult, RunSummary } from '../api/analysis.ts'
import { isCountReached } from './due.ts'
import { isOver, isWorse } from './phases.ts'
import type { MetricPlan } from './plan.ts'

/** The counts with one more measurement that has come to its end. */
export function withCounts(result: MetricResult, { phase }: Measurement): MetricResult {
  const { consecutiveError = 0, consecutiveSuccess = 0, ...rest } = result
  if (phase === 'Error') {
    return { ...rest, error: (rest.error ?? 0) + 1, consecutiveError: consecutiveError + 1 }
  }
  const all = { ...rest, count: (rest.count ?? 0) + 1 }
  switch (phase) {
    case 'Successful':
      return {
        ...all,
        successful: (rest.successful ?? 0) + 1,
        consecutiveSuccess: consecutiveSuccess + 1,
      }
    case 'Failed':
      return { ...all, failed: (rest.failed ?? 0) + 1 }
    default:
      return { ...all, inconclusive: (rest.inconclusive ?? 0) + 1 }
  }
}

/** Why a metric has not passed; the last rule that holds says it. */
function exceededLimit(
  plan: MetricPlan,
  result: MetricResult,
): { phase: AnalysisPhase; why: string } | undefined {
  const { failed = 0, inconclusive = 0, consecutiveError = 0 } = result
  if (consecutiveError > plan.consecutiveErrorLimit) {
    const why = `consecutiveErrors (${consecutiveError}) > consecutiveErrorLimit (${plan.consecutiveErrorLimit})`
    return { phase: 'Error', why }
  }
  if (inconclusive > plan.inconclusiveLimit) {
    return {
      phase: 'Inconclusive',
      why: `inconclusive (${inconclusive}) > inconclusiveLimit (${plan.inconclusiveLimit})`,
    }
  }
  return plan.failureLimit >= 0 && failed > plan.failureLimit
    ? { phase: 'Failed', why: `failed (${failed}) > failureLimit (${plan.failureLimit})` }
    : undefined
}

function metricPhase(plan: MetricPlan, result: MetricResult, isTerminating: boolean): AnalysisPhase {
  if (isOver(result.phase)) return result.phase
  if (!isOver(result.measurements?.at(-1)?.phase)) return 'Running'
  const reached = exceededLimit(plan, result)?.phase ?? phaseByCounts(plan, result)
  return reached ?? (isTerminating ? 'Successful' : 'Running')
}

/** Enough successes in a row, or all measurements made; undefined while more are to come. */
function phaseByCounts(plan: MetricPlan, result: MetricResult): AnalysisPhase | undefined {
  const { consecutiveSuccessLimit: wanted, failureLimit } = plan
  if (wanted > 0 && (result.consecutiveSuccess ?? 0) >= wanted) return 'Successful'
  if (!isCountReached(plan, result)) return undefined
  if (wanted === 0) return 'Successful'
  return failureLimit >= 0 ? 'Inconclusive' : 'Failed'
}

/** The metric's result with its phase, and what is said about it. */
export function assess(plan: MetricPlan, result: MetricResult, isTerminating: boolean): MetricResult {
  const phase = metricPhase(plan, result, isTerminating)
  const message = result.measurements?.at(-1)?.message
  const changed = phase === result.phase || message === undefined ? result : { ...result, message }
  const why = exceededLimit(plan, result)?.why
  const isExplained = plan.isDryRun && isOver(phase) && why !== undefined
  return {
    ...changed,
    phase,
    ...(isExplained ? { message: `Metric assessed ${phase} due to ${why}` } : {}),
    ...(plan.isDryRun ? { dryRun: true } : {}),
  }
}

export interface RunAssessment {
  readonly phase: AnalysisPhase
  readonly message: string | undefined
}

/** A run that is being stopped ends at once, with the worst of what is known. */
export function runAssessment(
  plans: readonly MetricPlan[],
  results: readonly MetricResult[],
  isTerminating: boolean,
): RunAssessment {
  const found = plans.map(plan => ({ plan, result: results.find(one => one.name === plan.name) }))
  const isAllOver = found.every(({ result }) => isOver(result?.phase))
  if (!isTerminating && !isAllOver) return { phase: 'Running', message: undefined }
  let worst: AnalysisPhase | undefined
  let message = isTerminating ? 'Run Terminated' : undefined
  for (const { plan, result } of found) {
    if (plan.isDryRun || result === undefined || !isOver(result.phase)) continue
    if (!isWorse(result.phase, worst)) continue
    worst = result.phase
    message = explanation(plan, result) ?? message
  }
  return { phase: worst ?? 'Successful', message }
}

function explanation(plan: MetricPlan, result: MetricResult): string | undefined {
  const why = exceededLimit(plan, result)?.why
  if (why === undefined) return undefined
  const said = result.message === undefined ? '' : `: "Error Message: ${result.message}"`
  return `Metric "${plan.name}" assessed ${result.phase} due to ${why}${said}`
}

/** Compat: by the limit that was passed; whatever else ended a metric counts as a success. */
function endOf(plan: MetricPlan, result: MetricResult | undefined): AnalysisPhase | undefined {
  if (result === undefined || !isOver(result.phase)) return undefined
  return exceededLimit(plan, result)?.phase ?? 'Successful'
}

export function summaryOf(
  plans: readonly MetricPlan[],
  results: readonly MetricResult[],
  isDryRun: boolean,
): RunSummary {
  const meant = plans.filter(plan => plan.isDryRun === isDryRun)
  const phases = meant.map(plan =>
    endOf(
      plan,
      results.find(one => one.name === plan.name),
    ),
  )
  const number = (field: string, count: number) => (count === 0 ? {} : { [field]: count })
  const ended = (phase: AnalysisPhase) => phases.filter(one => one === phase).length
  return {
    ...number('count', meant.length),
    ...number('successful', ended('Successful')),
    ...number('failed', ended('Failed')),
    ...number('inconclusive', ended('Inconclusive')),
    ...number('error', ended('Error')),
  }
}

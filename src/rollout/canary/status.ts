// What a canary reports (fourth step of a decision): the step it is at, the weights that the routers were
// given, the counts of all pods, and the moment at which the wanted revision becomes the stable one.
import { EVENTS } from '../../api/event-words.ts'
import type { CanaryStatus, RolloutStatus } from '../../api/rollout.ts'
import type { EventNote } from '../../kube/write.ts'
import { printSelector } from '../../kube/selector.ts'
import {
  actualReplicas,
  availableReplicas,
  hasReached,
  isActive,
  readyReplicas,
  total,
} from '../../workload/availability.ts'
import type { CanaryView } from '../canary.ts'
import { isRouted } from './step-state.ts'
import { pauseFields } from '../pause.ts'
import { needsNoProof, saidOf } from '../runs.ts'
import type { Progress } from '../progress.ts'
import { routingOf } from '../routing.ts'
import type { RolloutSnapshot } from '../snapshot.ts'
import { allReplicaSets } from '../snapshot.ts'
import type { StrategyStatus } from '../status.ts'
import { currentStep, stepsOf, stepText } from '../steps.ts'
import { recordedWeights, weightChange } from '../traffic.ts'

export function canaryStatus(
  snapshot: RolloutSnapshot,
  progress: Progress,
  view: CanaryView,
): StrategyStatus {
  const all = allReplicaSets(snapshot)
  const available = total(availableReplicas, all)
  const promotedWhy = whyPromoted(snapshot, progress, view)
  const isPromoted = promotedWhy !== undefined || progress.isPromoted
  const next = nextStep(snapshot, progress, { view, isPromoted })
  const canary = canaryFields(snapshot, progress, view)
  const { rollout } = snapshot
  const runs = saidOf(snapshot, progress, [view.runs.step, view.runs.background])
  return {
    fields: {
      readyReplicas: total(readyReplicas, all),
      availableReplicas: available,
      HPAReplicas: total(actualReplicas, all),
      selector: printSelector(rollout.spec.selector ?? {}),
      stableRS: isPromoted ? progress.hash : (rollout.status?.stableRS ?? ''),
      promoteFull: progress.isFull && !isPromoted && !progress.isReset,
      canary: canary.fields,
      ...next.fields,
      ...pausesOf(snapshot, progress, { view, isPromoted }),
    },
    promotedWhy,
    told: [...skips(snapshot, progress), ...canary.told, ...runs.told, ...next.told],
    abortWhy: runs.abortWhy,
    isAvailable: available >= progress.replicas,
    isComplete: availableReplicas(snapshot.current) >= progress.replicas,
    isEndless: isEndless(view),
  }
}

/** A pause may take as long as it likes. */
function isEndless({ rollout }: CanaryView): boolean {
  const { pause, analysis, experiment } = stepsOf(rollout)[rollout.status?.currentStepIndex ?? -1] ?? {}
  return (pause ?? analysis ?? experiment) !== undefined
}

/**
 * Compat: a rollback says so when its update begins; also when only the steps of a promoted Rollout changed.
 */
function skips(snapshot: RolloutSnapshot, progress: Progress): readonly EventNote[] {
  if (!progress.isReset || stepsOf(snapshot.rollout).length === 0) return []
  if (progress.isPromoted) return [EVENTS.skippedToStable]
  const isAlive = progress.rollback === 'window' && isActive(snapshot.current)
  return isAlive ? [EVENTS.skippedInWindow] : []
}

interface Told<Fields> {
  readonly fields: Fields
  readonly told: readonly EventNote[]
}

function canaryFields(snapshot: RolloutSnapshot, progress: Progress, view: CanaryView): Told<CanaryStatus> {
  const { strategy, intent } = view
  const {
    weights: before,
    currentStepAnalysisRunStatus: _step,
    currentBackgroundAnalysisRunStatus: _background,
    ...kept
  } = snapshot.rollout.status?.canary ?? {}
  const others = { ...kept, ...runFields(snapshot, progress, view) }
  if (strategy.trafficRouting === undefined) return { fields: others, told: [] }
  const after =
    intent === undefined ? (progress.isReset ? renamed(before, progress) : before) : recordedWeights(intent)
  const change = after === undefined ? undefined : weightChange(before, after)
  return {
    fields: {
      ...others,
      ...(after === undefined ? {} : { weights: change === undefined ? (before ?? after) : after }),
    },
    told:
      change === undefined
        ? []
        : [...routingOf(snapshot.rollout, intent, snapshot.named).told, EVENTS.weightUpdated(change)],
  }
}

/** Runs that the update still waits for, or that go on beside it. */
function runFields(snapshot: RolloutSnapshot, progress: Progress, view: CanaryView): CanaryStatus {
  if (needsNoProof(snapshot, progress)) return {}
  const { step, background } = view.runs
  const isStep = currentStep(view.rollout)?.analysis !== undefined && view.step.is !== 'done'
  return {
    ...(step.reported === undefined || !isStep ? {} : { currentStepAnalysisRunStatus: step.reported }),
    ...(background.reported === undefined ? {} : { currentBackgroundAnalysisRunStatus: background.reported }),
  }
}

/** A canary without weight may have its name at once: nothing is sent there. */
function renamed(before: CanaryStatus['weights'], { hash }: Progress): CanaryStatus['weights'] {
  if (before === undefined || before.canary.weight > 0) return before
  return { ...before, canary: { ...before.canary, podTemplateHash: hash } }
}

function nextStep(
  snapshot: RolloutSnapshot,
  progress: Progress,
  { view, isPromoted }: { view: CanaryView; isPromoted: boolean },
): Told<Pick<RolloutStatus, 'currentStepIndex'>> {
  const steps = stepsOf(snapshot.rollout)
  if (steps.length === 0) return { fields: {}, told: [] }
  const at = (currentStepIndex: number) => ({ fields: { currentStepIndex }, told: [] })
  if (isPromoted || progress.isFull) return at(steps.length)
  if (progress.rollback === 'window' && (!progress.isReset || isActive(snapshot.current)))
    return at(steps.length)
  if (progress.isReset || progress.isAborted) return at(0)
  const index = Math.min(snapshot.rollout.status?.currentStepIndex ?? 0, steps.length)
  const step = steps[index]
  if (view.step.is !== 'done' || step === undefined) return at(index)
  const told = [EVENTS.stepCompleted(index + 1, steps.length, stepText(step))]
  return { fields: { currentStepIndex: index + 1 }, told }
}

function whyPromoted(
  snapshot: RolloutSnapshot,
  progress: Progress,
  { strategy, rollout, intent }: CanaryView,
): string | undefined {
  const { current } = snapshot
  if (progress.isPromoted || progress.isReset || current === undefined) return undefined
  if (progress.isFirst) return 'Initial deploy'
  if (progress.isAborted || progress.isHalted) return undefined
  const { replicas } = progress
  const isThere =
    availableReplicas(current) >= replicas ||
    (strategy.replicaProgressThreshold !== undefined &&
      hasReached(current, replicas, strategy.replicaProgressThreshold))
  if (!isThere) return undefined
  if (progress.isStableLost) return 'Initial deploy'
  if (progress.isFull) return 'Full promotion requested'
  if (progress.rollback === 'window') return 'Rollback within window'
  const steps = stepsOf(rollout)
  const index = rollout.status?.currentStepIndex ?? 0
  const isCarried = steps.length === 0 || isRouted({ rollout, intent })
  return index >= steps.length && isCarried ? `Completed all ${steps.length} canary steps` : undefined
}

function pausesOf(
  snapshot: RolloutSnapshot,
  progress: Progress,
  { view, isPromoted }: { view: CanaryView; isPromoted: boolean },
): RolloutStatus {
  const { step, runs } = view
  const said = saidOf(snapshot, progress, [runs.step, runs.background])
  const begins = step.is === 'pausing' || (step.is === 'done' && step.pausesNext)
  // Compat: whoever skips all steps leaves the pause standing until the revision is promoted.
  const keepsPause = step.is === 'paused' || step.is === 'none' || begins
  return pauseFields(snapshot.rollout.status ?? {}, {
    now: snapshot.now,
    isAborted: progress.isAborted,
    clears: isPromoted || progress.isReset || progress.isFull || progress.rollback === 'window',
    adds: said.isInconclusive ? 'InconclusiveAnalysisRun' : begins ? 'CanaryPauseStep' : undefined,
    removes: keepsPause ? undefined : 'CanaryPauseStep',
    keepsResume: progress.wasResumed && !step.endsPause && step.is !== 'none' && !said.consumesResume,
  })
}

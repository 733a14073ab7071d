// What a canary reports (last step of a decision): the step it is at, the counts of all pods, and the moment
// at which the wanted revision becomes the stable one.
import { EVENTS } from '../../api/event-words.ts'
import type { CanaryStatus, CanaryStrategy, PauseReason, RolloutStatus } from '../../api/rollout.ts'
import type { EventNote } from '../../kube/write.ts'
import { printSelector } from '../../kube/selector.ts'
import {
  actualReplicas,
  availableReplicas,
  hasReached,
  isActive,
  readyReplicas,
  stayingReplicas,
  total,
} from '../../workload/availability.ts'
import type { CanarySituation } from './situation.ts'
import { isRouted } from './step-state.ts'
import { pauseFields } from '../pause.ts'
import { saidOf } from '../runs.ts'
import { stableOfPair } from '../../traffic/roles.ts'
import { isPastProof } from '../story.ts'
import type { Story } from '../story.ts'
import type { StrategyReport } from '../report.ts'
import { isAtEnd, stepAt, stepText } from '../steps.ts'

export function canaryStatus(story: Story, situation: CanarySituation): StrategyReport {
  const { all, replicas, status } = story
  const available = total(availableReplicas, all)
  const promotedWhy = whyPromoted(story, situation)
  const isPromoted = promotedWhy !== undefined || story.isPromoted
  const next = nextStep(story, situation, isPromoted)
  const runs = saidOf(story, [situation.runs.step, situation.runs.background])
  return {
    fields: {
      readyReplicas: total(readyReplicas, all),
      availableReplicas: available,
      HPAReplicas: total(actualReplicas, all),
      selector: printSelector(story.snapshot.selector ?? {}),
      stableRS: isPromoted ? story.hash : (status.stableRS ?? ''),
      promoteFull: story.isFull && !isPromoted && !story.isReset,
      canary: { ...canaryFields(story, situation), ...swapped(story, promotedWhy !== undefined) },
      ...next.fields,
      ...pausesOf(story, situation, isPromoted),
    },
    promotedWhy,
    skipped: skips(story),
    told: [...runs.told, ...next.told],
    isAvailable: available >= replicas,
    isComplete: availableReplicas(story.current) >= replicas,
    isEndless: isEndless(story),
  }
}

/** A pause may take as long as it likes. */
function isEndless({ position, status }: Story): boolean {
  if (status.currentStepIndex === undefined) return false
  const { pause, analysis, experiment } = stepAt(position) ?? {}
  return (pause ?? analysis ?? experiment) !== undefined
}

/**
 * Compat: a rollback says so when its update begins; also when only the steps of a promoted Rollout changed.
 */
function skips(story: Story): readonly EventNote[] {
  if (!story.isReset || story.position.steps.length === 0) return []
  if (story.isPromoted) return [EVENTS.skippedToStable]
  const isAlive = story.rollback === 'window' && isActive(story.current)
  return isAlive ? [EVENTS.skippedInWindow] : []
}

/** Of a pair of Services that swap roles, the one that is stable from now on. */
function swapped({ rollout, status }: Story, isPromoted: boolean): Pick<CanaryStatus, 'stablePingPong'> {
  if (!isPromoted || rollout.spec.strategy?.canary?.pingPong === undefined) return {}
  return { stablePingPong: stableOfPair(status) === 'ping' ? 'pong' : 'ping' }
}

interface Told<Fields> {
  readonly fields: Fields
  readonly told: readonly EventNote[]
}

/** Runs that the update still waits for, or that go on beside it; the weights are in weights.ts. */
function canaryFields(story: Story, situation: CanarySituation): CanaryStatus {
  const { weights: _weights, ...told } = story.status.canary ?? {}
  const {
    currentStepAnalysisRunStatus: _step,
    currentBackgroundAnalysisRunStatus: _background,
    currentExperiment: _experiment,
    ...kept
  } = told
  if (isPastProof(story)) return kept
  // Whoever wants once more what could not tell is answered when the ReplicaSet has been made again.
  return story.current === undefined ? told : { ...kept, ...provingFields(story, situation) }
}

function provingFields(story: Story, { runs, step, experiment }: CanarySituation): CanaryStatus {
  // Past a pause it is the next step that is asked for, and told of.
  const isLeft = step.is === 'done' && !story.isPastPause
  const isStep = stepAt(story.position)?.analysis !== undefined && !isLeft
  const name = isLeft ? undefined : (experiment.experiment?.metadata.name ?? experiment.named)
  const { reported: ofStep } = runs.step
  const { reported: beside } = runs.background
  return {
    ...(ofStep === undefined || !isStep ? {} : { currentStepAnalysisRunStatus: ofStep }),
    ...(name === undefined ? {} : { currentExperiment: name }),
    ...(beside === undefined ? {} : { currentBackgroundAnalysisRunStatus: beside }),
  }
}

function nextStep(
  story: Story,
  { step: state }: CanarySituation,
  isPromoted: boolean,
): Told<Pick<RolloutStatus, 'currentStepIndex'>> {
  const { steps } = story.position
  if (steps.length === 0) return { fields: {}, told: [] }
  const at = (currentStepIndex: number) => ({ fields: { currentStepIndex }, told: [] })
  if (isPromoted || story.isFull || skipsAllInWindow(story)) return at(steps.length)
  if (story.isReset || story.isAborted) return at(0)
  const index = Math.min(story.status.currentStepIndex ?? 0, steps.length)
  const step = steps[index]
  if (state.is !== 'done' || step === undefined) return at(index)
  const told = [EVENTS.stepCompleted(index + 1, steps.length, stepText(step))]
  return { fields: { currentStepIndex: index + 1 }, told }
}

function skipsAllInWindow({ rollback, isReset, current }: Story): boolean {
  return rollback === 'window' && (!isReset || isActive(current))
}

function whyPromoted(story: Story, situation: CanarySituation): string | undefined {
  const { strategy, intent } = situation
  if (story.isPastPause || isNothingNew(story)) return undefined
  if (story.isFirst) return 'Initial deploy'
  if (story.isAborted || story.isHalted || !isThere(story, strategy)) return undefined
  const { steps } = story.position
  const isCarried = steps.length === 0 || isRouted(story, { strategy, intent })
  const isProven = judgedOf(story, situation).adds === undefined
  const isComplete = isAtEnd(story.position) && isCarried && isProven
  return whyAtOnce(story) ?? (isComplete ? `Completed all ${steps.length} canary steps` : undefined)
}

function isNothingNew({ isPromoted, isReset, current }: Story): boolean {
  return isPromoted || isReset || current === undefined
}

/** What needs no steps. */
function whyAtOnce({ isStableLost, isFull, rollback }: Story): string | undefined {
  if (isStableLost) return 'Initial deploy'
  if (isFull) return 'Full promotion requested'
  return rollback === 'window' ? 'Rollback within window' : undefined
}

function isThere(
  { current, replicas }: Story,
  { replicaProgressThreshold: threshold }: CanaryStrategy,
): boolean {
  if (stayingReplicas(current) >= replicas) return true
  return threshold !== undefined && hasReached(current, replicas, threshold)
}

/** A new update, a promotion at once. */
function endsPauses({ isReset, isFull, rollback }: Story): boolean {
  return isReset || isFull || rollback === 'window'
}

function pausesOf(story: Story, situation: CanarySituation, isPromoted: boolean): RolloutStatus {
  const { step } = situation
  const judged = judgedOf(story, situation)
  const begins =
    step.is === 'pausing' || (step.is === 'done' && step.pausesNext) || isUnclearAt(story, judged)
  const adds = begins ? 'CanaryPauseStep' : undefined
  const keepsPause = begins || keepsPauseOf(story, step)
  return pauseFields(story.status, {
    now: story.now,
    isAborted: story.isAborted,
    foreign: ['BlueGreenPause', ...judged.over],
    clears: isPromoted || endsPauses(story),
    adds: [judged.adds, adds],
    removes: keepsPause && step.is !== 'done' ? undefined : 'CanaryPauseStep',
    keepsResume:
      story.wasResumed && !judged.consumesResume && (judged.awaitsRepeat || isAwaited(story, step)),
  })
}

/** The pause of the step begins beside what a person is to judge: the answer to that is one to what it shows. */
function isUnclearAt(story: Story, { adds }: Judged): boolean {
  return adds === 'InconclusiveAnalysisRun' && story.isHalted && isAtPause(story)
}

/**
 * Compat: whoever skips all steps leaves the pause standing until the revision is promoted. Whoever holds the canary
 * meanwhile takes none of its time.
 */
function keepsPauseOf(story: Story, step: CanarySituation['step']): boolean {
  return ['paused', 'none'].includes(step.is) || (story.isHalted && isAtPause(story))
}

/** The end of a pause that nobody has acted on yet; a revision whose ReplicaSet is missing is made first. */
function isAwaited(story: Story, step: CanarySituation['step']): boolean {
  return !step.endsPause && (story.current === undefined || (step.is !== 'none' && isAtPause(story)))
}

function isAtPause({ position }: Story): boolean {
  return stepAt(position)?.pause !== undefined
}

interface Judged {
  readonly adds: PauseReason | undefined
  /** What there is nothing to judge of any more. */
  readonly over: readonly PauseReason[]
  readonly consumesResume: boolean
  /** It was judged already, and is answered once nobody holds the Rollout. */
  readonly awaitsRepeat: boolean
}

/** What people have to judge. */
function judgedOf(story: Story, { runs, experiment }: CanarySituation): Judged {
  const measured = saidOf(story, [runs.step, runs.background])
  const compared = saidOf(story, [experiment])
  const adds = compared.isInconclusive ? 'InconclusiveExperiment' : undefined
  return {
    adds: measured.isInconclusive ? 'InconclusiveAnalysisRun' : adds,
    over: experiment.is === 'inconclusive' ? [] : ['InconclusiveExperiment'],
    consumesResume: measured.consumesResume || compared.consumesResume,
    awaitsRepeat: measured.awaitsRepeat || compared.awaitsRepeat,
  }
}

// The steps of a canary as a state machine: what the recorded step waits for, and whether it is done. Which
// step comes next is written by the status; what a step asks of the world is in canary/sizes.ts and
// traffic.ts.
import { pauseSeconds, replicas } from '../../api/defaults.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { Wait } from '../../kube/reconciler.ts'
import type { Instant } from '../../std/instant.ts'
import { parseInstant } from '../../std/instant.ts'
import type { TrafficIntent } from '../../traffic/router.ts'
import type { CanarySizes } from './sizes.ts'
import type { Progress } from '../progress.ts'
import type { RunState } from '../runs/run-state.ts'
import type { RolloutSnapshot } from '../snapshot.ts'
import { currentStep, currentStepIndex, decidingAction, stepsOf, weightAt } from '../steps.ts'

export interface StepState {
  /** `pausing`: this pass begins the pause. */
  readonly is: 'none' | 'under way' | 'pausing' | 'paused' | 'done'
  /** The pause of the recorded step has come to its end. */
  readonly endsPause: boolean
  /** The step after this one is a pause that can begin in the same pass. */
  readonly pausesNext: boolean
  readonly waits: readonly Wait[]
}

export interface StepFacts {
  readonly rollout: Rollout
  readonly sizes: CanarySizes
  readonly intent: TrafficIntent | undefined
  /** The analysis of the step. */
  readonly run: RunState
}

const NONE: StepState = { is: 'none', endsPause: false, pausesNext: false, waits: [] }

export function stepState(snapshot: RolloutSnapshot, progress: Progress, facts: StepFacts): StepState {
  const step = currentStep(facts.rollout)
  const isOver = progress.isReset || progress.isAborted || progress.isFirst || progress.isPromoted
  if (step === undefined || isOver || snapshot.current === undefined) return NONE
  if (progress.isHalted) return { ...NONE, is: 'under way' }
  switch (decidingAction(step)) {
    case 'pause':
      return pauseState(snapshot, progress, facts)
    case 'setWeight':
      return acted(facts, facts.sizes.isAtDesired && isRouted(facts))
    case 'setCanaryScale':
      return acted(facts, facts.sizes.isAtDesired)
    case 'analysis':
      return acted(facts, facts.run.is === 'passed')
    case 'setHeaderRoute':
    case 'setMirrorRoute':
      return acted(facts, facts.intent !== undefined)
    default:
      return { ...NONE, is: 'under way' }
  }
}

function acted(facts: StepFacts, isDone: boolean): StepState {
  return { ...NONE, is: isDone ? 'done' : 'under way', pausesNext: isDone && isPauseNext(facts) }
}

/**
 * The routers have, or get in this pass, what the step asks for. Without any pod there is nothing to be
 * routed.
 */
export function isRouted({ rollout, intent }: Pick<StepFacts, 'rollout' | 'intent'>): boolean {
  const { spec } = rollout
  if (spec.strategy?.canary?.trafficRouting === undefined || replicas(spec) === 0) return true
  return intent !== undefined && intent.canary.weight === weightAt(rollout, currentStepIndex(rollout))
}

/** With dynamicStableScale the stable side moves first. */
function isPauseNext({ rollout }: StepFacts): boolean {
  const next = stepsOf(rollout)[(currentStepIndex(rollout) ?? 0) + 1]
  const isDynamic = rollout.spec.strategy?.canary?.dynamicStableScale === true
  return next?.pause !== undefined && !isDynamic
}

function pauseState(snapshot: RolloutSnapshot, progress: Progress, { rollout }: StepFacts): StepState {
  const step = currentStep(rollout)
  const began = rollout.status?.pauseConditions?.find(pause => pause.reason === 'CanaryPauseStep')
  if (progress.wasResumed) return { ...NONE, is: 'done', endsPause: true }
  if (began === undefined) return { ...NONE, is: 'pausing' }
  const since = parseInstant(began.startTime) ?? snapshot.now
  const seconds = pauseSeconds(step?.pause ?? {})
  const until: Instant | undefined = seconds === undefined ? undefined : since + seconds * 1000
  if (until !== undefined && snapshot.now >= until) return { ...NONE, is: 'done', endsPause: true }
  const what = `pause of step ${(currentStepIndex(rollout) ?? 0) + 1}`
  const wait: Wait = { for: what, since, ...(until === undefined ? {} : { until }) }
  return { ...NONE, is: 'paused', waits: [wait] }
}

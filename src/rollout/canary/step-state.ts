// The steps of a canary as a state machine: what the recorded step waits for, and whether it is done. Which
// step comes next is written by the status; what a step asks of the world is in sizes.ts and intent.ts.
import type { CanaryStrategy } from '../../api/rollout.ts'
import type { Wait } from '../../kube/reconciler.ts'
import type { TrafficIntent } from '../../traffic/router.ts'
import { experimentGate } from '../experiment/state.ts'
import type { ExperimentState } from '../experiment/state.ts'
import { haltGate, open, runGate, waitFor } from '../gates.ts'
import type { Gate } from '../gates.ts'
import { isPauseOver, stepPause } from '../pause.ts'
import type { RunState } from '../runs/run-state.ts'
import { actionsOf, stepAt, weightAt } from '../steps.ts'
import type { StepAction } from '../steps.ts'
import type { Story } from '../story.ts'
import type { Carried } from './carried.ts'
import { wantsNoCanary } from './scale.ts'
import type { CanarySizes } from './sizes.ts'

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
  readonly strategy: CanaryStrategy
  readonly sizes: CanarySizes
  readonly carried: Carried
  readonly intent: TrafficIntent | undefined
  /** Why there is none, or why its weight is not yet what the step asks for. */
  readonly heldWeight: Gate
  /** The analysis of the step. */
  readonly run: RunState
  readonly experiment: ExperimentState
}

const NONE: StepState = { is: 'none', endsPause: false, pausesNext: false, waits: [] }
const PAST_PAUSE: StepState = { ...NONE, is: 'done', endsPause: true }

export function stepState(story: Story, facts: StepFacts): StepState {
  if (story.isPastPause) return PAST_PAUSE
  const step = stepAt(story.position)
  if (step === undefined || story.current === undefined || isOver(story)) return NONE
  if (story.isHalted) return underWay(haltGate(story))
  const actions = actionsOf(step)
  if (actions.includes('pause')) return pauseState(story, facts)
  return acted(story, facts, firstGate(story, facts, actions))
}

/** There is no update under way whose step could be waited for. */
function isOver({ isReset, isAborted, isFirst, isPromoted }: Story): boolean {
  return isReset || isAborted || isFirst || isPromoted
}

function firstGate(story: Story, facts: StepFacts, actions: readonly StepAction[]): Gate {
  if (actions.length === 0) return unknownGate(story)
  return open(actions.map(action => gateOf(story, facts, action)))[0]
}

function unknownGate(story: Story): Gate {
  return waitFor(story, 'a step that this controller does not know', 'Take it out.')
}

function gateOf(story: Story, facts: StepFacts, action: StepAction): Gate {
  switch (action) {
    case 'setWeight':
      return facts.sizes.held ?? routedGate(story, facts)
    case 'setCanaryScale':
      return facts.sizes.held
    case 'analysis':
      return runGate(story, facts.run)
    case 'experiment':
      return experimentGate(story, facts.experiment)
    case 'setHeaderRoute':
    case 'setMirrorRoute':
      return facts.heldWeight
    default:
      return unknownGate(story)
  }
}

function underWay(gate: Gate): StepState {
  return { ...NONE, is: 'under way', waits: open([gate]) }
}

function acted(story: Story, { strategy }: StepFacts, gate: Gate): StepState {
  if (gate !== undefined) return underWay(gate)
  return { ...NONE, is: 'done', pausesNext: isPauseNext(story, strategy) }
}

/**
 * The routers have, or get in this pass, what the step asks for. Without any pod there is nothing to be
 * routed.
 */
export function isRouted(story: Story, facts: Pick<StepFacts, 'strategy' | 'intent'>): boolean {
  if (facts.strategy.trafficRouting === undefined || story.replicas === 0) return true
  const wanted = wantsNoCanary(story, facts.strategy) ? 0 : weightAt(story.position)
  return facts.intent !== undefined && facts.intent.canary.weight === wanted
}

function routedGate(story: Story, facts: StepFacts): Gate {
  if (isRouted(story, facts)) return undefined
  const weight = weightAt(story.position)
  return facts.heldWeight ?? waitFor(story, `the weight ${weight}`, 'See the pods of both revisions.')
}

/** With dynamicStableScale the stable side moves first. */
function isPauseNext({ position }: Story, { dynamicStableScale }: CanaryStrategy): boolean {
  const next = position.steps[(position.index ?? 0) + 1]
  return next?.pause !== undefined && dynamicStableScale !== true
}

/** The routes give the new revision what the step asks for, though stable pods may be missing. */
function stands(story: Story, { strategy, carried }: StepFacts): boolean {
  const wanted = wantsNoCanary(story, strategy) ? 0 : weightAt(story.position)
  const given = carried.read ?? carried.least
  return given === wanted && (wanted === 0 || carried.hash === story.hash)
}

/** A pause is there to be looked at: it begins when users are where its step wants them. */
function pauseState(story: Story, facts: StepFacts): StepState {
  const { position } = story
  const heldWeight = stands(story, facts) ? undefined : facts.heldWeight
  const { pause } = stepAt(position) ?? {}
  if (isPauseOver(story, pause)) return PAST_PAUSE
  const begun = stepPause(story, pause)
  if (begun === undefined) return heldWeight === undefined ? { ...NONE, is: 'pausing' } : underWay(heldWeight)
  const what = `pause of step ${(position.index ?? 0) + 1}`
  return { ...NONE, is: 'paused', waits: [{ for: what, ...begun, cure: 'Promote, or abort.' }] }
}

// The AnalysisRuns of an update: those that a strategy asks for now, the writes that make them and end the others, and
// which finished ones are forgotten.
import type { AnalysisRun } from '../api/analysis.ts'
import { ANALYSIS_RUN } from '../kube/kinds.ts'
import type { EventNote, Write } from '../kube/write.ts'
import { closingWrites } from './runs/closing.ts'
import { isOurs } from './runs/make.ts'
import type { Ask } from './runs/make.ts'
import { runState } from './runs/run-state.ts'
import type { RunState } from './runs/run-state.ts'
import { needsNoProof } from './story.ts'
import type { Story } from './story.ts'
import { stepAt } from './steps.ts'

export interface CanaryRuns {
  readonly step: RunState
  readonly background: RunState
}

export interface BlueGreenRuns {
  readonly pre: RunState
  readonly post: RunState
}

export function canaryRuns(story: Story): CanaryRuns {
  const { currentStepAnalysisRunStatus, currentBackgroundAnalysisRunStatus } = story.status.canary ?? {}
  const isAsked = !needsNoProof(story)
  return {
    step: runState(story, {
      type: 'Step',
      ask: isAsked ? stepAsk(story) : undefined,
      known: currentStepAnalysisRunStatus,
    }),
    background: runState(story, {
      type: 'Background',
      ask: isAsked ? backgroundAsk(story) : undefined,
      known: currentBackgroundAnalysisRunStatus,
      mayBegin: !story.isOnlyRecorded,
    }),
  }
}

function stepAsk({ position }: Story): Ask | undefined {
  const analysis = stepAt(position)?.analysis
  return analysis === undefined ? undefined : { type: 'Step', analysis, stepIndex: position.index ?? 0 }
}

function backgroundAsk({ position, rollout }: Story): Ask | undefined {
  const { analysis } = rollout.spec.strategy?.canary ?? {}
  const isStarted = (position.index ?? 0) >= (analysis?.startingStep ?? 0)
  return analysis === undefined || !isStarted ? undefined : { type: 'Background', analysis }
}

function askFor(type: Ask['type'], analysis: Ask['analysis'] | undefined): Ask | undefined {
  return analysis && { type, analysis }
}

/** What was measured after a switch that is undone proves nothing after the next one. */
function isUndone(story: Story, isSwitched: boolean): boolean {
  return !isSwitched && !needsNoProof(story)
}

export function blueGreenRuns(
  story: Story,
  { active, isPreviewReady }: { active: string | undefined; isPreviewReady: boolean },
): BlueGreenRuns {
  const { prePromotionAnalysis: before, postPromotionAnalysis: after } =
    story.rollout.spec.strategy?.blueGreen ?? {}
  const { prePromotionAnalysisRunStatus, postPromotionAnalysisRunStatus } = story.status.blueGreen ?? {}
  const isAsked = !needsNoProof(story)
  const isSwitched = active === story.hash
  const isPre = isAsked && !isSwitched
  const isPost = isAsked && isSwitched
  return {
    pre: runState(story, {
      type: 'PrePromotion',
      ask: isPre ? askFor('PrePromotion', before) : undefined,
      known: prePromotionAnalysisRunStatus,
      mayBegin: isPreviewReady,
    }),
    post: runState(story, {
      type: 'PostPromotion',
      ask: isPost ? askFor('PostPromotion', after) : undefined,
      known: postPromotionAnalysisRunStatus,
      isUndone: isUndone(story, isSwitched),
      mayBegin: isPreviewReady,
    }),
  }
}

/** What a status gathers of all analyses of an update. */
export interface RunsSaid {
  readonly told: readonly EventNote[]
  readonly abortWhy: string | undefined
  /** A person is to judge. */
  readonly isInconclusive: boolean
  readonly consumesResume: boolean
  /** A person has judged, and what is to be run again can not begin, or somebody holds the Rollout. */
  readonly awaitsRepeat: boolean
}

type Sayer = Pick<RunState, 'is' | 'told' | 'abortWhy' | 'consumesResume' | 'awaitsRepeat'>

export function saidOf(story: Story, states: readonly Sayer[]): RunsSaid {
  const counts = !needsNoProof(story)
  const isInconclusive = counts && states.some(state => state.is === 'inconclusive')
  const isHeld = isInconclusive && story.wasResumed && story.rollout.spec.paused === true
  return {
    told: states.flatMap(state => state.told),
    abortWhy: counts ? states.find(state => state.abortWhy !== undefined)?.abortWhy : undefined,
    isInconclusive: isInconclusive && !isHeld,
    awaitsRepeat: isHeld || states.some(state => state.awaitsRepeat),
    consumesResume: states.some(state => state.consumesResume),
  }
}

export interface RunMoves {
  readonly create: readonly Write[]
  readonly end: readonly Write[]
}

export function runMoves(story: Story, states: readonly RunState[]): RunMoves {
  const counts = !needsNoProof(story) || story.isHalted
  const kept = new Set(counts ? states.map(state => state.run?.metadata.name) : [])
  const reported = new Set(states.map(state => state.reported?.name))
  const ours = story.snapshot.analysisRuns.filter(run => isOurs(story.rollout, run))
  return {
    create: states.flatMap(({ run, isNew }) => (run === undefined || !isNew ? [] : [createRun(run)])),
    end: closingWrites(story, { kind: ANALYSIS_RUN, ours, kept, reported }),
  }
}

function createRun(run: AnalysisRun): Write {
  return { verb: 'create', object: run, why: `create AnalysisRun ${run.metadata.name}` }
}

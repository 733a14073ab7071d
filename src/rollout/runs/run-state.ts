// How one analysis of the present update stands: which run it is, whether one is to be made, what the status says of
// it, and what follows for the update.
import type { AnalysisPhase, AnalysisRun } from '../../api/analysis.ts'
import { hasFailed, isUnderWay } from '../../analysis/make-run.ts'
import { EVENTS } from '../../api/event-words.ts'
import type { RolloutAnalysisRunStatus } from '../../api/rollout.ts'
import { POD_TEMPLATE_HASH, REVISION, ROLLOUT_TYPE, STEP_INDEX } from '../../api/words.ts'
import type { RolloutType } from '../../api/words.ts'
import type { EventNote } from '../../kube/write.ts'
import { needsNoProof } from '../story.ts'
import type { Story } from '../story.ts'
import { isAroundAbort, isMadeSince, isOurs, isTaken, madeRun } from './make.ts'
import type { Ask } from './make.ts'
import { own } from '../../std/own.ts'

export interface RunState {
  readonly is: 'none' | 'under way' | 'passed' | 'failed' | 'inconclusive'
  /** The run that counts; it may be about to be made. */
  readonly run: AnalysisRun | undefined
  readonly isNew: boolean
  readonly reported: RolloutAnalysisRunStatus | undefined
  readonly told: readonly EventNote[]
  /** A person's answer to an inconclusive run was to run it again. */
  readonly consumesResume: boolean
  /** It can not be run again in this pass: the answer waits. */
  readonly awaitsRepeat: boolean
  /** Why the update is to be given up. */
  readonly abortWhy: string | undefined
}

const NO_RUN: RunState = {
  is: 'none',
  run: undefined,
  isNew: false,
  reported: undefined,
  told: [],
  consumesResume: false,
  awaitsRepeat: false,
  abortWhy: undefined,
}

interface Asked {
  /** Undefined: nothing is to be measured now, but what is known of it is reported on. */
  readonly ask: Ask | undefined
  readonly known: RolloutAnalysisRunStatus | undefined
  readonly type: RolloutType
  /** Default: true. What has begun goes on all the same, though no status names it. */
  readonly mayBegin?: boolean
  /** Default: false. What it has measured is over; a failure counts all the same. */
  readonly isUndone?: boolean
}

export function runState(story: Story, asked: Asked): RunState {
  const { ask, known, type } = asked
  if (story.isReset) return NO_RUN
  const found = foundRun(story, asked)
  if (ask === undefined || (story.isHalted && story.isRetry)) return unasked(story, found, asked)
  const isRepeated = story.asksAgain && isUnclear(found, known)
  const isStale = found === undefined || story.isRetry || isRepeated
  if (!isStale || (story.isHalted && found !== undefined)) return stateOf(type, found, known)
  const state = begun(story, ask, asked)
  return isRepeated ? answered(state, known) : state
}

/** Whoever wants it again is answered when that one is made, or named. */
function answered(state: RunState, known: RolloutAnalysisRunStatus | undefined): RunState {
  const isTold = state.run !== undefined || state.reported?.name !== known?.name
  return { ...state, consumesResume: isTold, awaitsRepeat: !isTold }
}

function foundRun(story: Story, { ask, known, type, isUndone = false }: Asked): AnalysisRun | undefined {
  const { analysisRuns } = story.snapshot
  const named = analysisRuns.find(
    run => run.metadata.name === known?.name && isOurs(story.rollout, run) && isAnswer(run, ask),
  )
  return named ?? (isUndone ? analysisRuns.find(run => isUnnamedFailure(story, run, type)) : undefined)
}

/** What was asked for in another step is no answer. */
function isAnswer({ metadata }: AnalysisRun, ask: Ask | undefined): boolean {
  return ask?.stepIndex === undefined || metadata.labels?.[STEP_INDEX] === String(ask.stepIndex)
}

/** The status that was to name it is refused: what undoes its switch must not forget why. */
function isUnnamedFailure(story: Story, run: AnalysisRun, type: RolloutType): boolean {
  return (
    isOfUpdate(story, run, type) &&
    hasFailed(run) &&
    isMadeSince(story, run) &&
    isTaken(story, run, { known: undefined })
  )
}

/**
 * What was measured after an earlier switch proves nothing of this one, nor does what may be of before an abort. A
 * status names the new one before it is made: one that is refused would have it made again and again.
 */
function isNamedFirst(story: Story, { type, known }: Asked, name: string): boolean {
  const earlier = story.snapshot.analysisRuns.filter(run => isOfUpdate(story, run, type))
  const isAfterSwitch = type === 'PostPromotion' && known?.name !== name && earlier.length > 0
  return isAfterSwitch || (story.isRetry && earlier.some(run => isAroundAbort(story, run)))
}

function isOfUpdate(story: Story, run: AnalysisRun, type: RolloutType): boolean {
  const { labels = {}, annotations = {} } = run.metadata
  return (
    labels[ROLLOUT_TYPE] === type &&
    labels[POD_TEMPLATE_HASH] === story.hash &&
    annotations[REVISION] === String(story.revision) &&
    isOurs(story.rollout, run)
  )
}

/** It was told so, also when somebody has deleted it meanwhile. */
function isUnclear(found: AnalysisRun | undefined, known: RolloutAnalysisRunStatus | undefined): boolean {
  return known?.status === 'Inconclusive' && (found === undefined || found.status?.phase === 'Inconclusive')
}

/** One that is made, unless somebody holds the Rollout, or that nobody has told of yet. */
function begun(story: Story, ask: Ask, asked: Asked): RunState {
  const { known, type, mayBegin = true } = asked
  const made = madeRun(story, ask, known?.name)
  if (made === undefined || (made.isNew && (story.isHalted || !mayBegin)))
    return { ...NO_RUN, reported: story.isRetry ? undefined : known }
  const { run, isNew } = made
  const named = { name: run.metadata.name, status: NOT_YET }
  if (isNew && isNamedFirst(story, asked, named.name)) return { ...NO_RUN, reported: named }
  return { ...stateOf(type, run, named), isNew }
}

/**
 * What is ended now, or was proven before a retry, proves nothing when it is asked for again. A failure is one, though
 * nobody asks any more; but whoever has left a step has left its analysis.
 */
function unasked(
  story: Story,
  found: AnalysisRun | undefined,
  { known, type, isUndone = false }: Asked,
): RunState {
  const isEnded = found !== undefined && isUnderWay(found) && !needsNoProof(story)
  const { is, reported, told, abortWhy } = stateOf(type, found, known)
  if (story.isRetry || isEnded || (isUndone && is !== 'failed')) return NO_RUN
  return { ...NO_RUN, reported, told, abortWhy: type === 'Step' ? undefined : abortWhy }
}

/** Compat: a run that was just made has an empty phase. */
const NOT_YET = '' as AnalysisPhase

const OUTCOMES: Readonly<Record<AnalysisPhase, RunState['is']>> = {
  Pending: 'under way',
  Running: 'under way',
  Successful: 'passed',
  Failed: 'failed',
  Error: 'failed',
  Inconclusive: 'inconclusive',
}

/** What a phase means for whoever waits for the run; one that nobody knows is still under way. */
export function outcomeOf(phase: string): RunState['is'] {
  return own<RunState['is']>(OUTCOMES, phase) ?? 'under way'
}

const FAILURES: Readonly<Record<RolloutType, string>> = {
  Step: 'Step-based analysis',
  Background: 'Background analysis',
  PrePromotion: 'Blue/green pre-promotion analysis',
  PostPromotion: 'Blue/green post-promotion analysis',
}

function stateOf(
  type: RolloutType,
  run: AnalysisRun | undefined,
  known: RolloutAnalysisRunStatus | undefined,
): RunState {
  if (run === undefined) return { ...NO_RUN, reported: known }
  const { name } = run.metadata
  const { phase = NOT_YET, message = '' } = run.status ?? {}
  const before: string = known?.status ?? NOT_YET
  const is = outcomeOf(phase)
  const said = message === '' ? '' : `: ${message}`
  return {
    is,
    run,
    isNew: false,
    reported: { name, status: phase, ...(message === '' ? {} : { message }) },
    told: phase === before ? [] : [EVENTS.analysisRun(type, name, { now: phase, before })],
    consumesResume: false,
    awaitsRepeat: false,
    abortWhy: is === 'failed' ? `${FAILURES[type]} phase error/failed${said}` : undefined,
  }
}

// The AnalysisRuns of an update: those that a strategy asks for now, the writes that make them and end the others, and
// which finished ones are forgotten.
import { isUnderWay } from '../analysis/make-run.ts'
import { successfulRunHistoryLimit, unsuccessfulRunHistoryLimit } from '../api/defaults.ts'
import type { AnalysisRun } from '../api/analysis.ts'
import { POD_TEMPLATE_HASH } from '../api/words.ts'
import { ANALYSIS_RUN } from '../kube/kinds.ts'
import { refOf } from '../kube/object.ts'
import type { EventNote, Write } from '../kube/write.ts'
import { byCreation, podHashOf } from '../workload/replica-set.ts'
import { isOurs } from './runs/make.ts'
import type { Ask } from './runs/make.ts'
import { runState } from './runs/run-state.ts'
import type { RunState } from './runs/run-state.ts'
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

/** Nothing has to be proven: there are no users yet, it was proven before, or it is over. */
export function needsNoProof(story: Story): boolean {
  const { current, isReset, isFirst, isAborted, isFull, isPromoted, rollback } = story
  const isOver = isReset || isFirst || isAborted || isFull || isPromoted
  return current === undefined || isOver || rollback !== undefined
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

export function blueGreenRuns(
  story: Story,
  { active, isPreviewReady }: { active: string | undefined; isPreviewReady: boolean },
): BlueGreenRuns {
  const { prePromotionAnalysis: before, postPromotionAnalysis: after } =
    story.rollout.spec.strategy?.blueGreen ?? {}
  const { prePromotionAnalysisRunStatus, postPromotionAnalysisRunStatus } = story.status.blueGreen ?? {}
  const isAsked = !needsNoProof(story)
  const isSwitched = active === story.hash
  const isBegun = (known: object | undefined) => known !== undefined || isPreviewReady
  const isPre = isAsked && !isSwitched && isBegun(prePromotionAnalysisRunStatus)
  const isPost = isAsked && isSwitched && isBegun(postPromotionAnalysisRunStatus)
  return {
    pre: runState(story, {
      type: 'PrePromotion',
      ask: before === undefined || !isPre ? undefined : { type: 'PrePromotion', analysis: before },
      known: prePromotionAnalysisRunStatus,
    }),
    post: runState(story, {
      type: 'PostPromotion',
      ask: after === undefined || !isPost ? undefined : { type: 'PostPromotion', analysis: after },
      known: postPromotionAnalysisRunStatus,
    }),
  }
}

/** What a status gathers of all analyses of an update. */
export interface RunsSaid {
  readonly told: readonly EventNote[]
  readonly abortWhy: string | undefined
  readonly isInconclusive: boolean
  readonly consumesResume: boolean
}

export function saidOf(story: Story, states: readonly RunState[]): RunsSaid {
  const counts = !needsNoProof(story)
  return {
    told: states.flatMap(state => state.told),
    abortWhy: counts ? states.find(state => state.abortWhy !== undefined)?.abortWhy : undefined,
    isInconclusive: counts && states.some(state => state.is === 'inconclusive'),
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
    end: [
      ...ours
        .filter(run => isUnderWay(run) && run.spec.terminate !== true && !kept.has(run.metadata.name))
        .map(endRun),
      ...(story.isReset
        ? []
        : forgotten(
            story,
            ours.filter(run => !reported.has(run.metadata.name)),
          )),
    ],
  }
}

function createRun(run: AnalysisRun): Write {
  return { verb: 'create', object: run, why: `create AnalysisRun ${run.metadata.name}` }
}

function endRun(run: AnalysisRun): Write {
  return {
    verb: 'patch',
    target: refOf(ANALYSIS_RUN, run),
    patch: { spec: { terminate: true } },
    why: `end AnalysisRun ${run.metadata.name}, which is no longer needed`,
  }
}

/** Runs of revisions that are gone, and finished ones beyond the history limits. */
function forgotten(story: Story, runs: readonly AnalysisRun[]): readonly Write[] {
  const { spec } = story.rollout
  const hashes = new Set(story.all.map(podHashOf))
  const isLost = (run: AnalysisRun) => !hashes.has(run.metadata.labels?.[POD_TEMPLATE_HASH] ?? '')
  const finished = runs
    .filter(run => !isUnderWay(run) && !isLost(run))
    .toSorted(byCreation)
    .toReversed()
  const isGood = (run: AnalysisRun) => run.status?.phase === 'Successful'
  return [
    ...runs.filter(isLost),
    ...finished.filter(isGood).slice(successfulRunHistoryLimit(spec)),
    ...finished.filter(run => !isGood(run)).slice(unsuccessfulRunHistoryLimit(spec)),
  ].map(run => ({
    verb: 'delete',
    target: refOf(ANALYSIS_RUN, run),
    ...(run.metadata.uid === undefined ? {} : { ifUid: run.metadata.uid }),
    why: `delete AnalysisRun ${run.metadata.name}, which is beyond the history limit`,
  }))
}

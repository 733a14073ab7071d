// What blue/green reports (last step of a decision): the two selectors, the counts of the active revision,
// the pause before the switch, and the moment at which the wanted revision becomes the stable one.
import type { BlueGreenStatus, PauseReason, RolloutStatus } from '../../api/rollout.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import { printSelector } from '../../kube/selector.ts'
import {
  actualReplicas,
  availableReplicas,
  isSaturated,
  readyReplicas,
  stayingReplicas,
  total,
} from '../../workload/availability.ts'
import { podHashOf } from '../../workload/replica-set.ts'
import { previewStays } from './situation.ts'
import type { BlueGreenSituation } from './situation.ts'
import { pauseFields } from '../pause.ts'
import { saidOf } from '../runs.ts'
import type { RunsSaid } from '../runs.ts'
import { selectedHash } from '../services.ts'
import type { StrategyReport } from '../report.ts'
import type { Story } from '../story.ts'

export function blueGreenStatus(story: Story, situation: BlueGreenSituation): StrategyReport {
  const { replicas } = story
  const active = activeReplicaSet(story, situation.activeWanted)
  const promotedWhy = whyPromoted(story, situation)
  const isPromoted = promotedWhy !== undefined || story.isPromoted
  const runs = saidOf(story, [situation.runs.pre, situation.runs.post])
  const checkPoint = !isPromoted && passesCheckPoint(story, situation)
  return {
    fields: {
      ...counts(story, active),
      ...pausesOf(story, { situation, isPromoted, checkPoint }),
      stableRS: isPromoted ? story.hash : (story.status.stableRS ?? ''),
      promoteFull: story.isFull && !isPromoted && !story.isReset,
      blueGreen: blueGreenFields(story, situation, checkPoint),
    },
    promotedWhy,
    skipped: [],
    told: runs.told,
    isAvailable: active !== undefined && isSaturated(active, replicas),
    isComplete: availableReplicas(story.current) >= replicas,
    isEndless: false,
  }
}

function blueGreenFields(story: Story, situation: BlueGreenSituation, checkPoint: boolean): BlueGreenStatus {
  const { pre, post } = situation.runs
  return {
    // The last one stands until there is another: a Service that lost its selector had one.
    activeSelector: situation.activeWanted ?? story.status.blueGreen?.activeSelector ?? '',
    previewSelector: previewSelector(story, situation) ?? '',
    scaleUpPreviewCheckPoint: checkPoint,
    ...(pre.reported === undefined ? {} : { prePromotionAnalysisRunStatus: pre.reported }),
    ...(post.reported === undefined ? {} : { postPromotionAnalysisRunStatus: post.reported }),
  }
}

function activeReplicaSet(story: Story, hash: string | undefined): ReplicaSet | undefined {
  return hash === undefined ? undefined : story.all.find(one => podHashOf(one) === hash)
}

/** Compat: autoscalers count the active revision alone, and all pods while there is none. */
function counts(story: Story, active: ReplicaSet | undefined): RolloutStatus {
  const counted = active === undefined ? story.all : [active]
  return {
    readyReplicas: total(readyReplicas, counted),
    availableReplicas: total(availableReplicas, counted),
    HPAReplicas: total(actualReplicas, counted),
    selector: printSelector((active ?? story.rollout).spec.selector ?? {}),
  }
}

function previewSelector(story: Story, situation: BlueGreenSituation): string | undefined {
  const { previewService = '' } = situation.strategy
  if (previewService === '') return undefined
  return previewStays(story, situation) ? selectedHash(story.snapshot.services[previewService]) : story.hash
}

function whyPromoted(
  story: Story,
  { activeWanted, held, strategy, runs }: BlueGreenSituation,
): string | undefined {
  if (story.isPromoted || story.isReset || story.current === undefined) return undefined
  if (story.isFirst) return 'Initial deploy'
  if (activeWanted !== story.hash || held !== undefined || story.isAborted) return undefined
  // A person may have moved the Service: until its pods are there the stable ones are kept.
  if (stayingReplicas(story.current) < story.replicas) return undefined
  const isProven = strategy.postPromotionAnalysis === undefined || runs.post.is === 'passed'
  return whyAtOnce(story) ?? (isProven ? 'Completed blue-green update' : undefined)
}

/** What needs no analysis after the switch. */
function whyAtOnce({ isStableLost, isFull, rollback }: Story): string | undefined {
  if (isStableLost) return 'Initial deploy'
  if (isFull) return 'Full promotion requested'
  if (rollback === 'window') return 'Rollback within window'
  return rollback === 'delay' ? 'Fast rollback' : undefined
}

/** Pauses of the canary that it was before; what its analyses could not tell does not concern the preview. */
function ofCanary({ canary = {} }: RolloutStatus): readonly PauseReason[] {
  const { currentStepAnalysisRunStatus: ofStep, currentBackgroundAnalysisRunStatus: beside } = canary
  const isUnclear = [ofStep, beside].some(run => run?.status === 'Inconclusive')
  return [
    'CanaryPauseStep',
    'InconclusiveExperiment',
    ...(isUnclear ? (['InconclusiveAnalysisRun'] as const) : []),
  ]
}

/**
 * The preview has shown what it had to show: from now on the revision gets all its pods, whatever happens.
 */
function passesCheckPoint(story: Story, situation: BlueGreenSituation): boolean {
  if (story.isReset || story.isAborted) return false
  if (story.status.blueGreen?.scaleUpPreviewCheckPoint === true) return true
  return (
    situation.strategy.previewReplicaCount !== undefined &&
    situation.isPreviewReady &&
    situation.pause.is === 'over'
  )
}

function pausesOf(
  story: Story,
  {
    situation,
    isPromoted,
    checkPoint,
  }: { situation: BlueGreenSituation; isPromoted: boolean; checkPoint: boolean },
): RolloutStatus {
  const said = saidOf(story, [situation.runs.pre, situation.runs.post])
  const begins = situation.pause.is === 'begin' ? 'BlueGreenPause' : undefined
  const isEnded = checkPoint || (situation.pause.is === 'over' && situation.activeWanted === story.hash)
  return pauseFields(story.status, {
    now: story.now,
    isAborted: story.isAborted,
    foreign: ofCanary(story.status),
    clears: isPromoted || story.isReset || story.isFull || story.rollback === 'window',
    adds: [said.isInconclusive ? 'InconclusiveAnalysisRun' : begins],
    removes: isEnded ? 'BlueGreenPause' : undefined,
    keepsResume: keepsResume(story, said, isEnded),
  })
}

/** The pause has not ended yet, or what was unclear waits for whoever holds the Rollout. */
function keepsResume(story: Story, said: RunsSaid, isEnded: boolean): boolean {
  return story.wasResumed && !said.consumesResume && (said.awaitsRepeat || !isEnded)
}

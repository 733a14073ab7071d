// What blue/green reports (fourth step of a decision): the two selectors, the counts of the active revision,
// the pause before the switch, and the moment at which the wanted revision becomes the stable one.
import type { RolloutStatus } from '../api/rollout.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import { printSelector } from '../kube/selector.ts'
import {
  actualReplicas,
  availableReplicas,
  isSaturated,
  readyReplicas,
  total,
} from '../workload/availability.ts'
import { podHashOf } from '../workload/replica-set.ts'
import type { BlueGreenView } from './blue-green.ts'
import { pauseFields } from './pause.ts'
import { saidOf } from './runs.ts'
import type { Progress } from './progress.ts'
import { selectedHash } from './services.ts'
import type { RolloutSnapshot } from './snapshot.ts'
import { allReplicaSets } from './snapshot.ts'
import type { StrategyStatus } from './status.ts'

export function blueGreenStatus(
  snapshot: RolloutSnapshot,
  progress: Progress,
  view: BlueGreenView,
): StrategyStatus {
  const { replicas } = progress
  const active = activeReplicaSet(snapshot, view.activeWanted)
  const promotedWhy = whyPromoted(snapshot, progress, view)
  const isPromoted = promotedWhy !== undefined || progress.isPromoted
  const { pre, post } = view.runs
  const runs = saidOf(snapshot, progress, [pre, post])
  const checkPoint = !isPromoted && passesCheckPoint(snapshot, progress, view)
  return {
    fields: {
      ...counts(snapshot, active),
      ...pausesOf(snapshot, progress, { view, isPromoted, checkPoint }),
      stableRS: isPromoted ? progress.hash : (snapshot.rollout.status?.stableRS ?? ''),
      promoteFull: progress.isFull && !isPromoted && !progress.isReset,
      blueGreen: {
        activeSelector: view.activeWanted ?? '',
        previewSelector: previewSelector(snapshot, progress, view) ?? '',
        scaleUpPreviewCheckPoint: checkPoint,
        ...(pre.reported === undefined ? {} : { prePromotionAnalysisRunStatus: pre.reported }),
        ...(post.reported === undefined ? {} : { postPromotionAnalysisRunStatus: post.reported }),
      },
    },
    promotedWhy,
    told: runs.told,
    abortWhy: runs.abortWhy,
    isAvailable: active !== undefined && isSaturated(active, replicas),
    isComplete: availableReplicas(snapshot.current) >= replicas,
    isEndless: false,
  }
}

function activeReplicaSet(snapshot: RolloutSnapshot, hash: string | undefined): ReplicaSet | undefined {
  return hash === undefined ? undefined : allReplicaSets(snapshot).find(one => podHashOf(one) === hash)
}

/** Compat: autoscalers count the active revision alone, and all pods while there is none. */
function counts(snapshot: RolloutSnapshot, active: ReplicaSet | undefined): RolloutStatus {
  const counted = active === undefined ? allReplicaSets(snapshot) : [active]
  return {
    readyReplicas: total(readyReplicas, counted),
    availableReplicas: total(availableReplicas, counted),
    HPAReplicas: total(actualReplicas, counted),
    selector: printSelector((active ?? snapshot.rollout).spec.selector ?? {}),
  }
}

function previewSelector(
  snapshot: RolloutSnapshot,
  progress: Progress,
  { strategy }: BlueGreenView,
): string | undefined {
  const { previewService = '' } = strategy
  if (previewService === '') return undefined
  return progress.isHalted ? selectedHash(snapshot.services[previewService]) : progress.hash
}

function whyPromoted(
  snapshot: RolloutSnapshot,
  progress: Progress,
  { activeWanted, strategy, runs }: BlueGreenView,
): string | undefined {
  if (progress.isPromoted || progress.isReset || snapshot.current === undefined) return undefined
  if (progress.isFirst) return 'Initial deploy'
  if (activeWanted !== progress.hash || progress.isAborted) return undefined
  if (progress.isStableLost) return 'Initial deploy'
  if (progress.isFull) return 'Full promotion requested'
  if (progress.rollback === 'window') return 'Rollback within window'
  if (progress.rollback === 'delay') return 'Fast rollback'
  const isProven = strategy.postPromotionAnalysis === undefined || runs.post.is === 'passed'
  return isProven ? 'Completed blue-green update' : undefined
}

/**
 * The preview has shown what it had to show: from now on the revision gets all its pods, whatever happens.
 */
function passesCheckPoint(snapshot: RolloutSnapshot, progress: Progress, view: BlueGreenView): boolean {
  if (progress.isReset || progress.isAborted) return false
  if (snapshot.rollout.status?.blueGreen?.scaleUpPreviewCheckPoint === true) return true
  return view.strategy.previewReplicaCount !== undefined && view.isPreviewReady && view.pause.is === 'over'
}

function pausesOf(
  snapshot: RolloutSnapshot,
  progress: Progress,
  { view, isPromoted, checkPoint }: { view: BlueGreenView; isPromoted: boolean; checkPoint: boolean },
): RolloutStatus {
  const said = saidOf(snapshot, progress, [view.runs.pre, view.runs.post])
  const begins = view.pause.is === 'begin' ? 'BlueGreenPause' : undefined
  return pauseFields(snapshot.rollout.status ?? {}, {
    now: snapshot.now,
    isAborted: progress.isAborted,
    clears: isPromoted || progress.isReset || progress.isFull || progress.rollback === 'window',
    adds: said.isInconclusive ? 'InconclusiveAnalysisRun' : begins,
    removes: checkPoint ? 'BlueGreenPause' : undefined,
    keepsResume: progress.wasResumed && !checkPoint && !said.consumesResume,
  })
}

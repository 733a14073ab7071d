// Where in the story a Rollout is (first step of a decision, station g): which revision is wanted, whether
// this pass begins a new update, who has asked for what. Everything here is read off the snapshot; nothing is
// decided yet.
import { replicas } from '../api/defaults.ts'
import type { BlueGreenStrategy, CanaryStrategy, RolloutStatus } from '../api/rollout.ts'
import { EXPERIMENT_NAME } from '../api/words.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import { parseInstant } from '../std/instant.ts'
import { deadlineOf } from '../workload/deadlines.ts'
import { podHash } from '../workload/pod-hash.ts'
import { highestRevision, podHashOf, revisionOf } from '../workload/replica-set.ts'
import { stepsHash } from '../workload/steps-hash.ts'
import type { RolloutSnapshot } from './snapshot.ts'
import { allReplicaSets } from './snapshot.ts'

export interface Progress {
  /** The hash of the wanted revision: its ReplicaSet's label, or the one that it will get. */
  readonly hash: string
  readonly stepsHash: string
  readonly replicaSet: string
  readonly revision: number
  /** `spec.replicas`. */
  readonly replicas: number
  /** This pass begins an update: the template, or the steps of a canary, are not those of the last status. */
  readonly isReset: boolean
  /** Nothing was ever promoted: there is nobody to protect yet. */
  readonly isFirst: boolean
  /** A revision was promoted, but somebody deleted its ReplicaSet. */
  readonly isStableLost: boolean
  /** The wanted revision is the promoted one. */
  readonly isPromoted: boolean
  readonly isAborted: boolean
  /** The first pass after an abort was taken back. */
  readonly isRetry: boolean
  /** A person (or an inconclusive analysis) holds everything that would change what users see. */
  readonly isHalted: boolean
  /** Somebody asked to skip all that is left. */
  readonly isFull: boolean
  /** Somebody has ended the pause that the controller began. */
  readonly wasResumed: boolean
  /** Why going to this revision needs no proof: it is stable, near enough, or still has its pods. */
  readonly rollback: 'stable' | 'window' | 'delay' | undefined
}

export function progressOf(snapshot: RolloutSnapshot): Progress {
  const { rollout, current } = snapshot
  const { spec, status = {} } = rollout
  const hash = wantedHash(snapshot)
  const steps = canaryStepsHash(snapshot)
  const isPromoted = (status.stableRS ?? '') === hash
  const isFirst = (status.stableRS ?? '') === ''
  const isReset = beginsUpdate(snapshot, { hash, stepsHash: steps })
  const isFull = status.promoteFull === true && !isPromoted && !isReset
  const isAborted = status.abort === true && !isFirst && !isPromoted && !isReset && !isFull
  return {
    hash,
    stepsHash: steps,
    replicaSet: current?.metadata.name ?? `${rollout.metadata.name}-${hash}`,
    revision: wantedRevision(snapshot),
    replicas: replicas(spec),
    isReset,
    isFirst,
    isStableLost: !isFirst && !isPromoted && snapshot.stable === undefined,
    isPromoted,
    isAborted,
    isRetry: !isAborted && status.abortedAt !== undefined,
    isHalted: spec.paused === true || hasPause(status, 'InconclusiveAnalysisRun'),
    isFull,
    wasResumed: status.controllerPause === true && (status.pauseConditions?.length ?? 0) === 0,
    rollback: isPromoted ? 'stable' : fastWay(snapshot),
  }
}

export function blueGreenOf(snapshot: RolloutSnapshot): BlueGreenStrategy | undefined {
  return snapshot.rollout.spec.strategy?.blueGreen
}

export function canaryOf(snapshot: RolloutSnapshot): CanaryStrategy | undefined {
  return snapshot.rollout.spec.strategy?.canary
}

export function hasPause(status: RolloutStatus, reason: string): boolean {
  return status.pauseConditions?.some(pause => pause.reason === reason) === true
}

function wantedHash({ rollout, current }: RolloutSnapshot): string {
  const found = current === undefined ? undefined : podHashOf(current)
  if (found !== undefined) return found
  const { template } = rollout.spec
  return template === undefined ? '' : podHash(template, rollout.status?.collisionCount)
}

function canaryStepsHash(snapshot: RolloutSnapshot): string {
  const canary = canaryOf(snapshot)
  if (canary === undefined) return ''
  // Compat: no steps and an empty list of steps are the same.
  return stepsHash((canary.steps ?? []).length === 0 ? undefined : canary.steps)
}

function wantedRevision(snapshot: RolloutSnapshot): number {
  const { current } = snapshot
  const others = allReplicaSets(snapshot).filter(one => one !== current)
  return Math.max(revisionOf(current) ?? 0, highestRevision(others) + 1)
}

/** Compat: a first blue/green deployment begins nothing; a canary whose steps were never seen does. */
function beginsUpdate(snapshot: RolloutSnapshot, now: { hash: string; stepsHash: string }): boolean {
  const { currentPodHash = '', currentStepHash = '' } = snapshot.rollout.status ?? {}
  if (canaryOf(snapshot) === undefined) return currentPodHash !== '' && currentPodHash !== now.hash
  return currentPodHash !== now.hash || currentStepHash !== now.stepsHash
}

function fastWay(snapshot: RolloutSnapshot): 'window' | 'delay' | undefined {
  const { current, now, rollout } = snapshot
  if (current === undefined) return undefined
  if (isWithinWindow(snapshot, current)) return 'window'
  const deadline = deadlineOf(current)
  const isRetry = rollout.status?.abort === true || rollout.status?.abortedAt !== undefined
  const isDelayed = deadline !== undefined && deadline > now && !isRetry
  return isDelayed && blueGreenOf(snapshot) !== undefined ? 'delay' : undefined
}

/** Compat: the window counts ReplicaSets by when they were made, not by revision. */
function isWithinWindow(snapshot: RolloutSnapshot, current: ReplicaSet): boolean {
  const revisions = snapshot.rollout.spec.rollbackWindow?.revisions
  const { stable } = snapshot
  if (revisions === undefined || stable === undefined) return false
  const [from, to] = [madeAt(current), madeAt(stable)]
  if (from >= to) return false
  const between = allReplicaSets(snapshot).filter(one => {
    const isExperiments = one.metadata.annotations?.[EXPERIMENT_NAME] !== undefined
    return !isExperiments && madeAt(one) > from && madeAt(one) < to
  })
  return between.length < revisions
}

function madeAt(replicaSet: ReplicaSet): number {
  return parseInstant(replicaSet.metadata.creationTimestamp ?? '') ?? 0
}

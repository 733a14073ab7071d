// Where in the story a Rollout is (first step of a decision, station g): which revisions there are and which is wanted,
// whether this pass begins a new update, who has asked for what. Everything here is read off the snapshot; nothing is
// decided yet.
import { replicas } from '../api/defaults.ts'
import type { CanaryStrategy, PauseReason, Rollout, RolloutStatus } from '../api/rollout.ts'
import type { FieldError } from '../api/field-error.ts'
import { EXPERIMENT_NAME, POD_TEMPLATE_HASH, ROLLOUT_TYPE, STEP_INDEX } from '../api/words.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { KubeObject } from '../kube/object.ts'
import { parseInstant } from '../std/instant.ts'
import type { Instant } from '../std/instant.ts'
import { rememberedOn } from '../std/remembered-on.ts'
import { hasFailed, isRunOf, isUnderWay } from '../analysis/make-run.ts'
import type { BoundRouter } from '../traffic/registry.ts'
import { deadlineOf } from '../workload/deadlines.ts'
import { desiredReplicas, wantedReplicas } from '../workload/availability.ts'
import { podHash } from '../workload/pod-hash.ts'
import { highestRevision, isMadeBefore, podHashOf, revisionOf } from '../workload/replica-set.ts'
import { stepsHash } from '../workload/steps-hash.ts'
import { conditionOf } from './status/conditions.ts'
import { askedRouters, leftBy } from './remembered.ts'
import type { LeftRouting } from './remembered.ts'
import type { RolloutSnapshot } from './snapshot.ts'
import { isPauseOver } from './pause.ts'
import { positionAt, stepAt } from './steps.ts'
import type { Position } from './steps.ts'

export interface Story {
  readonly snapshot: RolloutSnapshot
  /** What stands in the way: then only what leads back to the stable revision is done (way-back.ts). */
  readonly problem: FieldError | undefined
  readonly now: Instant
  readonly rollout: Rollout
  /** As it is stored; empty when nothing was reported yet. */
  readonly status: RolloutStatus
  /** Its pod template is the Rollout's; undefined until it has been made. */
  readonly current: ReplicaSet | undefined
  /** The revision that was last promoted. It may be the current one. */
  readonly stable: ReplicaSet | undefined
  /** Neither of the two. */
  readonly older: readonly ReplicaSet[]
  /** Each once: stable, current, older. */
  readonly all: readonly ReplicaSet[]
  /** The hash of the wanted revision: its ReplicaSet's label, or the one that it will get. */
  readonly hash: string
  readonly stepsHash: string
  /**
   * The step that this pass takes to be asked for: the recorded one, or the next when its pause is over. All are
   * skipped by a full promotion, none counts after an abort.
   */
  readonly position: Position
  /** The pause of the recorded step is over: this pass goes on with the next step, and tells so before it writes. */
  readonly isPastPause: boolean
  /**
   * This pass only records what time has brought, and changes nothing else: the pause of the recorded step is over, and
   * a write was refused, which would hide that; or the update has missed its deadline: while no status tells so, the
   * pods of its way back look like progress. What was begun of the next step stays as it is.
   */
  readonly isOnlyRecorded: boolean
  /** Those that the spec asks for. */
  readonly routers: readonly BoundRouter[]
  /** Those that it asked for once. */
  readonly left: readonly LeftRouting[]
  readonly replicaSet: string
  readonly revision: number
  /** `spec.replicas`. */
  readonly replicas: number
  /** Nothing stands in the way (`problem`). */
  readonly isSound: boolean
  /** This pass begins an update: the template, or the steps of a canary, are not those of the last status. */
  readonly isReset: boolean
  /** Nothing was ever promoted: there is nobody to protect yet. */
  readonly isFirst: boolean
  /** A revision was promoted, but somebody deleted its ReplicaSet. */
  readonly isStableLost: boolean
  /** The wanted revision is the promoted one. */
  readonly isPromoted: boolean
  readonly isAborted: boolean
  /** No status has told of the abort yet: it is the newest word. */
  readonly isNewAbort: boolean
  /** The first pass after an abort was taken back. */
  readonly isRetry: boolean
  /** A person (or an inconclusive analysis) holds everything that would change what users see. */
  readonly isHalted: boolean
  /** Somebody asked to skip all that is left. */
  readonly isFull: boolean
  /** Somebody has ended the pause that the controller began. */
  readonly wasResumed: boolean
  /** And was told before of an analysis that could not tell, which is to be made again. */
  readonly asksAgain: boolean
  /** Why going to this revision needs no proof: it is stable, near enough, or still has its pods. */
  readonly rollback: 'stable' | 'window' | 'delay' | undefined
  /** Since when it stands where it is, as far as that was reported. */
  readonly since: Instant
}

export function storyOf(snapshot: RolloutSnapshot, problem?: FieldError): Story {
  const { rollout, now } = snapshot
  const { status = {} } = rollout
  const isSound = problem === undefined
  const revisions = revisionsIn(snapshot, isSound)
  const hash = wantedHash(snapshot, revisions.current)
  const target = { hash, stepsHash: canaryStepsHash(rollout) }
  const place = placeOf(rollout, target, isSound)
  const left = leftBy(rollout)
  const isLost = isStableLost(place, revisions)
  const asked = askedOf(rollout, place, isLost)
  const rollback: Story['rollback'] = place.isPromoted ? 'stable' : fastWay(snapshot, revisions)
  const { current, stable } = revisions
  const begun = { rollout, now, status, rollback, current, isStableLost: isLost, ...place, ...asked }
  return {
    snapshot,
    problem,
    now,
    rollout,
    status,
    routers: askedRouters(rollout, left),
    left,
    replicaSet: current?.metadata.name ?? `${rollout.metadata.name}-${hash}`,
    revision: wantedRevision(revisions),
    replicas: soundReplicas(rollout, stable),
    isStableLost: isLost,
    rollback,
    since: lastProgressAt(status) ?? now,
    ...revisions,
    ...target,
    ...place,
    ...asked,
    ...standingOf(begun),
  }
}

type Standing = Pick<Story, 'position' | 'isPastPause' | 'isOnlyRecorded'>

type Begun = Place &
  Asked &
  Pick<Story, 'rollout' | 'now' | 'status' | 'rollback' | 'current' | 'isStableLost'>

function standingOf(story: Begun): Standing {
  const { rollout, status, isAborted } = story
  const skipsAll = story.rollback === 'window' || story.isFull || story.isPromoted
  const recorded = positionAt(rollout, skipsAll ? Infinity : isAborted ? 0 : status.currentStepIndex)
  const isOver = mayGoOn(story) && isPauseOver(story, stepAt(recorded)?.pause)
  const isOnlyRecorded = isOver && isRecordedFirst(story)
  const isPastPause = isOver && !isOnlyRecorded
  const position = isPastPause ? positionAt(rollout, (recorded.index ?? 0) + 1) : recorded
  return { position, isPastPause, isOnlyRecorded }
}

/** Users who have no pods wait for no record, nor does an unclear analysis that a person wants again. */
function isRecordedFirst({ status, asksAgain, isStableLost: isLost }: Begun): boolean {
  return conditionOf(status.conditions, 'WriteRefused') !== undefined && !isLost && !asksAgain
}

function mayGoOn(story: Begun): boolean {
  if (story.current === undefined || !story.isSound || story.isAborted) return false
  return !story.isReset && !story.isFirst && !story.isHalted
}

type Place = Pick<Story, 'isFirst' | 'isPromoted' | 'isReset'> & { readonly isSound: boolean }

function placeOf(rollout: Rollout, target: { hash: string; stepsHash: string }, isSound: boolean): Place {
  const { stableRS = '' } = rollout.status ?? {}
  return {
    isFirst: stableRS === '',
    isPromoted: stableRS === target.hash,
    // With a problem no update begins, and none is promoted at once.
    isReset: isSound && beginsUpdate(rollout, target),
    isSound,
  }
}

function isStableLost({ isFirst, isPromoted }: Place, { stable }: Revisions): boolean {
  return !isFirst && !isPromoted && stable === undefined
}

type Asked = Pick<
  Story,
  'isFull' | 'isAborted' | 'isNewAbort' | 'isRetry' | 'isHalted' | 'wasResumed' | 'asksAgain'
>

/** What people have asked for, as far as it counts. */
function askedOf(rollout: Rollout, place: Place, isLost: boolean): Asked {
  const { status = {} } = rollout
  const { isFirst, isPromoted, isReset, isSound } = place
  const isMidway = !isPromoted && !isReset
  const isNewAbort = status.abort === true && !tellsOfAbort(status)
  const isFull = isMidway && isSound && status.promoteFull === true && !isNewAbort
  const isAborted = isMidway && !isFirst && !isFull && status.abort === true
  return {
    isFull,
    isAborted,
    isNewAbort,
    isRetry: !isAborted && status.abortedAt !== undefined,
    isHalted: isHalted(rollout, isLost),
    wasResumed: hasResumed(rollout),
    asksAgain: hasResumed(rollout) && wasUnclear(status),
  }
}

/** An analysis was told to be unclear: without that nobody can have answered it. */
function wasUnclear({ canary = {}, blueGreen = {} }: RolloutStatus): boolean {
  const told = [
    canary.currentStepAnalysisRunStatus,
    canary.currentBackgroundAnalysisRunStatus,
    blueGreen.prePromotionAnalysisRunStatus,
    blueGreen.postPromotionAnalysisRunStatus,
  ]
  return told.some(one => one?.status === 'Inconclusive')
}

/** By a person; or by an analysis that is unclear, unless nobody else is left to serve the users. */
function isHalted({ spec, status = {} }: Rollout, isLost: boolean): boolean {
  return spec.paused === true || (!isLost && hasPause(status, 'InconclusiveAnalysisRun'))
}

/** Whoever resumed a canary's step has not judged the preview that it has become. */
function hasResumed({ spec, status = {} }: Rollout): boolean {
  const { controllerPause, pauseConditions = [], currentStepIndex } = status
  const isOfStep = spec.strategy?.blueGreen !== undefined && currentStepIndex !== undefined
  return controllerPause === true && pauseConditions.length === 0 && !isOfStep
}

/** What is told of an abort that was taken back: its time stays until the retry begins. */
const RETRIED: readonly (string | undefined)[] = ['RolloutRetry', 'ReplicaSetCreateError']

export function tellsOfAbort({ abortedAt, conditions }: RolloutStatus): boolean {
  return abortedAt !== undefined && !RETRIED.includes(conditionOf(conditions, 'Progressing')?.reason)
}

function lastProgressAt({ conditions }: RolloutStatus): Instant | undefined {
  return parseInstant(conditionOf(conditions, 'Progressing')?.lastUpdateTime ?? '')
}

/** The same story when this pass finds that the update is to be given up. */
export function aborted(story: Story): Story {
  const position = story.rollback === 'window' ? story.position : positionAt(story.rollout, 0)
  return {
    ...story,
    isNewAbort: true,
    isAborted: true,
    isFull: false,
    position,
    isPastPause: false,
    isOnlyRecorded: false,
  }
}

/** The same story when this pass finds that a person is to judge. `isOfNext`: of what the step behind a pause shows. */
export function halted(story: Story, isOfNext: boolean): Story {
  // The pause that a person has ended is over all the same.
  if (story.wasResumed || isOfNext) return { ...story, isHalted: true, isOnlyRecorded: false }
  const position = story.isPastPause
    ? positionAt(story.rollout, story.status.currentStepIndex)
    : story.position
  return { ...story, isHalted: true, position, isPastPause: false, isOnlyRecorded: false }
}

/** Nothing has to be proven: there are no users yet, it was proven before, or it is over. */
export function isPastProof({ isReset, isFirst, isAborted, isFull, isPromoted, rollback }: Story): boolean {
  return isReset || isFirst || isAborted || isFull || isPromoted || rollback !== undefined
}

/** Nothing can be proven, or has to be. */
export function needsNoProof(story: Story): boolean {
  return story.current === undefined || isPastProof(story)
}

/** Aborted, or undone to the stable revision. */
export function isGoingBack({ isAborted, isPromoted, isFirst }: Story): boolean {
  return (isAborted || isPromoted) && !isFirst
}

type Revisions = Pick<Story, 'current' | 'stable' | 'older' | 'all'>

/** `spec.replicas`; where nobody can want that many, what the stable revision was last sized to. */
function soundReplicas({ spec }: Rollout, stable: ReplicaSet | undefined): number {
  const asked = replicas(spec)
  if (asked >= 0) return asked
  return stable === undefined ? 0 : (desiredReplicas(stable) ?? wantedReplicas(stable))
}

/** With a problem those that the selector no longer selects count, too: it may be the selector that is wrong. */
function revisionsIn(snapshot: RolloutSnapshot, isSound: boolean): Revisions {
  const { rollout, release } = snapshot
  const hash = isSound ? '' : wantedHash(snapshot, undefined)
  const lost = release.map(one => ({
    replicaSet: one,
    isCurrent: podHashOf(one) === hash,
    isStable: podHashOf(one) === rollout.status?.stableRS,
  }))
  const revisions = isSound ? snapshot.revisions : [...snapshot.revisions, ...lost]
  return {
    current: revisions.find(one => one.isCurrent)?.replicaSet,
    stable: revisions.find(one => one.isStable)?.replicaSet,
    older: revisions.filter(one => !one.isCurrent && !one.isStable).map(one => one.replicaSet),
    all: revisions.map(one => one.replicaSet),
  }
}

export function hasPause(status: RolloutStatus, reason: PauseReason): boolean {
  return status.pauseConditions?.some(pause => pause.reason === reason) === true
}

function wantedHash({ rollout, template }: RolloutSnapshot, current: ReplicaSet | undefined): string {
  const found = current === undefined ? undefined : podHashOf(current)
  if (found !== undefined) return found
  return template === undefined ? '' : podHash(template, rollout.status?.collisionCount)
}

function canaryStepsHash({ spec }: Rollout): string {
  const { canary } = spec.strategy ?? {}
  return canary === undefined ? '' : hashOfSteps(canary)
}

// Compat: no steps and an empty list of steps are the same.
const hashOfSteps = rememberedOn(({ steps = [] }: CanaryStrategy) =>
  stepsHash(steps.length === 0 ? undefined : steps),
)

function wantedRevision({ current, all }: Revisions): number {
  const others = all.filter(one => one.metadata.name !== current?.metadata.name)
  return Math.max(revisionOf(current), highestRevision(others) + 1)
}

/** Compat: a first blue/green deployment begins nothing; a canary whose steps were never seen does. */
function beginsUpdate({ spec, status }: Rollout, now: { hash: string; stepsHash: string }): boolean {
  const { currentPodHash = '', currentStepHash = '' } = status ?? {}
  if (spec.strategy?.canary === undefined) return currentPodHash !== '' && currentPodHash !== now.hash
  return currentPodHash !== now.hash || currentStepHash !== now.stepsHash
}

function fastWay(snapshot: RolloutSnapshot, revisions: Revisions): Story['rollback'] {
  const { current } = revisions
  if (current === undefined) return undefined
  const way = shortWay(snapshot, revisions, current)
  if (way === undefined) return undefined
  return hasFailedLast(snapshot, current, wantedRevision(revisions)) ? undefined : way
}

function shortWay(
  { now, rollout }: RolloutSnapshot,
  revisions: Revisions,
  current: ReplicaSet,
): Story['rollback'] {
  if (isWithinWindow(rollout, revisions)) return 'window'
  const deadline = deadlineOf(current)
  const { abort, abortedAt } = rollout.status ?? {}
  const isDelayed = (deadline ?? 0) > now && abort !== true && abortedAt === undefined
  // One that came after the stable revision was given up: it has pods, but no proof.
  const isBack = isDelayed && !isMadeBefore(revisions.stable, current)
  return isBack && rollout.spec.strategy?.canary === undefined ? 'delay' : undefined
}

/**
 * The last answer to a question that was asked of it, and not ended early, was bad. What begins or passes in this
 * update does not make the rest of its way short.
 */
function hasFailedLast(
  { analysisRuns, experiments, rollout }: RolloutSnapshot,
  current: ReplicaSet,
  revision: number,
): boolean {
  const hash = podHashOf(current)
  const runs = [...analysisRuns, ...experiments].filter(
    run =>
      run.metadata.labels?.[POD_TEMPLATE_HASH] === hash &&
      isRunOf(rollout, run) &&
      run.spec.terminate !== true &&
      (hasFailed(run) || (!isUnderWay(run) && revisionOf(run) !== revision)),
  )
  const isOutdated = (bad: KubeObject) =>
    runs.some(one => questionOf(one) === questionOf(bad) && isMadeBefore(bad, one))
  return runs.some(run => hasFailed(run) && !isOutdated(run))
}

/** Which analysis of an update it is; an Experiment has neither label. */
function questionOf({ metadata: { labels = {} } }: KubeObject): string {
  return `${labels[ROLLOUT_TYPE] ?? ''} ${labels[STEP_INDEX] ?? ''}`
}

/** Compat: the window counts ReplicaSets by when they were made, not by revision. */
function isWithinWindow({ spec }: Rollout, { current, stable, all }: Revisions): boolean {
  const revisions = spec.rollbackWindow?.revisions
  if (revisions === undefined || current === undefined || stable === undefined) return false
  const [from, to] = [madeAt(current), madeAt(stable)]
  if (from >= to) return false
  const between = all.filter(one => {
    const isExperiments = one.metadata.annotations?.[EXPERIMENT_NAME] !== undefined
    return !isExperiments && madeAt(one) > from && madeAt(one) < to
  })
  return between.length < revisions
}

function madeAt(replicaSet: ReplicaSet): number {
  return parseInstant(replicaSet.metadata.creationTimestamp ?? '') ?? 0
}

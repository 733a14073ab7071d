// The laws of progress: each judges a pass by what it saw and the status that it writes at its end. A step is left, a
// revision goes live or becomes stable only when what the spec asks for before that has happened.
import { maxTrafficWeight, pauseSeconds } from '../../api/defaults.ts'
import type { AnalysisRun } from '../../api/analysis.ts'
import type { Experiment } from '../../api/experiment.ts'
import type { CanaryStep, Rollout, RolloutStatus } from '../../api/rollout.ts'
import { POD_TEMPLATE_HASH, REVISION, ROLLOUT_TYPE, STEP_INDEX } from '../../api/words.ts'
import { hasFailed as isBad } from '../../analysis/make-run.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import { ANALYSIS_RUN, EXPERIMENT } from '../../kube/kinds.ts'
import { parseInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import { stableOfPair } from '../../traffic/roles.ts'
import { availableReplicas, stayingReplicas, wantedReplicas } from '../../workload/availability.ts'
import { hasDeadline } from '../../workload/deadlines.ts'
import { isMadeBefore } from '../../workload/replica-set.ts'
import { CHECKS, isEmptied, isRouted, isSpoiled, NAME, servicesOf, sidesOf, TRIED_MS } from './furniture.ts'
import { goOnWith, hasOwnScale } from './judge.ts'
import type { LifeSpec } from './scenario.ts'
import {
  BY_HEADER,
  allIn,
  hashOf,
  hasSides,
  imageOf,
  loadsIn,
  rolloutIn,
  selectedBy,
  setIn,
  setsIn,
  sidesIn,
  weightsIn,
} from './sight.ts'
import type { Sight } from './sight.ts'

export interface Pass {
  readonly spec: LifeSpec
  readonly now: Instant
  /** The controller's clock has been wrong: what it says of times may be, too. */
  readonly wasSkewed?: boolean
  /** What it saw, and what it has made of that, its status included. */
  readonly seen: Sight
  readonly made: Sight
}

/** A pass with the Rollout that it saw, and the status before and after it. */
export interface Told extends Pass {
  readonly rollout: Rollout
  readonly was: RolloutStatus
  readonly is: RolloutStatus
}

type Law = (told: Told) => string | undefined

export const PROGRESS_LAWS: Readonly<Record<string, Law>> = {
  'no step is left before its end': steps,
  'a pause that a person has ended is over': resumed,
  'only what is proven becomes stable': promoted,
  'only what may go live goes live': live,
  'who is held stays where it is': held,
  'a person is asked when the preview is there': asked,
  'the status says where users are': truth,
}

export function misstep(
  pass: Pass,
  without?: string,
): { readonly law: string; readonly what: string } | undefined {
  const told = toldOf(pass)
  if (told === undefined) return undefined
  for (const [law, judge] of Object.entries(PROGRESS_LAWS)) {
    const what = law === without ? undefined : judge(told)
    if (what !== undefined) return { law, what }
  }
  return undefined
}

/** Undefined when the Rollout has gone. */
export function toldOf(pass: Pass): Told | undefined {
  const [before, after] = [rolloutIn(pass.seen), rolloutIn(pass.made)]
  if (before === undefined || after === undefined) return undefined
  const is = after.status ?? {}
  const was = (is.stableRS ?? '') === '' ? (before.status ?? {}) : withStable(pass, before, is)
  return { ...pass, rollout: before, was, is }
}

/** A status that was lost names no stable revision: it is the one that users come to, unless that is asked for. */
function withStable(
  { seen, spec }: Pick<Pass, 'seen' | 'spec'>,
  rollout: Rollout,
  is: RolloutStatus,
): RolloutStatus {
  const was = rollout.status ?? {}
  if ((was.stableRS ?? '') !== '' || sidesOf(spec) === 'pair') return was
  const wanted = imageOf(rollout.spec.template)
  const serving = setsIn(seen).filter(one => stayingReplicas(one) > 0)
  const isAsked = (one: ReplicaSet) => imageOf(one.spec.template) === wanted
  // Of two with the same image one may be an older revision, and stable.
  if (serving.some(one => isAsked(one) && hashOf(one) !== is.currentPodHash)) return was
  const others = serving.filter(one => !isAsked(one))
  const [stable, ...more] = hasSides(spec)
    ? others.filter(one => hashOf(one) === sidesIn(seen, spec).stable)
    : others
  return stable === undefined || more.length > 0 ? was : { ...was, stableRS: hashOf(stable) }
}

function steps(told: Told): string | undefined {
  const { rollout, was, is } = told
  const all = rollout.spec.strategy?.canary?.steps ?? []
  const [from = 0, to = 0] = [was.currentStepIndex, is.currentStepIndex]
  const isAnother = is.currentPodHash !== was.currentPodHash || is.currentStepHash !== was.currentStepHash
  const isOver = is.stableRS === is.currentPodHash || was.stableRS === undefined || was.promoteFull === true
  if (to <= from || isAnother || isOver || isUndone(told)) return undefined
  if ((rollout.spec.replicas ?? 1) <= 0) return undefined
  const beside = asksInstead(told) && to === from + 1 ? undefined : unprovenBeside(told)
  if (beside !== undefined) return `step ${from} is left: ${beside}`
  for (let index = from; index < to; index++) {
    const why = unfinished(all.slice(0, index + 1), told, index === from)
    if (why !== undefined) return `step ${index} is left: ${why}`
  }
  return undefined
}

function unfinished(upTo: readonly CanaryStep[], told: Told, isRecorded: boolean): string | undefined {
  const { was, seen, made, spec, rollout } = told
  const step = upTo.at(-1) ?? {}
  const missing = podless(step, told)
  if (missing !== undefined) return missing
  if (step.pause !== undefined) return isRecorded ? unpaused(step.pause, told) : 'its pause never began'
  if (step.setWeight !== undefined && isRouted(spec)) {
    const { canary } = weightsIn(made, spec)
    const wanted = isEmptied(upTo) ? 0 : step.setWeight
    const { canary: led } = sidesIn(made, spec)
    if (wanted > 0 && led !== was.currentPodHash) return `its weight leads to ${led}`
    return canary === wanted ? undefined : `its weight is ${wanted}, the route has ${canary}`
  }
  if (step.setCanaryScale?.replicas !== undefined && isRouted(spec)) {
    const replicas = atLeast(spec, step.setCanaryScale.replicas, rollout.spec.replicas)
    const has = wantedReplicas(setIn(made, was.currentPodHash))
    const there = availableReplicas(setIn(seen, was.currentPodHash))
    const needed = goOnWith(rollout, replicas, was.currentPodHash)
    const isSized = has === replicas || needed < replicas || isKeptByLoad(told, has)
    return isSized && there >= needed ? undefined : `it has ${there} of ${has} pods`
  }
  return unscaled(step, told) ?? unproven(step, told, upTo.length - 1)
}

/** More pods than a step asks for: the users that it still has, or gets, need them. */
function isKeptByLoad({ rollout, was, seen, made, spec }: Told, has: number): boolean {
  const loads = [seen, made].map(sight => loadsIn(sight, spec)[was.currentPodHash ?? ''] ?? 0)
  return has <= Math.ceil(Math.max(...loads) * (rollout.spec.replicas ?? 1) - ROUNDING)
}

/** Of a scale by weight: pods for so many of all users. */
function unscaled({ setCanaryScale }: CanaryStep, { rollout, was, seen, spec }: Told): string | undefined {
  const pods = Math.floor(((setCanaryScale?.weight ?? 0) * (rollout.spec.replicas ?? 1)) / 100)
  const least = goOnWith(rollout, pods, was.currentPodHash)
  const has = availableReplicas(setIn(seen, was.currentPodHash))
  return isRouted(spec) && has < least ? `it has ${has} of ${least} pods` : undefined
}

/** A person has ended the pause, and is asked for what nobody was told of before. */
function asksInstead({ was, is }: Told): boolean {
  return isResumed(was) && pauseOf(is, 'InconclusiveAnalysisRun') !== undefined
}

/** What was measured in another step proves nothing. */
function unproven({ analysis, experiment }: CanaryStep, told: Told, index: number): string | undefined {
  const { currentPodHash: hash } = told.was
  const ofStep = ({ metadata: { labels = {} } }: AnalysisRun) => labels[STEP_INDEX] === String(index)
  if (analysis !== undefined && !passedRuns(told, 'Step', hash).some(ofStep))
    return 'its analysis has not passed'
  // An undo in between asks for it anew, under another number.
  const { [REVISION]: revision } = setIn(told.made, hash)?.metadata.annotations ?? {}
  const isOfNow = (run: AnalysisRun) => ofStep(run) && run.metadata.annotations?.[REVISION] === revision
  if (analysis !== undefined && hasFailed(told, hash, isOfNow)) return 'its analysis has failed'
  if (experiment !== undefined && !hasEndedWell(told, index)) return 'its experiment has not ended well'
  return undefined
}

/** The analysis beside all steps has failed; or it could not tell, is not made again, and others can serve. */
function unprovenBeside(told: Told): string | undefined {
  const { seen, was, is } = told
  const [before, now] = [was, is].map(({ canary }) => canary?.currentBackgroundAnalysisRunStatus?.name)
  const run = allIn<AnalysisRun>(seen, ANALYSIS_RUN).find(({ metadata }) => metadata.name === before)
  if (run === undefined || run.spec.terminate === true || is.abort === true) return undefined
  if (isBad(run)) return 'the analysis beside it has failed'
  const isUnclear = run.status?.phase === 'Inconclusive' && now === before && !isLost(told)
  return isUnclear ? 'the analysis beside it could not tell' : undefined
}

/** Compat: with `dynamicStableScale` a number of pods that is said has a lower bound, too. */
function atLeast({ strategy, minPods = 0 }: LifeSpec, replicas: number, most = 1): number {
  return strategy === 'dynamic' && replicas > 0 ? Math.max(replicas, Math.min(minPods, most)) : replicas
}

function hasEndedWell(told: Told, index: number): boolean {
  const { seen, was } = told
  const name = new RegExp(`^${NAME}-${was.currentPodHash}-\\d+-${index}(-\\d+)?$`)
  return allIn<Experiment>(seen, EXPERIMENT).some(
    one => name.test(one.metadata.name) && one.status?.phase === 'Successful' && hasLasted(one, told),
  )
}

/** Its pods had their time, unless somebody has ended it early. */
function hasLasted({ spec, status }: Experiment, { now, wasSkewed = false }: Told): boolean {
  const since = parseInstant(status?.availableAt ?? '') ?? now
  return wasSkewed || spec.terminate === true || now >= since + TRIED_MS
}

/** A weight needs its pods, unless the steps say how many there are. */
function podless({ setWeight }: CanaryStep, { rollout, was, seen }: Told): string | undefined {
  if (setWeight === undefined || hasOwnScale(rollout)) return undefined
  const { replicas = 1 } = rollout.spec
  const whole = Math.floor((setWeight * replicas) / maxTrafficWeight(rollout.spec))
  const least = goOnWith(rollout, whole, was.currentPodHash)
  const there = availableReplicas(setIn(seen, was.currentPodHash))
  return there >= least ? undefined : `${there} of ${least} pods are there`
}

/** What a person asked for is kept until it is done. A full promotion ends every pause, and stands in its place. */
function resumed(told: Told): string | undefined {
  const { was, is } = told
  const isAnother = is.currentPodHash !== was.currentPodHash || is.currentStepHash !== was.currentStepHash
  const isOver = is.abort === true || is.stableRS === is.currentPodHash
  if (isAnother || isOver || is.promoteFull === true || isInWindow(told, is.currentPodHash)) return undefined
  return was.promoteFull === true ? 'the full promotion is forgotten' : unended(told)
}

const isResumed = ({ controllerPause, pauseConditions = [] }: RolloutStatus) =>
  controllerPause === true && pauseConditions.length === 0

function unended({ rollout, was, is, spec, made }: Told): string | undefined {
  if (!isResumed(was) || isResumed(is)) return undefined
  const isLive = selectedBy(made, servicesOf(spec).stable) === is.currentPodHash
  const unclear = unclearRuns(was, isLive)
  if (unclear.length > 0)
    return unclear.some(name => unclearRuns(is, isLive).includes(name))
      ? 'what was unclear is not repeated'
      : undefined
  // Whoever asks twice skips the step of the pause as well.
  const step = rollout.spec.strategy?.canary?.steps?.[was.currentStepIndex ?? 0]
  if (spec.strategy !== 'blueGreen' && step?.pause === undefined) return undefined
  const isDone =
    spec.strategy === 'blueGreen'
      ? isLive || is.blueGreen?.scaleUpPreviewCheckPoint === true
      : (is.currentStepIndex ?? 0) > (was.currentStepIndex ?? 0)
  return isDone ? undefined : 'the end of the pause is forgotten'
}

/**
 * Names of analyses that could not tell: whoever goes on has them made again; what a hand has moved live needs none
 * before it.
 */
function unclearRuns({ blueGreen, canary }: RolloutStatus, isLive: boolean): readonly string[] {
  const runs = [
    ...(isLive ? [] : [blueGreen?.prePromotionAnalysisRunStatus]),
    blueGreen?.postPromotionAnalysisRunStatus,
    canary?.currentStepAnalysisRunStatus,
    canary?.currentBackgroundAnalysisRunStatus,
  ]
  return runs.flatMap(run => (run?.status === 'Inconclusive' ? [run.name ?? ''] : []))
}

const pauseOf = (status: RolloutStatus, reason: string) =>
  status.pauseConditions?.find(one => one.reason === reason)

function unpaused(pause: NonNullable<CanaryStep['pause']>, { was, now }: Told): string | undefined {
  const begun = pauseOf(was, 'CanaryPauseStep')
  if (begun === undefined) return was.controllerPause === true ? undefined : 'nobody has ended its pause'
  const seconds = pauseSeconds(pause)
  if (seconds === undefined) return 'nobody has ended its pause'
  const until = (parseInstant(begun.startTime) ?? now) + seconds * 1000
  return now >= until ? undefined : `its pause lasts ${until - now} ms more`
}

/** One that was ended early has Successful for its phase, too, and proves nothing. */
function passedRuns({ seen }: Told, type: string, hash: string | undefined): readonly AnalysisRun[] {
  return allIn<AnalysisRun>(seen, ANALYSIS_RUN).filter(({ metadata: { labels = {} }, spec, status }) => {
    const isIt = labels[ROLLOUT_TYPE] === type && labels[POD_TEMPLATE_HASH] === hash
    return isIt && status?.phase === 'Successful' && spec.terminate !== true && isBorneOut(status)
  })
}

/** By what was measured: as often as is asked for, and never badly. */
function isBorneOut({ metricResults = [] }: NonNullable<AnalysisRun['status']>): boolean {
  const phases = metricResults.flatMap(({ measurements = [] }) => measurements.map(({ phase }) => phase))
  const isGood = phases.every(phase => phase === 'Successful' || phase === 'Error')
  return isGood && phases.filter(phase => phase === 'Successful').length >= CHECKS
}

function hasPassed(told: Told, type: string, hash: string | undefined): boolean {
  return passedRuns(told, type, hash).length > 0
}

/**
 * In this update, whatever the status says of it; what is of its first second may be older, as before a retry. What was
 * ended as no longer needed has no say.
 */
function hasFailed(
  { seen, was, wasSkewed = false }: Told,
  hash: string | undefined,
  counts: (run: AnalysisRun) => boolean = () => true,
): boolean {
  const begunAt = parseInstant(was.duration?.rolloutStartedAt ?? '') ?? 0
  const isLenient = wasSkewed || (was.abort !== true && was.abortedAt !== undefined)
  const isSince = (time = '') => (parseInstant(time) ?? 0) > begunAt
  return allIn<AnalysisRun>(seen, ANALYSIS_RUN).some(run => {
    const { labels = {}, creationTimestamp } = run.metadata
    const isAsked = labels[POD_TEMPLATE_HASH] === hash && counts(run) && run.spec.terminate !== true
    return (
      !isLenient && isAsked && isBad(run) && isSince(creationTimestamp) && isSince(run.status?.completedAt)
    )
  })
}

/** Whatever update that was in. */
function hasFailedLast({ seen }: Told, hash: string | undefined): boolean {
  const runs = allIn<AnalysisRun>(seen, ANALYSIS_RUN).filter(
    ({ metadata, spec }) => metadata.labels?.[POD_TEMPLATE_HASH] === hash && spec.terminate !== true,
  )
  return runs.some(run => isBad(run) && !runs.some(one => isMadeBefore(run, one)))
}

const isLost = ({ seen, was }: Told) => setIn(seen, was.stableRS) === undefined

function promoted(told: Told): string | undefined {
  const { rollout, was, is, seen, spec } = told
  if ((was.stableRS ?? '') === '' || is.stableRS === was.stableRS) return undefined
  const fresh = setIn(seen, is.stableRS)
  const has = availableReplicas(fresh)
  const { replicas = 1 } = rollout.spec
  if (has < goOnWith(rollout, replicas, is.stableRS)) return `${is.stableRS} has ${has} of ${replicas} pods`
  if (is.abort === true) return 'it is aborted'
  if (spec.strategy === 'blueGreen') return unswitched(told)
  if (was.promoteFull === true || isLost(told) || isInWindow(told, is.stableRS)) return undefined
  return unprovenBeside(told) ?? unstepped(told)
}

/** A canary has done all its steps, and all weight is on it. */
function unstepped({ rollout, is, seen, made, spec }: Told): string | undefined {
  const all = rollout.spec.strategy?.canary?.steps ?? []
  if ((is.currentStepIndex ?? 0) < all.length) return `at step ${is.currentStepIndex} of ${all.length}`
  const most = maxTrafficWeight(rollout.spec)
  if (!isRouted(spec) || all.length === 0 || (rollout.spec.replicas ?? 1) <= 0) return undefined
  const { canary } = weightsIn(seen, spec)
  return Math.max(canary, weightsIn(made, spec, rollout).canary) === most
    ? undefined
    : `its weight is ${canary}`
}

/** Blue/green: what becomes stable is active, and was watched. */
function unswitched(told: Told): string | undefined {
  const { is, made, spec, was } = told
  const active = selectedBy(made, servicesOf(spec).stable)
  if (active !== is.stableRS) return `the active Service selects ${active}`
  if (was.promoteFull !== true && !isLost(told) && hasFailed(told, is.stableRS))
    return 'its analysis has failed'
  if (spec.isWatched !== true || needsNoProof(told, is.stableRS)) return undefined
  return hasPassed(told, 'PostPromotion', is.stableRS) ? undefined : 'its analysis has not passed'
}

/** Blue/green: the active Service goes to a revision that is not stable yet. */
function live(told: Told): string | undefined {
  const { seen, made, spec, was, is } = told
  if (spec.strategy !== 'blueGreen' || (was.stableRS ?? '') === '' || isLost(told)) return undefined
  const { stable } = servicesOf(spec)
  const [from, to] = [selectedBy(seen, stable), selectedBy(made, stable)]
  if (to === undefined || from === undefined || from === to || to === was.stableRS) return undefined
  if (is.abort === true) return 'it is aborted'
  if (was.promoteFull !== true && hasFailed(told, to)) return 'its analysis has failed'
  if (needsNoProof(told, to)) return undefined
  if (spec.isAnalysed && !hasPassed(told, 'PrePromotion', to)) return 'its analysis has not passed'
  return spec.isAutomatic && spec.autoPromotionSeconds === undefined ? undefined : unasked(told)
}

/** Whoever skips all, or goes back to pods that still have their delay. What came after stable was given up. */
function needsNoProof(told: Told, hash: string | undefined): boolean {
  const { was, seen } = told
  const set = setIn(seen, hash) ?? NOTHING
  const isBack =
    hasDeadline(set) && !isMadeBefore(setIn(seen, was.stableRS), set) && !hasFailedLast(told, hash)
  return was.promoteFull === true || isLost(told) || isBack || isInWindow(told, hash)
}

/** An undo to a revision that is not far: it needs no steps and no proof, unless it has failed. */
function isInWindow(told: Told, hash: string | undefined): boolean {
  const { seen, was, spec } = told
  const [to, from] = [setIn(seen, hash), setIn(seen, was.stableRS)].map(
    set => set?.metadata.creationTimestamp,
  )
  if (spec.rollbackWindow === undefined || to === undefined || from === undefined || to >= from) return false
  const between = setsIn(seen).filter(({ metadata: { creationTimestamp: at = '' } }) => at > to && at < from)
  return between.length < spec.rollbackWindow && !hasFailedLast(told, hash)
}

/** Also one that no status names yet. */
function isUndone(told: Told): boolean {
  const wanted = imageOf(told.rollout.spec.template)
  return setsIn(told.seen).some(one => imageOf(one.spec.template) === wanted && isInWindow(told, hashOf(one)))
}

const NOTHING = { apiVersion: '', kind: '', metadata: { name: '' } }

function unasked({ was, spec, now }: Told): string | undefined {
  if (was.blueGreen?.scaleUpPreviewCheckPoint === true) return undefined
  const begun = pauseOf(was, 'BlueGreenPause')
  if (begun === undefined) return was.controllerPause === true ? undefined : 'nobody has promoted it'
  if (!spec.isAutomatic) return 'nobody has promoted it'
  const until = (parseInstant(begun.startTime) ?? now) + (spec.autoPromotionSeconds ?? 0) * 1000
  return now >= until ? undefined : `its time comes in ${until - now} ms`
}

/**
 * A person holds it, or something is wrong: no other than the stable revision gets more.
 * Compat: routers go on for a canary that a person holds.
 */
function held({ rollout, seen, made, spec, was }: Told): string | undefined {
  const isHeld = rollout.spec.paused === true && (spec.strategy === 'blueGreen' || isRouted(spec))
  // Without stable pods its users may go to the first that there are.
  const stable = setIn(seen, was.stableRS)
  const isEmpty = stayingReplicas(stable) === 0 && (rollout.spec.replicas ?? 1) > 0
  if ((!isHeld && !isSpoiled(rollout)) || stable === undefined || isEmpty) return undefined
  const { canary: preview } = servicesOf(spec)
  const isMoved = selectedBy(seen, preview) !== selectedBy(made, preview)
  if (isHeld && spec.strategy === 'blueGreen' && isMoved) return 'its preview moves'
  const before = loadsIn(seen, spec)
  const { canary } = was.canary?.weights ?? {}
  // A hand may have taken it away meanwhile.
  const told = (hash: string) =>
    canary?.podTemplateHash === hash && !isSpoiled(rollout)
      ? canary.weight / maxTrafficWeight(rollout.spec)
      : 0
  // Who comes by a header is in no share: the route of a step that has begun may still be made.
  const most = (hash: string) => Math.max(before[hash] ?? 0, told(hash)) + BY_HEADER + ROUNDING
  for (const [hash, load] of Object.entries(loadsIn(made, spec)))
    if (hash !== was.stableRS && load > most(hash) && Object.keys(before).length > 0)
      return `${hash} gets ${load}`
  return undefined
}

/** Blue/green: nobody can judge pods that are not there. */
function asked({ was, is, seen, made, rollout, spec }: Told): string | undefined {
  const begins = pauseOf(was, 'BlueGreenPause') === undefined && pauseOf(is, 'BlueGreenPause') !== undefined
  const passes = is.blueGreen?.scaleUpPreviewCheckPoint === true
  const isProven = was.blueGreen?.scaleUpPreviewCheckPoint === passes
  if (spec.strategy !== 'blueGreen' || (!begins && (!passes || isProven))) return undefined
  const preview = setIn(seen, is.currentPodHash)
  const shown = selectedBy(made, servicesOf(spec).canary)
  if (shown !== is.currentPodHash) return `the preview Service selects ${shown}`
  const least = Math.min(spec.previewReplicaCount ?? Infinity, rollout.spec.replicas ?? 1)
  const [has, wanted] = [availableReplicas(preview), Math.max(least, wantedReplicas(preview))]
  return has >= wanted ? undefined : `${has} of ${wanted} pods are there`
}

const ROUNDING = 1e-6

/** What could not be made is told by what the pass saw at its beginning; or no status has told the roles of a pair. */
function isUncertain({ status }: Rollout, { conditions = [] }: RolloutStatus, spec: LifeSpec): boolean {
  const isFailed = conditions.some(({ reason }) => reason === 'ReplicaSetCreateError')
  return isFailed || (sidesOf(spec) === 'pair' && stableOfPair(status) === undefined)
}

/** Of what the pass reports anew. */
function truth({ rollout, was, is, made, spec }: Told): string | undefined {
  if (spec.strategy === 'blueGreen') {
    const active = selectedBy(made, servicesOf(spec).stable)
    const told = is.blueGreen?.activeSelector
    if (active === undefined || told === active || told === was.blueGreen?.activeSelector) return undefined
    return `it tells ${told}, active is ${active}`
  }
  const told = is.canary?.weights?.canary?.weight
  if (!isRouted(spec) || told === undefined || told === was.canary?.weights?.canary?.weight) return undefined
  if (isUncertain(rollout, is, spec)) return undefined
  const { canary } = weightsIn(made, spec, rollout)
  return told === canary ? undefined : `it tells ${told}, the route has ${canary}`
}

// The AnalysisRun that a Rollout asks for: which analysis of the update it is, by name, label and annotation; the run
// itself is made in analysis.
import { hasFailed, isRunOf, isUnderWay, makeRun, runSpecFor } from '../../analysis/make-run.ts'
import type { MadeRun } from '../../analysis/make-run.ts'
import type { AnalysisRun, RolloutAnalysis } from '../../api/analysis.ts'
import type { Rollout } from '../../api/rollout.ts'
import { POD_TEMPLATE_HASH, REVISION, ROLLOUT_TYPE, STEP_INDEX } from '../../api/words.ts'
import type { RolloutType } from '../../api/words.ts'
import { parseInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import { isMadeBefore } from '../../workload/replica-set.ts'
import type { RolloutSnapshot } from '../snapshot.ts'
import type { Story } from '../story.ts'
import { argumentsOf } from './arguments.ts'
import type { Closable } from './closing.ts'

/** An analysis that the strategy asks for. */
export interface Ask {
  readonly type: RolloutType
  readonly analysis: RolloutAnalysis
  readonly stepIndex?: number
}

export type Composed = ReturnType<typeof runSpecFor>

export function composed(snapshot: RolloutSnapshot, hash: string, analysis: RolloutAnalysis): Composed {
  const { rollout, named } = snapshot
  const hashes = { latest: hash, stable: rollout.status?.stableRS ?? '' }
  const args = argumentsOf(rollout, analysis.args ?? [], hashes)
  if ('problem' in args) return args
  const request = {
    templates: analysis.templates ?? [],
    args: args.value,
    dryRun: analysis.dryRun ?? [],
    measurementRetention: analysis.measurementRetention ?? [],
  }
  return runSpecFor(rollout, request, named)
}

/**
 * `known`: the name of the one that is asked for anew. Undefined when the analysis makes no run that can be played: the
 * Rollout's problem says so.
 */
export function madeRun(story: Story, ask: Ask, known: string | undefined): MadeRun | undefined {
  const { rollout, hash, revision, snapshot } = story
  const spec = composed(snapshot, hash, ask.analysis)
  if ('problem' in spec) return undefined
  const draft = {
    name: nameOf(story, ask),
    spec: spec.value,
    metadata: ask.analysis.analysisRunMetadata,
    labels: {
      ...snapshot.selector?.matchLabels,
      [POD_TEMPLATE_HASH]: hash,
      [ROLLOUT_TYPE]: ask.type,
      ...(ask.stepIndex === undefined ? {} : { [STEP_INDEX]: String(ask.stepIndex) }),
    },
    annotations: { [REVISION]: String(revision) },
    isTaken: (run: AnalysisRun) => isTaken(story, run, { known, isProof: ask.type !== 'PostPromotion' }),
  }
  return makeRun(rollout, draft, snapshot.analysisRuns)
}

/**
 * One under way is, and one that has ended in this update, though no status names it yet: else a status that is refused
 * would have it made again and again, and forget what is bad. What began before an abort proves nothing after it: its
 * end may be on the way. Where clocks differ the name tells, as long as the status has it.
 * `isProof`: whether one that has passed will do.
 */
export function isTaken(
  story: Story,
  one: Closable,
  { known, isProof = true }: { readonly known: string | undefined; readonly isProof?: boolean },
): boolean {
  if (one.metadata.name === known || (story.isRetry && isBeforeAbort(story, one))) return false
  if (isUnderWay(one)) return true
  const isEnough = isProof || hasFailed(one)
  return isEnough && hasEndedNow(story, one) && !isFromBefore(story, one, known)
}

/**
 * What is under way was ended by the abort, or began before it by both clocks, the server's and the controller's: where
 * only one says so it may have been made since, and another one would be made in each pass. One that was set back
 * behind the abort can not tell.
 */
function isBeforeAbort({ status, now }: Story, one: Closable): boolean {
  const abortedAt = parseInstant(status.abortedAt ?? '') ?? 0
  const wasSetBack = now < abortedAt
  if (!isUnderWay(one)) return (wasSetBack ? madeAt(one) : Math.min(madeAt(one), endedAt(one))) <= abortedAt
  const begunAt = Math.max(madeAt(one), firstSaid(one) ?? 0)
  return one.spec.terminate === true || (!wasSetBack && begunAt <= abortedAt)
}

/**
 * Made before the abort by the server's clock, ended after it by the controller's, and not because of it: where clocks
 * differ one that a retry has made looks so, too.
 */
export function isAroundAbort({ status }: Story, one: Closable): boolean {
  const abortedAt = parseInstant(status.abortedAt ?? '')
  if (abortedAt === undefined || isUnderWay(one) || one.spec.terminate === true) return false
  return madeAt(one) <= abortedAt && endedAt(one) > abortedAt
}

/** When its status first told of it, by the controller's clock. */
function firstSaid({ status = {} }: Closable): Instant | undefined {
  const { conditions = [] } = status
  const said = conditions.flatMap(({ lastTransitionTime = '' }) => parseInstant(lastTransitionTime) ?? [])
  return parseInstant(status.startedAt ?? '') ?? (said.length === 0 ? undefined : Math.min(...said))
}

/** It began and ended since the update did. A clock that was set back behind that can not tell; the revision does. */
function hasEndedNow(story: Story, one: Closable): boolean {
  const { now, revision } = story
  const begunAt = begunAtOf(story)
  if (begunAt === undefined) return false
  if (now < begunAt) return one.metadata.annotations?.[REVISION] === String(revision)
  return Math.min(startedAt(one), endedAt(one)) >= begunAt
}

/** By the server's clock: a retry is the newer word, however far ahead the run's own times are. */
export function isMadeSince(story: Story, one: Closable): boolean {
  const begunAt = begunAtOf(story)
  return begunAt !== undefined && madeAt(one) >= begunAt
}

const begunAtOf = ({ status }: Story) => parseInstant(status.duration?.rolloutStartedAt ?? '')

/** It is not younger than the one that is asked for anew. */
function isFromBefore({ snapshot }: Story, one: Closable, known: string | undefined): boolean {
  const last = [...snapshot.analysisRuns, ...snapshot.experiments].find(
    ({ metadata }) => metadata.name === known,
  )
  return last !== undefined && !isMadeBefore(last, one)
}

const madeAt = ({ metadata }: Closable) => parseInstant(metadata.creationTimestamp ?? '') ?? 0
/**
 * By the controller's clock, as the times of a status are. An Experiment does not tell when it began; of one that has
 * failed by itself the end is enough.
 */
function startedAt(one: Closable): Instant {
  const isJudged = hasFailed(one) && one.spec.terminate !== true
  return parseInstant(one.status?.startedAt ?? '') ?? (isJudged ? endedAt(one) : madeAt(one))
}

/** That of an Experiment is when its conditions last changed. */
function endedAt(one: Closable): Instant {
  const { completedAt = '', conditions = [] } = one.status ?? {}
  const said = conditions.map(({ lastUpdateTime = '' }) => parseInstant(lastUpdateTime) ?? 0)
  return parseInstant(completedAt) ?? (said.length === 0 ? madeAt(one) : Math.max(...said))
}

export function isOurs(rollout: Rollout, run: AnalysisRun): boolean {
  return isRunOf(rollout, run)
}

const SUFFIX: Readonly<Record<RolloutType, string>> = {
  Background: '',
  Step: '',
  PrePromotion: '-pre',
  PostPromotion: '-post',
}

function nameOf({ rollout, hash, revision }: Story, ask: Ask): string {
  const step = ask.stepIndex === undefined ? '' : `-${ask.stepIndex}`
  return `${rollout.metadata.name}-${hash}-${revision}${step}${SUFFIX[ask.type]}`
}

// The laws of reasons: an update is given up, a pause ends, and who is held grows, only for a reason of its own. Judged
// by what a pass saw and the status that it writes at its end, as the laws of progress are.
import { pauseSeconds, progressDeadlineSeconds } from '../../api/defaults.ts'
import type { AnalysisRun } from '../../api/analysis.ts'
import type { Experiment } from '../../api/experiment.ts'
import type { PauseCondition, Rollout, RolloutStatus } from '../../api/rollout.ts'
import { POD_TEMPLATE_HASH } from '../../api/words.ts'
import { hasFailed as isBad } from '../../analysis/make-run.ts'
import { ANALYSIS_RUN, EXPERIMENT } from '../../kube/kinds.ts'
import { equal } from '../../std/equal.ts'
import { parseInstant } from '../../std/instant.ts'
import { desiredReplicas, wantedReplicas } from '../../workload/availability.ts'
import { isInvalid, isSpoiled, servicesOf } from './furniture.ts'
import { toldOf } from './progress.ts'
import type { Pass, Told } from './progress.ts'
import { allIn, selectedBy, setIn } from './sight.ts'

const GIVEN_UP = 'an update is given up for a reason'
const PAUSED = 'a pause stays as it began until it is over'
const ANSWER = 'an answer ends the pause that it was given to'
const SHARE = 'who is held keeps the share of pods'

/** Which pause a person has ended last. */
export interface Answer {
  readonly reasons: readonly string[]
  readonly hash: string | undefined
  /** At which steps: the first, and the last. */
  readonly from: number
  readonly to: number
}

/** What a person answers who promotes now. Whoever asks once more before that is done has the next step ended, too. */
export function answerTo({ status = {} }: Rollout, last: Answer | undefined): Answer | undefined {
  const { pauseConditions = [], controllerPause, currentPodHash: hash, currentStepIndex: from = 0 } = status
  // Who has promoted a revision need not do so again when a hand has taken its users back since then.
  const isPromoted = last?.hash === hash && last?.reasons.includes('BlueGreenPause') === true
  const reasons = pauseConditions.map(({ reason }): string => reason)
  if (reasons.length > 0 && isPromoted) reasons.push('BlueGreenPause')
  if (reasons.length > 0) return { reasons, hash, from, to: from }
  return controllerPause === true && last !== undefined ? { ...last, to: from + 1 } : last
}

export function unfounded(
  pass: Pass,
  answer: Answer | undefined,
): readonly { readonly law: string; readonly what: string }[] {
  const told = toldOf(pass)
  if (told === undefined) return []
  const laws = {
    [GIVEN_UP]: givenUp(told),
    [PAUSED]: changed(told),
    [ANSWER]: misread(told, answer),
    [SHARE]: grown(told),
  }
  return Object.entries(laws).flatMap(([law, what]) => (what === undefined ? [] : [{ law, what }]))
}

/** Something has failed, or the deadline is over, of time that was its own. */
function givenUp(told: Told): string | undefined {
  const { was, is, spec } = told
  if (was.abort === true || hasFailed(told)) return undefined
  if (is.abort !== true) return overdue(told)
  if (spec.abortsAtDeadline !== true) return 'nothing has failed'
  if (setIn(told.seen, was.stableRS) === undefined) return 'there is nothing to go back to'
  return early(told)
}

/** It says itself that its time is over. */
function overdue({ is, seen, spec }: Told): string | undefined {
  const isLate = is.conditions?.some(({ reason }) => reason === 'ProgressDeadlineExceeded') === true
  const isBeside = is.stableRS !== is.currentPodHash && setIn(seen, is.stableRS) !== undefined
  return spec.abortsAtDeadline === true && isLate && isBeside && !isInvalid(is)
    ? 'its deadline is over, and it goes on'
    : undefined
}

/** Of the new revision, in whatever update. */
function hasFailed({ seen, is }: Told): boolean {
  const all = [...allIn<AnalysisRun>(seen, ANALYSIS_RUN), ...allIn<Experiment>(seen, EXPERIMENT)]
  return all.some(one => one.metadata.labels?.[POD_TEMPLATE_HASH] === is.currentPodHash && isBad(one))
}

/** Compat: the condition tells when there was progress; a pause and a mistake in the spec stop the clock. */
function early({ was, now, rollout, wasSkewed = false }: Told): string | undefined {
  const { conditions = [] } = was
  if (isInvalid(was)) return 'its spec was wrong until now'
  const progress = conditions.find(({ type }) => type === 'Progressing')
  if (progress === undefined) return 'it has not begun'
  if (progress.reason === 'RolloutPaused') return 'it was paused until now'
  const until = (parseInstant(progress.lastUpdateTime) ?? now) + progressDeadlineSeconds(rollout.spec) * 1000
  return wasSkewed || now >= until ? undefined : `its deadline comes in ${until - now} ms`
}

/** Whoever is at the same step of the same update has the same pause, unless a person has ended it. */
function changed(told: Told): string | undefined {
  const { was, is } = told
  const isOver = is.abort === true || was.promoteFull === true || is.stableRS === is.currentPodHash
  const isSame =
    was.currentPodHash === is.currentPodHash &&
    was.currentStepHash === is.currentStepHash &&
    was.currentStepIndex === is.currentStepIndex
  if (isOver || !isSame) return undefined
  const [before, now] = [was, is].map(({ pauseConditions = [] }) =>
    pauseConditions.find(({ reason }) => reason === 'CanaryPauseStep'),
  )
  // A pass after a refusal tells of that first.
  const isStopped = [was, is].some(one => isInvalid(one) || isRefused(one))
  if (before !== undefined && now !== undefined && !isStopped && isOverdue(told, before))
    return 'its time is over'
  return before === undefined || equal(before, now) ? undefined : 'the pause of its step is another one'
}

const isRefused = ({ conditions = [] }: RolloutStatus) =>
  conditions.some(({ type, reason }) => type === 'WriteRefused' || reason === 'ReplicaSetCreateError')

/** Its time has passed, nobody holds it or is asked to judge something else, and its ReplicaSet is not to be made. */
function isOverdue({ rollout, was, is, now, seen }: Told, { startTime }: PauseCondition): boolean {
  const { spec } = rollout
  const isBeside = [was, is].some(({ pauseConditions = [] }) => pauseConditions.length > 1)
  const isMissing = setIn(seen, was.currentPodHash) === undefined
  const isHeld = spec.paused === true || isSpoiled(rollout) || isBeside || isMissing
  const { pause } = spec.strategy?.canary?.steps?.[was.currentStepIndex ?? 0] ?? {}
  const seconds = pause && pauseSeconds(pause)
  if (isHeld || seconds === undefined) return false
  return now >= (parseInstant(startTime) ?? now) + seconds * 1000
}

/** What was answered is what ends. */
function misread(told: Told, answer: Answer | undefined): string | undefined {
  const { was } = told
  const isAnswered = was.controllerPause === true && (was.pauseConditions ?? []).length === 0
  if (!isAnswered || was.promoteFull === true) return undefined
  const ended = endedPause(told)
  if (ended === undefined) return undefined
  const at = was.currentStepIndex ?? 0
  const isIts = answer !== undefined && answer.hash === was.currentPodHash
  return isIts && (isTold(answer, ended, at) || isNext(answer, at))
    ? undefined
    : `${ended} ends, answered was ${JSON.stringify(answer)}`
}

function isTold({ reasons, from, to }: Answer, ended: string, at: number): boolean {
  return reasons.includes(ended) && (ended !== 'CanaryPauseStep' || (from <= at && at <= to))
}

/** Of whoever asked once more before the first answer was acted on, whatever that was given to. */
function isNext({ from, to }: Answer, at: number): boolean {
  return from < at && at <= to
}

/** The pause without a time that this pass takes for ended. */
function endedPause({ rollout, was, is, spec, made, seen }: Told): string | undefined {
  if (was.currentPodHash !== is.currentPodHash || was.currentStepHash !== is.currentStepHash) return undefined
  if (spec.strategy === 'blueGreen') {
    const active = servicesOf(spec).stable
    const goesLive =
      selectedBy(made, active) === is.currentPodHash && selectedBy(seen, active) === was.stableRS
    return goesLive && !spec.isAutomatic && was.stableRS !== is.currentPodHash ? 'BlueGreenPause' : undefined
  }
  const step = rollout.spec.strategy?.canary?.steps?.[was.currentStepIndex ?? 0]
  const isLeft = (is.currentStepIndex ?? 0) > (was.currentStepIndex ?? 0) && is.stableRS !== is.currentPodHash
  return isLeft && step?.pause !== undefined ? 'CanaryPauseStep' : undefined
}

/** Without a router pods are users: the version that is held gets no larger share of them, but for rounding. */
function grown({ rollout, seen, made, spec, was }: Told): string | undefined {
  const isUnclear = (was.pauseConditions ?? []).some(({ reason }) => reason === 'InconclusiveAnalysisRun')
  const isHeld = (rollout.spec.paused === true || isUnclear) && spec.strategy === 'basic'
  const [set, hash] = [setIn(seen, was.currentPodHash), was.currentPodHash]
  const isBeside = hash !== was.stableRS && setIn(seen, was.stableRS) !== undefined
  if (!isHeld || !isBeside || set === undefined) return undefined
  const [before, after] = [wantedReplicas(set), wantedReplicas(setIn(made, hash))]
  const share = before / Math.max(1, before, desiredReplicas(set) ?? 0)
  const most = Math.max(before, Math.ceil(share * (rollout.spec.replicas ?? 1)))
  return after > most ? `${hash} grows from ${before} to ${after} pods` : undefined
}

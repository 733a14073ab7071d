// The conditions of a Rollout: how one status is said after another. Called by status.ts (station g) with the
// status that is about to be written. Compat: Argo needs up to three passes for one change; here they are
// one, with the same outcome.
import type { Said } from '../../api/condition-words.ts'
import { available, completed, healthy, paused, PROGRESS, writeRefused } from '../../api/condition-words.ts'
import { progressDeadlineSeconds, replicas } from '../../api/defaults.ts'
import type {
  BlueGreenStrategy,
  Rollout,
  RolloutCondition,
  RolloutConditionType,
  RolloutStatus,
} from '../../api/rollout.ts'
import type { Condition } from '../../kube/core.ts'
import type { Refusal } from '../../kube/refusal.ts'
import type { Instant } from '../../std/instant.ts'
import { parseInstant, printInstant } from '../../std/instant.ts'

export type Conditions = readonly RolloutCondition[]

export function conditionOf(
  conditions: Conditions | undefined,
  type: RolloutConditionType,
): RolloutCondition | undefined {
  for (const one of conditions ?? []) if (one.type === type) return one
  return undefined
}

/**
 * Said anew only when status or reason differ; then it comes last, and keeps the time of the last change of
 * status.
 */
export function withCondition(conditions: Conditions, said: Said, now: Instant): Conditions {
  const before = conditionOf(conditions, said.type)
  if (before?.status === said.status && before.reason === said.reason) return conditions
  return [...withoutCondition(conditions, said.type), stamped(said, before, now)]
}

export function withoutCondition(conditions: Conditions, type: RolloutConditionType): Conditions {
  return conditions.some(condition => condition.type === type)
    ? conditions.filter(condition => condition.type !== type)
    : conditions
}

/** Said anew only when the server says something else. */
export function withRefusal(conditions: Conditions, refusal: Refusal, now: Instant): Conditions {
  return withText(conditions, writeRefused(refusal), now)
}

/** Said anew also when only the message differs. */
export function withText(conditions: Conditions, said: Said, now: Instant): Conditions {
  const known = conditionOf(conditions, said.type)
  const isSame = known?.reason === said.reason && known.message === said.message
  return isSame ? conditions : renewed(conditions, said, now)
}

function stamped(said: Said, before: RolloutCondition | undefined, now: Instant): RolloutCondition {
  const at = printInstant(now)
  const lastTransitionTime = before?.status === said.status ? before.lastTransitionTime : at
  return { lastUpdateTime: at, lastTransitionTime, ...said }
}

/** What the conditions are judged by, besides the two statuses. */
export interface ConditionFacts {
  readonly now: Instant
  readonly rollout: Rollout
  /** The status that is about to be written, all but its conditions. */
  readonly next: RolloutStatus
  readonly replicaSet: string
  readonly revision: number
  /** This pass starts an update to another template or other steps. */
  readonly isReset: boolean
  readonly isAvailable: boolean
  readonly abortMessage: string | undefined
  readonly failure: Condition | undefined
  /** The time without progress counts: nothing waits for a person, an analysis or a deadline. */
  readonly deadlineCounts: boolean
}

/** A status is written when all else is: nothing of the spec is invalid, and nothing refused any longer. */
export function conditionsOf(facts: ConditionFacts): Conditions {
  const stored = facts.rollout.status?.conditions ?? []
  const before = withoutCondition(withoutCondition(stored, 'InvalidSpec'), 'WriteRefused')
  const isHealthy = isHealthyStatus(facts)
  const becameUnhealthy = !isHealthy && conditionOf(before, 'Healthy')?.status === 'True'
  const said = (conditions: Conditions, what: Said) => withCondition(conditions, what, facts.now)
  const pauses = withPause(before, facts)
  const health =
    isHealthy && !isPaused(facts)
      ? said(pauses, healthy(true))
      : conditionOf(pauses, 'Healthy') === undefined
        ? pauses
        : said(pauses, healthy(false))
  const completion = said(health, completed(isPromoted(facts.next)))
  const progress = withProgress(completion, facts, { isHealthy, becameUnhealthy })
  return withFailure(said(progress, available(facts.isAvailable)), facts)
}

export function isPromoted(status: RolloutStatus): boolean {
  return (status.stableRS ?? '') !== '' && status.stableRS === status.currentPodHash
}

function isPaused({ rollout, next }: ConditionFacts): boolean {
  return rollout.spec.paused === true || (next.pauseConditions?.length ?? 0) > 0
}

/** Compat: while aborted the Paused condition stays as it was. At rest a pause does not touch Progressing. */
function withPause(conditions: Conditions, facts: ConditionFacts): Conditions {
  if (facts.next.abort === true) return conditions
  const progress = conditionOf(conditions, 'Progressing')
  const is = isPaused(facts)
  const wasPaused = conditionOf(conditions, 'Paused')?.status === 'True'
  const flipped = is === wasPaused ? conditions : withCondition(conditions, paused(is), facts.now)
  if (progress?.reason === 'RolloutAborted') return withCondition(flipped, PROGRESS.retry, facts.now)
  if (is === (progress?.reason === 'RolloutPaused') || (is && isPromoted(facts.next))) return flipped
  return withCondition(flipped, is ? PROGRESS.paused : PROGRESS.resumed, facts.now)
}

interface Health {
  readonly isHealthy: boolean
  readonly becameUnhealthy: boolean
}

/** Whatever is told now, what was refused has been made, or nobody wants it any more. */
function beginsAnew(progress: RolloutCondition | undefined): boolean {
  return progress === undefined || progress.reason === 'ReplicaSetCreateError'
}

function withProgress(conditions: Conditions, facts: ConditionFacts, health: Health): Conditions {
  const { next, now, replicaSet } = facts
  if (next.abort === true) {
    const said = PROGRESS.aborted(facts.revision, facts.abortMessage)
    return withCondition(conditions, said, now)
  }
  const progress = conditionOf(conditions, 'Progressing')
  if (progress?.reason === 'RolloutPaused' && isPaused(facts)) return conditions
  if (health.isHealthy) return withCondition(conditions, PROGRESS.done(replicaSet), now)
  if (health.becameUnhealthy && !facts.isReset) return renewed(conditions, PROGRESS.notAvailable, now)
  if (beginsAnew(progress) || facts.isReset || hasProgressed(facts)) {
    return renewed(conditions, PROGRESS.updated(replicaSet), now)
  }
  return hasTimedOut(facts) ? withCondition(conditions, PROGRESS.timedOut(replicaSet), now) : conditions
}

/** Any progress moves the time from which the deadline counts. */
function renewed(conditions: Conditions, said: Said, now: Instant): Conditions {
  const before = conditionOf(conditions, said.type)
  return [...withoutCondition(conditions, said.type), stamped(said, before, now)]
}

function withFailure(conditions: Conditions, { failure, now }: ConditionFacts): Conditions {
  if (failure === undefined) return withoutCondition(conditions, 'ReplicaFailure')
  const { status, reason = '', message = '' } = failure
  return withCondition(conditions, { type: 'ReplicaFailure', status, reason, message }, now)
}

/** All pods are of the promoted revision and available, and every Service points at it. */
function isHealthyStatus({ rollout, next }: Pick<ConditionFacts, 'rollout' | 'next'>): boolean {
  const wanted = replicas(rollout.spec)
  const all = (next.updatedReplicas ?? 0) === wanted && (next.availableReplicas ?? 0) === wanted
  return all && isStrategyDone(rollout, next)
}

function isStrategyDone({ spec }: Rollout, next: RolloutStatus): boolean {
  const { blueGreen, canary } = spec.strategy ?? {}
  if (blueGreen !== undefined) return isBlueGreenDone(blueGreen, next)
  const steps = canary?.steps?.length ?? 0
  const allSteps = steps === 0 || (next.currentStepIndex ?? steps) === steps
  return allSteps && isPromoted(next) && (next.replicas ?? 0) === replicas(spec)
}

function isBlueGreenDone({ previewService = '' }: BlueGreenStrategy, next: RolloutStatus): boolean {
  const { activeSelector, previewSelector } = next.blueGreen ?? {}
  const isShown = previewService === '' || previewSelector === next.currentPodHash
  return activeSelector === next.currentPodHash && isShown
}

/** A mistake that is mended is progress, too: until then nothing could move. */
function hasProgressed(facts: ConditionFacts): boolean {
  return conditionOf(facts.rollout.status?.conditions, 'InvalidSpec') !== undefined || hasMoved(facts)
}

function hasMoved({ rollout, next }: ConditionFacts): boolean {
  const before = rollout.status ?? {}
  const old = (status: RolloutStatus) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0)
  return (
    (next.updatedReplicas ?? 0) !== (before.updatedReplicas ?? 0) ||
    old(next) < old(before) ||
    (next.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (next.availableReplicas ?? 0) > (before.availableReplicas ?? 0) ||
    hasStrategyProgressed(before, next)
  )
}

function hasStrategyProgressed(before: RolloutStatus, next: RolloutStatus): boolean {
  const places = ({ blueGreen = {}, stableRS = '', currentStepIndex }: RolloutStatus) => {
    const { activeSelector = '', previewSelector = '' } = blueGreen
    return [activeSelector, previewSelector, stableRS, currentStepIndex]
  }
  const now = places(next)
  return places(before).some((place, i) => place !== now[i])
}

/** When the deadline of an update that makes no progress ends; undefined when none counts. */
export function progressDeadline(facts: {
  readonly rollout: Rollout
  readonly conditions: Conditions
}): Instant | undefined {
  const progress = conditionOf(facts.conditions, 'Progressing')
  const from = parseInstant(progress?.lastUpdateTime ?? '')
  if (progress === undefined || from === undefined) return undefined
  // What was paused, or given up, has its time anew from the pass that goes on, which tells so.
  if (['NewReplicaSetAvailable', 'RolloutPaused', 'RolloutAborted'].includes(progress.reason))
    return undefined
  return from + progressDeadlineSeconds(facts.rollout.spec) * 1000
}

/** The deadline has passed, and this pass sees no progress either. */
export function hasTimedOut(facts: ConditionFacts): boolean {
  const { rollout, next } = facts
  const stands = facts.deadlineCounts && !isPaused(facts) && !facts.isReset && next.abort !== true
  if (!stands || isHealthyStatus(facts) || hasProgressed(facts)) return false
  const deadline = progressDeadline({ rollout, conditions: rollout.status?.conditions ?? [] })
  return deadline !== undefined && facts.now > deadline
}

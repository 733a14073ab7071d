// What a Rollout reports (last step of a decision): the whole status, built on the stored one so that fields
// of others live on, as it will be true once the writes of this pass have succeeded; and the Events that its
// change tells.
import { PROGRESS, routeNotice } from '../api/condition-words.ts'
import type { RouteNotice } from '../api/condition-words.ts'
import { EVENTS } from '../api/event-words.ts'
import type { FieldError } from '../api/field-error.ts'
import type { RolloutStatus } from '../api/rollout.ts'
import type { Wait } from '../kube/reconciler.ts'
import type { EventNote } from '../kube/write.ts'
import { unlistedClass } from '../traffic/ingress-class.ts'
import type { Instant } from '../std/instant.ts'
import { isMadeBefore } from '../workload/replica-set.ts'
import { problemStatus } from './problem.ts'
import { reportedWeights } from './canary/weights.ts'
import { phaseOf } from './phase.ts'
import { conditionFacts } from './report.ts'
import type { Situation } from './situation.ts'
import type { Story } from './story.ts'
import { isGoingBack, tellsOfAbort } from './story.ts'
import type { ConditionFacts } from './status/conditions.ts'
import {
  conditionOf,
  conditionsOf,
  progressDeadline,
  withCondition,
  withoutCondition,
} from './status/conditions.ts'
import { durationOf } from './status/duration.ts'
import { eventsOf } from './status/events.ts'
import { asStored } from './status/go-zero.ts'

export interface Outcome {
  readonly status: RolloutStatus
  /** Told before the writes: an abort that this pass has found, or the end of a pause, is the reason for them. */
  readonly announced: readonly EventNote[]
  readonly events: readonly EventNote[]
  readonly waits: readonly Wait[]
}

export function statusOf(situation: Situation): Outcome {
  const { routing, story } = situation
  const { named, ingressClasses } = story.snapshot
  const notices: readonly (readonly [RouteNotice, string | undefined])[] = [
    ['RouteContested', routing.contested],
    ['IngressClassNotListed', unlistedClass(story.routers, named, ingressClasses)],
  ]
  return notices.reduce(
    (outcome, [type, message]) => withNotice(outcome, { type, message, now: story.now }),
    toldOf(situation),
  )
}

interface Notice {
  readonly type: RouteNotice
  readonly message: string | undefined
  readonly now: Instant
}

/** Beside whatever else is said: everything goes on. */
function withNotice(outcome: Outcome, { type, message, now }: Notice): Outcome {
  const { conditions = [] } = outcome.status
  const known = conditionOf(conditions, type)
  if (known?.message === message) return outcome
  const others = withoutCondition(conditions, type)
  if (message === undefined) return { ...outcome, status: { ...outcome.status, conditions: others } }
  const said = withCondition(others, routeNotice(type, message), now)
  const events = [...outcome.events, ...(known === undefined ? [EVENTS.routeNotice(type, message)] : [])]
  return { ...outcome, status: { ...outcome.status, conditions: said }, events }
}

function toldOf(situation: Situation): Outcome {
  const { problem, story, routing } = situation
  const outcome =
    problem === undefined
      ? withTrouble(situation, soundStatus(situation))
      : troubledStatus(situation, problem)
  const said = (status: RolloutStatus) => conditionOf(status.conditions, 'InvalidSpec')?.message
  if (routing.taken === undefined || said(story.status) === said(outcome.status)) return outcome
  return { ...outcome, events: [...outcome.events, routing.taken] }
}

/** What goes on although a router can not write says so, once the first revision has been told of. */
function withTrouble({ story, routing }: Situation, outcome: Outcome): Outcome {
  const { problem } = routing
  if (problem === undefined || story.isFirst) return outcome
  const { rollout, now } = story
  return { ...outcome, status: problemStatus(rollout, { problem, now, next: outcome.status }) }
}

/**
 * Compat: with a problem only its condition, the phase and the generation move; and what the way back changes:
 * an abort, weights and selectors, the revision that was undone to.
 */
function troubledStatus(situation: Situation, problem: FieldError): Outcome {
  const { story, report, verdict } = situation
  const { status: before, rollout, now } = story
  const { weights, told } = weightsIn(situation)
  const back = isGoingBack(story) ? backFields(situation) : {}
  const next: RolloutStatus = {
    ...before,
    ...activeBack(situation),
    ...retried(story),
    ...back,
    ...(weights === undefined ? leftWeights(situation) : { canary: { ...before.canary, weights } }),
  }
  const change = { before, next, revision: story.revision, promotedWhy: undefined }
  const aborts = eventsOf({ told: report.told, timedOutMessage: undefined, ...change })
  const status = problemStatus(rollout, { problem, now, next })
  return verdict === undefined
    ? { status, announced: [], events: isGoingBack(story) ? [...told, ...aborts] : told, waits: [] }
    : { status, announced: aborts, events: told, waits: [] }
}

/** Without a router nothing has a weight any more, once what was left has given it back. */
function leftWeights({ story, strategy }: Situation): Pick<RolloutStatus, 'canary'> {
  const { weights, ...canary } = story.status.canary ?? {}
  return weights === undefined || strategy.leaving.rest.length > 0 ? {} : { canary }
}

/** The active Service goes back without an abort when nobody is left where it was. */
function activeBack({ story, strategy }: Situation): RolloutStatus {
  const { blueGreen, stableRS } = story.status
  if (strategy.is !== 'blue-green' || stableRS === undefined || strategy.activeWanted !== stableRS) return {}
  return { blueGreen: { ...blueGreen, activeSelector: stableRS } }
}

/** It begins when all is mended; from now on another abort is the newer word. */
function retried({ status, now }: Story): RolloutStatus {
  if (status.abort === true || !tellsOfAbort(status)) return {}
  return { conditions: withCondition(status.conditions ?? [], PROGRESS.retry, now) }
}

function backFields({ story, report, verdict, restart }: Situation): RolloutStatus {
  const { fields } = report
  const facts = conditionFacts(story, { report, restart }, verdict?.why)
  if (!story.isAborted) return { currentPodHash: story.hash, blueGreen: fields.blueGreen ?? {} }
  const { abort, abortedAt, pauseConditions, controllerPause, currentStepIndex, blueGreen } = fields
  // A full promotion that was asked for before it is over; one that comes later is not.
  const before = story.isNewAbort ? { promoteFull: false } : {}
  const stopped = { abort, abortedAt, pauseConditions, controllerPause, ...before } as RolloutStatus
  const step = currentStepIndex === undefined ? {} : { currentStepIndex }
  return {
    ...stopped,
    ...step,
    // What has failed is what was recorded, whatever has been asked for meanwhile.
    ...(verdict === undefined ? abortedUpdate(story) : {}),
    blueGreen: blueGreen ?? {},
    conditions: conditionsOf(facts),
  }
}

/** Once the mistake is mended it is the one that was aborted, not another; what comes later is another. */
function abortedUpdate({ hash, stepsHash, rollout, isNewAbort }: Story): RolloutStatus {
  if (hash === '' || !isNewAbort) return {}
  const isCanary = rollout.spec.strategy?.canary !== undefined
  return { currentPodHash: hash, ...(isCanary ? { currentStepHash: stepsHash } : {}) }
}

function soundStatus(situation: Situation): Outcome {
  const { story, report, verdict } = situation
  const { status: before, rollout, now } = story
  const judged = conditionFacts(story, situation, verdict?.why)
  const routed = weightsIn(situation)
  const weights = routed.weights === undefined ? {} : { weights: routed.weights }
  const facts = { ...judged, next: { ...judged.next, canary: { ...judged.next.canary, ...weights } } }
  const next = { ...facts.next, conditions: conditionsOf(facts) }
  const duration = durationOf({
    now,
    spec: rollout.spec,
    before,
    next,
    progress: story,
    isOlder: isMadeBefore(story.current, story.stable),
    isAvailable: report.isComplete,
  })
  const status = asStored(before, {
    ...next,
    ...(duration === undefined ? {} : { duration }),
    ...phaseOf(rollout.spec, next),
  })
  const { promotedWhy } = report
  const timedOutMessage = verdict?.is === 'late' ? verdict.why : undefined
  const tell = (told: readonly EventNote[]) =>
    eventsOf({ before, next, revision: story.revision, promotedWhy, told, timedOutMessage })
  if (verdict !== undefined || story.isPastPause) {
    const announced = tell([...report.skipped, ...report.told])
    return { status, announced, events: routed.told, waits: deadlineWait(facts, status) }
  }
  const events = tell([...report.skipped, ...routed.told, ...report.told])
  return { status, announced: [], events, waits: deadlineWait(facts, status) }
}

function weightsIn({ story, strategy, routing }: Situation) {
  return strategy.is === 'canary'
    ? reportedWeights(story, strategy, routing)
    : { weights: undefined, told: [] }
}

/** Wakes the key when an update that makes no progress is to be called failed. */
function deadlineWait(facts: ConditionFacts, status: RolloutStatus): readonly Wait[] {
  const conditions = status.conditions ?? []
  if (!facts.deadlineCounts || status.abort === true || (status.pauseConditions?.length ?? 0) > 0) return []
  if (facts.rollout.spec.paused === true) return []
  const until = progressDeadline({ rollout: facts.rollout, conditions })
  return until === undefined || until < facts.now
    ? []
    : [{ for: `progress of ${facts.replicaSet}`, since: facts.now, until: until + 1 }]
}

// What a Rollout reports (last step of a decision): the whole status, built on the stored one so that fields of others
// live on, as it will be true once the writes of this pass have succeeded; and the Events that its change tells.
import type { RolloutStatus } from '../api/rollout.ts'
import type { Wait } from '../kube/reconciler.ts'
import type { EventNote } from '../kube/write.ts'
import { isMadeBefore } from '../workload/replica-set.ts'
import { reportedWeights } from './canary/weights.ts'
import { phaseOf } from './phase.ts'
import { conditionFacts } from './report.ts'
import type { Situation } from './situation.ts'
import type { ConditionFacts } from './status/conditions.ts'
import { conditionsOf, progressDeadline } from './status/conditions.ts'
import { durationOf } from './status/duration.ts'
import { eventsOf } from './status/events.ts'
import { asStored } from './status/go-zero.ts'

export interface Outcome {
  readonly status: RolloutStatus
  /** Told before the writes: an abort that this pass has found is the reason for them. */
  readonly announced: readonly EventNote[]
  readonly events: readonly EventNote[]
  readonly waits: readonly Wait[]
}

export function statusOf(situation: Situation): Outcome {
  const { story, report, verdict } = situation
  const { status: before, rollout, now } = story
  const judged = conditionFacts(story, situation, verdict?.why)
  const weights = weightsIn(situation)
  const facts = { ...judged, next: { ...judged.next, canary: { ...judged.next.canary, ...weights.fields } } }
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
  const change = { before, next, revision: story.revision, promotedWhy: report.promotedWhy }
  const tell = (told: readonly EventNote[]) =>
    eventsOf({ ...change, told, timedOutMessage: verdict?.is === 'late' ? verdict.why : undefined })
  if (verdict !== undefined) {
    const announced = tell([...report.skipped, ...report.told])
    return { status, announced, events: weights.told, waits: deadlineWait(facts, status) }
  }
  const events = tell([...report.skipped, ...weights.told, ...report.told])
  return { status, announced: [], events, waits: deadlineWait(facts, status) }
}

function weightsIn({ story, strategy, routing }: Situation) {
  if (strategy.is !== 'canary') return { fields: {}, told: [] }
  const { weights, told } = reportedWeights(story, strategy, routing)
  return { fields: weights === undefined ? {} : { weights }, told }
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

// How many pods ReplicaSets should have, and until when they keep them: those in use; old revisions for their
// delay; the new one after an abort. Used by both strategies (second step of a decision); nothing here is
// scaled that users may still reach.
import type { ReplicaSet } from '../kube/apps.ts'
import type { Wait } from '../kube/reconciler.ts'
import { parseInstant } from '../std/instant.ts'
import type { Instant } from '../std/instant.ts'
import { stayingReplicas, wantedReplicas } from '../workload/availability.ts'
import { deadlineOf, hasDeadline } from '../workload/deadlines.ts'
import { byRevisionDescending, podHashOf } from '../workload/replica-set.ts'
import { podsGate } from './gates.ts'
import type { Story } from './story.ts'

export interface Sizes {
  readonly replicas: Readonly<Record<string, number>>
  readonly deadlines: Readonly<Record<string, Instant | 'none'>>
  readonly waits: readonly Wait[]
}

export interface RetireRules {
  readonly delaySeconds: number
  /** How many old revisions may keep their pods for the delay; the newest ones do. */
  readonly limit: number
  /** Whether anything that carries traffic still names the hash. */
  isReached(hash: string): boolean
  /** Pods of an old revision while it waits. */
  readonly kept: (replicaSet: ReplicaSet) => number
}

export const NOTHING: Sizes = { replicas: {}, deadlines: {}, waits: [] }

/**
 * Old revisions: a deadline first, and none of their pods once it has passed. A delay of 0 is no delay. Those that
 * users still come to keep theirs.
 */
export function retire(story: Story, rules: RetireRules): Sizes {
  const alive = story.older.filter(one => wantedReplicas(one) > 0)
  const { stableRS, currentPodHash } = story.status
  const isReached = (one: ReplicaSet) => rules.isReached(podHashOf(one))
  // What the status alone names keeps its pods, and the deadline that it has: its users have left.
  const isNamed = (one: ReplicaSet) => isReached(one) || [stableRS, currentPodHash].includes(podHashOf(one))
  const newestFirst = alive.filter(one => !isNamed(one)).toSorted(byRevisionDescending)
  return newestFirst.reduce(
    (sum, one, i) => join(sum, retireOne(one, i < rules.limit, { story, rules })),
    NOTHING,
  )
}

function retireOne(
  replicaSet: ReplicaSet,
  isWithinLimit: boolean,
  { story, rules }: { story: Story; rules: RetireRules },
): Sizes {
  const { name } = replicaSet.metadata
  if (!isWithinLimit || rules.delaySeconds === 0) return gone(name)
  const until = deadlineOf(replicaSet)
  if (until === undefined) {
    const at = story.now + rules.delaySeconds * 1000
    return { replicas: { [name]: wantedReplicas(replicaSet) }, deadlines: { [name]: at }, waits: [] }
  }
  if (story.now >= until) return gone(name)
  return keptUntilDeadline(story, replicaSet, rules.kept(replicaSet))
}

/** A ReplicaSet that keeps its pods, and its deadline. */
export function keptUntilDeadline(story: Story, replicaSet: ReplicaSet, replicas: number): Sizes {
  const { name } = replicaSet.metadata
  const until = deadlineOf(replicaSet)
  const wait = { for: `scale-down deadline of ${name}`, since: story.now }
  return {
    replicas: { [name]: replicas },
    deadlines: {},
    waits: until === undefined ? [] : [{ ...wait, until }],
  }
}

function gone(name: string): Sizes {
  return { replicas: { [name]: 0 }, deadlines: { [name]: 'none' }, waits: [] }
}

export interface AbortedRevision {
  readonly replicaSet: ReplicaSet
  readonly delaySeconds: number
  /** Users still come to it. */
  readonly isReached: boolean
}

/**
 * The new revision after an abort keeps its pods for the delay, which begins when the stable one is whole again. It is
 * the abort that the status tells of: to whoever knows of none, a deadline means that the way to those pods needs no
 * proof.
 * Compat: its deadline stays on it when it has no pods any more, and goes when the update is tried again.
 */
export function retireAborted(story: Story, { replicaSet, delaySeconds, isReached }: AbortedRevision): Sizes {
  const size = wantedReplicas(replicaSet)
  if (isReached) return sized(replicaSet, size)
  const until = deadlineOf(replicaSet)
  const isOld = until !== undefined && size > 0 && isOfBefore(story, until, delaySeconds)
  if (isOld || !hasDeadline(replicaSet)) return delayed(story, replicaSet, delaySeconds)
  return until !== undefined && story.now >= until
    ? { ...NOTHING, replicas: { [replicaSet.metadata.name]: 0 } }
    : keptUntilDeadline(story, replicaSet, size)
}

/** Its delay begins, or has to wait. */
function delayed(story: Story, replicaSet: ReplicaSet, delaySeconds: number): Sizes {
  const { name } = replicaSet.metadata
  const size = wantedReplicas(replicaSet)
  const kept = keptUntilDeadline(story, replicaSet, size)
  const isWhole = stayingReplicas(story.stable) >= story.replicas
  if (isWhole && story.status.abortedAt !== undefined)
    return { ...kept, deadlines: { [name]: story.now + delaySeconds * 1000 } }
  if (hasDeadline(replicaSet)) return sized(replicaSet, size)
  return isWhole || size === 0 ? kept : { ...kept, waits: [podsGate(story, story.stable, story.replicas)] }
}

/** The abort's own delay begins when it is told, or later: an earlier deadline is of another time. */
function isOfBefore({ status }: Story, until: Instant, delaySeconds: number): boolean {
  const abortedAt = parseInstant(status.abortedAt ?? '')
  return abortedAt === undefined || until < abortedAt + delaySeconds * 1000
}

export function join(a: Sizes, b: Sizes): Sizes {
  if (a === NOTHING || b === NOTHING) return a === NOTHING ? b : a
  return {
    replicas: { ...a.replicas, ...b.replicas },
    deadlines: { ...a.deadlines, ...b.deadlines },
    waits: [...a.waits, ...b.waits],
  }
}

/** A ReplicaSet that is in use has no deadline. */
export function sized(replicaSet: ReplicaSet, replicas: number): Sizes {
  const { name } = replicaSet.metadata
  const deadlines: Sizes['deadlines'] = hasDeadline(replicaSet) ? { [name]: 'none' } : {}
  return { replicas: { [name]: replicas }, deadlines, waits: [] }
}

// How many pods every ReplicaSet of a canary should have at the end of this pass (third step of a decision).
// One side moves in a pass: stable first, then the canary, then old revisions, so that each next step sees
// what the last one made of the world.
import {
  abortScaleDownDelaySeconds,
  maxSurge,
  maxUnavailable,
  scaleDownDelayRevisionLimit,
  scaleDownDelaySeconds,
} from '../../api/defaults.ts'
import type { CanaryStrategy } from '../../api/rollout.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import { desiredReplicas, stayingReplicas, total, wantedReplicas } from '../../workload/availability.ts'
import { hasDeadline } from '../../workload/deadlines.ts'
import { byRevisionDescending, podHashOf } from '../../workload/replica-set.ts'
import { waitFor } from '../gates.ts'
import { isKeptByLeft, keptByLeft } from '../leaving.ts'
import type { Leaving } from '../leaving.ts'
import { selectedHash, servicesOf } from '../services.ts'
import { join, NOTHING, retire, retireAborted, sized } from '../sizes.ts'
import type { Sizes } from '../sizes.ts'
import { weightAt } from '../steps.ts'
import { isGoingBack } from '../story.ts'
import type { Story } from '../story.ts'
import { drainedOlder } from './basic-sizes.ts'
import type { Split } from './basic-sizes.ts'
import { givenTo, podsFor } from './carried.ts'
import type { Carried } from './carried.ts'
import type { CanarySituation } from './situation.ts'
import { stableHash } from './stable-gate.ts'
import { isNone, wantedCanaryScale } from './scale.ts'
import { countOf, servedByOlder, spareReplicas } from './sizes.ts'

export function wantedSizes(story: Story, situation: CanarySituation): Sizes {
  if (story.isReset || isRenamed(story, situation)) return NOTHING
  const { current, stable } = story
  const split = thatCarries(story, situation)
  if (isHeld(story)) return heldSizes(story, situation, split)
  const isBeside = stable !== undefined && !story.isPromoted
  const stableSize = isBeside ? sized(stable, split.stable) : NOTHING
  if (isBeside && wantedReplicas(stable) !== split.stable) return stableSize
  const mine =
    current === undefined
      ? NOTHING
      : currentSize(story, situation, { replicaSet: current, size: split.canary })
  const both = join(stableSize, mine)
  if (current !== undefined && wantedReplicas(current) !== mine.replicas[current.metadata.name]) return both
  return join(oldSizes(story, situation), both)
}

/** An abort, or an undo, goes back all the same, and a change of `spec.replicas` is followed. */
function isHeld(story: Story): boolean {
  return story.isHalted && !isGoingBack(story) && !isScaled(story)
}

/** While a person holds the Rollout nothing moves on, but users get back the pods that somebody has taken from them. */
function heldSizes(story: Story, situation: CanarySituation, split: Split): Sizes {
  const { current, stable, isFirst } = story
  if (isFirst) return NOTHING
  // The deadline of an older time is none of the update's: an abort may follow.
  const kept =
    current !== undefined && hasDeadline(current) ? sized(current, wantedReplicas(current)) : NOTHING
  if (situation.strategy.trafficRouting === undefined) {
    const missing = story.replicas - maxUnavailable(story.rollout.spec) - total(wantedReplicas, story.all)
    return join(kept, restored(stable, wantedReplicas(stable) + missing))
  }
  const needed = (one: ReplicaSet | undefined) =>
    one === undefined ? 0 : podsFor(story, weightOn(story, situation, podHashOf(one)))
  const mine = Math.min(split.canary, needed(current))
  return join(kept, join(restored(stable, needed(stable)), restored(current, mine)))
}

function restored(replicaSet: ReplicaSet | undefined, size: number): Sizes {
  return replicaSet !== undefined && size > wantedReplicas(replicaSet) ? sized(replicaSet, size) : NOTHING
}

/** A canary's side that goes ahead is recorded before the revision gets pods. */
function isRenamed({ status }: Story, { isAhead, intent }: CanarySituation): boolean {
  const recorded = status.canary?.weights?.canary.podTemplateHash
  return (
    isAhead && intent?.canary.weight === 0 && (recorded ?? intent.canary.podHash) !== intent.canary.podHash
  )
}

/** Pods that carry what users get once this pass has ended stay. */
function thatCarries(story: Story, situation: CanarySituation): Split {
  const { split } = situation.sizes
  if (situation.strategy.trafficRouting === undefined) {
    const { leaving } = situation
    const bounded = leaving.held.length > 0 ? split : withinSurge(story, split)
    return {
      canary: Math.max(bounded.canary, servedByCurrent(story, situation)),
      stable: Math.max(bounded.stable, keptByLeft(story, leaving, story.stable)),
    }
  }
  // Whoever says how many pods a step has has said it for the weight of that step, not for a larger one, nor for the
  // users that the stable side still has there.
  const given = (situation.intent?.canary ?? situation.carried).weight
  const isBeside = stableSides(story, situation).includes(story.hash)
  const isSaid = !story.isAborted && !isBeside && given <= weightAt(story.position)
  const scale = wantedCanaryScale(story, situation.strategy)
  const isExplicit = isSaid && 'replicas' in scale && !isNone(scale)
  const kept = (one: ReplicaSet | undefined) =>
    one === undefined
      ? 0
      : Math.min(wantedReplicas(one), podsFor(story, weightOn(story, situation, podHashOf(one))))
  return {
    canary: isExplicit ? split.canary : Math.max(split.canary, kept(story.current)),
    stable: Math.max(split.stable, kept(story.stable), keptByLeft(story, situation.leaving, story.stable)),
  }
}

/**
 * Both sides grow only as old revisions make room for them, also where there is nothing to share with. Pods that a
 * Service keeps may take the surge, and no more: else they would wait for each other.
 */
function withinSurge(story: Story, split: Split): Split {
  const { current, stable, all, older, replicas, rollout } = story
  const surge = maxSurge(rollout.spec)
  const kept = total(one => servedByOlder(story, one), older)
  const others = total(wantedReplicas, all) - Math.max(0, kept - surge)
  const room = Math.max(0, replicas + surge - others)
  return {
    canary: Math.min(split.canary, wantedReplicas(current) + room),
    stable: Math.min(split.stable, wantedReplicas(stable) + room),
  }
}

/** Without a router: a stable Service that selects the new revision keeps a pod there, unless it may be missing. */
function servedByCurrent({ current, rollout, replicas }: Story, { selectors }: CanarySituation): number {
  const isSelected = replicas > 0 && current !== undefined && selectors.stable === podHashOf(current)
  return isSelected && maxUnavailable(rollout.spec) === 0 ? Math.min(1, wantedReplicas(current)) : 0
}

/** The weight that a revision has by what the Services select, and the routers have, at the end of this pass. */
function weightOn(story: Story, situation: CanarySituation, hash: string): number {
  const { intent, carried, selectors, isDirect } = situation
  const ofCanary =
    intent === undefined
      ? { weight: carried.weight, podHash: carried.hash }
      : { podHash: intent.canary.podHash, weight: givenTo(intent) }
  const ofStable = intent === undefined ? carried.stableWeight : intent.stable.weight
  const canary = [selectors.canary, isDirect ? ofCanary.podHash : undefined]
  const stable = stableSides(story, situation)
  return (canary.includes(hash) ? ofCanary.weight : 0) + (stable.includes(hash) ? ofStable : 0)
}

/** Where the stable side leads to at the end of this pass: its Service, and what a router selects for it. */
function stableSides(story: Story, { intent, carried, selectors, isDirect }: CanarySituation) {
  const direct = intent === undefined ? [stableHash(story), carried.stableHash] : [intent.stable.podHash]
  return [selectors.stable, ...(isDirect ? direct : [])]
}

/** `spec.replicas` has changed since the pods were last sized. */
function isScaled({ current, stable, replicas }: Story): boolean {
  return [current, stable].some(one => {
    const desired = one === undefined ? undefined : desiredReplicas(one)
    return desired !== undefined && desired !== replicas
  })
}

function currentSize(
  story: Story,
  situation: CanarySituation,
  { replicaSet, size }: { readonly replicaSet: ReplicaSet; readonly size: number },
): Sizes {
  const { strategy } = situation
  const delaySeconds = abortScaleDownDelaySeconds(story.rollout.spec)
  const isDelayed = story.isAborted && strategy.trafficRouting !== undefined && delaySeconds !== undefined
  if (!isDelayed || delaySeconds === 0 || story.stable === undefined) return sized(replicaSet, size)
  const isReached = hasUsers(story, situation, replicaSet) || weightOn(story, situation, story.hash) > 0
  return retireAborted(story, { replicaSet, delaySeconds, isReached })
}

/** Whether users may come to the pods of a revision when this pass begins. */
export function hasUsers(
  story: Story,
  { carried, leaving }: CanarySituation,
  replicaSet: ReplicaSet,
): boolean {
  const hash = podHashOf(replicaSet)
  // What is only recorded keeps its deadline: its users have left.
  if (hash !== story.hash) return leadingTo(story, carried).includes(hash)
  const { stable = '' } = servicesOf(story.rollout)
  const isSelected = [selectedHash(story.snapshot.services[stable]), carried.stableHash].includes(hash)
  const isLeft = isKeptByLeft(story, leaving, hash)
  return carried.weight > 0 || isLeft || isSelected
}

function oldSizes(story: Story, { strategy, carried, leaving }: CanarySituation): Sizes {
  const budget = spareReplicas(story)
  if (strategy.trafficRouting === undefined) return drained(story, leaving, budget)
  if (budget <= 0) return withoutBudget(story, { strategy, carried, leaving })
  return retire(story, {
    delaySeconds: delayOf(story, strategy),
    limit: scaleDownDelayRevisionLimit(story.rollout.spec),
    isReached: hash => isGivenUsers(story, carried, hash) || isKeptByLeft(story, leaving, hash),
    kept: wantedReplicas,
  })
}

function delayOf({ isPromoted, older, rollout }: Story, { dynamicStableScale }: CanaryStrategy): number {
  const isOver = isPromoted || older.some(one => hasDeadline(one) && wantedReplicas(one) > 0)
  return isOver && dynamicStableScale !== true ? scaleDownDelaySeconds(rollout.spec) : 0
}

/** Pods that never came, or are broken, are no loss where they have no delay. */
function withoutBudget(
  story: Story,
  { strategy, carried, leaving }: Pick<CanarySituation, 'strategy' | 'carried' | 'leaving'>,
): Sizes {
  const alive = story.older.filter(one => wantedReplicas(one) > 0)
  if (alive.length === 0) return NOTHING
  const isDelayed = delayOf(story, strategy) > 0
  const isKept = (one: ReplicaSet) =>
    isDelayed ||
    hasDeadline(one) ||
    isGivenUsers(story, carried, podHashOf(one)) ||
    isKeptByLeft(story, leaving, podHashOf(one))
  const broken = alive.filter(one => !isKept(one) && stayingReplicas(one) < wantedReplicas(one))
  const wait = waitFor(
    story,
    'available pods, before old ones may go',
    'See the pods of the newer revisions.',
  )
  const replicas = Object.fromEntries(broken.map(one => [one.metadata.name, stayingReplicas(one)]))
  return { ...NOTHING, replicas, waits: [wait] }
}

/**
 * Without a router every pod gets traffic: old ones go as fast as availability allows. One stays where a Service still
 * selects it, unless it may be missing; so do those that a router which was left sends users to.
 */
function drained(story: Story, leaving: Leaving, budget: number): Sizes {
  const newestFirst = story.older.filter(one => wantedReplicas(one) > 0).toSorted(byRevisionDescending)
  const sizes = drainedOlder(newestFirst.map(countOf), budget)
  const kept = (one: ReplicaSet) => Math.max(servedByOlder(story, one), keptByLeft(story, leaving, one))
  return newestFirst.reduce(
    (sum, one, i) => join(sum, sized(one, Math.max(kept(one), sizes[i] ?? 0))),
    NOTHING,
  )
}

/** A Service or a weight names it, if only one that is recorded. */
function isGivenUsers(story: Story, carried: Carried, hash: string): boolean {
  const { canary, stable } = story.status.canary?.weights ?? {}
  const recorded = [canary?.podTemplateHash, stable?.podTemplateHash]
  if (!isIdle(story, carried)) recorded.push(carried.hash)
  return recorded.includes(hash) || leadingTo(story, carried).includes(hash)
}

/** The revisions that Services and routes lead to. */
function leadingTo(story: Story, carried: Carried): readonly (string | undefined)[] {
  const { next } = servicesOf(story.rollout)
  const isLeft = isIdle(story, carried)
  const services = Object.entries(story.snapshot.services).filter(([name]) => !isLeft || name !== next)
  const selected = [...services.map(([, service]) => selectedHash(service)), carried.stableHash]
  return carried.weight > 0 ? [...selected, carried.hash] : selected
}

/** A Service that swaps keeps what it selects when it has no users any more. */
function isIdle({ rollout }: Story, { weight }: Carried): boolean {
  return servicesOf(rollout).next !== undefined && weight === 0
}

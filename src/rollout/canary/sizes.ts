// How many pods canary and stable are going to have (second step of a decision): the split that the step asks for, and
// whether it has been reached.
import { maxSurge, maxTrafficWeight, maxUnavailable } from '../../api/defaults.ts'
import type { CanaryStrategy } from '../../api/rollout.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import {
  actualReplicas,
  availableReplicas,
  desiredReplicas,
  hasReached,
  stayingReplicas,
  total,
  wantedReplicas,
} from '../../workload/availability.ts'
import { podHashOf } from '../../workload/replica-set.ts'
import { podsGate, waitFor } from '../gates.ts'
import type { Gate } from '../gates.ts'
import { keptByLeft } from '../leaving.ts'
import type { Leaving } from '../leaving.ts'
import { selectedHash, servicesOf } from '../services.ts'
import { weightAt } from '../steps.ts'
import type { Story } from '../story.ts'
import { basicCanarySizes, clamp, idealSplit } from './basic-sizes.ts'
import type { Count, Split } from './basic-sizes.ts'
import type { Carried } from './carried.ts'
import { routedSizes } from './routed-sizes.ts'
import { isNone, wantedCanaryScale } from './scale.ts'
import type { CanarySelectors } from './selectors.ts'

export interface CanarySizes {
  /** Where canary and stable are going: for a canary without router the next sizes on the way. */
  readonly split: Split
  /** Why these have not been reached. */
  readonly held: Gate
}

export interface Reached {
  readonly carried: Carried
  readonly leaving: Leaving
  /** What the Services select once they have been switched. */
  readonly selectors: CanarySelectors
}

export function canarySizes(story: Story, strategy: CanaryStrategy, reached: Reached): CanarySizes {
  const split = splitOf(story, strategy, reached)
  return { split, held: sizesGate(story, split, { strategy, leaving: reached.leaving }) }
}

function splitOf(story: Story, strategy: CanaryStrategy, reached: Reached): Split {
  const { carried, leaving, selectors } = reached
  if (isAlone(story)) return { canary: sizeAlone(story, strategy), stable: story.replicas }
  if (!isByWeight({ strategy, leaving })) return basicSplit(story, strategy, selectors)
  const split = routedSplit(story, strategy, carried)
  if (leaving.held.length === 0) return split
  // The users of a router that was left are to come back to a stable side that is whole.
  const kept = strategy.trafficRouting === undefined ? keptAvailable(story, story.current) : 0
  const canary = Math.max(split.canary, kept, keptByLeft(story, leaving, story.current))
  return { canary, stable: Math.max(split.stable, story.replicas) }
}

/** Pods that may not be given up now: all of the Rollout's together stay as available as an update may leave them. */
function keptAvailable(story: Story, one: ReplicaSet | undefined): number {
  return wantedReplicas(one) - clamp(spareReplicas(story), 0, wantedReplicas(one))
}

/** Available pods above what an update may leave. */
export function spareReplicas({ all, replicas, rollout }: Story): number {
  return total(stayingReplicas, all) - (replicas - maxUnavailable(rollout.spec))
}

/** Whether routers share the users out, and not the pods: also while one that was left still has a weight. */
function isByWeight({
  strategy,
  leaving,
}: {
  readonly strategy: CanaryStrategy
  readonly leaving: Leaving
}): boolean {
  return strategy.trafficRouting !== undefined || leaving.held.length > 0
}

/** There is no other revision to share with. */
function isAlone({ isFirst, isPromoted, stable }: Story): boolean {
  return isFirst || isPromoted || stable === undefined
}

/** What was given up gets no more pods for users who are not sent there. */
function sizeAlone({ isAborted, current, replicas }: Story, { trafficRouting }: CanaryStrategy): number {
  return isAborted && trafficRouting !== undefined ? Math.min(replicas, wantedReplicas(current)) : replicas
}

function basicSplit(story: Story, strategy: CanaryStrategy, selectors: CanarySelectors): Split {
  const { spec } = story.rollout
  const scale = wantedCanaryScale(story, strategy)
  // Old pods that a Service keeps are nobody's in the sum: pods of the new revision would wait for them.
  const olderSpec = total(one => wantedReplicas(one) - servedByOlder(story, one), story.older)
  const split = basicCanarySizes({
    replicas: story.replicas,
    weight: story.isHalted && !story.isAborted ? shareNow(story) : 'weight' in scale ? scale.weight : 0,
    maxWeight: maxTrafficWeight(spec),
    maxSurge: maxSurge(spec),
    maxUnavailable: maxUnavailable(spec),
    canary: story.current && countOf(story.current),
    stable: story.stable && countOf(story.stable),
    olderSpec,
  })
  // Older pods wait for the stable ones, and these for the room that pods take which never came.
  const isInTheWay = story.isAborted && olderSpec > 0
  const canary = isInTheWay ? Math.min(split.canary, stayingReplicas(story.current)) : split.canary
  return { canary, stable: Math.max(split.stable, servedByStable(story, selectors)) }
}

/** Pods of a canary without a router at the end of its step. */
function goalOf(story: Story, strategy: CanaryStrategy, split: Split): number {
  const scale = wantedCanaryScale(story, strategy)
  if (isAlone(story) || !('weight' in scale)) return split.canary
  const { spec } = story.rollout
  const ideal = { weight: scale.weight, maxWeight: maxTrafficWeight(spec), maxSurge: maxSurge(spec) }
  return idealSplit({ replicas: story.replicas, ...ideal }).canary
}

/** Pods are users: who is held keeps the share of when it was last sized, whatever its step asks for. */
function shareNow({ current, replicas, rollout }: Story): number {
  const all = (current && desiredReplicas(current)) ?? replicas
  return all === 0 ? 0 : Math.min(1, wantedReplicas(current) / all) * maxTrafficWeight(rollout.spec)
}

/** A pod of an old revision that a Service still selects stays, unless it may be missing. */
export function servedByOlder({ snapshot, rollout, replicas }: Story, one: ReplicaSet | undefined): number {
  const selected = Object.values(snapshot.services).map(selectedHash)
  const isSelected = replicas > 0 && one !== undefined && selected.includes(podHashOf(one))
  return isSelected && maxUnavailable(rollout.spec) === 0 ? Math.min(1, wantedReplicas(one)) : 0
}

/** The stable Service keeps a pod until it is switched, unless it may be missing. */
function servedByStable(story: Story, selectors: CanarySelectors): number {
  const { stable, snapshot, rollout } = story
  if (stable === undefined || story.replicas === 0 || maxUnavailable(rollout.spec) > 0) return 0
  const now = selectedHash(snapshot.services[servicesOf(rollout).stable ?? ''])
  const isSelected = [now, selectors.stable].includes(podHashOf(stable))
  if (!isSelected) return 0
  const others = total(wantedReplicas, story.all) - wantedReplicas(stable)
  const room = story.replicas + maxSurge(rollout.spec) - others
  return clamp(room, Math.min(1, wantedReplicas(stable)), 1)
}

export function countOf(replicaSet: ReplicaSet): Count {
  return { spec: wantedReplicas(replicaSet), available: availableReplicas(replicaSet) }
}

function routedSplit(story: Story, strategy: CanaryStrategy, carried: Carried): Split {
  const maxWeight = maxTrafficWeight(story.rollout.spec)
  const scale = wantedCanaryScale(story, strategy)
  const dynamic = {
    isAborted: story.isAborted,
    canaryWeight: carried.weight,
    stableWeight: carried.stableWeight,
    stepWeight: isOfReplaced(story, carried) ? 0 : weightAt(story.position),
  }
  const split = routedSizes({
    replicas: story.replicas,
    maxWeight,
    scale,
    minPods: strategy.minPodsPerReplicaSet ?? 0,
    ...(strategy.dynamicStableScale === true ? { dynamic } : {}),
  })
  // The weight goes before the pods do.
  const isExplicit = 'replicas' in scale && !isNone(scale) && !story.isAborted
  // What was given up never grows.
  const canary = story.isAborted ? Math.min(split.canary, wantedReplicas(story.current)) : split.canary
  return {
    canary: Math.max(canary, isExplicit ? 0 : carriedPods(story, carried, story.current)),
    stable: Math.max(split.stable, carriedPods(story, carried, story.stable)),
  }
}

/** Users are still with a canary that another image has replaced: they go back before the new one gets any. */
function isOfReplaced({ hash, stable }: Story, { weight, hash: serving }: Carried): boolean {
  return weight > 0 && serving !== undefined && ![hash, stable && podHashOf(stable)].includes(serving)
}

/** Pods that the canary's weight still sends requests to, as far as there are any. */
function carriedPods(story: Story, { weight, hash }: Carried, one: ReplicaSet | undefined): number {
  if (one === undefined || hash !== podHashOf(one)) return 0
  const share = Math.ceil((weight * story.replicas) / maxTrafficWeight(story.rollout.spec))
  return Math.min(wantedReplicas(one), share)
}

/** A step wants none of its pods, and its users keep some. */
function isStillThere(story: Story, strategy: CanaryStrategy): boolean {
  const scale = wantedCanaryScale(story, strategy)
  const isNoneAsked = 'replicas' in scale && scale.replicas === 0 && !story.isAborted
  return isNoneAsked && wantedReplicas(story.current) > 0
}

function sizesGate(
  story: Story,
  split: Split,
  { strategy, leaving }: { readonly strategy: CanaryStrategy; readonly leaving: Leaving },
): Gate {
  const { current, stable, older } = story
  if (isStillThere(story, strategy))
    return waitFor(story, 'the pods of the canary to go, its weight first', 'See what holds its weight.')
  const isRouted = isByWeight({ strategy, leaving })
  const threshold = strategy.replicaProgressThreshold
  // Enough is counted of what the step asks for, not of the next size on the way there.
  const goal = isRouted || threshold === undefined ? split.canary : goalOf(story, strategy, split)
  if (!hasReached(current, goal, threshold)) return podsGate(story, current, goal)
  if (isAlone(story)) return undefined
  const isStableThere = wantedReplicas(stable) === split.stable && actualReplicas(stable) === split.stable
  if (!(isRouted && strategy.dynamicStableScale === true) && !isStableThere)
    return waitFor(
      story,
      `the stable ReplicaSet to have ${split.stable} pods (it has ${actualReplicas(stable)})`,
      'See the pods that come or end there.',
    )
  // Those that are not available yet take the surge as well.
  if (isRouted || total(availableReplicas, older) + total(wantedReplicas, older) === 0) return undefined
  return waitFor(story, 'pods of older revisions to end', 'See why they do not end.')
}

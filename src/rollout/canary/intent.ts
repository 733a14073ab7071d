// What share of the traffic the canary should have now (second step of a decision). Weight only goes to pods that are
// there to carry it, and comes back before they go.
import { maxTrafficWeight, mirrorPercentage } from '../../api/defaults.ts'
import type { CanaryStrategy } from '../../api/rollout.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Instant } from '../../std/instant.ts'
import { parseInstant } from '../../std/instant.ts'
import type { Json } from '../../std/json.ts'
import type { TrafficIntent } from '../../traffic/router.ts'
import { stayingReplicas } from '../../workload/availability.ts'
import { experimentWeights } from '../experiment/state.ts'
import { podHashOf } from '../../workload/replica-set.ts'
import type { ExperimentState } from '../experiment/state.ts'
import { podsGate, unreadGate } from '../gates.ts'
import type { Gate } from '../gates.ts'
import { servicesOf } from '../services.ts'
import type { Position } from '../steps.ts'
import { headerRoutesAt, mirrorRoutesAt, weightAt, weightBefore } from '../steps.ts'
import { isGoingBack } from '../story.ts'
import type { Story } from '../story.ts'
import type { Carried } from './carried.ts'
import { abortedWeight } from './routed-sizes.ts'
import { wantsNoCanary } from './scale.ts'
import type { CanarySelectors } from './selectors.ts'
import type { CanarySizes } from './sizes.ts'
import { carriesBack, enoughBack, stableGate, stableHash } from './stable-gate.ts'

export interface TrafficFacts {
  readonly strategy: CanaryStrategy
  readonly sizes: CanarySizes
  /** What the Services select once they have been switched. */
  readonly selectors: CanarySelectors
  readonly carried: Carried
  readonly experiment: ExperimentState
}

export interface Aimed {
  /** Undefined where no router is asked for, and as long as nothing is there to be routed to. */
  readonly intent: TrafficIntent | undefined
  /** Why there is none although a router is asked for, or only what was given last. */
  readonly heldWeight: Gate
}

/** What a hand has raised goes back to what was given last where the stable side can not carry yet what is wanted. */
export function trafficIntent(story: Story, facts: TrafficFacts): Aimed {
  if (facts.strategy.trafficRouting === undefined || story.isReset || story.isOnlyRecorded)
    return { intent: undefined, heldWeight: undefined }
  const unread = unreadGate(story, story.routers)
  if (unread !== undefined) return { intent: undefined, heldWeight: unread }
  const aim = aimOf(story, facts)
  const held = restGate(story, facts, aim.weight)
  if (held === undefined) return { intent: intentFor(story, facts, aim), heldWeight: stillBack(story, aim) }
  const last = heldAim(story, facts.carried)
  const isRaised = (facts.carried.read ?? 0) > last.weight
  const isCarried = isRaised && restGate(story, facts, last.weight) === undefined
  return { intent: isCarried ? intentFor(story, facts, last) : undefined, heldWeight: held }
}

function intentFor(story: Story, facts: TrafficFacts, aim: Aim): TrafficIntent {
  const endedAt = endOf(story)
  const { stableService: stable = '', canaryService: canary = '' } = facts.strategy
  const maxWeight = maxTrafficWeight(story.rollout.spec)
  const others = experimentWeights(story, facts.experiment, maxWeight - aim.weight)
  const beside = others.reduce((sum, one) => sum + one.weight, 0)
  return {
    now: story.now,
    ...(endedAt === undefined ? {} : { endedAt }),
    maxWeight,
    stable: { service: stable, podHash: stableSide(story), weight: maxWeight - aim.weight - beside },
    canary: { service: canary, podHash: aim.hash, weight: aim.weight },
    others,
    ...managedRoutes(story, facts),
  }
}

/** A side whose revision has gone stays where it is: some users may come there yet. */
function stableSide(story: Story): string {
  return story.isStableLost ? '' : (stableHash(story) ?? '')
}

/** Header and mirror routes hold as long as the canary is on its way and its pods are reached. */
function managedRoutes(
  story: Story,
  facts: TrafficFacts,
): Pick<TrafficIntent, 'headerRoutes' | 'mirrorRoutes'> {
  const { revision, isPromoted, isAborted, isFull, isFirst, position, current } = story
  const isUnderWay = revision > 1 && !isFirst && !isPromoted && !isAborted && !isFull
  const isThere = stayingReplicas(current) > 0 && !wantsNoCanary(story, facts.strategy)
  if (!isUnderWay || !isThere || !isReachable(story, facts)) return { headerRoutes: [], mirrorRoutes: [] }
  return { headerRoutes: headers(position), mirrorRoutes: mirrors(position) }
}

/** Whether the canary Service selects the wanted revision at the end of this pass; without one nothing waits. */
function isReachable({ hash, rollout }: Story, { selectors }: TrafficFacts): boolean {
  return servicesOf(rollout).canary === undefined || selectors.canary === hash
}

interface Aim {
  readonly weight: number
  readonly hash: string
}

/** The first rule that holds says it. */
function aimOf(story: Story, facts: TrafficFacts): Aim {
  const { current, hash } = story
  if (story.isPromoted) return { weight: 0, hash }
  if (story.isAborted) return abortedAim(story, facts)
  if (servesAlone(story, facts)) return { weight: maxTrafficWeight(story.rollout.spec), hash }
  if (stayingReplicas(current) === 0 || wantsNoCanary(story, facts.strategy)) return { weight: 0, hash }
  const held = heldAim(story, facts.carried)
  if (!isReachable(story, facts)) return held
  const own = held.hash === hash ? held.weight : 0
  const weight = forwardWeight(story, facts, own)
  return { weight: Math.min(weight, mostOf(story, own)), hash }
}

/**
 * Somebody has deleted the stable ReplicaSet: the first new pod is better for its users than none, and as many as those
 * have who serve the canary's users for these.
 */
function servesAlone(story: Story, facts: TrafficFacts): boolean {
  const { isStableLost, problem, current, replicas } = story
  const { weight, hash } = facts.carried
  if (!isStableLost || problem !== undefined || !isReachable(story, facts)) return false
  const serving = weight === 0 ? undefined : setOf(story, hash)
  return stayingReplicas(current) >= Math.max(1, Math.min(replicas, stayingReplicas(serving)))
}

/**
 * With a mistake in the spec, or held, nobody gets more than was given last, though a hand has raised it. What a hand
 * has taken from a canary that is held it gets back.
 */
function mostOf({ hash, problem, isHalted, status }: Story, own: number): number {
  if (problem !== undefined) return own
  if (!isHalted) return Infinity
  const { canary } = status.canary?.weights ?? {}
  return canary?.podTemplateHash === hash ? canary.weight : own
}

/** What the routers were last given, as far as it still stands. */
function heldAim(story: Story, { least = 0, hash = story.hash }: Carried): Aim {
  return { weight: least, hash }
}

/** Whoever still has users of an aborted canary gives them back: they are not moved to what was given up. */
function abortedAim(story: Story, facts: TrafficFacts): Aim {
  const weight = facts.strategy.dynamicStableScale === true ? goingBack(story, facts) : 0
  return { weight, hash: weight > 0 ? heldAim(story, facts.carried).hash : story.hash }
}

/** The rest of an aborted canary's weight waits for stable pods. */
function stillBack(story: Story, { weight }: Aim): Gate {
  return story.isAborted && weight > 0 ? podsGate(story, story.stable, enoughBack(story)) : undefined
}

/** `own`: what this revision was last given. */
function forwardWeight(story: Story, { strategy, sizes }: TrafficFacts, own: number): number {
  if (!story.isFull) return stepWeight(story.position, sizes, own)
  return strategy.dynamicStableScale === true ? fullWeight(story) : own
}

function fullWeight({ current, replicas, rollout }: Story): number {
  const max = maxTrafficWeight(rollout.spec)
  return replicas === 0 ? max : Math.min(max, Math.floor((max * stayingReplicas(current)) / replicas))
}

function goingBack(story: Story, facts: TrafficFacts): number {
  const { strategy, carried } = facts
  const able = stayingReplicas(story.stable)
  const users = { serving: servingIn(story, facts), given: shareOf(story, carried) }
  return abortedWeight({
    replicas: story.replicas,
    maxWeight: maxTrafficWeight(story.rollout.spec),
    stableAvailable: carriesBack(story, users) ? story.replicas : able,
    canaryAvailable: stayingReplicas(story.current),
    stepWeights: story.position.steps.flatMap(step => step.setWeight ?? []),
    currentWeight: carried.least ?? carried.read ?? 0,
    hasDelay: strategy.abortScaleDownDelaySeconds !== undefined,
    minPods: strategy.minPodsPerReplicaSet ?? 0,
  })
}

/**
 * A weight is raised only when the pods are there; it is lowered at once. Without steps: nothing until
 * promotion.
 */
function stepWeight(position: Position, sizes: CanarySizes, own: number): number {
  if (position.index === undefined) return 0
  const target = weightAt(position)
  return sizes.held === undefined || target <= own ? target : Math.min(own, weightBefore(position))
}

/** The stable side must be able to carry the rest; whoever goes back waits for nothing where it has had all of it. */
function restGate(story: Story, facts: TrafficFacts, weight: number): Gate {
  const { strategy, selectors } = facts
  const isThere = servicesOf(story.rollout).stable === undefined || selectors.stable === stableHash(story)
  if (isThere && isGoingBack(story) && standsStill(story, facts, weight)) return undefined
  // A small stable side has grown for an undo, and gets all at once.
  const takesAll = story.isPromoted && strategy.dynamicStableScale === true
  return stableGate(story, {
    weight,
    isReachable: isThere,
    serving: servingIn(story, facts),
    given: shareOf(story, facts.carried),
    threshold: takesAll ? undefined : strategy.replicaProgressThreshold,
  })
}

/** Where the canary's users are now, or come to with this pass, beside the stable revision. */
function servingIn(story: Story, { carried, selectors }: TrafficFacts): ReplicaSet | undefined {
  const [now, next] = [setOf(story, carried.hash), setOf(story, selectors.canary)]
  return stayingReplicas(now) > 0 || next === story.stable ? now : next
}

function shareOf({ position }: Story, { weight }: Carried): number {
  return Math.min(1, weight / position.maxWeight)
}

function setOf({ all }: Story, hash: string | undefined): ReplicaSet | undefined {
  return all.find(one => podHashOf(one) === hash)
}

/** Then only header and mirror routes go. */
function standsStill({ status, stable: set }: Story, { carried }: TrafficFacts, weight: number): boolean {
  const { canary, stable } = status.canary?.weights ?? {}
  const isStable = set !== undefined && stable?.podTemplateHash === podHashOf(set) && stayingReplicas(set) > 0
  return isStable && weight === 0 && (carried.read ?? 0) === 0 && canary?.weight === 0
}

function endOf({ status, isAborted, isPromoted }: Story): Instant | undefined {
  if (isAborted) return parseInstant(status.abortedAt ?? '')
  return isPromoted ? parseInstant(status.duration?.finishedAt ?? '') : undefined
}

function headers(position: Position): TrafficIntent['headerRoutes'] {
  return headerRoutesAt(position).map(({ name = '', match = [] }) => ({ name, match }))
}

function mirrors(position: Position): TrafficIntent['mirrorRoutes'] {
  return mirrorRoutesAt(position).map(route => ({
    name: route.name,
    match: (route.match ?? []) as readonly { readonly [what: string]: Json }[],
    percentage: mirrorPercentage(route),
  }))
}

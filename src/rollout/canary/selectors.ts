// Which revision the Services of a canary should select (second step of a decision). A Service is first taken
// over when all pods of the revision are available, and later only goes where at least one is.
import { maxUnavailable } from '../../api/defaults.ts'
import { MANAGED_BY_ROLLOUTS } from '../../api/words.ts'
import type { CanaryStrategy } from '../../api/rollout.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Service } from '../../kube/core.ts'
import { stayingReplicas, wantedReplicas } from '../../workload/availability.ts'
import { stableOfPair } from '../../traffic/roles.ts'
import { podHashOf } from '../../workload/replica-set.ts'
import { open, podsGate } from '../gates.ts'
import type { Gate } from '../gates.ts'
import type { Wait } from '../../kube/reconciler.ts'
import { selectedHash, servicesOf } from '../services.ts'
import { isGoingBack } from '../story.ts'
import type { Story } from '../story.ts'
import { leadsToNothing, podsFor } from './carried.ts'
import type { Carried } from './carried.ts'
import { wantsNoCanary } from './scale.ts'
import { enoughBack } from './stable-gate.ts'

/** What each Service selects once this pass has ended: as it is, or as it will be switched. */
export interface CanarySelectors {
  readonly stable: string | undefined
  readonly canary: string | undefined
  /** Of a pair that swaps roles, the Service that is not stable now. */
  readonly next: string | undefined
  /** Why one of them does not select what it should yet. */
  readonly waits: readonly Wait[]
}

export function canarySelectors(story: Story, strategy: CanaryStrategy, carried: Carried): CanarySelectors {
  const names = servicesOf(story.rollout)
  const { services } = story.snapshot
  const [stableService, canaryService] = [services[names.stable ?? ''], services[names.canary ?? '']]
  const swaps = names.next !== undefined && names.next === names.canary
  const stable = selected(story, stableService, {
    target: stableTarget(story, stableService, swaps),
    adopts: isMadeAgain(story, carried) ? enoughBack(story) : Infinity,
    least: hasAll(story, carried)
      ? 1
      : Math.min(servingNow(story, stableService), stableSize(story, strategy, carried)),
  })
  const next = nextSelector(story, services[names.next ?? ''], carried)
  const own = selected(story, canaryService, {
    target: canaryTarget(story, strategy, carried),
    adopts: Infinity,
    least: carried.weight > 0 ? leastToCarry(story, canaryService) : 1,
  })
  const canary = swaps ? { hash: next } : { ...own, hash: refuge(story, carried, own.hash) ?? own.hash }
  return { stable: stable.hash, canary: canary.hash, next, waits: open([stable.held, canary.held]) }
}

/** A stable Service that selects all was ours before, where the canary has users or goes back. */
function isMadeAgain(story: Story, { weight }: Carried): boolean {
  return !story.isFirst && (weight > 0 || isGoingBack(story))
}

/** All users are with the promoted revision already, by the canary's side: nobody comes with the stable Service. */
function hasAll({ isPromoted, hash, position }: Story, carried: Carried): boolean {
  return isPromoted && carried.hash === hash && carried.read === position.maxWeight
}

/**
 * The canary Service leads to no pod: a hand has moved it, or has deleted its revision. Its users go to where the
 * status says they were, after an abort to the stable revision if that is not lost, until the wanted one has pods.
 */
function refuge(story: Story, carried: Carried, wanted: string | undefined): string | undefined {
  const service = story.snapshot.services[servicesOf(story.rollout).canary ?? '']
  if (story.isReset || wanted !== selectedHash(service) || !leadsToNothing(story, carried)) return undefined
  const { stableRS, canary } = story.status
  const were = canary?.weights?.canary.podTemplateHash
  const isThere = (hash: string | undefined) =>
    story.all.some(one => podHashOf(one) === hash && stayingReplicas(one) > 0)
  const hash = isGoingBack(story) && !story.isStableLost ? stableRS : were
  return isThere(hash) ? hash : undefined
}

/** Until a revision has become stable behind one of a pair, neither of the two is ours. */
function stableTarget(story: Story, service: Service | undefined, swaps: boolean): ReplicaSet | undefined {
  const isBorrowed = swaps && stableOfPair(story.status) === undefined && !isManaged(service)
  if (story.isReset || isBorrowed) return undefined
  return story.stable ?? (story.isFirst ? story.current : undefined)
}

/**
 * The Service that swaps goes to the wanted revision as soon as nobody comes to it, before that has pods. After an
 * abort its users go back, and not to what was given up.
 */
function nextSelector(story: Story, service: Service | undefined, carried: Carried): string | undefined {
  const now = selectedHash(service)
  const { current, isPromoted, isAborted, hash } = story
  if (service === undefined || current === undefined || story.isReset || isPromoted) return now
  const isThere = !isAborted && !isHeldElsewhere(story, carried) && stayingReplicas(current) > 0
  const isOpen = story.isFirst || carried.weight === 0 || isThere
  return isOpen ? hash : now
}

function isManaged(service: Service | undefined): boolean {
  return service?.metadata.annotations?.[MANAGED_BY_ROLLOUTS] !== undefined
}

/**
 * Ours has one owner for this selector: an aborted canary's Service goes to the stable revision, and stays
 * there.
 */
function canaryTarget(story: Story, strategy: CanaryStrategy, carried: Carried): ReplicaSet | undefined {
  if (story.isReset) return undefined
  const isCarried = isCarriedByPods(story, strategy, carried)
  if (story.isAborted) return isCarried ? undefined : story.stable
  if (story.isPromoted && isCarried && carried.hash !== story.hash) return undefined
  if (isInTheWay(story, strategy)) return story.stable
  if (isHeldElsewhere(story, carried)) return undefined
  // Its pods are about to go: nobody new is sent there.
  return wantsNoCanary(story, strategy) ? undefined : story.current
}

/** Users are still with the revision before, and somebody holds the canary: nobody comes to one that never had any. */
function isHeldElsewhere(story: Story, carried: Carried): boolean {
  const { isHalted, hash, status, all } = story
  const isNew = status.canary?.weights?.canary.podTemplateHash !== hash && carried.hash !== hash
  const serving = all.find(one => podHashOf(one) === carried.hash)
  return isHalted && !isGoingBack(story) && isNew && carried.weight > 0 && stayingReplicas(serving) > 0
}

/**
 * Its pods serve until its weight is gone, where the stable side is small; one that nobody can take away, since its
 * route is broken, goes with the Service.
 */
function isCarriedByPods(story: Story, { dynamicStableScale }: CanaryStrategy, { weight }: Carried): boolean {
  const isWhole = story.problem !== undefined && stayingReplicas(story.stable) >= story.replicas
  return dynamicStableScale === true && weight > 0 && !isWhole
}

/** Without a router a pod of an older revision, kept for the Service, may take the room of the first new one. */
function isInTheWay(
  { rollout, snapshot, older, current }: Story,
  { trafficRouting }: CanaryStrategy,
): boolean {
  const now = selectedHash(snapshot.services[servicesOf(rollout).canary ?? ''])
  const isOld = older.some(one => podHashOf(one) === now)
  return trafficRouting === undefined && isOld && stayingReplicas(current) === 0
}

/**
 * No weight can be taken away in this pass: the canary Service only goes to pods that carry what it has; from none to
 * any.
 */
export function withoutDrain(story: Story, selectors: CanarySelectors, carried: Carried): CanarySelectors {
  const { canary } = servicesOf(story.rollout)
  const now = selectedHash(story.snapshot.services[canary ?? ''])
  const target = story.all.find(one => podHashOf(one) === selectors.canary)
  const beside = selectors.stable === selectors.canary ? carried.stableWeight : 0
  const needed = podsFor(story, carried.weight + beside)
  const able = stayingReplicas(target)
  const isFree = carried.weight === 0 || able >= needed || (able > 0 && leadsToNothing(story, carried))
  if (selectors.canary === now || target === undefined || isFree) return selectors
  return { ...selectors, canary: now, waits: [...selectors.waits, podsGate(story, target, needed)] }
}

interface Switched {
  readonly target: ReplicaSet | undefined
  /** Pods that are enough to take over a Service that selects all: `Infinity` for all of them. */
  readonly adopts: number
  /** Pods that are enough for one that is ours. */
  readonly least: number
}

function selected(
  story: Story,
  service: Service | undefined,
  { target, adopts, least }: Switched,
): { readonly hash: string | undefined; readonly held?: Gate } {
  const now = selectedHash(service)
  const hash = target === undefined ? undefined : podHashOf(target)
  if (service === undefined || target === undefined || hash === now) return { hash: now }
  // Where no pods are asked for none can be waited for.
  const asked = isManaged(service) ? least : Math.min(adopts, wantedReplicas(target))
  const needed = story.replicas === 0 ? 0 : Math.max(1, asked)
  if (stayingReplicas(target) >= needed) return { hash: hash as string }
  return { hash: now, held: podsGate(story, target, needed) }
}

/** Users who go back with the Service are better off with a stable side that misses a pod or two. */
function leastToCarry(story: Story, service: Service | undefined): number {
  const { isAborted, isPromoted, replicas, rollout } = story
  if (!isAborted && !isPromoted) return 1
  const enough = replicas - Math.max(1, maxUnavailable(rollout.spec))
  return Math.min(enough, servingNow(story, service))
}

/** With `dynamicStableScale` the stable side is as small as its share, until it is the only one. */
function stableSize(story: Story, { dynamicStableScale }: CanaryStrategy, { stableWeight }: Carried): number {
  const isSmall = dynamicStableScale === true && !story.isPromoted
  return isSmall ? podsFor(story, stableWeight) : story.replicas
}

/** Whoever is moved by hand goes back when the stable revision serves as many users as the one that serves now. */
function servingNow({ all, replicas }: Story, service: Service | undefined): number {
  const serving = all.find(one => podHashOf(one) === selectedHash(service))
  return Math.min(replicas, stayingReplicas(serving))
}

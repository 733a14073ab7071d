// What share of the traffic the canary should have now, and what the routers make of it (second step of a
// decision). Weight only goes to pods that are there to carry it, and comes back before they go.
import { maxTrafficWeight, mirrorPercentage } from '../api/defaults.ts'
import type { CanaryStrategy, Rollout, TrafficWeights } from '../api/rollout.ts'
import type { Instant } from '../std/instant.ts'
import { parseInstant } from '../std/instant.ts'
import type { Json } from '../std/json.ts'
import type { TrafficIntent } from '../traffic/router.ts'
import { availableReplicas, hasReached } from '../workload/availability.ts'
import type { CanarySelectors } from './canary/selectors.ts'
import type { CanarySizes } from './canary/sizes.ts'
import type { Progress } from './progress.ts'
import { abortedWeight, stableNeededFor } from './routed-replicas.ts'
import type { RolloutSnapshot } from './snapshot.ts'
import { currentStepIndex, headerRoutesAt, mirrorRoutesAt, stepsOf, weightAt, weightBefore } from './steps.ts'
import { maxUnavailable } from '../api/defaults.ts'

export interface TrafficFacts {
  readonly strategy: CanaryStrategy
  /** Its status says what this pass takes to be asked for. */
  readonly rollout: Rollout
  readonly sizes: CanarySizes
  /** What the Services select once they have been switched. */
  readonly selectors: CanarySelectors
}

/** Undefined where no router is asked for, and as long as nothing is there to be routed to. */
export function trafficIntent(
  snapshot: RolloutSnapshot,
  progress: Progress,
  facts: TrafficFacts,
): TrafficIntent | undefined {
  const { strategy, rollout } = facts
  if (strategy.trafficRouting === undefined || progress.isReset) return undefined
  const recorded = rollout.status?.canary?.weights
  const aim = aimOf(snapshot, progress, facts)
  if (!mayRoute(snapshot, progress, { ...facts, weight: aim.weight })) return undefined
  const endedAt = endOf(rollout, progress)
  const maxWeight = maxTrafficWeight(rollout.spec)
  const stableHash = progress.isFirst ? progress.hash : (rollout.status?.stableRS ?? '')
  const isManaged = aim.weight > 0 || (recorded?.canary.weight ?? 0) > 0
  const index = currentStepIndex(rollout)
  const hasRoutes = progress.revision > 1 && !progress.isPromoted && !progress.isAborted && !progress.isFull
  return {
    now: snapshot.now,
    ...(endedAt === undefined ? {} : { endedAt }),
    maxWeight,
    stable: {
      service: strategy.stableService ?? '',
      podHash: stableHash,
      weight: maxWeight - aim.weight,
    },
    canary: { service: strategy.canaryService ?? '', podHash: aim.hash, weight: aim.weight },
    others: [],
    headerRoutes: hasRoutes && isManaged ? headers(rollout, index) : [],
    mirrorRoutes: hasRoutes && isManaged ? mirrors(rollout, index) : [],
  }
}

interface Aim {
  readonly weight: number
  readonly hash: string
}

/** The first rule that holds says it. */
function aimOf(snapshot: RolloutSnapshot, progress: Progress, facts: TrafficFacts): Aim {
  const { rollout, strategy, selectors } = facts
  const { current } = snapshot
  const recorded = rollout.status?.canary?.weights?.canary
  const before = recorded?.weight ?? 0
  const { hash } = progress
  const isDynamic = strategy.dynamicStableScale === true
  if (progress.isPromoted) {
    const isBack = recorded !== undefined && before > 0 && recorded.podTemplateHash !== hash
    const isShort = isBack && isDynamic && availableReplicas(current) < progress.replicas
    return isShort ? { weight: before, hash: recorded.podTemplateHash ?? hash } : { weight: 0, hash }
  }
  if (progress.isAborted) return { weight: isDynamic ? goingBack(snapshot, progress, facts) : 0, hash }
  if (availableReplicas(current) === 0) return { weight: 0, hash }
  const isReachable = strategy.canaryService === undefined || selectors.canary === hash
  const held = { weight: before, hash: recorded?.podTemplateHash ?? hash }
  if (!isReachable) return held
  const own = held.hash === hash ? before : 0
  if (progress.isFull && !isDynamic) return { weight: own, hash }
  const weight = progress.isFull ? fullWeight(snapshot, progress, rollout) : stepWeight(facts, own)
  return { weight, hash }
}

function fullWeight({ current }: RolloutSnapshot, { replicas }: Progress, rollout: Rollout): number {
  const max = maxTrafficWeight(rollout.spec)
  return replicas === 0 ? max : Math.min(max, Math.floor((max * availableReplicas(current)) / replicas))
}

function goingBack(snapshot: RolloutSnapshot, progress: Progress, { rollout }: TrafficFacts): number {
  return abortedWeight({
    replicas: progress.replicas,
    maxWeight: maxTrafficWeight(rollout.spec),
    stableAvailable: availableReplicas(snapshot.stable),
    canaryAvailable: availableReplicas(snapshot.current),
    stepWeights: stepsOf(rollout).flatMap(step => step.setWeight ?? []),
    currentWeight: rollout.status?.canary?.weights?.canary.weight,
    hasDelay: rollout.spec.strategy?.canary?.abortScaleDownDelaySeconds !== undefined,
  })
}

/**
 * A weight is raised only when the pods are there; it is lowered at once. Without steps: nothing until
 * promotion.
 */
function stepWeight({ rollout, sizes }: TrafficFacts, own: number): number {
  const index = currentStepIndex(rollout)
  if (index === undefined) return 0
  const target = weightAt(rollout, index)
  return sizes.isAtDesired || target <= own ? target : weightBefore(rollout, index)
}

/** The stable side must be able to carry the rest. */
function mayRoute(
  snapshot: RolloutSnapshot,
  progress: Progress,
  { strategy, rollout, selectors, weight }: TrafficFacts & { weight: number },
): boolean {
  const stable = snapshot.stable ?? (progress.isFirst ? snapshot.current : undefined)
  if (stable === undefined) return false
  const { replicas } = progress
  const hash = progress.isFirst ? progress.hash : rollout.status?.stableRS
  const maxWeight = maxTrafficWeight(rollout.spec)
  const isReachable = strategy.stableService === undefined || selectors.stable === hash
  if (!isReachable && weight < maxWeight) return false
  const needed = stableNeededFor(weight, { replicas, maxWeight })
  const able = availableReplicas(stable)
  if (able >= needed || hasThreshold(stable, needed, strategy)) return true
  // Whoever comes back from a canary that is broken is better off with a stable side that misses a pod or
  // two.
  const isLost = progress.isAborted || availableReplicas(snapshot.current) === 0
  return isLost && able > 0 && able >= needed - Math.max(1, maxUnavailable(rollout.spec))
}

function hasThreshold(
  stable: Parameters<typeof hasReached>[0],
  needed: number,
  { replicaProgressThreshold }: CanaryStrategy,
): boolean {
  return replicaProgressThreshold !== undefined && hasReached(stable, needed, replicaProgressThreshold)
}

function endOf({ status }: Rollout, progress: Progress): Instant | undefined {
  if (progress.isAborted) return parseInstant(status?.abortedAt ?? '')
  return progress.isPromoted ? parseInstant(status?.duration?.finishedAt ?? '') : undefined
}

function headers(rollout: Rollout, index: number | undefined): TrafficIntent['headerRoutes'] {
  return headerRoutesAt(rollout, index).map(({ name = '', match = [] }) => ({ name, match }))
}

function mirrors(rollout: Rollout, index: number | undefined): TrafficIntent['mirrorRoutes'] {
  return mirrorRoutesAt(rollout, index).map(route => ({
    name: route.name,
    match: (route.match ?? []) as readonly { readonly [what: string]: Json }[],
    percentage: mirrorPercentage(route),
  }))
}

/** The weights as they are recorded once the routers have them. */
export function recordedWeights(intent: TrafficIntent): TrafficWeights {
  const destination = ({ weight, service, podHash }: TrafficIntent['canary']) => ({
    weight,
    ...(service === '' ? {} : { serviceName: service }),
    podTemplateHash: podHash,
  })
  return { canary: destination(intent.canary), stable: destination(intent.stable) }
}

/** What `TrafficWeightUpdated` says of the change; undefined when nothing changed. */
export function weightChange(before: TrafficWeights | undefined, after: TrafficWeights): string | undefined {
  if (before === undefined) return `to ${after.canary.weight}`
  if (before.canary.weight !== after.canary.weight) {
    return `from ${before.canary.weight} to ${after.canary.weight}`
  }
  const isSame = (['canary', 'stable'] as const).every(
    side =>
      before[side].podTemplateHash === after[side].podTemplateHash &&
      before[side].serviceName === after[side].serviceName &&
      before[side].weight === after[side].weight,
  )
  return isSame ? undefined : ''
}

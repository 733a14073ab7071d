// How many pods every ReplicaSet of a canary should have now (second step of a decision). One side moves in a
// pass: stable first, then the canary, then old revisions, so that each next step sees what the last one made
// of the world.
import {
  abortScaleDownDelaySeconds,
  maxSurge,
  maxTrafficWeight,
  maxUnavailable,
  scaleDownDelayRevisionLimit,
  scaleDownDelaySeconds,
} from '../../api/defaults.ts'
import type { CanaryStrategy, Rollout } from '../../api/rollout.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import {
  actualReplicas,
  availableReplicas,
  desiredReplicas,
  hasReached,
  total,
  wantedReplicas,
} from '../../workload/availability.ts'
import { hasDeadline } from '../../workload/deadlines.ts'
import { byRevisionDescending, podHashOf } from '../../workload/replica-set.ts'
import type { Progress } from '../progress.ts'
import type { Count, Split } from '../replicas.ts'
import { basicCanarySizes, drainedOlder } from '../replicas.ts'
import type { Retired } from '../retire.ts'
import { join, NOTHING, retire, retireAborted, sized } from '../retire.ts'
import { routedSizes } from '../routed-replicas.ts'
import { selectedHash } from '../services.ts'
import type { RolloutSnapshot } from '../snapshot.ts'
import { wantedCanaryScale } from '../steps.ts'

export interface CanarySizes {
  /** Where canary and stable are going: for a canary without router the next sizes on the way. */
  readonly split: Split
  readonly isAtDesired: boolean
}

/** `rollout`: its status says what this pass takes to be asked for (progress.ts). */
export function canarySizes(
  snapshot: RolloutSnapshot,
  progress: Progress,
  { strategy, rollout }: { strategy: CanaryStrategy; rollout: Rollout },
): CanarySizes {
  const split = isAlone(snapshot, progress)
    ? { canary: progress.replicas, stable: progress.replicas }
    : strategy.trafficRouting === undefined
      ? basicSplit(snapshot, progress, rollout)
      : routedSplit(snapshot, progress, { strategy, rollout })
  return { split, isAtDesired: isAtDesired(snapshot, progress, { strategy, split }) }
}

/** There is no other revision to share with. */
function isAlone(snapshot: RolloutSnapshot, progress: Progress): boolean {
  return progress.isFirst || progress.isPromoted || snapshot.stable === undefined
}

function basicSplit(snapshot: RolloutSnapshot, progress: Progress, rollout: Rollout): Split {
  const { spec } = rollout
  const scale = wantedCanaryScale(rollout)
  return basicCanarySizes({
    replicas: progress.replicas,
    weight: 'weight' in scale ? scale.weight : 0,
    maxWeight: maxTrafficWeight(spec),
    maxSurge: maxSurge(spec),
    maxUnavailable: maxUnavailable(spec),
    canary: snapshot.current && countOf(snapshot.current),
    stable: snapshot.stable && countOf(snapshot.stable),
    olderSpec: total(wantedReplicas, snapshot.older),
  })
}

function countOf(replicaSet: ReplicaSet): Count {
  return { spec: wantedReplicas(replicaSet), available: availableReplicas(replicaSet) }
}

function routedSplit(
  snapshot: RolloutSnapshot,
  progress: Progress,
  { strategy, rollout }: { strategy: CanaryStrategy; rollout: Rollout },
): Split {
  const { weights } = rollout.status?.canary ?? {}
  const maxWeight = maxTrafficWeight(rollout.spec)
  const scale = wantedCanaryScale(rollout)
  const split = routedSizes({
    replicas: progress.replicas,
    maxWeight,
    scale,
    minPods: strategy.minPodsPerReplicaSet ?? 0,
    ...(strategy.dynamicStableScale === true
      ? {
          dynamic: {
            isAborted: progress.isAborted,
            canaryWeight: weights?.canary.weight ?? 0,
            stableWeight: weights?.stable.weight ?? maxWeight,
          },
        }
      : {}),
  })
  // The weight goes before the pods do.
  const isExplicit = 'replicas' in scale && !progress.isAborted
  const carried = (one: ReplicaSet | undefined) => carriedPods(snapshot, progress, { maxWeight, one })
  return {
    canary: Math.max(split.canary, isExplicit ? 0 : carried(snapshot.current)),
    stable: Math.max(split.stable, carried(snapshot.stable)),
  }
}

/** Pods that the recorded weight still sends requests to, as far as there are any. */
function carriedPods(
  snapshot: RolloutSnapshot,
  progress: Progress,
  { maxWeight, one }: { maxWeight: number; one: ReplicaSet | undefined },
): number {
  const recorded = snapshot.rollout.status?.canary?.weights?.canary
  if (one === undefined || recorded === undefined || recorded.podTemplateHash !== podHashOf(one)) return 0
  const share = Math.ceil((recorded.weight * progress.replicas) / maxWeight)
  return Math.min(wantedReplicas(one), share)
}

function isAtDesired(
  snapshot: RolloutSnapshot,
  progress: Progress,
  { strategy, split }: { strategy: CanaryStrategy; split: Split },
): boolean {
  const { current, stable, older } = snapshot
  if (!hasReached(current, split.canary, strategy.replicaProgressThreshold)) return false
  if (isAlone(snapshot, progress)) return true
  const isRouted = strategy.trafficRouting !== undefined
  const isStableThere = wantedReplicas(stable) === split.stable && actualReplicas(stable) === split.stable
  if (!(isRouted && strategy.dynamicStableScale === true) && !isStableThere) return false
  return isRouted || total(availableReplicas, older) === 0
}

/** What every ReplicaSet should have at the end of this pass. */
export function canaryRetired(
  snapshot: RolloutSnapshot,
  progress: Progress,
  { strategy, sizes }: { strategy: CanaryStrategy; sizes: CanarySizes },
): Retired {
  if (progress.isReset) return NOTHING
  if (progress.isHalted && !isScaled(snapshot, progress)) return NOTHING
  const { current, stable } = snapshot
  const isBeside = stable !== undefined && stable !== current
  const stableSize = isBeside ? sized(stable, sizes.split.stable) : NOTHING
  if (isBeside && wantedReplicas(stable) !== sizes.split.stable) return stableSize
  const mine = current === undefined ? NOTHING : currentSize(snapshot, progress, { current, strategy, sizes })
  const both = join(stableSize, mine)
  if (current !== undefined && wantedReplicas(current) !== mine.replicas[current.metadata.name]) return both
  return join(oldSizes(snapshot, progress, strategy), both)
}

/** `spec.replicas` has changed since the pods were last sized. */
function isScaled({ current, stable }: RolloutSnapshot, { replicas }: Progress): boolean {
  return [current, stable].some(one => {
    const desired = one === undefined ? undefined : desiredReplicas(one)
    return desired !== undefined && desired !== replicas
  })
}

function currentSize(
  snapshot: RolloutSnapshot,
  progress: Progress,
  { current, strategy, sizes }: { current: ReplicaSet; strategy: CanaryStrategy; sizes: CanarySizes },
): Retired {
  const delaySeconds = abortScaleDownDelaySeconds(snapshot.rollout.spec)
  const isDelayed = progress.isAborted && strategy.trafficRouting !== undefined && delaySeconds !== undefined
  if (!isDelayed || delaySeconds === 0 || snapshot.stable === undefined)
    return sized(current, sizes.split.canary)
  const isReached = (snapshot.rollout.status?.canary?.weights?.canary.weight ?? 0) > 0
  return retireAborted(snapshot, progress, { replicaSet: current, delaySeconds, isReached })
}

function oldSizes(snapshot: RolloutSnapshot, progress: Progress, strategy: CanaryStrategy): Retired {
  const { spec } = snapshot.rollout
  const all = [snapshot.current, snapshot.stable, ...snapshot.older]
  const available = total(availableReplicas, [...new Set(all)])
  const budget = available - (progress.replicas - maxUnavailable(spec))
  if (strategy.trafficRouting === undefined) return drained(snapshot, budget)
  const isOver = progress.isPromoted || snapshot.older.some(hasDeadline)
  const delaySeconds = isOver && strategy.dynamicStableScale !== true ? scaleDownDelaySeconds(spec) : 0
  if (budget <= 0) return NOTHING
  return retire(snapshot, {
    delaySeconds,
    limit: scaleDownDelayRevisionLimit(spec),
    isNamed: hash => isNamed(snapshot, hash),
    kept: wantedReplicas,
  })
}

/** Without a router every pod gets traffic: old ones go as fast as availability allows. */
function drained({ older }: RolloutSnapshot, budget: number): Retired {
  const newestFirst = older.filter(one => wantedReplicas(one) > 0).toSorted(byRevisionDescending)
  const sizes = drainedOlder(newestFirst.map(countOf), budget)
  return newestFirst.reduce((sum, one, i) => join(sum, sized(one, sizes[i] ?? 0)), NOTHING)
}

/** Whether a Service, the status or the recorded weights still name the revision: then it keeps its pods. */
function isNamed({ rollout, services }: RolloutSnapshot, hash: string | undefined): boolean {
  const { stableRS, currentPodHash, canary } = rollout.status ?? {}
  const { weights } = canary ?? {}
  const named = [
    ...Object.values(services).map(selectedHash),
    stableRS,
    currentPodHash,
    weights?.canary.podTemplateHash,
    weights?.stable.podTemplateHash,
  ]
  return named.includes(hash)
}

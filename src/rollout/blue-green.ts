// Blue/green: what should be, from where we are (second step of a decision). Total: every Service and every
// ReplicaSet has its answer. The active Service only ever goes to a revision whose pods are all available.
import {
  abortScaleDownDelaySeconds,
  autoPromotionEnabled,
  autoPromotionSeconds,
  scaleDownDelayRevisionLimit,
  scaleDownDelaySeconds,
} from '../api/defaults.ts'
import type { BlueGreenStrategy } from '../api/rollout.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { Service } from '../kube/core.ts'
import type { Wait } from '../kube/reconciler.ts'
import type { Instant } from '../std/instant.ts'
import { parseInstant } from '../std/instant.ts'
import { availableReplicas, isSaturated, wantedReplicas } from '../workload/availability.ts'
import { podHashOf } from '../workload/replica-set.ts'
import type { Retired } from './retire.ts'
import { join, NOTHING, retire, retireAborted, sized } from './retire.ts'
import type { Progress } from './progress.ts'
import type { BlueGreenRuns } from './runs.ts'
import { blueGreenRuns, runMoves } from './runs.ts'
import { selectedHash } from './services.ts'
import type { RolloutSnapshot } from './snapshot.ts'
import { allReplicaSets } from './snapshot.ts'
import type { Wanted } from './wanted.ts'

/**
 * What blue/green reads of the world besides the progress; used for what is wanted and for the status alike.
 */
export interface BlueGreenView {
  readonly strategy: BlueGreenStrategy
  /** The hash that the active Service selects; undefined when it selects none of ours. */
  readonly active: string | undefined
  /** Pods that the wanted revision should have now. */
  readonly size: number
  /** All of these are available. */
  readonly isPreviewReady: boolean
  readonly isFastTracked: boolean
  readonly runs: BlueGreenRuns
  readonly pause: BlueGreenPause
  /** What the active Service should select at the end of this pass. */
  readonly activeWanted: string | undefined
}

/** `begin`: this pass starts it. `over`: nothing holds the switch back (any more). */
export type BlueGreenPause =
  | { readonly is: 'none' | 'begin' | 'over' }
  | { readonly is: 'waiting'; readonly since: Instant; readonly until?: Instant }

export function blueGreenView(
  snapshot: RolloutSnapshot,
  progress: Progress,
  strategy: BlueGreenStrategy,
): BlueGreenView {
  const active = selectedHash(snapshot.services[strategy.activeService])
  const size = previewSize(snapshot, progress, { strategy, active })
  const { current } = snapshot
  const isPreviewReady =
    current !== undefined && wantedReplicas(current) === size && availableReplicas(current) === size
  const isFastTracked =
    progress.rollback !== undefined || progress.isFull || progress.isFirst || active === progress.hash
  const runs = blueGreenRuns(snapshot, progress, { active, isPreviewReady })
  const view = { strategy, active, size, isPreviewReady, isFastTracked, runs }
  const pause = pauseOf(snapshot, progress, view)
  return { ...view, pause, activeWanted: activeWanted(snapshot, progress, { ...view, pause }) }
}

export function blueGreenWanted(snapshot: RolloutSnapshot, progress: Progress, view: BlueGreenView): Wanted {
  const { strategy } = view
  const { previewService = '' } = strategy
  const moves = !progress.isHalted
  const sizes: Retired = progress.isReset ? NOTHING : sizesOf(snapshot, progress, view)
  return {
    ...sizes,
    selectors: {
      ...(moves && previewService !== '' ? { [previewService]: progress.hash } : {}),
      ...(view.activeWanted === undefined ? {} : { [strategy.activeService]: view.activeWanted }),
    },
    routing: undefined,
    drains: false,
    runs: runMoves(snapshot, progress, [view.runs.pre, view.runs.post]),
    waits: [...sizes.waits, ...pauseWaits(view.pause)],
  }
}

function previewSize(
  snapshot: RolloutSnapshot,
  progress: Progress,
  { strategy, active }: { strategy: BlueGreenStrategy; active: string | undefined },
): number {
  const count = strategy.previewReplicaCount
  const isActive = active === undefined || active === progress.hash
  const isProven = snapshot.rollout.status?.blueGreen?.scaleUpPreviewCheckPoint === true
  const isFast = progress.isFull || progress.isFirst || progress.rollback !== undefined
  return count === undefined || isActive || isFast || (isProven && !progress.isReset)
    ? progress.replicas
    : count
}

function pauseOf(
  snapshot: RolloutSnapshot,
  progress: Progress,
  view: Pick<BlueGreenView, 'isFastTracked' | 'isPreviewReady' | 'runs' | 'strategy'>,
): BlueGreenPause {
  const { spec, status = {} } = snapshot.rollout
  if (progress.isReset || progress.isAborted || progress.isHalted) return { is: 'none' }
  const isAutomatic = autoPromotionEnabled(spec)
  const seconds = autoPromotionSeconds(spec)
  const isProven = view.strategy.prePromotionAnalysis === undefined || view.runs.pre.is === 'passed'
  if (!view.isFastTracked && !isProven) return { is: 'none' }
  if (view.isFastTracked || (isAutomatic && seconds === 0)) return { is: 'over' }
  if (progress.wasResumed || status.blueGreen?.scaleUpPreviewCheckPoint === true) return { is: 'over' }
  const began = status.pauseConditions?.find(pause => pause.reason === 'BlueGreenPause')
  if (began === undefined) return { is: view.isPreviewReady ? 'begin' : 'none' }
  const since = parseInstant(began.startTime) ?? snapshot.now
  if (!isAutomatic) return { is: 'waiting', since }
  const until = since + seconds * 1000
  return snapshot.now >= until ? { is: 'over' } : { is: 'waiting', since, until }
}

function activeWanted(
  snapshot: RolloutSnapshot,
  progress: Progress,
  view: Omit<BlueGreenView, 'activeWanted'>,
): string | undefined {
  const { current, stable } = snapshot
  const { active } = view
  const stableHash = stable === undefined ? undefined : podHashOf(stable)
  if (progress.isAborted) return mayGoBack(snapshot, progress, active) ? stableHash : active
  if (progress.isHalted || progress.isReset) return active
  const isLost = selectsNothing(snapshot, progress, active) && !progress.isFirst && !progress.isPromoted
  if (isLost && stable !== undefined) return isSaturated(stable, progress.replicas) ? stableHash : active
  const isReady = current !== undefined && isSaturated(current, progress.replicas)
  return isReady && view.isPreviewReady && view.pause.is === 'over' ? progress.hash : active
}

/** By hand, or by a tool: the Service has no hash, or one that no revision has. */
function selectsNothing(snapshot: RolloutSnapshot, progress: Progress, active: string | undefined): boolean {
  if (active === undefined) return true
  return active !== progress.hash && !allReplicaSets(snapshot).some(one => podHashOf(one) === active)
}

/**
 * Ours is right where Argo waits for the new revision's pods: users go back as soon as that makes nothing
 * worse.
 */
function mayGoBack(snapshot: RolloutSnapshot, progress: Progress, active: string | undefined): boolean {
  const { stable } = snapshot
  if (stable === undefined) return false
  const serving = allReplicaSets(snapshot).find(one => podHashOf(one) === active)
  const able = availableReplicas(stable)
  return able >= progress.replicas || (able > 0 && able >= availableReplicas(serving))
}

function sizesOf(snapshot: RolloutSnapshot, progress: Progress, view: BlueGreenView): Retired {
  const { current, stable, rollout } = snapshot
  const old = retire(snapshot, {
    delaySeconds: scaleDownDelaySeconds(rollout.spec),
    limit: scaleDownDelayRevisionLimit(rollout.spec),
    isNamed: hash => isNamed(snapshot, hash),
    kept: () => progress.replicas,
  })
  const whole = stable === undefined ? old : join(old, sized(stable, progress.replicas))
  return current === undefined || current === stable
    ? whole
    : join(whole, currentSize(snapshot, progress, { replicaSet: current, view }))
}

function currentSize(
  snapshot: RolloutSnapshot,
  progress: Progress,
  { replicaSet, view }: { replicaSet: ReplicaSet; view: BlueGreenView },
): Retired {
  const delaySeconds = abortScaleDownDelaySeconds(snapshot.rollout.spec)
  if (progress.isAborted && delaySeconds !== undefined) {
    const isReached = view.active === progress.hash
    return retireAborted(snapshot, progress, { replicaSet, delaySeconds, isReached })
  }
  // The deadline of a revision that we go back to is what makes the way short: it stays until the switch.
  return progress.rollback === 'delay'
    ? { replicas: { [replicaSet.metadata.name]: view.size }, deadlines: {}, waits: [] }
    : sized(replicaSet, view.size)
}

/** Whether a Service or the status still names the revision: then it must keep its pods. */
function isNamed({ rollout, services }: RolloutSnapshot, hash: string | undefined): boolean {
  const { stableRS, currentPodHash } = rollout.status ?? {}
  const named = Object.values(services).some((service: Service) => selectedHash(service) === hash)
  return named || stableRS === hash || currentPodHash === hash
}

function pauseWaits(pause: BlueGreenPause): readonly Wait[] {
  if (pause.is !== 'waiting') return []
  const { since, until } = pause
  return [
    until === undefined
      ? { for: 'somebody to promote', since }
      : { for: 'automatic promotion', since, until },
  ]
}

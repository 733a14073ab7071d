// Which revision the Services of a canary should select (second step of a decision). A Service is first taken
// over when all pods of the revision are available, and later only goes where at least one is.
import { MANAGED_BY_ROLLOUTS } from '../../api/words.ts'
import type { CanaryStrategy } from '../../api/rollout.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Service } from '../../kube/core.ts'
import { availableReplicas, isFullyAvailable } from '../../workload/availability.ts'
import { podHashOf } from '../../workload/replica-set.ts'
import type { Progress } from '../progress.ts'
import { selectedHash } from '../services.ts'
import type { RolloutSnapshot } from '../snapshot.ts'

/** What each Service selects once this pass has ended: as it is, or as it will be switched. */
export interface CanarySelectors {
  readonly stable: string | undefined
  readonly canary: string | undefined
}

export function canarySelectors(
  snapshot: RolloutSnapshot,
  progress: Progress,
  strategy: CanaryStrategy,
): CanarySelectors {
  const stableSet = snapshot.stable ?? (progress.isFirst ? snapshot.current : undefined)
  return {
    stable: selected(
      snapshot.services[strategy.stableService ?? ''],
      progress.isReset ? undefined : stableSet,
    ),
    canary: selected(
      snapshot.services[strategy.canaryService ?? ''],
      canaryTarget(snapshot, progress, strategy),
    ),
  }
}

/**
 * Ours has one owner for this selector: an aborted canary's Service goes to the stable revision, and stays
 * there.
 */
function canaryTarget(
  snapshot: RolloutSnapshot,
  progress: Progress,
  strategy: CanaryStrategy,
): ReplicaSet | undefined {
  if (progress.isReset) return undefined
  const weight = snapshot.rollout.status?.canary?.weights?.canary.weight ?? 0
  const isCarried = strategy.dynamicStableScale === true && weight > 0
  if (progress.isAborted) return isCarried ? undefined : snapshot.stable
  // Going back with a small stable side: the canary's pods serve until its weight is gone.
  if (progress.isPromoted && isCarried && isOthers(snapshot, progress)) return undefined
  return snapshot.current
}

function isOthers({ rollout }: RolloutSnapshot, { hash }: Progress): boolean {
  return rollout.status?.canary?.weights?.canary.podTemplateHash !== hash
}

function selected(service: Service | undefined, target: ReplicaSet | undefined): string | undefined {
  const now = selectedHash(service)
  const hash = target === undefined ? undefined : podHashOf(target)
  if (service === undefined || target === undefined || hash === now) return now
  const isOurs = service.metadata.annotations?.[MANAGED_BY_ROLLOUTS] !== undefined
  const mayGo = availableReplicas(target) > 0 && (isOurs || isFullyAvailable(target))
  return mayGo ? hash : now
}

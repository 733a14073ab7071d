// The parts of a simulated pod's status: conditions that keep what others wrote, and container statuses.
import { isConditionTrue } from '../../kube/conditions.ts'
import type { Condition, Container, ContainerState, ContainerStatus, Pod } from '../../kube/core.ts'
import { parseInstant, printInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'

export type PodStatus = NonNullable<Pod['status']>
export type PodStatusCondition = Omit<Condition, 'lastTransitionTime'>

/** The conditions with ours in them. Those that others write (readiness gates, PodScheduled) stay where they are. */
export function withConditions(
  pod: Pod,
  ours: readonly PodStatusCondition[],
  now: Instant,
): readonly Condition[] {
  const known = pod.status?.conditions ?? []
  const stamped = ours.map((condition): Condition => {
    const before = known.find(one => one.type === condition.type)
    const since =
      before?.status === condition.status && before.lastTransitionTime !== undefined
        ? before.lastTransitionTime
        : printInstant(now)
    return { ...condition, lastTransitionTime: since }
  })
  const kept = known.filter(one => !ours.some(condition => condition.type === one.type))
  return [...kept, ...stamped]
}

export function openGates(pod: Pod): readonly string[] {
  return (pod.spec.readinessGates ?? [])
    .map(gate => gate.conditionType)
    .filter(type => !isConditionTrue(pod, type))
}

export interface ContainerWish {
  readonly ready: boolean
  readonly state: ContainerState
  readonly restartCount?: number
  readonly lastState?: ContainerState
}

export function containerStatuses(
  pod: Pod,
  wish: (container: Container) => ContainerWish,
): readonly ContainerStatus[] {
  return pod.spec.containers.map(container => {
    const { ready, state, restartCount = 0, lastState } = wish(container)
    const isRunning = state.running !== undefined
    return {
      name: container.name,
      image: container.image ?? '',
      imageID: isRunning || state.terminated ? `simulated://${container.image ?? ''}` : '',
      ...(isRunning && { containerID: `simulated://${pod.metadata.uid ?? ''}/${container.name}` }),
      ready,
      started: isRunning,
      restartCount,
      state,
      ...(lastState && { lastState }),
    }
  })
}

export function createdAt(pod: Pod): Instant {
  return parseInstant(pod.metadata.creationTimestamp ?? '') ?? 0
}

/** When the first container began to run. */
export function startedAt(pod: Pod): Instant {
  const running = pod.status?.containerStatuses?.[0]?.state?.running
  return parseInstant(running?.startedAt ?? '') ?? createdAt(pod)
}

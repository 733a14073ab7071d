// The word that kubectl shows for a pod, with its ready containers and restarts: not a field, but read out of
// the containers' states. Views and tables share it.
import { isConditionTrue } from '../kube/conditions.ts'
import type { Container, ContainerStatus, Pod } from '../kube/core.ts'

export interface PodSummary {
  readonly word: string
  readonly ready: number
  readonly total: number
  readonly restarts: number
  /** When the latest of these restarts happened, as RFC 3339. */
  readonly lastRestartAt: string | undefined
}

export function podSummary(pod: Pod): PodSummary {
  const init = initPart(pod)
  const begun = init.word === undefined || isConditionTrue(pod, 'Initialized')
  const main = begun ? mainPart(pod, init) : undefined
  return {
    word: endWord(pod) ?? main?.word ?? init.word ?? phaseWord(pod),
    ready: init.ready + (main?.ready ?? 0),
    total: pod.spec.containers.length + (pod.spec.initContainers ?? []).filter(isSidecar).length,
    restarts: main?.restarts ?? init.restarts,
    lastRestartAt: main === undefined ? init.lastRestartAt : main.lastRestartAt,
  }
}

function phaseWord(pod: Pod): string {
  const gated = pod.status?.conditions?.some(
    one => one.type === 'PodScheduled' && one.reason === 'SchedulingGated',
  )
  if (gated === true) return 'SchedulingGated'
  return pod.status?.reason || (pod.status?.phase ?? '')
}

/** A pod that is on its way out shows that, whatever its containers do. */
function endWord(pod: Pod): string | undefined {
  if (pod.metadata.deletionTimestamp === undefined) return undefined
  if (pod.status?.reason === 'NodeLost') return 'Unknown'
  const isOver = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
  return isOver ? undefined : 'Terminating'
}

interface InitPart {
  /** Undefined when every init container has done its work. */
  readonly word: string | undefined
  readonly ready: number
  readonly restarts: number
  readonly lastRestartAt: string | undefined
  readonly sidecars: readonly ContainerStatus[]
}

function initPart(pod: Pod): InitPart {
  const declared = pod.spec.initContainers ?? []
  const statuses = pod.status?.initContainerStatuses ?? []
  const sidecarNames = new Set(declared.filter(isSidecar).map(one => one.name))
  const runs = (one: ContainerStatus) => sidecarNames.has(one.name) && one.started === true
  const isDone = (one: ContainerStatus) => one.state?.terminated?.exitCode === 0 || runs(one)
  const stuck = statuses.findIndex(one => !isDone(one))
  const seen = stuck === -1 ? statuses : statuses.slice(0, stuck + 1)
  const status = statuses[stuck]
  return {
    word: status === undefined ? undefined : `Init:${initWord(status) ?? `${stuck}/${declared.length}`}`,
    ready: seen.filter(one => one.state?.terminated?.exitCode !== 0 && runs(one) && one.ready).length,
    restarts: restartsOf(seen),
    lastRestartAt: lastRestart(seen),
    sidecars: seen.filter(one => sidecarNames.has(one.name)),
  }
}

function initWord(status: ContainerStatus): string | undefined {
  if (status.state?.terminated !== undefined) return terminatedWord(status)
  const reason = status.state?.waiting?.reason
  return reason === undefined || reason === '' || reason === 'PodInitializing' ? undefined : reason
}

function mainPart(pod: Pod, init: InitPart) {
  const statuses = pod.status?.containerStatuses ?? []
  const running = statuses.filter(one => containerWord(one) === undefined && isRunning(one))
  const word = statuses.map(containerWord).find(one => one !== undefined) ?? init.word
  const counted = [...init.sidecars, ...statuses]
  return {
    word:
      word === 'Completed' && running.length > 0
        ? isConditionTrue(pod, 'Ready')
          ? 'Running'
          : 'NotReady'
        : word,
    ready: running.length,
    restarts: restartsOf(counted),
    lastRestartAt: lastRestart(counted),
  }
}

/** What stands in the way of a container, if anything does. */
function containerWord(status: ContainerStatus): string | undefined {
  const waiting = status.state?.waiting?.reason
  if (waiting !== undefined && waiting !== '') return waiting
  return status.state?.terminated === undefined ? undefined : terminatedWord(status)
}

function terminatedWord(status: ContainerStatus): string | undefined {
  const { reason, signal, exitCode } = status.state?.terminated ?? {}
  if (reason !== undefined && reason !== '') return reason
  return signal !== undefined && signal !== 0 ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`
}

function isRunning(status: ContainerStatus): boolean {
  return status.ready && status.state?.running !== undefined
}

function isSidecar(container: Container): boolean {
  return container['restartPolicy'] === 'Always'
}

function restartsOf(statuses: readonly ContainerStatus[]): number {
  return statuses.reduce((sum, one) => sum + one.restartCount, 0)
}

function lastRestart(statuses: readonly ContainerStatus[]): string | undefined {
  return statuses
    .map(one => one.lastState?.terminated?.finishedAt)
    .filter(one => one !== undefined)
    .toSorted()
    .at(-1)
}

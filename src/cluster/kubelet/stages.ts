// A simulated pod's life as a table: which stage comes next for a pod as it is, when, and what its status then says.
// Pure. Times are counted from what the pod itself says (created, started, deletion asked for), so that a change of
// its labels, or a restart of this program, moves nothing.
//
//   created ─> admitted ─(3 s + probes)─> running ─(gates)─> ready <─> not ready ─(Job's command)─> ended
//                 ├─(2 s, 8 s) image cannot be pulled                      any of them ─(deletion)─> gone
//                 └─(3 s) crash loop
import { isConditionTrue } from '../../kube/conditions.ts'
import type { Pod } from '../../kube/core.ts'
import { controllerOf } from '../../kube/object.ts'
import type { EventNote } from '../../kube/write.ts'
import { parseInstant, printInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import { isCommandBroken, jobCommand, sleepSeconds } from './commands.ts'
import type { ImageProblem, Images } from './images.ts'
import { containerStatuses, createdAt, openGates, startedAt, withConditions } from './pod-status.ts'
import type { PodStatus } from './pod-status.ts'
import type { Missing } from './references.ts'
import {
  configErrorEvents,
  crashEvents,
  pullFailedEvents,
  scheduledEvent,
  startEvents,
  unhealthyEvent,
} from './pod-events.ts'

/** `"false"` on a pod makes it lose its readiness, for tests. */
const READY = 'crossfade.dev/ready'

export interface Stage {
  readonly name: string
  readonly at: Instant
  /** The whole status from then on; undefined: the pod is to be deleted. */
  status?(now: Instant): PodStatus
  /** Told once the status says so. */
  readonly events?: readonly EventNote[]
  /** The pod answers requests from here on: it must have a real port first. */
  readonly serves?: true
}

export interface Surroundings {
  /** What the pod names and that is not there. */
  readonly missing?: Missing | undefined
  readonly images: Images
  readonly nodeAddress: string
}

type Row = (pod: Pod, around: Surroundings) => Stage | undefined

/** The next stage of the pod's life; undefined: nothing happens until somebody changes it. */
export function nextStage(pod: Pod, around: Surroundings): Stage | undefined {
  if ((pod.spec.nodeName ?? '') === '') return undefined
  if (pod.metadata.deletionTimestamp !== undefined) return deletion(pod)
  const problem = isPending(pod) ? around.images.problem(pod) : undefined
  if (problem !== undefined) return pull(pod, problem)
  if (around.missing !== undefined && isPending(pod)) return configError(pod, around.missing)
  for (const row of ROWS) {
    const stage = row(pod, around)
    if (stage !== undefined) return stage
  }
  return undefined
}

const admit: Row = (pod, { nodeAddress }) => {
  if (pod.status?.startTime !== undefined) return undefined
  return {
    name: 'admit',
    at: createdAt(pod),
    status: now => ({
      ...pod.status,
      phase: 'Pending',
      startTime: printInstant(now),
      hostIP: nodeAddress,
      conditions: withConditions(
        pod,
        [
          { type: 'PodScheduled', status: 'True' },
          { type: 'Initialized', status: 'True' },
          ...notReady('ContainersNotReady', unready(pod)),
        ],
        now,
      ),
      containerStatuses: containerStatuses(pod, () => ({
        ready: false,
        state: { waiting: { reason: 'ContainerCreating' } },
      })),
    }),
    events: [scheduledEvent(pod)],
  }
}

function pull(pod: Pod, problem: ImageProblem): Stage | undefined {
  const reached = pod.status?.containerStatuses?.[0]?.state?.waiting?.reason
  if (reached === 'ImagePullBackOff') return undefined
  const isFirst = reached !== 'ErrImagePull'
  const reason = isFirst ? 'ErrImagePull' : 'ImagePullBackOff'
  const backOff = `Back-off pulling image "${problem.image}": ErrImagePull: ${problem.message}`
  const waiting = { reason, message: isFirst ? problem.message : backOff }
  return {
    name: reason,
    at: createdAt(pod) + (isFirst ? 2000 : 8000),
    status: () => ({
      ...pod.status,
      containerStatuses: containerStatuses(pod, () => ({ ready: false, state: { waiting } })),
    }),
    events: pullFailedEvents(pod, { ...problem, isFirst }),
  }
}

function configError(pod: Pod, { message }: Missing): Stage | undefined {
  const reason = 'CreateContainerConfigError'
  const { waiting } = pod.status?.containerStatuses?.[0]?.state ?? {}
  if (waiting?.reason === reason && waiting.message === message) return undefined
  return {
    name: 'config-error',
    at: createdAt(pod) + 2000,
    status: () => ({
      ...pod.status,
      containerStatuses: containerStatuses(pod, () => ({
        ready: false,
        state: { waiting: { reason, message } },
      })),
    }),
    events: configErrorEvents(pod, message),
  }
}

const crashLoop: Row = pod => {
  if (!isPending(pod) || !isCommandBroken(pod) || isJob(pod)) return undefined
  return {
    name: 'crash-loop',
    at: createdAt(pod) + 3000,
    status: now => ({
      ...pod.status,
      phase: 'Running',
      containerStatuses: containerStatuses(pod, () => ({
        ready: false,
        restartCount: 1,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' } },
        lastState: { terminated: startError(now) },
      })),
    }),
    events: crashEvents(pod),
  }
}

const run: Row = pod => {
  if (!isPending(pod) || isCommandBroken(pod)) return undefined
  const delays = pod.spec.containers.map(container => container.readinessProbe?.initialDelaySeconds ?? 0)
  const probes = Math.max(0, ...delays) + sleepSeconds(pod, 'postStart')
  return {
    name: 'run',
    at: createdAt(pod) + (isJob(pod) ? 2000 : 3000 + probes * 1000),
    ...(!isJob(pod) && { serves: true }),
    status: now => ({
      ...pod.status,
      phase: 'Running',
      conditions: withConditions(
        pod,
        [{ type: 'ContainersReady', status: 'True' }, readiness(pod, 'ReadinessGatesNotReady')],
        now,
      ),
      containerStatuses: containerStatuses(pod, () => ({
        ready: true,
        state: { running: { startedAt: printInstant(now) } },
      })),
    }),
    events: startEvents(pod),
  }
}

/** Readiness comes and goes with its gates and with the annotation. */
const gates: Row = pod => {
  if (pod.status?.phase !== 'Running' || !isConditionTrue(pod, 'ContainersReady')) return undefined
  const wanted = readiness(pod, 'ReadinessLost')
  if (isConditionTrue(pod, 'Ready') === (wanted.status === 'True')) return undefined
  return {
    name: wanted.status === 'True' ? 'gates-closed' : 'readiness-lost',
    at: createdAt(pod),
    status: now => ({ ...pod.status, conditions: withConditions(pod, [wanted], now) }),
    ...(isUnwell(pod) && { events: [unhealthyEvent(pod, `the annotation ${READY} is "false"`)] }),
  }
}

const jobStartError: Row = pod => {
  if (!isPending(pod) || !isCommandBroken(pod) || !isJob(pod)) return undefined
  return {
    name: 'job-start-error',
    at: createdAt(pod) + 2000,
    status: now => ({
      ...pod.status,
      phase: 'Failed',
      containerStatuses: containerStatuses(pod, () => ({
        ready: false,
        state: { terminated: startError(now) },
      })),
    }),
  }
}

const jobEnd: Row = pod => {
  if (pod.status?.phase !== 'Running' || !isJob(pod)) return undefined
  const { seconds, exitCode } = jobCommand(pod)
  const isGood = exitCode === 0
  const startTime = startedAt(pod)
  return {
    name: isGood ? 'job-succeed' : 'job-fail',
    at: startTime + (seconds + 1) * 1000,
    status: now => ({
      ...pod.status,
      phase: isGood ? 'Succeeded' : 'Failed',
      conditions: withConditions(pod, notReady(isGood ? 'PodCompleted' : 'PodFailed'), now),
      containerStatuses: containerStatuses(pod, () => ({
        ready: false,
        state: {
          terminated: {
            exitCode,
            reason: isGood ? 'Completed' : 'Error',
            startedAt: printInstant(startTime),
            finishedAt: printInstant(now),
          },
        },
      })),
    }),
  }
}

const ROWS: readonly Row[] = [admit, crashLoop, jobStartError, run, jobEnd, gates]

/** A second and the `preStop` sleep after deletion was asked for, but not past the grace period. */
function deletion(pod: Pod): Stage | undefined {
  const { deletionTimestamp = '', deletionGracePeriodSeconds: grace = 0, finalizers = [] } = pod.metadata
  if (grace === 0 && finalizers.length > 0) return undefined
  const asked = (parseInstant(deletionTimestamp) ?? 0) - grace * 1000
  return { name: 'delete', at: asked + Math.min(grace, sleepSeconds(pod, 'preStop') + 1) * 1000 }
}

export function isPending(pod: Pod): boolean {
  return pod.status?.phase === 'Pending' && pod.status.startTime !== undefined
}

function isJob(pod: Pod): boolean {
  return controllerOf(pod)?.kind === 'Job'
}

function isUnwell(pod: Pod): boolean {
  return pod.metadata.annotations?.[READY] === 'false'
}

function readiness(pod: Pod, reason: string) {
  const isReady = openGates(pod).length === 0 && !isUnwell(pod)
  if (isReady) return { type: 'Ready', status: 'True' as const }
  const open = openGates(pod).map(
    gate => `corresponding condition of pod readiness gate "${gate}" does not exist.`,
  )
  return {
    type: 'Ready',
    status: 'False' as const,
    reason,
    ...(open.length > 0 && { message: open.join(', ') }),
  }
}

function notReady(reason: string, message?: string) {
  const why = { reason, ...(message !== undefined && { message }) }
  return [
    { type: 'ContainersReady', status: 'False' as const, ...why },
    { type: 'Ready', status: 'False' as const, ...why },
  ]
}

function unready(pod: Pod): string {
  return `containers with unready status: [${pod.spec.containers.map(container => container.name).join(' ')}]`
}

function startError(now: Instant) {
  const at = printInstant(now)
  return { exitCode: 128, reason: 'StartError', startedAt: at, finishedAt: at }
}

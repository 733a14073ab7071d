// How a Job stands: its counts, and the conditions that end it.
import type { Condition, Pod, PodTemplateSpec } from '../../kube/core.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { EventNote } from '../../kube/write.ts'
import { parseInstant, printInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import { present } from '../../std/present.ts'
import { isActive, isReady } from './pod-readiness.ts'

export interface ClusterJob extends KubeObject {
  readonly spec: {
    readonly template: PodTemplateSpec
    readonly parallelism?: number
    readonly completions?: number
    readonly backoffLimit?: number
    readonly activeDeadlineSeconds?: number
    readonly ttlSecondsAfterFinished?: number
    readonly suspend?: boolean
    readonly completionMode?: string
  }
  readonly status?: JobStatus
}

export interface JobStatus {
  readonly conditions?: readonly JobCondition[]
  readonly startTime?: string
  readonly completionTime?: string
  readonly active?: number
  readonly succeeded?: number
  readonly failed?: number
  readonly terminating?: number
  readonly ready?: number
  readonly uncountedTerminatedPods?: object
}

type JobCondition = Condition & { readonly lastProbeTime?: string }

/** How a Job ends. */
export interface Verdict {
  readonly isGood: boolean
  readonly reason: string
  readonly message: string
  readonly event: EventNote
}

const DEFAULT_BACKOFF_LIMIT = 6

export function isFinished({ status }: ClusterJob): boolean {
  return (status?.conditions ?? []).some(
    one => (one.type === 'Complete' || one.type === 'Failed') && one.status === 'True',
  )
}

export function verdictOf(job: ClusterJob, pods: readonly Pod[], now: Instant): Verdict | undefined {
  const {
    completions,
    backoffLimit = DEFAULT_BACKOFF_LIMIT,
    activeDeadlineSeconds,
    completionMode,
  } = job.spec
  const counts = countsOf(job, pods)
  if (completionMode === 'Indexed') {
    return bad('IndexedNotSupported', 'This cluster does not play Indexed Jobs: use NonIndexed ones')
  }
  if (counts.failed > backoffLimit) {
    return bad('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  }
  const startedAt = parseInstant(job.status?.startTime ?? '') ?? now
  if (activeDeadlineSeconds !== undefined && now >= startedAt + activeDeadlineSeconds * 1000) {
    return bad('DeadlineExceeded', 'Job was active longer than specified deadline')
  }
  const isDone =
    completions === undefined ? counts.succeeded > 0 && !pods.some(isActive) : counts.succeeded >= completions
  return isDone ? GOOD : undefined
}

const GOOD: Verdict = {
  isGood: true,
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
  event: { type: 'Normal', reason: 'Completed', message: 'Job completed' },
}

function bad(reason: string, message: string): Verdict {
  return { isGood: false, reason, message, event: { type: 'Warning', reason, message } }
}

/** Pods that somebody has deleted since were counted before: counts never go back. */
export function countsOf({ status }: ClusterJob, pods: readonly Pod[]) {
  const ended = (phase: string) => pods.filter(pod => pod.status?.phase === phase).length
  return {
    succeeded: Math.max(status?.succeeded ?? 0, ended('Succeeded')),
    failed: Math.max(status?.failed ?? 0, ended('Failed')),
  }
}

export function jobStatus(
  job: ClusterJob,
  pods: readonly Pod[],
  { now, verdict }: { now: Instant; verdict: Verdict | undefined },
): JobStatus {
  const at = printInstant(now)
  const { succeeded, failed } = countsOf(job, pods)
  const active = verdict === undefined ? pods.filter(isActive) : []
  const startTime = job.spec.suspend === true ? undefined : (job.status?.startTime ?? at)
  const conditions = [...(job.status?.conditions ?? []), ...endConditions(verdict, at)]
  return present<JobStatus>({
    ...job.status,
    conditions: conditions.length === 0 ? undefined : conditions,
    startTime,
    completionTime: verdict?.isGood === true ? at : undefined,
    active: active.length || undefined,
    succeeded: succeeded || undefined,
    failed: failed || undefined,
    terminating: pods.filter(pod => pod.metadata.deletionTimestamp !== undefined).length,
    ready: active.filter(isReady).length,
    uncountedTerminatedPods: {},
  })
}

function endConditions(verdict: Verdict | undefined, at: string): readonly JobCondition[] {
  if (verdict === undefined) return []
  const { isGood, reason, message } = verdict
  const types = isGood ? ['SuccessCriteriaMet', 'Complete'] : ['FailureTarget', 'Failed']
  const times = { lastProbeTime: at, lastTransitionTime: at }
  return types.map(type => ({ type, status: 'True', ...times, reason, message }))
}

// The Job controller: pods until enough have succeeded or too many have failed. Plain Jobs only: an Indexed one is
// refused in its status. Reads a snapshot, gives writes; runtime/loop/loop.ts plays it.
import type { Cache } from '../../kube/cache.ts'
import type { Pod } from '../../kube/core.ts'
import { JOB, POD } from '../../kube/kinds.ts'
import { controllerKeysOf, controllerOf, keyOf, ownerReference, parseKey, refOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Reconciler, Wait } from '../../kube/reconciler.ts'
import type { Write } from '../../kube/write.ts'
import type { Instant } from '../../std/instant.ts'
import { parseInstant } from '../../std/instant.ts'
import { countsOf, isFinished, jobStatus, verdictOf } from './job-status.ts'
import type { ClusterJob, JobStatus } from './job-status.ts'
import { isActive } from './pod-readiness.ts'
import { randomName } from './random-name.ts'
import { deletePod } from './replica-set-pods.ts'

const PODS_OF = 'pods-of-job'
const BATCH = 100
/** Ends of pods are gathered for as long, as Kubernetes does. */
const BATCH_MS = 1000
const BACK_OFF_MS = 10_000
const BACK_OFF_AT_MOST_MS = 600_000

export interface JobSnapshot {
  readonly now: Instant
  readonly job: ClusterJob
  readonly pods: readonly Pod[]
}

export const jobs: Reconciler<JobSnapshot, JobStatus> = {
  kind: JOB,
  indices: {
    [PODS_OF]: {
      of: POD,
      values: pod => {
        const owner = controllerOf(pod)
        return owner?.kind === JOB.kind ? [owner.uid] : []
      },
    },
  },
  watches: [
    { kind: JOB, keysFor: (now, before) => [keyOf((now ?? before) as KubeObject)] },
    { kind: POD, keysFor: controllerKeysOf(JOB) },
  ],
  gather(key, cache: Cache, now) {
    const { namespace, name } = parseKey(key)
    const job = cache.get<ClusterJob>({ kind: JOB, namespace, name })
    if (job === undefined || job.metadata.deletionTimestamp !== undefined) return undefined
    return { now, job, pods: cache.by<Pod>(POD, PODS_OF, job.metadata.uid ?? '') }
  },
  decide(snapshot) {
    const { job, pods, now } = snapshot
    if (isFinished(job)) return afterwards(snapshot)
    const batch = batchOf(snapshot)
    if (batch !== undefined) return { writes: [], waits: [batch] }
    const verdict = verdictOf(job, pods, now)
    const status = jobStatus(job, pods, { now, verdict })
    const active = pods.filter(isActive)
    if (verdict !== undefined || job.spec.suspend === true) {
      return {
        writes: active.map(deletePod),
        status,
        ...(verdict === undefined ? {} : { events: [verdict.event] }),
      }
    }
    const retryAt = backOffEnd(snapshot)
    const deadline = deadlineOf(job)
    const waits = [
      ...(deadline === undefined ? [] : [{ for: 'activeDeadlineSeconds', since: now, until: deadline }]),
      ...(retryAt > now ? [{ for: 'another attempt', since: now, until: retryAt }] : []),
    ]
    return { writes: retryAt > now ? [] : missingPods(snapshot, active.length), status, waits }
  },
}

function missingPods({ job, pods, now }: JobSnapshot, active: number): readonly Write[] {
  const { parallelism = 1, completions } = job.spec
  const done = countsOf(job, pods).succeeded
  // Without `completions` the first success says that there is no more work.
  const open = completions === undefined ? (done > 0 ? 0 : parallelism) : completions - done
  const missing = Math.min(parallelism, open) - active
  const { uid, resourceVersion } = job.metadata
  return Array.from({ length: Math.min(Math.max(0, missing), BATCH) }, (_, i) =>
    createPod(job, [uid, resourceVersion, now, pods.length, i].join('/')),
  )
}

function createPod(job: ClusterJob, seed: string): Write {
  const { metadata, spec } = job.spec.template
  const generateName = `${job.metadata.name}-`
  const name = randomName(generateName, seed)
  const pod: Pod = {
    apiVersion: 'v1',
    kind: POD.kind,
    metadata: {
      name,
      generateName,
      namespace: job.metadata.namespace ?? '',
      ...(metadata?.labels && { labels: metadata.labels }),
      ...(metadata?.annotations && { annotations: metadata.annotations }),
      ownerReferences: [ownerReference(job)],
    },
    spec,
  }
  const event = {
    type: 'Normal',
    source: 'job-controller',
    reason: 'SuccessfulCreate',
    message: `Created pod: ${name}`,
  } as const
  return { verb: 'create', object: pod, why: `create pod ${name} of Job ${job.metadata.name}`, event }
}

function endOf({ status }: Pod): Instant | undefined {
  return parseInstant(status?.containerStatuses?.[0]?.state?.terminated?.finishedAt ?? '')
}

/** A pod has just ended: more may follow. */
function batchOf({ pods, now }: JobSnapshot): Wait | undefined {
  const ends = pods.map(pod => (isActive(pod) ? undefined : endOf(pod)) ?? -Infinity)
  const since = ends.reduce((latest, end) => Math.max(latest, end), -Infinity)
  const until = since + BATCH_MS
  return since <= now && now < until ? { for: 'more pods that end', since, until } : undefined
}

/** After each failure twice as long as after the one before. */
function backOffEnd({ pods }: JobSnapshot): Instant {
  const ends = pods.filter(pod => pod.status?.phase === 'Failed').map(pod => endOf(pod) ?? 0)
  if (ends.length === 0) return -Infinity
  return Math.max(...ends) + Math.min(BACK_OFF_AT_MOST_MS, BACK_OFF_MS * 2 ** (ends.length - 1))
}

function deadlineOf({ spec, status }: ClusterJob): Instant | undefined {
  const startedAt = parseInstant(status?.startTime ?? '')
  return spec.activeDeadlineSeconds === undefined || startedAt === undefined
    ? undefined
    : startedAt + spec.activeDeadlineSeconds * 1000
}

function afterwards({ job, now }: JobSnapshot) {
  const seconds = job.spec.ttlSecondsAfterFinished
  const end = job.status?.conditions?.find(one => one.type === 'Complete' || one.type === 'Failed')
  const since = parseInstant(end?.lastTransitionTime ?? '') ?? now
  if (seconds === undefined) return { writes: [] }
  const until = since + seconds * 1000
  if (now < until) return { writes: [], waits: [{ for: 'ttlSecondsAfterFinished', since, until }] }
  const write: Write = {
    verb: 'delete',
    target: refOf(JOB, job),
    propagation: 'Foreground',
    why: `delete Job ${job.metadata.name}, whose ttlSecondsAfterFinished is over`,
  }
  return { writes: [write] }
}

// The job metric: a measurement is a Job, Successful when that completes, Failed when it fails.
import type { AnalysisRun, Measurement } from '../../api/analysis.ts'
import type { JobMetric, Metric } from '../../api/metric.ts'
import { JOB_METRIC_NAME, JOB_RUN_NAME, JOB_RUN_NAMESPACE, JOB_RUN_UID } from '../../api/words.ts'
import type { Job } from '../../kube/apps.ts'
import type { PodTemplateSpec } from '../../kube/core.ts'
import { goValue } from '../../kube/go-print.ts'
import { JOB } from '../../kube/kinds.ts'
import { apiVersionOf, ownerReference, refOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Wait } from '../../kube/reconciler.ts'
import type { Write } from '../../kube/write.ts'
import type { Instant } from '../../std/instant.ts'
import { printInstant } from '../../std/instant.ts'
import { safeHash } from '../../workload/pod-hash.ts'
import { isOver } from '../phases.ts'
import type { Measured, Measuring, MetricProvider } from '../provider.ts'
import type { AnalysisSnapshot } from '../snapshot.ts'
import { lookAtPods } from './job-pods.ts'

const NAME_MAX = 63
const JOB_NAME = 'job-name'
const JOB_NAMESPACE = 'job-namespace'

export const job: MetricProvider<JobMetric> = {
  field: 'job',
  makes: [{ kind: JOB, labels: JOB_RUN_UID }],
  settings: ({ provider }) => provider.job as JobMetric,
  asStored,
  begin,
  look: (_, { snapshot }, open) => afterLook(open, snapshot, found => lookFurther(open, found, snapshot)),
  stop(_, { snapshot }, open) {
    if (open === undefined) return {}
    return afterLook(open, snapshot, () => ({ measurement: terminated(open, snapshot.now) }))
  },
  leftOver({ run, made }, { measurements, next }) {
    const known = new Map(measurements.map(one => [one.metadata?.[JOB_NAME], one]))
    const begun = next.map(({ metric, n }) => jobName(run, metric, n))
    return made.filter(isLivingJob).flatMap(one => {
      const measurement = known.get(one.metadata.name)
      if (measurement === undefined)
        return begun.includes(one.metadata.name)
          ? []
          : [deleteJob(one, 'whose measurement is no longer kept')]
      return isOver(measurement.phase) && !hasEnded(one) ? [deleteJob(one, 'whose measurement is over')] : []
    })
  },
}

/** Compat: Go writes a Job's spec with its empty structs. */
function asStored(metric: Metric): Metric {
  const settings = metric.provider.job as JobMetric
  const spec = goValue('api.batch.v1.JobSpec', settings.spec) as unknown as JobMetric['spec']
  return { ...metric, provider: { ...metric.provider, job: { metadata: {}, ...settings, spec } } }
}

function begin(settings: JobMetric, at: Measuring): Measured {
  const { run, now, refused } = at.snapshot
  const name = jobName(run, at.metric, at.n)
  const measurement = newMeasurement(run, name, now)
  const refusal = refused[name]
  if (refusal !== undefined) return { measurement: endedWithError(measurement, refusal, now) }
  const found = jobOf(measurement, at.snapshot)
  if (found !== undefined) return isLivingJob(found) ? { measurement } : { waits: [isGoing(name, now)] }
  // A pass in which another Job was refused only tells of that.
  return Object.keys(refused).length > 0 ? {} : { measurement, writes: [createJob(settings, at)] }
}

/** One that somebody has deleted measures nothing any more. */
function isGoing(name: string, since: Instant): Wait {
  return {
    for: `Job ${name}, which is being deleted, to go`,
    since,
    cure: 'See what its finalizers wait for.',
  }
}

/** The measurement as its Job has ended; `underWay` says what comes of a Job that has not. */
function afterLook(
  open: Measurement,
  snapshot: AnalysisSnapshot,
  underWay: (found: Job) => Measured,
): Measured {
  const { now } = snapshot
  const found = jobOf(open, snapshot)
  if (found === undefined) {
    const message = `job.batch "${open.metadata?.[JOB_NAME] ?? ''}" not found`
    return { measurement: endedWithError(open, message, now) }
  }
  if (isTrue(found, 'Complete')) return { measurement: ended(open, 'Successful', now) }
  return isTrue(found, 'Failed') ? { measurement: ended(open, 'Failed', now) } : underWay(found)
}

function isTrue({ status }: Job, type: string): boolean {
  return status?.conditions?.some(one => one.type === type && one.status === 'True') === true
}

function isLivingJob(one: KubeObject): one is Job {
  return one.kind === JOB.kind && one.metadata.deletionTimestamp === undefined
}

function hasEnded(found: Job): boolean {
  return isTrue(found, 'Complete') || isTrue(found, 'Failed')
}

/** Its pods may be such as never start. */
function lookFurther(open: Measurement, found: Job, snapshot: AnalysisSnapshot): Measured {
  const { problem, questions, waits } = lookAtPods(open, found, snapshot)
  return problem === undefined
    ? { questions, waits }
    : { measurement: unstartable(open, problem, snapshot.now) }
}

/** The n-th Job of a metric; a name that is too long for that is cut, and keeps a hash of what it was. */
export function jobName(run: AnalysisRun, metric: string, n: number): string {
  const { uid = '' } = run.metadata
  const room = NAME_MAX - uid.length - String(n).length - 2
  return `${uid}.${metric.length > room ? cut(metric, room) : metric}.${n}`
}

function cut(metric: string, room: number): string {
  const mark = `-${safeHash(new TextEncoder().encode(metric))}`
  return `${metric.slice(0, Math.max(1, room - mark.length)).replace(/[-.]+$/, '')}${mark}`
}

function createJob(settings: JobMetric, { snapshot: { run }, metric, n }: Measuring): Write {
  const { uid = '', namespace = '' } = run.metadata
  const mark = { [JOB_RUN_UID]: uid }
  const spec = settings.spec as { readonly template?: PodTemplateSpec }
  const { metadata } = spec.template ?? {}
  const object: Job = {
    apiVersion: apiVersionOf(JOB),
    kind: JOB.kind,
    metadata: {
      name: jobName(run, metric, n),
      namespace,
      labels: { ...settings.metadata?.labels, ...mark },
      annotations: {
        ...settings.metadata?.annotations,
        [JOB_RUN_NAME]: run.metadata.name,
        [JOB_RUN_NAMESPACE]: namespace,
        [JOB_METRIC_NAME]: metric,
      },
      ownerReferences: [ownerReference(run)],
    },
    spec: {
      ...spec,
      template: { ...spec.template, metadata: { ...metadata, labels: { ...metadata?.labels, ...mark } } },
    },
  }
  return { verb: 'create', object, why: `create Job ${object.metadata.name} for metric ${metric}` }
}

function deleteJob(found: Job, why: string): Write {
  const { name, uid } = found.metadata
  return {
    verb: 'delete',
    target: refOf(JOB, found),
    propagation: 'Foreground',
    ...(uid === undefined ? {} : { ifUid: uid }),
    why: `delete Job ${name}, ${why}`,
  }
}

function jobOf(measurement: Measurement, { made }: AnalysisSnapshot): Job | undefined {
  const name = measurement.metadata?.[JOB_NAME]
  return made.find(one => one.kind === JOB.kind && one.metadata.name === name) as Job | undefined
}

function newMeasurement(run: AnalysisRun, name: string, now: Instant): Measurement {
  return {
    phase: 'Running',
    startedAt: printInstant(now),
    resumeAt: printInstant(now),
    metadata: { [JOB_NAME]: name, [JOB_NAMESPACE]: run.metadata.namespace ?? '' },
  }
}

function terminated(open: Measurement, now: Instant): Measurement {
  return { ...ended(open, 'Inconclusive', now), message: 'Metric Terminated' }
}

function unstartable(open: Measurement, message: string, now: Instant): Measurement {
  return { ...ended(open, 'Inconclusive', now), message }
}

function endedWithError(open: Measurement, message: string, now: Instant): Measurement {
  return { ...ended(open, 'Error', now), message }
}

function ended(open: Measurement, phase: Measurement['phase'], now: Instant): Measurement {
  const at = printInstant(now)
  return { ...open, phase, finishedAt: at, resumeAt: at }
}

// The job metric: the Job of a measurement, and what becomes of the measurement as its Job stands.
import type { AnalysisRun, Measurement } from '../api/analysis.ts'
import { JOB_METRIC_NAME, JOB_RUN_NAME, JOB_RUN_NAMESPACE, JOB_RUN_UID } from '../api/words.ts'
import type { Job } from '../kube/apps.ts'
import type { PodTemplateSpec } from '../kube/core.ts'
import { JOB } from '../kube/kinds.ts'
import { apiVersionOf, controllerOf, ownerReference, refOf } from '../kube/object.ts'
import type { Write } from '../kube/write.ts'
import type { Instant } from '../std/instant.ts'
import { printInstant } from '../std/instant.ts'
import type { MetricPlan } from './plan.ts'

const NAME_MAX = 63
const JOB_NAME = 'job-name'
const JOB_NAMESPACE = 'job-namespace'

/** The n-th Job of a metric; what is too long is cut off the metric's name. */
export function jobName(run: AnalysisRun, metric: string, n: number): string {
  const { uid = '' } = run.metadata
  const room = NAME_MAX - uid.length - String(n).length - 2
  return `${uid}.${metric.slice(0, Math.max(0, room))}.${n}`
}

export function createJob(run: AnalysisRun, { name, job }: MetricPlan, n: number): Write {
  const { uid = '', namespace = '' } = run.metadata
  const mark = { [JOB_RUN_UID]: uid }
  const spec = job.spec as { readonly template?: PodTemplateSpec }
  const { metadata } = spec.template ?? {}
  const object: Job = {
    apiVersion: apiVersionOf(JOB),
    kind: JOB.kind,
    metadata: {
      name: jobName(run, name, n),
      namespace,
      labels: { ...job.metadata?.labels, ...mark },
      annotations: {
        ...job.metadata?.annotations,
        [JOB_RUN_NAME]: run.metadata.name,
        [JOB_RUN_NAMESPACE]: namespace,
        [JOB_METRIC_NAME]: name,
      },
      ownerReferences: [ownerReference(run)],
    },
    spec: {
      ...spec,
      template: { ...spec.template, metadata: { ...metadata, labels: { ...metadata?.labels, ...mark } } },
    },
  }
  return { verb: 'create', object, why: `create Job ${object.metadata.name} for metric ${name}` }
}

export function deleteJob(job: Job, why: string): Write {
  const { uid } = job.metadata
  return {
    verb: 'delete',
    target: refOf(JOB, job),
    propagation: 'Foreground',
    ...(uid === undefined ? {} : { ifUid: uid }),
    why: `delete Job ${job.metadata.name}, ${why}`,
  }
}

export function begun(run: AnalysisRun, name: string, now: Instant): Measurement {
  return {
    phase: 'Running',
    startedAt: printInstant(now),
    resumeAt: printInstant(now),
    metadata: { [JOB_NAME]: name, [JOB_NAMESPACE]: run.metadata.namespace ?? '' },
  }
}

export function jobOf(measurement: Measurement, jobs: readonly Job[]): Job | undefined {
  const name = measurement.metadata?.[JOB_NAME]
  return jobs.find(job => job.metadata.name === name)
}

export function isJobOf(run: AnalysisRun, job: Job): boolean {
  return controllerOf(job)?.uid === run.metadata.uid
}

/** The measurement as its Job stands; the same one while there is nothing new. */
export function looked(measurement: Measurement, job: Job | undefined, now: Instant): Measurement {
  if (job === undefined) {
    const name = measurement.metadata?.[JOB_NAME] ?? ''
    return broken(measurement, `job.batch "${name}" not found`, now)
  }
  const ends = (type: string) =>
    job.status?.conditions?.some(one => one.type === type && one.status === 'True') === true
  if (ends('Complete')) return ended(measurement, 'Successful', now)
  return ends('Failed') ? ended(measurement, 'Failed', now) : measurement
}

export function stopped(measurement: Measurement, now: Instant): Measurement {
  return { ...ended(measurement, 'Inconclusive', now), message: 'Metric Terminated' }
}

export function hopeless(measurement: Measurement, message: string, now: Instant): Measurement {
  return { ...ended(measurement, 'Inconclusive', now), message }
}

export function broken(measurement: Measurement, message: string, now: Instant): Measurement {
  return { ...ended(measurement, 'Error', now), message }
}

function ended(measurement: Measurement, phase: Measurement['phase'], now: Instant): Measurement {
  const at = printInstant(now)
  return { ...measurement, phase, finishedAt: at, resumeAt: at }
}

// The decisions about an AnalysisRun, as sentences.
import { describe, expect, test } from 'vitest'
import type { AnalysisRun, AnalysisRunSpec, AnalysisRunStatus } from '../api/analysis.ts'
import type { Metric } from '../api/metric.ts'
import type { Job } from '../kube/apps.ts'
import { KubeError } from '../kube/errors.ts'
import type { Answer, Decision } from '../kube/reconciler.ts'
import { deepFreeze } from '../std/deep-freeze.suite.ts'
import { printInstant } from '../std/instant.ts'
import { decide } from './decide.ts'
import { jobName } from './providers/job.ts'
import { podsProblem } from './providers/job-pods.ts'
import { analysisReconciler } from './reconciler.ts'
import type { AnalysisSnapshot } from './snapshot.ts'

const NOW = Date.UTC(2026, 7, 1, 12)
const UID = '48379c3f-eb4a-433d-8033-b341b389f6de'
const template = { spec: { containers: [{ name: 'check', image: 'alpine:3' }] } }

function aMetric(name: string, more: Partial<Metric> = {}): Metric {
  return { name, provider: { job: { spec: { template } } }, ...more }
}

function aRun(spec: Partial<AnalysisRunSpec>, status?: AnalysisRunStatus): AnalysisRun {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name: 'demo', namespace: 'shop', uid: UID },
    spec: { metrics: [aMetric('good')], ...spec },
    ...(status === undefined ? {} : { status }),
  }
}

/** A run and its Jobs, decided and applied pass by pass. */
function aLife(spec: Partial<AnalysisRunSpec>) {
  const life = {
    now: NOW,
    run: aRun(spec),
    jobs: [] as Job[],
    events: [] as string[],
    deleted: [] as string[],
    /** The uids without which these deletes do nothing. */
    deletedUids: [] as (string | undefined)[],
    refused: {} as Record<string, string>,
    answers: {} as Record<string, Answer>,
    pass(): Decision<AnalysisRunStatus> {
      const { now, run, jobs, refused, answers } = life
      const decision = decide(
        deepFreeze<AnalysisSnapshot>({ now, run, made: jobs, refused, answers, open: [] }),
      )
      for (const write of [...decision.writes, ...(decision.trims ?? [])]) {
        if (write.verb === 'create') life.jobs = [...life.jobs, write.object as Job]
        if (write.verb === 'delete') {
          life.jobs = life.jobs.filter(job => job.metadata.name !== write.target.name)
          life.deleted.push(write.target.name)
          life.deletedUids.push(write.ifUid)
        }
      }
      life.events.push(...(decision.events ?? []).map(one => one.reason))
      if (decision.status !== undefined) life.run = { ...run, status: decision.status }
      return decision
    },
    /** The newest Job of the metric ends. */
    end(metric: string, type: 'Complete' | 'Failed') {
      const last = life.jobs.filter(job => job.metadata.name.includes(`.${metric}.`)).at(-1)
      life.jobs = life.jobs.map(job =>
        job === last ? { ...job, status: { conditions: [{ type, status: 'True' }] } } : job,
      )
    },
    result: (name: string) => life.run.status?.metricResults?.find(one => one.name === name),
  }
  return life
}

describe('a run with a job metric', () => {
  test('makes a Job that belongs to it, and is Successful when that completes', () => {
    const life = aLife({})
    life.pass()
    expect(life.jobs[0]?.metadata).toMatchObject({
      name: `${UID}.good.1`,
      namespace: 'shop',
      labels: { 'analysisrun.argoproj.io/uid': UID },
      ownerReferences: [{ kind: 'AnalysisRun', uid: UID, controller: true }],
    })
    expect(life.run.status).toMatchObject({ phase: 'Running', runSummary: { count: 1 } })
    life.pass()
    expect(life.jobs).toHaveLength(1)
    life.end('good', 'Complete')
    life.pass()
    expect(life.run.status).toMatchObject({
      phase: 'Successful',
      runSummary: { count: 1, successful: 1 },
      dryRunSummary: {},
    })
    expect(life.events).toEqual(['MetricSuccessful', 'AnalysisRunSuccessful'])
    expect(life.pass()).toEqual({ writes: [] })
  })

  test('is Failed when a Job fails, and says of which limit', () => {
    const life = aLife({ metrics: [aMetric('bad')] })
    life.pass()
    life.end('bad', 'Failed')
    life.pass()
    expect(life.run.status?.message).toBe('Metric "bad" assessed Failed due to failed (1) > failureLimit (0)')
    expect(life.events).toEqual(['MetricFailed', 'AnalysisRunFailed'])
  })

  test('measures again after the interval, until the count is reached', () => {
    const life = aLife({ metrics: [aMetric('good', { interval: '30s', count: 2 })] })
    life.pass()
    life.end('good', 'Complete')
    expect(life.pass().waits?.[0]?.until).toBe(NOW + 30_000)
    expect(life.jobs).toHaveLength(1)
    life.now += 30_000
    life.pass()
    expect(life.jobs.at(-1)?.metadata.name).toBe(`${UID}.good.2`)
    life.end('good', 'Complete')
    life.pass()
    expect(life.run.status?.phase).toBe('Successful')
  })

  test('keeps a Job that no status names yet, also where the next leader has a clock that is behind', () => {
    const life = aLife({ metrics: [aMetric('good', { interval: '30s', count: 2 })] })
    life.pass()
    life.end('good', 'Complete')
    life.pass()
    const { run } = life
    life.now += 30_000
    life.pass()
    life.run = run
    life.now -= 1000
    life.pass()
    expect(life.deleted).toEqual([])
    life.now += 1000
    life.pass()
    expect(life.jobs.map(job => job.metadata.name)).toEqual([`${UID}.good.1`, `${UID}.good.2`])
    life.run = { ...run, spec: { ...run.spec, terminate: true } }
    life.pass()
    expect(life.deleted).toEqual([`${UID}.good.2`])
  })

  test('takes no Job for its measurement that is being deleted', () => {
    const life = aLife({})
    life.pass()
    const [job] = life.jobs as [Job]
    life.run = aRun({})
    life.jobs = [{ ...job, metadata: { ...job.metadata, deletionTimestamp: printInstant(NOW) } }]
    expect(life.pass().waits?.[0]?.for).toBe(`Job ${UID}.good.1, which is being deleted, to go`)
    life.jobs = []
    life.pass()
    life.end('good', 'Complete')
    life.pass()
    expect(life.run.status?.phase).toBe('Successful')
  })

  test('waits for the initial delay', () => {
    const life = aLife({ metrics: [aMetric('late', { initialDelay: '2s' })] })
    expect(life.pass().waits?.[0]?.until).toBe(NOW + 2000)
    expect(life.jobs).toEqual([])
    life.now += 2000
    life.pass()
    expect(life.jobs).toHaveLength(1)
  })

  test('that is terminated stops its Job and is inconclusive', () => {
    const life = aLife({})
    life.pass()
    life.run = { ...life.run, spec: { ...life.run.spec, terminate: true } }
    expect(life.pass().trims).toMatchObject([{ verb: 'delete', propagation: 'Foreground' }])
    expect(life.run.status).toMatchObject({
      phase: 'Inconclusive',
      message:
        'Metric "good" assessed Inconclusive due to inconclusive (1) > inconclusiveLimit (0):' +
        ' "Error Message: Metric Terminated"',
    })
  })

  test('deletes its own Job, not one that has its name by then', () => {
    const life = aLife({})
    life.pass()
    life.jobs = life.jobs.map(job => ({ ...job, metadata: { ...job.metadata, uid: 'job' } }))
    life.run = { ...life.run, spec: { ...life.run.spec, terminate: true } }
    life.pass()
    expect(life.deletedUids).toEqual(['job'])
  })

  test('looks at pods that may never start, and is inconclusive then', () => {
    const life = aLife({})
    life.pass()
    expect(life.pass()).toMatchObject({ questions: [], waits: [{ until: NOW + 2000 }] })
    life.now += 9000
    const { questions = [], waits } = life.pass()
    expect(questions).toMatchObject([{ id: `pods of ${UID}.good.1 at 8 s` }])
    expect(waits).toMatchObject([{ until: NOW + 16_000 }])
    const waiting = { reason: 'ErrImagePull', message: 'no such image' }
    const status = {
      containerStatuses: [{ name: 'check', ready: false, restartCount: 0, state: { waiting } }],
    }
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [] }, status }
    life.answers = { [questions[0]?.id ?? '']: { at: life.now, value: podsProblem([pod]) } }
    life.pass()
    expect(life.run.status?.phase).toBe('Inconclusive')
    expect(life.result('good')?.message).toBe(
      'Pod p, container check has terminal error (ErrImagePull): no such image\n',
    )
  })

  test('takes a Job away whose pods may never start, once that is told', () => {
    const life = aLife({})
    life.pass()
    const message = 'Pod p, container check has terminal error (ErrImagePull): no such image'
    const [open] = life.result('good')?.measurements ?? []
    const told = { ...open, phase: 'Inconclusive' as const, message }
    const status = {
      phase: 'Inconclusive' as const,
      metricResults: [{ name: 'good', phase: told.phase, measurements: [told] }],
    }
    life.run = { ...life.run, status }
    life.pass()
    expect(life.deleted).toEqual([`${UID}.good.1`])
    life.pass()
    expect(life.deleted).toHaveLength(1)
  })

  test('looks at the pods each minute, in the end', () => {
    const life = aLife({})
    life.pass()
    life.now += 200_000
    expect(life.pass()).toMatchObject({
      questions: [{ id: `pods of ${UID}.good.1 at 184 s` }],
      waits: [{ until: NOW + 244_000 }],
    })
  })

  test('that is terminated before it measured anything is Successful', () => {
    const life = aLife({ terminate: true })
    life.pass()
    expect(life.jobs).toEqual([])
    expect(life.run.status).toMatchObject({ phase: 'Successful', message: 'Run Terminated' })
  })

  test('that is terminated between two measurements ends its metric as it stands', () => {
    const life = aLife({ metrics: [aMetric('good', { interval: '30s' })] })
    life.pass()
    life.end('good', 'Complete')
    life.pass()
    life.run = { ...life.run, spec: { ...life.run.spec, terminate: true } }
    life.pass()
    expect(life.result('good')).toMatchObject({ phase: 'Successful', count: 1 })
    expect(life.events).toEqual(['MetricSuccessful', 'AnalysisRunSuccessful'])
  })

  test('measures again ten seconds after an error, whatever the interval', () => {
    const life = aLife({ metrics: [aMetric('good', { interval: '60s' })] })
    life.pass()
    life.jobs = []
    expect(life.pass().waits?.[0]?.until).toBe(NOW + 10_000)
    life.now += 10_000
    life.pass()
    expect(life.jobs[0]?.metadata.name).toBe(`${UID}.good.2`)
  })

  test('counts errors in a row: a success between them begins anew', () => {
    const life = aLife({
      metrics: [aMetric('good', { interval: '10s', consecutiveErrorLimit: 1, count: 9 })],
    })
    const measure = (isError: boolean) => {
      life.pass()
      if (isError) life.jobs = []
      else life.end('good', 'Complete')
      life.pass()
      life.now += 10_000
      return life.run.status?.phase
    }
    expect([true, false, true, false].map(measure)).toEqual(Array.from({ length: 4 }, () => 'Running'))
    expect(life.result('good')).toMatchObject({ error: 2, successful: 2 })
    expect([true, true].map(measure)).toEqual(['Running', 'Error'])
  })

  test('stops the other metrics once one has failed', () => {
    const life = aLife({ metrics: [aMetric('bad'), aMetric('slow')] })
    life.pass()
    life.end('bad', 'Failed')
    life.pass()
    expect(life.run.status?.phase).toBe('Running')
    life.pass()
    expect(life.deleted).toEqual([`${UID}.slow.1`])
    expect(life.run.status?.phase).toBe('Failed')
  })

  test('is not failed by a metric that only runs dry', () => {
    const metrics = [aMetric('good'), aMetric('bad')]
    const life = aLife({ metrics, dryRun: [{ metricName: '^bad$' }] })
    life.pass()
    life.end('good', 'Complete')
    life.end('bad', 'Failed')
    life.pass()
    expect(life.run.status).toMatchObject({
      phase: 'Successful',
      runSummary: { count: 1, successful: 1 },
      dryRunSummary: { count: 1, failed: 1 },
    })
    expect(life.result('bad')?.message).toBe('Metric assessed Failed due to failed (1) > failureLimit (0)')
  })

  test('takes a Job that somebody deleted, or that can not be made, for an error, and tries again', () => {
    const life = aLife({})
    life.pass()
    life.jobs = []
    life.pass()
    expect(life.result('good')).toMatchObject({ phase: 'Running', error: 1, consecutiveError: 1 })
    life.now += 10_000
    life.refused = { [`${UID}.good.2`]: 'quota' }
    life.pass()
    expect(life.result('good')?.measurements?.at(-1)).toMatchObject({ phase: 'Error', message: 'quota' })
    for (let n = 3; n <= 5; n++) {
      life.now += 10_000
      life.refused = { [`${UID}.good.${n}`]: 'quota' }
      life.pass()
    }
    expect(life.run.status).toMatchObject({ phase: 'Error' })
    expect(life.run.status?.message).toContain('consecutiveErrors (5) > consecutiveErrorLimit (4)')
  })

  test('keeps so many measurements, and their Jobs, as it is told', () => {
    const measurementRetention = [{ metricName: 'good', limit: 1 }]
    const life = aLife({ metrics: [aMetric('good', { interval: '1s' })], measurementRetention })
    for (let n = 0; n < 3; n++) {
      life.pass()
      life.end('good', 'Complete')
      life.pass()
      life.now += 1000
    }
    expect(life.result('good')).toMatchObject({ count: 3, measurements: [{ phase: 'Successful' }] })
    expect(life.deleted).toEqual([`${UID}.good.1`, `${UID}.good.2`])
  })

  test.each([0, -1])('a limit of %i is no limit of its own', limit => {
    const measurementRetention = [{ metricName: 'good', limit }]
    const life = aLife({ metrics: [aMetric('good', { interval: '60s' })], measurementRetention })
    life.pass()
    life.end('good', 'Complete')
    life.pass()
    expect(life.result('good')).toMatchObject({ count: 1, measurements: [{ phase: 'Successful' }] })
    expect(life.pass().waits?.[0]?.until).toBe(NOW + 60_000)
  })

  test('is deleted when its time is over', () => {
    const life = aLife({ ttlStrategy: { secondsAfterSuccess: 60 }, terminate: true })
    life.pass()
    expect(life.pass().waits?.[0]?.until).toBe(NOW + 61_000)
    life.now += 61_000
    expect(life.pass().writes).toMatchObject([{ verb: 'delete', target: { name: 'demo' } }])
  })
})

describe('a run that can not be played', () => {
  const refusal = (spec: Partial<AnalysisRunSpec>) => {
    const life = aLife(spec)
    expect(life.pass().writes).toEqual([])
    expect(life.run.status?.phase).toBe('Error')
    return life.run.status?.message
  }

  test('says why, and makes nothing', () => {
    expect(refusal({ args: [{ name: 'want' }] })).toBe(
      'Unable to resolve metric arguments: argument "want" was not supplied',
    )
    expect(refusal({ metrics: [aMetric('a'), aMetric('a')] })).toContain("metrics[1]: duplicate name 'a'")
    expect(refusal({ metrics: [] })).toBe('Analysis spec invalid: no metrics specified')
    expect(refusal({ metrics: [aMetric('a', { count: 2 })] })).toContain('interval must be specified')
    expect(refusal({ dryRun: [{ metricName: 'b' }] })).toContain("Rule didn't match any metric name(s)")
  })

  test('because of its provider says which one, and what works', () => {
    const other: Metric = { name: 'm', provider: { graphite: { query: 'rate' } } }
    expect(refusal({ metrics: [other] })).toContain(
      'does not support the metric provider graphite yet; use job,',
    )
  })

  test('has an end, so that it goes when its ttlStrategy says so', () => {
    const life = aLife({ metrics: [], ttlStrategy: { secondsAfterCompletion: 10 } })
    life.pass()
    expect(life.run.status).toMatchObject({ phase: 'Error', completedAt: printInstant(NOW) })
    life.now += 11_000
    expect(life.pass().writes).toMatchObject([{ verb: 'delete', target: { name: 'demo' } }])
  })

  test('leaves nothing under way, when that comes out in its middle', () => {
    const life = aLife({})
    life.pass()
    life.run = { ...life.run, spec: { ...life.run.spec, metrics: [] } }
    life.pass()
    expect(life.run.status?.message).toContain('no metrics specified')
    expect(life.result('good')).toMatchObject({
      phase: 'Inconclusive',
      measurements: [{ phase: 'Inconclusive', message: 'Metric Terminated', finishedAt: printInstant(NOW) }],
    })
    expect(life.deleted).toEqual([`${UID}.good.1`])
  })

  test('because a Job would be given a secret says so', () => {
    const args = [{ name: 'key', valueFrom: { secretKeyRef: { name: 'keys', key: 'a' } } }]
    const spec = { template: { spec: { containers: [{ name: 'check', args: ['{{args.key}}'] }] } } }
    const metrics = [{ name: 'm', provider: { job: { spec } } }]
    expect(refusal({ args, metrics })).toContain(
      'argument "key" comes from a Secret, which a job may not be given',
    )
  })
})

describe('arguments', () => {
  test('are filled into every text of a metric', () => {
    const spec = { template: { spec: { containers: [{ name: 'check', args: ['{{ args.host }}/x'] }] } } }
    const life = aLife({
      metrics: [{ name: 'good', count: '{{args.n}}', interval: '1s', provider: { job: { spec } } }],
      args: [
        { name: 'host', value: 'a"b' },
        { name: 'n', value: '1' },
      ],
    })
    life.pass()
    expect(life.jobs[0]?.spec).toMatchObject({ template: { spec: { containers: [{ args: ['a"b/x'] }] } } })
    life.end('good', 'Complete')
    life.pass()
    expect(life.run.status?.phase).toBe('Successful')
  })

  test.each([
    ['{{args.b}}', 'failed to resolve {{args.b}}'],
    ['{{args.a', 'failed to resolve {{args.a","provider":{"job":'],
  ])('%s is refused', (text, problem) => {
    const life = aLife({
      metrics: [aMetric('m', { successCondition: text })],
      args: [{ name: 'a', value: '' }],
    })
    life.pass()
    expect(life.run.status?.message).toContain(problem)
  })
})

test('the name of a Job fits into a label, however long the metric is called, and is of that metric alone', () => {
  expect(jobName(aRun({}), 'm'.repeat(100), 12)).toHaveLength(63)
  const metadata = { ...aRun({}).metadata, uid: '48379c3f-eb4a-433d-8033-b341b389f6de' }
  const nameOf = (metric: string) => jobName({ ...aRun({}), metadata }, metric, 1)
  const cut = [
    'checkout-service-latency-p50',
    'checkout-service-latency-p99',
    'one-a-two-b---------------------',
  ].map(nameOf)
  expect(new Set(cut).size).toBe(3)
  for (const name of cut) {
    expect(name.length).toBeLessThanOrEqual(63)
    expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/)
  }
  expect(nameOf('latency')).toBe(`${metadata.uid}.latency.1`)
})

describe('a Job that the API server refuses', () => {
  const { recover } = analysisReconciler({ ours: {}, theirs: {} })
  const snapshot: AnalysisSnapshot = { now: NOW, run: aRun({}), made: [], answers: {}, open: [], refused: {} }
  const write = decide(snapshot).writes[0] as Decision['writes'][number]
  const after = (error: KubeError, found?: Job) => recover?.(snapshot, write, error, found)

  test('is an error of the measurement', () => {
    expect(after(new KubeError('Invalid', 'no containers'))?.status).toMatchObject({
      metricResults: [{ measurements: [{ phase: 'Error', message: 'no containers' }] }],
    })
  })

  test('is tried again when the server had no time, or when it is there already', () => {
    expect(after(new KubeError('Timeout', 'slow'))).toBeUndefined()
    const ours = write.verb === 'create' ? (write.object as Job) : undefined
    expect(after(new KubeError('AlreadyExists', 'there'), ours)).toBeUndefined()
    const theirs = ours && { ...ours, metadata: { ...ours.metadata, ownerReferences: [] } }
    expect(after(new KubeError('AlreadyExists', 'there'), theirs)?.status).toBeDefined()
  })

  test('is tried again while nobody can tell whose the name is: it may be our own, whose answer was lost', () => {
    expect(after(new KubeError('AlreadyExists', 'there'))).toBeUndefined()
  })

  test('is told before another one is made, that may be refused as well', () => {
    const run = aRun({ metrics: [aMetric('good'), aMetric('other')] })
    const { status, writes } =
      recover?.({ ...snapshot, run }, write, new KubeError('Forbidden', 'not signed'), undefined) ?? {}
    expect(writes).toEqual([])
    expect(status?.metricResults).toMatchObject([{ name: 'good', phase: 'Running', error: 1 }])
  })
})

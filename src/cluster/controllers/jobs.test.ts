// The Job controller's decisions, as sentences.
import { describe, expect, test } from 'vitest'
import type { Pod } from '../../kube/core.ts'
import { deepFreeze } from '../../std/deep-freeze.suite.ts'
import { printInstant } from '../../std/instant.ts'
import type { ClusterJob } from './job-status.ts'
import { jobs } from './jobs.ts'

const NOW = Date.UTC(2026, 7, 1, 12)

function aJob(spec: Partial<ClusterJob['spec']> = {}, status: ClusterJob['status'] = {}): ClusterJob {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'check', namespace: 'shop', uid: 'job', resourceVersion: '3' },
    spec: {
      parallelism: 1,
      completions: 1,
      backoffLimit: 0,
      template: { metadata: { labels: { 'job-name': 'check' } }, spec: { containers: [{ name: 'check' }] } },
      ...spec,
    },
    status: { startTime: printInstant(NOW), ...status },
  }
}

function aPod(name: string, phase: 'Running' | 'Succeeded' | 'Failed', at = NOW - 1000): Pod {
  const ended = { exitCode: phase === 'Failed' ? 1 : 0, finishedAt: printInstant(at) }
  const state = phase === 'Running' ? {} : { terminated: ended }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', uid: name },
    spec: { containers: [{ name: 'check' }] },
    status: { phase, containerStatuses: [{ name: 'check', ready: false, restartCount: 0, state }] },
  }
}

function decided(job: ClusterJob, pods: readonly Pod[] = [], now = NOW) {
  const { writes, status, waits = [] } = jobs.decide(deepFreeze({ job, pods, now }))
  const { conditions = [], ...counts } = status ?? {}
  return {
    writes: writes.map(write => (write.verb === 'create' ? `create ${write.object.kind}` : write.why)),
    counts,
    conditions: conditions.map(one => `${one.type} ${one.reason}`),
    wakes: waits.flatMap(wait => wait.until ?? []),
  }
}

describe('a Job', () => {
  test('gets its pod, with the labels of its template', () => {
    const [write] = jobs.decide({ job: aJob(), pods: [], now: NOW }).writes
    expect(write?.verb === 'create' && write.object.metadata).toMatchObject({
      generateName: 'check-',
      labels: { 'job-name': 'check' },
      ownerReferences: [{ kind: 'Job', uid: 'job', controller: true }],
    })
    expect(decided(aJob(), [aPod('a', 'Running')])).toMatchObject({ writes: [], counts: { active: 1 } })
  })

  test('is complete when its pod has succeeded', () => {
    const { conditions, counts, writes } = decided(aJob(), [aPod('a', 'Succeeded')])
    expect(conditions).toEqual(['SuccessCriteriaMet CompletionsReached', 'Complete CompletionsReached'])
    expect(counts).toMatchObject({ succeeded: 1, completionTime: printInstant(NOW), ready: 0 })
    expect(writes).toEqual([])
  })

  test('gathers what ends within a second before it counts it', () => {
    const pods = [aPod('a', 'Succeeded', NOW)]
    expect(decided(aJob(), pods, NOW + 999)).toMatchObject({ conditions: [], wakes: [NOW + 1000] })
    expect(decided(aJob(), pods, NOW + 1000).conditions).toContain('Complete CompletionsReached')
  })

  test('fails when more pods have failed than backoffLimit allows, and waits longer after each', () => {
    expect(decided(aJob(), [aPod('a', 'Failed')]).conditions).toEqual([
      'FailureTarget BackoffLimitExceeded',
      'Failed BackoffLimitExceeded',
    ])
    const patient = aJob({ backoffLimit: 2 })
    expect(decided(patient, [aPod('a', 'Failed')])).toMatchObject({ writes: [], wakes: [NOW + 9_000] })
    const two = [aPod('a', 'Failed'), aPod('b', 'Failed')]
    expect(decided(patient, two).wakes).toEqual([NOW + 19_000])
    expect(decided(patient, two, NOW + 20_000).writes).toEqual(['create Pod'])
  })

  test('has as many pods at once as parallelism says, and no more than are missing', () => {
    const job = aJob({ parallelism: 2, completions: 3 })
    expect(decided(job).writes).toHaveLength(2)
    expect(decided(job, [aPod('a', 'Succeeded'), aPod('b', 'Succeeded')]).writes).toHaveLength(1)
  })

  test('without completions is complete when one has succeeded and none runs any more', () => {
    const { completions: _none, ...spec } = aJob({ parallelism: 2 }).spec
    const job = { ...aJob(), spec }
    expect(decided(job, [aPod('a', 'Succeeded'), aPod('b', 'Running')])).toMatchObject({
      writes: [],
      conditions: [],
    })
    expect(decided(job, [aPod('a', 'Succeeded')]).conditions).toContain('Complete CompletionsReached')
  })

  test('fails at its deadline, and its pods go', () => {
    const job = aJob({ activeDeadlineSeconds: 30 })
    expect(decided(job, [aPod('a', 'Running')]).wakes).toEqual([NOW + 30_000])
    const late = decided(job, [aPod('a', 'Running')], NOW + 30_000)
    expect(late.conditions).toContain('Failed DeadlineExceeded')
    expect(late.writes).toEqual(['delete pod a'])
  })

  test('that is suspended has no pods', () => {
    expect(decided(aJob({ suspend: true }), [aPod('a', 'Running')]).writes).toEqual(['delete pod a'])
    expect(decided(aJob({ suspend: true })).writes).toEqual([])
  })

  test('counts pods that somebody has deleted since', () => {
    const job = aJob({ completions: 2, parallelism: 2 }, { succeeded: 1 })
    expect(decided(job).writes).toEqual(['create Pod'])
    expect(decided(aJob({ completions: 2 }, { succeeded: 2 })).conditions).toContain(
      'Complete CompletionsReached',
    )
  })

  test('that is Indexed is refused in its status', () => {
    const { conditions, writes } = decided(aJob({ completionMode: 'Indexed' }))
    expect(conditions).toContain('Failed IndexedNotSupported')
    expect(writes).toEqual([])
  })

  test('that is over goes when its time to live has passed', () => {
    const conditions = [{ type: 'Complete', status: 'True', lastTransitionTime: printInstant(NOW) } as const]
    const job = aJob({ ttlSecondsAfterFinished: 5 }, { conditions })
    expect(jobs.decide({ job, pods: [], now: NOW }).waits?.[0]?.until).toBe(NOW + 5000)
    expect(jobs.decide({ job, pods: [], now: NOW + 5000 }).writes).toMatchObject([{ verb: 'delete' }])
  })
})

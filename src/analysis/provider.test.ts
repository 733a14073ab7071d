// The family of metric providers: the laws, for all that are registered; and how measurements that are asked for, not
// made, go through a run.
import { expect, describe, test } from 'vitest'
import type { AnalysisRun, AnalysisRunSpec, Measurement } from '../api/analysis.ts'
import type { Metric } from '../api/metric.ts'
import type { Answer } from '../kube/reconciler.ts'
import { deepFreeze } from '../std/freeze.ts'
import { printInstant } from '../std/instant.ts'
import { decide } from './decide.ts'
import type { MetricProvider } from './provider.ts'
import { NOW, objectsAfter, providerLaws } from './provider.suite.ts'
import type { ProviderMember } from './provider.suite.ts'
import { entry, PROVIDERS } from './registry.ts'
import type { ProviderEntry } from './registry.ts'
import type { AnalysisSnapshot } from './snapshot.ts'

/** One that asks: the answer is the whole measurement, and nothing is recorded before it has come. */
const asking: MetricProvider<string> = {
  field: 'graphite',
  makes: [],
  settings: ({ provider }) => provider.graphite?.query ?? '',
  begin: (query, { snapshot, metric, n }) => {
    const id = `${metric}/${n}`
    const questions = [{ id, about: { query } }]
    const answer = snapshot.answers[id]
    return answer === undefined ? { questions } : { questions, measurement: measurementOf(answer) }
  },
  look: () => ({}),
  stop(query, at) {
    const { measurement } = this.begin(query, at)
    return measurement === undefined ? {} : { measurement }
  },
}

function measurementOf(answer: Answer): Measurement {
  return 'value' in answer
    ? (answer.value as unknown as Measurement)
    : { phase: 'Error', message: answer.error }
}

const answered = (phase: Measurement['phase'], now = NOW): Answer => {
  const at = printInstant(now)
  return { at: now, value: { phase, startedAt: at, finishedAt: at, value: '[0.99]' } }
}

const askingMetric = (more: Partial<Metric> = {}): Metric => ({
  name: 'rate',
  provider: { graphite: { address: 'http://graphite', query: 'rate' } },
  ...more,
})

const MEMBERS: readonly ProviderMember[] = [
  {
    entry: PROVIDERS.find(one => one.field === 'job') as ProviderEntry,
    metric: {
      name: 'check',
      provider: {
        job: { spec: { template: { spec: { containers: [{ name: 'check', image: 'alpine:3' }] } } } },
      },
    },
    ended(snapshot, _, how) {
      const type = how === 'Successful' ? 'Complete' : 'Failed'
      const made = snapshot.made.map(one => ({ ...one, status: { conditions: [{ type, status: 'True' }] } }))
      return { ...snapshot, made }
    },
  },
  {
    entry: entry(asking),
    metric: askingMetric(),
    ended: (snapshot, { questions = [] }, how) => ({
      ...snapshot,
      answers: Object.fromEntries(questions.map(({ id }) => [id, answered(how)])),
    }),
  },
]

for (const member of MEMBERS) providerLaws(member)

test('every provider that is registered has its member here', () => {
  const tested = MEMBERS.map(member => member.entry.field)
  expect(PROVIDERS.filter(one => !tested.includes(one.field))).toEqual([])
})

/** A run whose questions are answered by hand, pass by pass. */
function aLife(spec: AnalysisRunSpec) {
  const metadata = { name: 'demo', namespace: 'shop', uid: 'run-1' }
  const run: AnalysisRun = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata,
    spec,
  }
  const life = {
    snapshot: { now: NOW, run, made: [], answers: {}, refused: {} } as AnalysisSnapshot,
    pass({ isWritten = true } = {}) {
      const { snapshot } = life
      const {
        status,
        writes,
        questions = [],
        waits = [],
      } = decide(deepFreeze(snapshot), [...PROVIDERS, entry(asking)])
      const asked = questions.map(one => one.id)
      const answers = Object.fromEntries(
        Object.entries(snapshot.answers).filter(([id]) => asked.includes(id)),
      )
      life.snapshot = { ...snapshot, answers }
      if (isWritten && status !== undefined) {
        const made = objectsAfter(writes, snapshot.made)
        life.snapshot = { ...life.snapshot, made, run: { ...snapshot.run, status } }
      }
      return { asked, waits }
    },
    answer(id: string, phase: Measurement['phase']) {
      const { snapshot } = life
      life.snapshot = { ...snapshot, answers: { ...snapshot.answers, [id]: answered(phase, snapshot.now) } }
    },
    later(ms: number) {
      life.snapshot = { ...life.snapshot, now: life.snapshot.now + ms }
    },
    status: () => life.snapshot.run.status,
  }
  return life
}

describe('a metric that is asked for', () => {
  test('has its answers counted, each measurement a question of its own', () => {
    const life = aLife({ metrics: [askingMetric({ interval: '30s', count: 2 })] })
    expect(life.pass().asked).toEqual(['rate/1'])
    expect(life.status()).toMatchObject({ phase: 'Running' })
    expect(life.status()?.metricResults).toBeUndefined()
    life.answer('rate/1', 'Successful')
    expect(life.pass().waits).toMatchObject([{ until: NOW + 30_000 }])
    expect(life.pass().asked).toEqual([])
    life.later(30_000)
    expect(life.pass().asked).toEqual(['rate/2'])
    life.answer('rate/2', 'Successful')
    life.pass()
    expect(life.status()).toMatchObject({
      phase: 'Successful',
      metricResults: [{ count: 2, successful: 2, measurements: [{ value: '[0.99]' }, { value: '[0.99]' }] }],
    })
  })

  test('stays asked until its measurement is recorded, so that a refused write costs no second question', () => {
    const life = aLife({ metrics: [askingMetric()] })
    life.pass()
    life.answer('rate/1', 'Failed')
    expect(life.pass({ isWritten: false }).asked).toEqual(['rate/1'])
    life.pass()
    expect(life.status()).toMatchObject({ phase: 'Failed', metricResults: [{ count: 1, failed: 1 }] })
  })

  test('counts once when the run is terminated and the answer has come', () => {
    const life = aLife({ metrics: [askingMetric()], terminate: true })
    life.answer('rate/1', 'Failed')
    life.pass()
    expect(life.status()).toMatchObject({ phase: 'Failed', metricResults: [{ count: 1, failed: 1 }] })
  })

  test('is asked no more when the run is terminated', () => {
    const life = aLife({ metrics: [askingMetric()] })
    life.pass()
    const { run } = life.snapshot
    life.snapshot = { ...life.snapshot, run: { ...run, spec: { ...run.spec, terminate: true } } }
    expect(life.pass().asked).toEqual([])
    expect(life.status()).toMatchObject({ phase: 'Successful', message: 'Run Terminated' })
  })

  test('goes with one that makes objects, and ends it when it fails', () => {
    const [job] = MEMBERS as [ProviderMember]
    const life = aLife({ metrics: [askingMetric(), job.metric] })
    life.pass()
    expect(life.snapshot.made).toHaveLength(1)
    life.answer('rate/1', 'Failed')
    life.pass()
    life.pass()
    expect(life.snapshot.made).toEqual([])
    expect(life.status()).toMatchObject({ phase: 'Failed' })
  })
})

test('a provider that nobody here knows is named, and so is what works', () => {
  const metrics = [{ name: 'web', provider: { web: { url: 'http://shop' } } }]
  const run = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisRun', metadata: { name: 'demo' } }
  const snapshot = { now: NOW, run: { ...run, spec: { metrics } }, made: [], answers: {}, refused: {} }
  expect(decide(snapshot, [...PROVIDERS, entry(asking)]).status?.message).toBe(
    'Analysis spec invalid: metrics[0]:' +
      ' this controller does not support the metric provider web yet; use job, graphite',
  )
})

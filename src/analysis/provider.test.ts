// The family of metric providers: the laws, for all that are registered; and how measurements that are asked for, not
// made, go through a run.
import { expect, describe, test } from 'vitest'
import type { AnalysisRun, AnalysisRunSpec, Measurement, MetricResult } from '../api/analysis.ts'
import type { Metric } from '../api/metric.ts'
import type { Answer } from '../kube/reconciler.ts'
import { deepFreeze } from '../std/deep-freeze.suite.ts'
import { printInstant } from '../std/instant.ts'
import { decide } from './decide.ts'
import { NOW, objectsAfter, providerLaws } from './provider.suite.ts'
import type { ProviderMember } from './provider.suite.ts'
import { PROVIDERS } from './registry.ts'
import type { ProviderEntry } from './registry.ts'
import type { AnalysisSnapshot } from './snapshot.ts'

/** What an answerer gives back, once it has measured. */
const answered = (phase: Measurement['phase'], now = NOW): Answer => {
  const at = printInstant(now)
  return { at: now, value: { measurement: { phase, startedAt: at, finishedAt: at, value: '[0.99]' } } }
}

const askingMetric = (more: Partial<Metric> = {}): Metric => ({
  name: 'rate',
  provider: { web: { url: 'http://shop/rate' } },
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
  askingMember('web', { url: 'http://shop' }),
  askingMember('prometheus', { query: 'up' }),
  askingMember('plugin', { 'shop/check': {} }),
]

function askingMember(field: string, settings: object): ProviderMember {
  return {
    entry: PROVIDERS.find(one => one.field === field) as ProviderEntry,
    metric: { name: 'rate', provider: { [field]: settings } },
    ended: (snapshot, { questions = [] }, how) => ({
      ...snapshot,
      answers: Object.fromEntries(questions.map(({ id }) => [id, answered(how)])),
    }),
  }
}

for (const member of MEMBERS) providerLaws(member)

test('every provider that is registered has its member here', () => {
  const tested = MEMBERS.map(member => member.entry.field)
  expect(PROVIDERS.filter(one => !tested.includes(one.field))).toEqual([])
})

const [FIRST, SECOND] = [1, 2].map(n => `measurement ${n} of rate (run-1)`) as [string, string]

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
    snapshot: { now: NOW, run, made: [], answers: {}, open: [], refused: {} } as AnalysisSnapshot,
    pass({ isWritten = true } = {}) {
      const { snapshot } = life
      const { status, writes, trims = [], questions = [], waits = [] } = decide(deepFreeze(snapshot))
      const asked = questions.map(one => one.id)
      const answers = Object.fromEntries(
        Object.entries(snapshot.answers).filter(([id]) => asked.includes(id)),
      )
      const open = asked.filter(id => answers[id] === undefined)
      life.snapshot = { ...snapshot, answers, open }
      if (isWritten && status !== undefined) {
        const made = objectsAfter([...writes, ...trims], snapshot.made)
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
    expect(life.pass().asked).toEqual([FIRST])
    expect(life.status()).toMatchObject({ phase: 'Running' })
    expect(life.status()?.metricResults).toBeUndefined()
    life.answer(FIRST, 'Successful')
    expect(life.pass().waits).toMatchObject([{ until: NOW + 30_000 }])
    expect(life.pass().asked).toEqual([])
    life.later(30_000)
    expect(life.pass().asked).toEqual([SECOND])
    life.answer(SECOND, 'Successful')
    life.pass()
    expect(life.status()).toMatchObject({
      phase: 'Successful',
      metricResults: [{ count: 2, successful: 2, measurements: [{ value: '[0.99]' }, { value: '[0.99]' }] }],
    })
  })

  test('stays asked until its measurement is recorded, so that a refused write costs no second question', () => {
    const life = aLife({ metrics: [askingMetric()] })
    life.pass()
    life.answer(FIRST, 'Failed')
    expect(life.pass({ isWritten: false }).asked).toEqual([FIRST])
    life.pass()
    expect(life.status()).toMatchObject({ phase: 'Failed', metricResults: [{ count: 1, failed: 1 }] })
  })

  test('counts once when the run is terminated and the answer has come', () => {
    const life = aLife({ metrics: [askingMetric()], terminate: true })
    life.answer(FIRST, 'Failed')
    life.pass()
    expect(life.status()).toMatchObject({ phase: 'Failed', metricResults: [{ count: 1, failed: 1 }] })
  })

  const terminate = (life: ReturnType<typeof aLife>) => {
    const { run } = life.snapshot
    life.snapshot = { ...life.snapshot, run: { ...run, spec: { ...run.spec, terminate: true } } }
  }

  test('is not asked when the run is terminated before', () => {
    const life = aLife({ metrics: [askingMetric({ initialDelay: '1m' })] })
    life.pass()
    terminate(life)
    expect(life.pass().asked).toEqual([])
    expect(life.status()).toMatchObject({ phase: 'Successful', message: 'Run Terminated' })
  })

  test('loses no answer that is on its way when the run is terminated: it ends with that', () => {
    const life = aLife({ metrics: [askingMetric({ interval: '10s' })] })
    life.pass()
    terminate(life)
    expect(life.pass().asked).toEqual([FIRST])
    expect(life.status()).toMatchObject({ phase: 'Running' })
    life.answer(FIRST, 'Failed')
    expect(life.pass().asked).toEqual([FIRST])
    expect(life.status()).toMatchObject({ phase: 'Failed', metricResults: [{ count: 1, failed: 1 }] })
    expect(life.pass().asked).toEqual([])
  })

  test('waits for what another asks when it fails, and counts that', () => {
    const life = aLife({ metrics: [askingMetric(), askingMetric({ name: 'other', interval: '10s' })] })
    const [, other] = life.pass().asked as [string, string]
    life.answer(FIRST, 'Failed')
    life.pass()
    expect(life.status()).toMatchObject({ phase: 'Running' })
    expect(life.pass().asked).toEqual([other])
    life.answer(other, 'Successful')
    life.pass()
    expect(life.status()).toMatchObject({
      phase: 'Failed',
      metricResults: [
        { name: 'rate', failed: 1 },
        { name: 'other', count: 1, phase: 'Successful' },
      ],
    })
  })

  test('goes on while another waits for its answer', () => {
    const metrics = [askingMetric({ interval: '10s' }), askingMetric({ name: 'slow' })]
    const life = aLife({ metrics })
    const [, slow] = life.pass().asked as [string, string]
    life.answer(FIRST, 'Successful')
    life.pass()
    life.later(10_000)
    expect(life.pass().asked).toEqual([SECOND, slow])
  })

  test('that was left under way by another controller is asked for once more, and counts once', () => {
    const life = aLife({ metrics: [askingMetric()] })
    const open: MetricResult = { name: 'rate', phase: 'Running', measurements: [{ phase: 'Running' }] }
    const { run } = life.snapshot
    life.snapshot = { ...life.snapshot, run: { ...run, status: { phase: 'Running', metricResults: [open] } } }
    expect(life.pass().asked).toEqual([FIRST])
    life.answer(FIRST, 'Successful')
    life.pass()
    expect(life.status()).toMatchObject({ phase: 'Successful', metricResults: [{ count: 1 }] })
    expect(life.status()?.metricResults?.[0]?.measurements).toHaveLength(1)
  })

  test('that is taken out of the spec keeps what was measured, and ends no run', () => {
    const life = aLife({ metrics: [askingMetric({ name: 'other' })] })
    const { run } = life.snapshot
    const failed: MetricResult = { name: 'gone', phase: 'Failed', failed: 1 }
    life.snapshot = {
      ...life.snapshot,
      run: { ...run, status: { phase: 'Running', metricResults: [failed] } },
    }
    life.answer('measurement 1 of other (run-1)', 'Successful')
    life.pass()
    expect(life.status()).toMatchObject({
      phase: 'Successful',
      metricResults: [{ name: 'other', successful: 1 }, failed],
    })
  })

  test('says of the whole run that its arguments can not be had', () => {
    const life = aLife({ metrics: [askingMetric(), askingMetric({ name: 'other' })] })
    life.pass()
    const { snapshot } = life
    const runProblem = 'Unable to resolve metric arguments: secrets "keys" not found'
    life.snapshot = { ...snapshot, answers: { [FIRST]: { at: NOW, value: { runProblem } } } }
    life.pass()
    expect(life.status()).toEqual({ phase: 'Error', message: runProblem, completedAt: printInstant(NOW) })
  })

  test('is asked at once when the clock has gone back, and then in its interval', () => {
    const life = aLife({ metrics: [askingMetric({ interval: '30s' })] })
    life.pass()
    life.answer(FIRST, 'Successful')
    life.pass()
    life.later(-3_600_000)
    expect(life.pass().asked).toEqual([SECOND])
    life.answer(SECOND, 'Successful')
    life.pass()
    life.later(1000)
    expect(life.pass().waits).toMatchObject([{ until: NOW - 3_600_000 + 30_000 }])
  })

  test('of an interval of a millisecond is asked five times a second at most', () => {
    const life = aLife({ metrics: [askingMetric({ interval: '1ms' })] })
    for (let n = 1; n <= 5; n++) {
      const [id] = life.pass().asked as [string]
      life.answer(id, 'Successful')
      life.pass()
      life.later(1)
    }
    expect(life.pass()).toMatchObject({ asked: [], waits: [{ until: NOW + 1000 }] })
  })

  test('keeps what fits into the store, and says how much is gone', () => {
    const metrics = [askingMetric({ interval: '1s' })]
    const life = aLife({ metrics, measurementRetention: [{ metricName: 'rate', limit: 100 }] })
    const at = printInstant(NOW - 60_000)
    const measurements = Array.from({ length: 9 }, (): Measurement => ({
      phase: 'Successful',
      finishedAt: at,
      value: 'x'.repeat(64 * 1024),
    }))
    const { run } = life.snapshot
    const before: MetricResult = { name: 'rate', phase: 'Running', count: 9, measurements }
    life.snapshot = {
      ...life.snapshot,
      run: { ...run, status: { phase: 'Running', metricResults: [before] } },
    }
    life.answer('measurement 10 of rate (run-1)', 'Successful')
    life.pass()
    const [result] = life.status()?.metricResults ?? []
    expect(result?.measurements).toHaveLength(8)
    expect(result).toMatchObject({
      count: 10,
      message: expect.stringContaining('2 older measurements are gone'),
    })
  })

  test('goes with one that makes objects, and ends it when it fails', () => {
    const [job] = MEMBERS as [ProviderMember]
    const life = aLife({ metrics: [askingMetric(), job.metric] })
    life.pass()
    expect(life.snapshot.made).toHaveLength(1)
    life.answer(FIRST, 'Failed')
    life.pass()
    life.pass()
    expect(life.snapshot.made).toEqual([])
    expect(life.status()).toMatchObject({ phase: 'Failed' })
  })
})

test('a provider that nobody here knows is named, and so is what works', () => {
  const metrics = [{ name: 'm', provider: { graphite: { address: 'http://graphite', query: 'rate' } } }]
  const life = aLife({ metrics })
  life.pass()
  expect(life.status()?.message).toBe(
    'Analysis spec invalid: metrics[0]: this controller does not support the metric provider graphite yet;' +
      ' use job, web, prometheus, plugin',
  )
})

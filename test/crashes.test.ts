// A controller that is killed at each write and each request of a life with measurements: the life ends as it does
// without a death, nothing is made twice, and only a request that was open at the time is sent once more.
import { beforeAll, describe, expect, test } from 'vitest'
import type { AnalysisRun } from '../src/api/analysis.ts'
import type { Rollout } from '../src/api/rollout.ts'
import { EVENT_SOURCE } from '../src/controller/run.ts'
import { ANALYSIS_RUN, EVENT, REPLICA_SET, ROLLOUT } from '../src/kube/kinds.ts'
import { createWorld } from '../src/sim/world.ts'
import { live } from './crashing.ts'
import type { Life, Lived, Place } from './crashing.ts'

const web = { web: { url: 'http://shop/rate' } }
const pods = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x' }] } }

const LIVES: Readonly<Record<string, Life>> = {
  'a run that makes Jobs': {
    seconds: 45,
    begin: ({ create }) =>
      create(aRun('jobs', { provider: { job: { spec: { backoffLimit: 0, template: pods } } } })),
  },
  'a run that asks a server': {
    seconds: 30,
    says: elapsed => (elapsed > 5000 && elapsed < 17_000 ? '0.5' : '1'),
    begin: ({ create }) =>
      create(aRun('web', { failureLimit: 1, successCondition: 'result >= 0.9', provider: web })),
  },
  'a Rollout with a run beside its steps': {
    seconds: 45,
    from: 10,
    async begin({ create }) {
      const metric = { name: 'm', interval: '10s', successCondition: 'result >= 0.9', provider: web }
      await create({ ...aRun('rate', {}), kind: 'AnalysisTemplate', spec: { metrics: [metric] } })
      await create(aRollout())
    },
    acts: {
      10: async ({ world, namespace }) => {
        const target = { kind: ROLLOUT, name: 'demo', namespace }
        const patch = { spec: { template: { spec: { containers: [{ name: 'c', image: 'demo:2' }] } } } }
        await world.client.write({ verb: 'patch', why: 'a user', target, patch })
      },
    },
  },
}

function aRun(name: string, metric: object) {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name },
    spec: { metrics: [{ name: 'm', count: 3, interval: '10s', ...metric }] },
  }
}

function aRollout() {
  const labels = { app: 'demo' }
  const steps = [{ setWeight: 50 }, { pause: { duration: '15s' } }]
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'demo' },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'demo:1' }] } },
      strategy: { canary: { steps, analysis: { templates: [{ templateName: 'rate' }] } } },
    },
  }
}

async function runsOf({ world: { client }, namespace }: Place): Promise<readonly AnalysisRun[]> {
  return (await client.list(ANALYSIS_RUN, { namespace })).items as readonly AnalysisRun[]
}

/** All but times, and of the Jobs their number. */
async function look(place: Place) {
  const runs = await runsOf(place)
  const { world, namespace } = place
  const rollouts = (await world.client.list(ROLLOUT, { namespace })).items as readonly Rollout[]
  const sets = (await world.client.list(REPLICA_SET, { namespace })).items as unknown as readonly Sized[]
  return {
    runs: runs.map(({ metadata, status }) => ({
      name: metadata.name,
      phase: status?.phase,
      message: status?.message,
      runSummary: status?.runSummary,
      results: status?.metricResults?.map(({ measurements = [], ...counts }) => ({
        ...counts,
        measurements: measurements.map(({ phase, value }) => ({ phase, value })),
      })),
    })),
    rollouts: rollouts.map(({ status }) => [status?.phase, status?.stableRS, status?.currentStepIndex]),
    events: await eventsOf(place),
    sets: sets.map(({ metadata, spec }) => `${metadata.name} ${spec.replicas}`).toSorted(),
  }
}

/** What is told of analysis, once each: whoever dies after he has told it tells it again. */
async function eventsOf({ world: { client }, namespace }: Place): Promise<readonly string[]> {
  const events = (await client.list(EVENT, { namespace })).items as unknown as readonly Told[]
  const ours = events.filter(
    ({ source, reason }) => source.component === EVENT_SOURCE && /^AnalysisRun|^Metric/.test(reason),
  )
  return [...new Set(ours.map(one => `${one.involvedObject.name} ${one.reason}: ${one.message}`))].toSorted()
}

interface Told {
  readonly involvedObject: { readonly name: string }
  readonly source: { readonly component: string }
  readonly reason: string
  readonly message: string
}

interface Sized {
  readonly metadata: { readonly name: string }
  readonly spec: { readonly replicas: number }
}

async function recorded(place: Place): Promise<number> {
  const results = (await runsOf(place)).flatMap(({ status }) => status?.metricResults ?? [])
  return results.flatMap(({ measurements = [] }) => measurements).filter(({ value }) => value !== undefined)
    .length
}

// As in a controller that has measured already: virtual time does not wait for a file to be read.
beforeAll(async () => void (await import('../src/controller/measure.ts')))

describe('a controller that is killed after each effect of', () => {
  test.each(Object.entries(LIVES))('%s loses nothing and doubles nothing', async (_, life) => {
    const world = await createWorld({ reconcilers: [] })
    const whole = await live(life, { world, namespace: 'whole', look, recorded })
    for (let dieAt = 0; dieAt < whole.moments; dieAt++) {
      const lived = await live(life, { world, namespace: `life-${dieAt}`, dieAt, look, recorded })
      const { diedAt } = lived
      const asked = whole.asked + lived.openAtDeath
      expect({ diedAt, ...lastingOf(lived) }).toEqual({ diedAt, ...lastingOf(whole), asked })
    }
    await world.stop()
  })
})

/** Events may be told twice. */
function lastingOf({ found, asked, made }: Lived<unknown>) {
  return { found, asked, made: { ...made, Event: 0 } }
}

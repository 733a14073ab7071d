// Measuring in the whole controller, on the simulated cluster: many runs at a time, a server that never answers, a
// controller that dies with a request open.
import { afterEach, describe, expect, test } from 'vitest'
import type { AnalysisRun } from '../src/api/analysis.ts'
import type { Metric } from '../src/api/metric.ts'
import { reconcilers } from '../src/controller/reconcilers.ts'
import { answersFrom } from '../src/controller/answers.ts'
import { EVENT_SOURCE } from '../src/controller/run.ts'
import type { Clock } from '../src/doors/clock.ts'
import type { Answered, Hop } from '../src/doors/outgoing/hop.ts'
import { HttpError } from '../src/doors/http.ts'
import { seededRandom } from '../src/doors/random.ts'
import { SILENT } from '../src/doors/silent-log.ts'
import { ANALYSIS_RUN } from '../src/kube/kinds.ts'
import { fromJson } from '../src/kube/object.ts'
import { playReconcilers } from '../src/runtime/loop/play.ts'
import { createWorld } from '../src/sim/world.ts'
import type { SimulatedOutside, World } from '../src/sim/world.ts'

const worlds: World[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop()
})

/** Servers that answer after some time, or never. */
function servers(answerMs: (host: string) => number) {
  const asked: string[] = []
  const state = { sleeping: 0, clock: undefined as Clock | undefined }
  const roundTrip = async ({ url }: Hop, signal: AbortSignal): Promise<Answered> => {
    asked.push(url.host)
    state.sleeping++
    await state.clock?.sleepUntil(state.clock.now() + answerMs(url.host), signal)
    state.sleeping--
    if (signal.aborted) throw new HttpError('EABORTED', 'context canceled')
    return { status: 200, statusText: '200 OK', headers: {}, text: async () => '1', discard: () => {} }
  }
  const outgoing = { transport: () => roundTrip, close: () => {} }
  const outside: SimulatedOutside = { outgoing, env: {}, sleeping: () => state.sleeping }
  return { asked, outside, follow: (clock: Clock) => void (state.clock = clock) }
}

const aRun = (name: string, metric: Partial<Metric>) =>
  fromJson({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name, namespace: 'default' },
    spec: { metrics: [{ name: 'm', consecutiveErrorLimit: 1000, ...metric }] },
  } as never)

async function resultsOf(world: World) {
  const { items } = await world.client.list(ANALYSIS_RUN, {})
  return (items as readonly AnalysisRun[]).map(({ metadata, status }) => ({
    ...status?.metricResults?.[0],
    name: metadata.name,
    phase: status?.phase,
  }))
}

describe('measuring', () => {
  test('a hundred runs keep their interval though one of five servers never answers', async () => {
    const { outside, follow } = servers(host => (host === 'h0' ? 3_600_000 : 50))
    const world = await createWorld({ reconcilers: reconcilers(), outside })
    worlds.push(world)
    follow(world.clock)
    for (let i = 0; i < 100; i++) {
      const provider = { web: { url: `http://h${i % 5}/` } }
      await world.client.write({
        verb: 'create',
        why: 'measure',
        object: aRun(`r${i}`, { interval: '10s', provider }),
      })
    }
    await world.advance(120_000)
    const results = await resultsOf(world)
    const good = results.filter(({ name }) => Number(name.slice(1)) % 5 !== 0)
    expect(new Set(good.map(({ count }) => count))).toEqual(new Set([12]))
    expect(good.every(({ error }) => error === undefined)).toBe(true)
    const late = results.filter(({ name }) => Number(name.slice(1)) % 5 === 0)
    expect(late.every(({ count, error = 0 }) => count === undefined && error >= 1)).toBe(true)
  })

  test('a run that is over asks nobody, and costs no pass', async () => {
    const { asked, outside, follow } = servers(() => 50)
    const passes: string[] = []
    const world = await createWorld({
      reconcilers: reconcilers(),
      outside,
      onEffect: effect => void (effect.type === 'done' && passes.push(effect.key)),
    })
    worlds.push(world)
    follow(world.clock)
    const provider = { web: { url: 'http://h1/' } }
    await world.client.write({ verb: 'create', why: 'measure', object: aRun('once', { provider }) })
    await world.advance(10_000)
    const before = passes.length
    await world.advance(600_000)
    expect(await resultsOf(world)).toMatchObject([{ phase: 'Successful', count: 1 }])
    expect(asked).toHaveLength(1)
    expect(passes).toHaveLength(before)
  })

  test('a controller that dies with a request open loses nothing, and the next one asks once more', async () => {
    const { asked, outside, follow } = servers(() => 4000)
    const world = await createWorld({ reconcilers: [] })
    worlds.push(world)
    follow(world.clock)
    const live = () => {
      const stopping = new AbortController()
      const { client, clock } = world
      const played = playReconcilers({
        client,
        clock,
        reconcilers: reconcilers(),
        component: EVENT_SOURCE,
        random: seededRandom(1),
        log: SILENT,
        signal: stopping.signal,
        answerer: answersFrom({ client, clock, ...outside }),
      })
      return async () => {
        stopping.abort()
        await played.stopped
      }
    }
    const provider = { web: { url: 'http://h1/' } }
    const die = live()
    const metric = { count: 3, interval: '10s', provider }
    await world.client.write({ verb: 'create', why: 'measure', object: aRun('r', metric) })
    for (let second = 0; second < 16; second++) await world.advance(1000)
    expect(asked).toHaveLength(2)
    await die()
    const dieAgain = live()
    for (let second = 0; second < 40; second++) await world.advance(1000)
    expect(asked).toHaveLength(4)
    expect(await resultsOf(world)).toMatchObject([{ phase: 'Successful', count: 3, successful: 3 }])
    await dieAgain()
  })
})

// Measuring in the whole controller, on the simulated cluster: many runs at a time, a server that never answers, a
// controller that dies with a request open.
import { afterEach, describe, expect, test } from 'vitest'
import { reconcilers } from '../src/controller/reconcilers.ts'
import { answersFrom } from '../src/controller/answers.ts'
import { EVENT_SOURCE } from '../src/controller/run.ts'
import { seededRandom } from '../src/doors/random.ts'
import { SILENT } from '../src/doors/silent-log.ts'
import { playReconcilers } from '../src/runtime/loop/play.ts'
import { createWorld } from '../src/sim/world.ts'
import type { World } from '../src/sim/world.ts'
import { FIVE_SERVERS, createRun, createRuns, resultsOf, servers } from './measured-runs.ts'

const worlds: World[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop()
})

describe('measuring', () => {
  test('a hundred runs keep their interval though one of five servers never answers, and cost no more', async () => {
    const { asked, outside, follow } = servers(FIVE_SERVERS)
    const counts = { passes: 0, writes: 0 }
    const world = await createWorld({
      reconcilers: reconcilers(),
      outside,
      onEffect({ type }) {
        if (type === 'done') counts.passes++
        if (type === 'write') counts.writes++
      },
    })
    worlds.push(world)
    follow(world.clock)
    await createRuns(world, 100)
    await world.advance(119_000)
    const results = await resultsOf(world)
    const good = results.filter(({ isLate }) => !isLate)
    const late = results.filter(({ isLate }) => isLate)
    expect(new Set(good.map(({ count, errors }) => `${count} ${errors}`))).toEqual(new Set(['12 0']))
    expect(late.every(({ count, errors }) => count === 0 && errors >= 1)).toBe(true)
    // A request each; a pass that asks, one that records, one that sees what was recorded.
    expect(asked.filter(host => host !== 'h0')).toHaveLength(80 * 12)
    const measurements = 80 * 12 + late.reduce((sum, { errors }) => sum + errors, 0)
    expect(counts.writes).toBeLessThan(measurements + 3 * results.length)
    expect(counts.passes).toBeLessThan(3 * measurements + 3 * results.length)
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
    await createRun(world, 'once', { provider })
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
    await createRun(world, 'r', metric)
    for (let second = 0; second < 16; second++) await world.advance(1000)
    expect(asked).toHaveLength(2)
    await die()
    const dieAgain = live()
    for (let second = 0; second < 40; second++) await world.advance(1000)
    expect(asked).toHaveLength(4)
    expect(await resultsOf(world)).toMatchObject([{ phase: 'Successful', count: 3, errors: 0 }])
    await dieAgain()
  })
})

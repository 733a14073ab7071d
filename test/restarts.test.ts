// What a start of the controller writes over Rollouts that it, or another one, has reported on: nothing but what a
// change asks for. Rollouts that nobody has reported on are announced.
import { afterEach, expect, test } from 'vitest'
import {
  HOME,
  ID,
  aBlueGreen,
  aCanary,
  isSettled,
  patch,
  place,
  placed,
  refTo,
  setImage,
} from '../bench/controlled-rollouts.ts'
import type { Rollout } from '../src/api/rollout.ts'
import { answersFrom } from '../src/controller/answers.ts'
import { closedOutside } from '../src/controller/outside.ts'
import { reconcilers } from '../src/controller/reconcilers.ts'
import { EVENT_SOURCE } from '../src/controller/run.ts'
import { SILENT } from '../src/doors/silent-log.ts'
import { seededRandom } from '../src/doors/random.ts'
import { ROLLOUT } from '../src/kube/kinds.ts'
import { fromJson } from '../src/kube/object.ts'
import type { Effect } from '../src/runtime/loop/effects.ts'
import { playReconcilers } from '../src/runtime/loop/play.ts'
import { createWorld } from '../src/sim/world.ts'
import type { World } from '../src/sim/world.ts'

type Written = Extract<Effect, { type: 'write' }>

const worlds: World[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop()
})

/** A cluster without a controller of Rollouts. */
async function aWorld(): Promise<World> {
  const world = await createWorld({ reconcilers: [] })
  worlds.push(world)
  await placed(world.client, fromJson({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: HOME } }))
  return world
}

/** What a controller writes, Events among it, from its start until it is stopped a minute later. */
async function aRun(world: World): Promise<readonly Written[]> {
  const stopping = new AbortController()
  const writes: Written[] = []
  const played = playReconcilers({
    client: world.client,
    reconcilers: reconcilers({ instanceId: ID }),
    component: EVENT_SOURCE,
    clock: world.clock,
    random: seededRandom(1),
    log: SILENT,
    signal: stopping.signal,
    answerer: answersFrom({ client: world.client, clock: world.clock, ...closedOutside() }),
    onEffect: effect => {
      if (effect.type === 'write') writes.push(effect)
    },
  })
  await played.ready
  for (let second = 0; second < 60; second++) await world.advance(1000)
  stopping.abort()
  await played.stopped
  return writes
}

const whys = (writes: readonly Written[]) => writes.map(({ write }) => write.why)
const announced = (writes: readonly Written[]) => whys(writes).filter(why => why.includes('AddedToInformer'))

async function areSettled(world: World): Promise<boolean> {
  const { items } = await world.client.list(ROLLOUT, { namespace: HOME })
  return items.every(one => isSettled((one as Rollout).status ?? {}, one))
}

test('a start over a hundred settled Rollouts writes nothing, and with a change what that asks for', async () => {
  const world = await aWorld()
  const rollouts = Array.from({ length: 100 }, (_, i) => aBlueGreen(`r${i}`, true))
  for (const rollout of rollouts) await place(world.client, rollout)
  expect(announced(await aRun(world))).toHaveLength(100)
  expect(await areSettled(world)).toBe(true)

  expect(whys(await aRun(world))).toEqual([])

  await patch(world.client, rollouts[7] as Rollout, { spec: { replicas: 2 } })
  const writes = await aRun(world)
  expect(writes.length).toBeGreaterThan(0)
  expect(announced(writes)).toEqual([])
  expect(writes.filter(({ lane }) => !lane.endsWith('/r7'))).toEqual([])
  expect(await areSettled(world)).toBe(true)
})

test('a start announces a Rollout that came while no controller was there, also one that cannot work', async () => {
  const world = await aWorld()
  const rollout = aBlueGreen('early', true)
  await placed(world.client, rollout)
  const first = await aRun(world)
  expect(announced(first)).toHaveLength(1)
  expect(((await world.client.get(refTo(rollout))) as Rollout).status?.phase).toBe('Degraded')
  expect(whys(await aRun(world))).toEqual([])
})

test('a start writes nothing over Rollouts that are paused, aborted or held by a person either', async () => {
  const world = await aWorld()
  const [paused, aborted, held] = [aBlueGreen('paused', false), aBlueGreen('aborted', false), aCanary('held')]
  for (const rollout of [paused, aborted, held]) await place(world.client, rollout)
  await aRun(world)
  await patch(world.client, held, { spec: { paused: true } })
  for (const rollout of [paused, aborted, held]) await setImage(world.client, rollout, 'demo:v2')
  await aRun(world)
  await patch(world.client, aborted, { status: { abort: true } }, 'status')
  expect(whys(await aRun(world)).length).toBeGreaterThan(0)
  const phases = [paused, aborted, held].map(async one => (await world.client.get(refTo(one))) as Rollout)
  const found = await Promise.all(phases)
  expect(found.map(one => one.status?.phase)).toEqual(['Paused', 'Degraded', 'Paused'])
  expect(whys(await aRun(world))).toEqual([])
})

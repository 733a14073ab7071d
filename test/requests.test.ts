// What the controller asks of the API server, counted in virtual time over the Rollouts that bench/controller.ts
// measures (a request is a write, Events apart), and how late its counts are.
import { afterEach, expect, test } from 'vitest'
import {
  HOME,
  ID,
  aBlueGreen,
  aCanary,
  isRetired,
  isSettled,
  patch,
  place,
  placed,
  refTo,
  revisions,
  setImage,
} from '../bench/controlled-rollouts.ts'
import type { Holds } from '../bench/controlled-rollouts.ts'
import type { Rollout } from '../src/api/rollout.ts'
import { reconcilers } from '../src/controller/reconcilers.ts'
import type { ReplicaSet } from '../src/kube/apps.ts'
import { fromJson } from '../src/kube/object.ts'
import type { Write } from '../src/kube/write.ts'
import type { Effect } from '../src/runtime/loop/effects.ts'
import { createWorld } from '../src/sim/world.ts'
import type { World } from '../src/sim/world.ts'
import { equal } from '../src/std/equal.ts'

interface Counted extends World {
  /** The requests since the last look. */
  requests(): readonly Write[]
}

const worlds: World[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop()
})

async function aWorld(): Promise<Counted> {
  const made: Write[] = []
  const onEffect = (effect: Effect) => {
    if (effect.type === 'write' && !effect.lane.startsWith('events/')) made.push(effect.write)
  }
  const world = await createWorld({ reconcilers: reconcilers({ instanceId: ID }), onEffect })
  worlds.push(world)
  await placed(world.client, fromJson({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: HOME } }))
  return { ...world, requests: () => made.splice(0) }
}

async function until(world: World, rollout: Rollout, holds: Holds): Promise<void> {
  const so = async () => {
    const found = await rolloutIn(world, rollout)
    return holds(found.status ?? {}, found)
  }
  expect(await world.advanceUntil(so, 120_000)).toBe(true)
}

async function rolloutIn(world: World, rollout: Rollout): Promise<Rollout> {
  return (await world.client.get(refTo(rollout))) as Rollout
}

async function settled(world: Counted, rollout: Rollout): Promise<void> {
  await place(world.client, rollout)
  await until(world, rollout, isSettled)
  await world.advance(10_000)
  world.requests()
}

/** An update from the new image until the old pods have gone. */
async function updated(world: Counted, rollout: Rollout, isPromoted: boolean): Promise<readonly Write[]> {
  await settled(world, rollout)
  await setImage(world.client, rollout, 'demo:v2')
  if (isPromoted) {
    await until(world, rollout, ({ phase }) => phase === 'Paused')
    await patch(world.client, rollout, { status: { pauseConditions: null } }, 'status')
  }
  await until(world, rollout, isSettled)
  await world.advanceUntil(async () => isRetired(await revisions(world.client, rollout)), 60_000)
  await world.advance(10_000)
  return world.requests()
}

const whys = (writes: readonly Write[]) => writes.map(write => write.why)

test('a blue/green update takes twelve requests at most', async () => {
  const world = await aWorld()
  const requests = await updated(world, aBlueGreen('bg', false), true)
  expect(requests.length, whys(requests).join('\n')).toBeLessThanOrEqual(12)
})

test('a canary of three weights takes nineteen requests at most', async () => {
  const world = await aWorld()
  const requests = await updated(world, aCanary('can'), false)
  expect(requests.length, whys(requests).join('\n')).toBeLessThanOrEqual(19)
})

/** What the ReplicaSets count, as `status` calls it. */
async function countsFound(world: World, rollout: Rollout): Promise<object> {
  const all = (await revisions(world.client, rollout)) as readonly ReplicaSet[]
  const sum = (of: 'replicas' | 'readyReplicas' | 'availableReplicas') =>
    all.reduce((total, one) => total + (one.status?.[of] ?? 0), 0)
  return { replicas: sum('replicas'), ready: sum('readyReplicas'), available: sum('availableReplicas') }
}

async function countsReported(world: World, rollout: Rollout): Promise<object> {
  const {
    replicas = 0,
    readyReplicas = 0,
    availableReplicas = 0,
  } = (await rolloutIn(world, rollout)).status ?? {}
  return { replicas, ready: readyReplicas, available: availableReplicas }
}

/** The longest time for which a status counted otherwise than the ReplicaSets. */
async function latest(world: World, rollout: Rollout, forMs: number): Promise<number> {
  const end = world.clock.now() + forMs
  let [since, longest] = [world.clock.now(), 0]
  while (world.clock.now() < end) {
    await world.advance(100)
    const now = world.clock.now()
    if (!equal(await countsFound(world, rollout), await countsReported(world, rollout))) {
      longest = Math.max(longest, now - since)
    } else since = now
  }
  return longest
}

test('counts are late by a second at most, while an update and a new size bring pods and take them', async () => {
  const world = await aWorld()
  const rollout = aCanary('can')
  await settled(world, rollout)
  await setImage(world.client, rollout, 'demo:v2')
  expect(await latest(world, rollout, 30_000)).toBeLessThanOrEqual(1000)
  await until(world, rollout, isSettled)
  await patch(world.client, rollout, { spec: { replicas: 9 } })
  expect(await latest(world, rollout, 10_000)).toBeLessThanOrEqual(1000)
  await patch(world.client, rollout, { spec: { replicas: 2 } })
  expect(await latest(world, rollout, 10_000)).toBeLessThanOrEqual(1000)
  expect(await countsReported(world, rollout)).toEqual({ replicas: 2, ready: 2, available: 2 })
})

test('a new size shows at once, also when a status has just been written', async () => {
  const world = await aWorld()
  const rollout = aCanary('can')
  await settled(world, rollout)
  for (const replicas of [6, 7]) {
    await patch(world.client, rollout, { spec: { replicas } })
    await world.settle()
    const { metadata, status } = await rolloutIn(world, rollout)
    expect(status).toMatchObject({ observedGeneration: String(metadata.generation), phase: 'Progressing' })
  }
})

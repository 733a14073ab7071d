// The examples of docs/routers.md, played in virtual time: a canary behind each router, to its first weight and to its
// end.
import { readdirSync, readFileSync } from 'node:fs'
import { loadAll } from 'js-yaml'
import { afterEach, expect, test } from 'vitest'
import type { Rollout } from '../src/api/rollout.ts'
import { reconcilers } from '../src/controller/reconcilers.ts'
import { ROLLOUT } from '../src/kube/kinds.ts'
import { fromJson } from '../src/kube/object.ts'
import { routeDefinitions } from '../src/main/route-definitions.ts'
import { createWorld } from '../src/sim/world.ts'
import type { World } from '../src/sim/world.ts'

const FOLDER = 'examples/routers'
const worlds: World[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop()
})

const target = { kind: ROLLOUT, namespace: 'default', name: 'shop' }
const shop = async (world: World) => (await world.client.get(target)) as Rollout

async function reaches(world: World, phase: string): Promise<Rollout> {
  await world.advanceUntil(async () => (await shop(world)).status?.phase === phase, 120_000)
  const rollout = await shop(world)
  expect(rollout.status?.phase, rollout.status?.message).toBe(phase)
  return rollout
}

async function resume(world: World): Promise<void> {
  const patch = { status: { pauseConditions: null } }
  await world.client.write({ verb: 'patch', why: 'promote', target, patch, subresource: 'status' })
  await world.advance(10_000)
}

test.each(readdirSync(FOLDER))('%s: a canary gets 20 %%, then 60 %%, then all', async name => {
  const world = await createWorld({ reconcilers: reconcilers(), definitions: routeDefinitions() })
  worlds.push(world)
  for (const object of loadAll(readFileSync(`${FOLDER}/${name}`, 'utf8'))) {
    const { metadata, ...rest } = object as { metadata: object }
    const placed = fromJson({ ...rest, metadata: { ...metadata, namespace: 'default' } } as never)
    await world.client.write({ verb: 'create', why: 'apply the example', object: placed })
  }
  await reaches(world, 'Healthy')
  const containers = [{ name: 'shop', image: 'argoproj/rollouts-demo:green' }]
  const patch = { spec: { template: { spec: { containers } } } }
  await world.client.write({ verb: 'patch', why: 'a new version', target, patch })
  await world.advance(1000)
  expect((await reaches(world, 'Paused')).status?.canary?.weights?.canary.weight).toBe(20)
  await resume(world)
  expect((await reaches(world, 'Paused')).status?.canary?.weights?.canary.weight).toBe(60)
  await resume(world)
  expect((await reaches(world, 'Healthy')).status?.canary?.weights?.canary.weight).toBe(0)
})

test('each example stands in docs/routers.md', () => {
  const page = readFileSync('docs/routers.md', 'utf8')
  expect(readdirSync(FOLDER).filter(name => !page.includes(`examples/routers/${name}`))).toEqual([])
})

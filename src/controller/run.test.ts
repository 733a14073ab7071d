// The controller as a whole, in a simulated cluster: it acts only with the lease, and gives it back after its
// last write.
import { afterEach, describe, expect, test } from 'vitest'
import { SILENT } from '../doors/silent-log.ts'
import { seededRandom } from '../doors/random.ts'
import { KubeError } from '../kube/errors.ts'
import { ANALYSIS_RUN, EXPERIMENT, LEASE, REPLICA_SET, ROLLOUT } from '../kube/kinds.ts'
import type { AnyObject, Kind } from '../kube/object.ts'
import type { Client } from '../runtime/network/client.ts'
import type { Lease } from '../runtime/leader.ts'
import { LEASE_TIMES } from '../runtime/leader.ts'
import type { World } from '../sim/world.ts'
import { createWorld } from '../sim/world.ts'
import { deployDemo } from './deployed.suite.ts'
import { reconcilers } from './reconcilers.ts'
import { runController } from './run.ts'
import type { RunOptions } from './run.ts'

describe('the controller', () => {
  const stops: (() => Promise<unknown> | void)[] = []
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop()
  })

  function join(world: World, identity: string, more: Partial<Pick<RunOptions, 'client'>> = {}) {
    const stop = new AbortController()
    stops.unshift(() => stop.abort())
    const { client, clock } = world
    const lock = { name: 'lock', namespace: 'default' }
    const election = { ...lock, client, times: LEASE_TIMES, stopwatch: clock.now, identity }
    const own = { client, ...more, clock, random: seededRandom(1), log: SILENT, signal: stop.signal }
    return { ...runController({ ...own, reconcilers: reconcilers(), election }), stop: () => stop.abort() }
  }
  const lease = async (world: World) =>
    ((await world.client.list(LEASE, { namespace: 'default' })).items[0] as Lease | undefined)?.spec

  async function aWorld() {
    const world = await createWorld({ reconcilers: [] })
    stops.push(() => world.stop())
    await deployDemo(world)
    return world
  }

  test('brings a rollout to Healthy, then falls silent', async () => {
    const world = await aWorld()
    join(world, 'a')
    await world.advance(60_000)
    const rollout = (await world.client.get({
      kind: ROLLOUT,
      name: 'demo',
      namespace: 'default',
    })) as AnyObject
    expect(rollout['status']).toMatchObject({ phase: 'Healthy', availableReplicas: 2 })
    const { resourceVersion } = rollout.metadata
    await world.advance(600_000)
    const later = await world.client.get({ kind: ROLLOUT, name: 'demo', namespace: 'default' })
    expect(later.metadata.resourceVersion).toBe(resourceVersion)
  })

  test('keeps the lease also while all its writes hang: that has a way of its own', async () => {
    const world = await aWorld()
    const first = join(world, 'a', { client: { ...world.client, write: () => new Promise(() => {}) } })
    join(world, 'b')
    await world.advance(60_000)
    expect(await lease(world)).toMatchObject({ holderIdentity: 'a' })
    expect(await Promise.race([first.stopped, 'goes on'])).toBe('goes on')
  })

  test.each([ROLLOUT, ANALYSIS_RUN, EXPERIMENT])(
    'decides nothing while it may not read $plural',
    async kind => {
      const world = await aWorld()
      const rights = { isBlind: true }
      const { ready } = join(world, 'a', { client: unable(world.client, kind, rights) })
      await world.advance(60_000)
      expect((await world.client.list(REPLICA_SET, { namespace: 'default' })).items).toEqual([])
      rights.isBlind = false
      await world.advance(300_000)
      await ready
      expect((await world.client.list(REPLICA_SET, { namespace: 'default' })).items).toHaveLength(1)
    },
  )

  test('does nothing while another leads; takes over when that one stops', async () => {
    const world = await aWorld()
    const first = join(world, 'a')
    await world.advance(30_000)
    const second = join(world, 'b')
    await world.advance(30_000)
    expect(await lease(world)).toMatchObject({ holderIdentity: 'a' })
    first.stop()
    expect(await first.stopped).toBe('stopped')
    expect(await lease(world)).toMatchObject({ holderIdentity: '' })
    const target = { kind: ROLLOUT, name: 'demo', namespace: 'default' }
    const containers = [{ name: 'c', image: 'a:2' }]
    await world.client.write({
      verb: 'patch',
      why: 'a user',
      target,
      patch: { spec: { template: { spec: { containers } } } },
    })
    await world.advance(60_000)
    expect(await lease(world)).toMatchObject({ holderIdentity: 'b' })
    expect((await world.client.list(REPLICA_SET, {})).items).toHaveLength(2)
    second.stop()
  })
})

function unable(client: Client, forbidden: Kind, rights: { readonly isBlind: boolean }): Client {
  const refuse = (kind: Kind) => {
    if (rights.isBlind && kind === forbidden)
      throw new KubeError('Forbidden', `${kind.plural} is forbidden`, { status: 403 })
  }
  return {
    ...client,
    async list(kind, ...more) {
      refuse(kind)
      return client.list(kind, ...more)
    },
    async *watch(kind, ...more) {
      refuse(kind)
      yield* client.watch(kind, ...more)
    },
  }
}

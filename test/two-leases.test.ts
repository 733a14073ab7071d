// Our controller and Argo Rollouts' own over one cluster: never both at once. The peer is played by client-go's rules,
// in virtual time; ours is the whole controller, and every write of it is seen.
import { afterEach, describe, expect, test } from 'vitest'
import { deployDemo } from '../src/controller/deployed.suite.ts'
import { peerElection } from '../src/controller/lease.ts'
import { reconcilers } from '../src/controller/reconcilers.ts'
import { runController } from '../src/controller/run.ts'
import type { Clock } from '../src/doors/clock.ts'
import { SILENT } from '../src/doors/silent-log.ts'
import { seededRandom } from '../src/doors/random.ts'
import { LEASE, REPLICA_SET, ROLLOUT } from '../src/kube/kinds.ts'
import { startController } from '../src/main/controller.ts'
import { fromJson } from '../src/kube/object.ts'
import type { AnyObject } from '../src/kube/object.ts'
import type { Write } from '../src/kube/write.ts'
import type { Lease } from '../src/runtime/leader.ts'
import type { Client } from '../src/runtime/network/client.ts'
import { createWorld } from '../src/sim/world.ts'
import type { World } from '../src/sim/world.ts'
import { goPeer } from './go-peer.ts'

const HOME = 'argo-rollouts'
const OURS = 'crossfade-6d5f_0b0c8f0e-3a8b-4f6e-9d0f-0d6a6a1d9b11'
const IN_NAMESPACE = { POD_NAMESPACE: HOME }

const stops: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function aWorld() {
  const world = await createWorld({ reconcilers: [] })
  stops.push(() => world.stop())
  await world.client.write({
    verb: 'create',
    why: 'a user',
    object: fromJson({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: HOME } }),
  })
  await deployDemo(world)
  return world
}

const lease = async (world: World) =>
  ((await world.client.list(LEASE, { namespace: HOME })).items[0] as Lease | undefined)?.spec

const setImage = (world: World, image: string) =>
  world.client.write({
    verb: 'patch',
    why: 'a user',
    target: { kind: ROLLOUT, name: 'demo', namespace: 'default' },
    patch: { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } },
  })

const replicaSets = async (world: World) => (await world.client.list(REPLICA_SET, {})).items

/** A process that can be stopped as by SIGSTOP: nothing reaches it meanwhile, and all of it when it wakes. */
function aProcess(world: World) {
  const writes: Write[] = []
  let awake: Promise<void> = Promise.resolve()
  let wake = () => {}
  const heard = async <T>(answer: Promise<T>): Promise<T> => {
    const settled = await answer.then(
      value => () => value,
      (error: unknown) => () => {
        throw error as Error
      },
    )
    await awake
    return settled()
  }
  const clock: Clock = {
    now: () => world.clock.now(),
    sleepUntil: (at, signal) => heard(world.clock.sleepUntil(at, signal)),
  }
  const { client } = world
  const own: Client = {
    ...client,
    get: ref => heard(client.get(ref)),
    list: (kind, selection, page) => heard(client.list(kind, selection, page)),
    async *watch(kind, selection, from) {
      for await (const event of client.watch(kind, selection, from)) {
        await awake
        yield event
      }
    },
    write(write) {
      writes.push(write)
      return heard(client.write(write))
    },
  }
  return {
    client: own,
    clock,
    writes,
    freeze: () => void (awake = new Promise(resolve => (wake = resolve))),
    thaw: () => wake(),
  }
}

function join(world: World, process = aProcess(world), identity = OURS) {
  const stop = new AbortController()
  stops.unshift(() => stop.abort())
  const { client, clock } = process
  const election = peerElection({ env: IN_NAMESPACE, pod: undefined, identity, stopwatch: clock.now })
  const common = { random: seededRandom(1), log: SILENT, reconcilers: reconcilers() }
  const running = runController({ client, clock, ...common, signal: stop.signal, election })
  const state = { ended: '' }
  void running.stopped.then(how => (state.ended = how))
  return { process, state, stop: () => stop.abort() }
}

function peerIn(world: World) {
  const stop = new AbortController()
  stops.unshift(() => stop.abort())
  const { client, clock } = world
  return {
    ...goPeer({ client, clock, namespace: HOME, signal: stop.signal }),
    fallSilent: () => stop.abort(),
  }
}

describe('where the lease stands', () => {
  const named = (env: Record<string, string>, pod?: string) =>
    peerElection({ env, pod, identity: OURS, stopwatch: () => 0 })
  test('is where the peer has it, under its name', () => {
    expect(named(IN_NAMESPACE)).toMatchObject({ name: 'argo-rollouts-controller-lock', namespace: HOME })
    expect(named({ POD_NAMESPACE: 'tools' }, 'other').namespace).toBe('tools')
    expect(named({}, 'of-the-account').namespace).toBe('of-the-account')
    expect(named({}).namespace, 'outside of any pod').toBe('argo-rollouts')
  })
})

describe('a process that was killed', () => {
  test('is followed at once by the next one of the same identity, and by another after 15 s', async () => {
    for (const [identity, ms] of [
      [OURS, 100],
      ['crossfade-2_5b8f7a1c-0d1e-4c57-8f0a-1b2c3d4e5f60', 14_000],
    ] as const) {
      const world = await aWorld()
      const killed = join(world)
      await world.advance(10_000)
      killed.process.freeze()
      await setImage(world, 'a:2')
      const next = join(world, aProcess(world), identity)
      await world.advance(ms)
      expect(next.process.writes.length > 0).toBe(identity === OURS)
      await world.advance(30_000)
      expect(next.process.writes.length).toBeGreaterThan(5)
      expect(await lease(world)).toMatchObject({ leaseTransitions: identity === OURS ? 0 : 1 })
    }
  })
})

describe('the controller of an embedded cluster', () => {
  async function embedded() {
    const world = await aWorld()
    const process = aProcess(world)
    const { client, clock } = process
    const own = { identity: OURS, stopwatch: world.clock.now }
    const election = peerElection({ ...own, env: {}, pod: undefined })
    const doors = { client, clock, random: seededRandom(1), log: SILENT }
    const starting = startController({ ...doors, version: '1', election, env: {}, resolve: () => undefined })
    await world.advance(1000)
    const controller = await starting
    stops.unshift(async () => {
      const closed = controller.close()
      await world.advance(1000)
      await closed
    })
    return { world, process }
  }

  test('holds it like any other, and a peer beside it waits', async () => {
    const { world } = await embedded()
    expect(await lease(world)).toMatchObject({ holderIdentity: OURS, leaseTransitions: 0 })
    const peer = peerIn(world)
    await world.advance(60_000)
    expect(peer.leads()).toBe(false)
    expect(await replicaSets(world)).toHaveLength(1)
  })

  test('begins anew after a sleep, and waits where another has taken it meanwhile', async () => {
    const { world, process } = await embedded()
    await world.advance(5000)
    process.freeze()
    await setImage(world, 'a:2')
    await world.advance(60_000)
    process.thaw()
    await world.advance(60_000)
    expect(await replicaSets(world)).toHaveLength(2)
    expect(await lease(world)).toMatchObject({ holderIdentity: OURS, leaseTransitions: 0 })
    const peer = peerIn(world)
    await world.advance(4000)
    process.freeze()
    await world.advance(60_000)
    expect(peer.leads()).toBe(true)
    await setImage(world, 'a:3')
    process.thaw()
    await world.advance(60_000)
    expect(await replicaSets(world), 'it waits').toHaveLength(2)
    peer.fallSilent()
    await world.advance(60_000)
    expect(await replicaSets(world)).toHaveLength(3)
    expect(await lease(world)).toMatchObject({ holderIdentity: OURS, leaseTransitions: 2 })
  })
})

describe('another holder, in the form of Go', () => {
  test('keeps ours waiting for as long as it renews; ours takes over when it has been silent for 15 s', async () => {
    const world = await aWorld()
    const peer = peerIn(world)
    await world.advance(5000)
    const ours = join(world)
    await world.advance(120_000)
    expect(peer.leads()).toBe(true)
    expect(ours.process.writes).toEqual([])
    expect(await lease(world)).toMatchObject({ holderIdentity: peer.identity, leaseTransitions: 0 })
    peer.fallSilent()
    await world.advance(12_000)
    expect(ours.process.writes, 'it may be alive').toEqual([])
    await world.advance(10_000)
    expect(await lease(world)).toMatchObject({
      holderIdentity: OURS,
      leaseDurationSeconds: 15,
      leaseTransitions: 1,
      acquireTime: expect.stringMatching(/^2026-08-01T12:0\d:\d\d\.\d{6}Z$/) as string,
      renewTime: expect.stringMatching(/^2026-08-01T12:0\d:\d\d\.\d{6}Z$/) as string,
    })
    expect(await replicaSets(world)).toHaveLength(1)
  })

  test('never takes it from ours while ours renews', async () => {
    const world = await aWorld()
    join(world)
    await world.advance(5000)
    const peer = peerIn(world)
    await world.advance(300_000)
    expect(peer.leads()).toBe(false)
    expect(await lease(world)).toMatchObject({ holderIdentity: OURS, leaseTransitions: 0 })
  })

  test('no write but of the lease is ever made while it holds it', async () => {
    const world = await aWorld()
    const seen: string[] = []
    const process = aProcess(world)
    const { write } = process.client
    const watched: Client = {
      ...process.client,
      async write(one) {
        const isLease = ('object' in one ? one.object.kind : one.target.kind.kind) === 'Lease'
        if (!isLease) seen.push((await lease(world))?.holderIdentity ?? 'nobody')
        return write(one)
      },
    }
    const peer = peerIn(world)
    await world.advance(10_000)
    join(world, { ...process, client: watched })
    await world.advance(20_000)
    peer.fallSilent()
    await world.advance(60_000)
    await setImage(world, 'a:2')
    await world.advance(120_000)
    expect(await replicaSets(world)).toHaveLength(2)
    expect([...new Set(seen)]).toEqual([OURS])
  })
})

describe('a leader that was stopped for a minute in the middle of an update', () => {
  async function frozen(withPeer: boolean) {
    const world = await aWorld()
    const ours = join(world)
    await world.advance(30_000)
    const peer = withPeer ? peerIn(world) : undefined
    await world.advance(4000)
    await setImage(world, 'a:2')
    await world.advance(1000)
    ours.process.freeze()
    await setImage(world, 'a:3')
    await world.advance(60_000)
    const before = ours.process.writes.length
    expect(before, 'it was in the middle').toBeGreaterThan(5)
    ours.process.thaw()
    await world.advance(120_000)
    return { world, ours, peer, after: ours.process.writes.slice(before) }
  }

  test('makes not one write when it wakes and another leads', async () => {
    const { world, ours, peer, after } = await frozen(true)
    expect(after).toEqual([])
    expect(ours.state.ended).toBe('lease lost')
    expect(peer?.leads()).toBe(true)
    expect(await lease(world)).toMatchObject({ holderIdentity: peer?.identity, leaseTransitions: 1 })
  })

  test('nor when nobody does: it ends, and its successor goes on', async () => {
    const { world, ours, after } = await frozen(false)
    expect(after).toEqual([])
    expect(ours.state.ended).toBe('lease lost')
    join(world)
    await world.advance(60_000)
    const ref = { kind: ROLLOUT, name: 'demo', namespace: 'default' }
    const { status } = (await world.client.get(ref)) as AnyObject & { status: object }
    expect(status).toMatchObject({ phase: 'Healthy' })
  })
})

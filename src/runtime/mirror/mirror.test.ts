// The copy against a server that misbehaves: it must come to equal the truth, miss no change, and not beat
// the server.
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Clock } from '../../doors/clock.ts'
import { SILENT } from '../../doors/silent-log.ts'
import { seededRandom } from '../../doors/random.ts'
import type { Random } from '../../doors/random.ts'
import {
  AMBASSADOR_MAPPING,
  AMBASSADOR_MAPPING_V2,
  CONFIG_MAP,
  CUSTOM_RESOURCE_DEFINITION,
  ROLLOUT,
} from '../../kube/kinds.ts'
import { fromJson, keyOf } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import { virtualClock } from '../../sim/clock.ts'
import { startMirror } from './mirror.ts'
import { GOOD, fastClock, misbehavingServer } from '../network/misbehaving-server.suite.ts'
import type { MisbehavingServer } from '../network/misbehaving-server.suite.ts'
import { createStore } from './store.ts'
import type { Change } from './store.ts'
import { systemClock } from '../system.ts'
import type { PlannedWatch } from './watches.ts'

const aMap = (name: string, value: number) =>
  fromJson({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default' },
    data: { value: String(value) },
  })

const one = (kind: Kind): PlannedWatch => ({ kind, selection: {}, optional: true, trim: undefined })

const until = (what: () => boolean) => vi.waitUntil(what, { timeout: 5000, interval: 5 })

/** As long as so many turns of the event loop take: something comes in between, and it is never known what. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(resolve => setImmediate(resolve))
}

describe('the mirror', () => {
  const stops: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop()
  })

  async function start(
    random: Random,
    kinds = [CONFIG_MAP],
    {
      watched = kinds.map(one),
      clock = fastClock,
      stored,
    }: { watched?: readonly PlannedWatch[]; clock?: Clock; stored?: Kind } = {},
  ) {
    const server = await misbehavingServer([...kinds, CUSTOM_RESOURCE_DEFINITION], random, clock)
    const stopping = new AbortController()
    const changes: Change[] = []
    const store = createStore()
    stops.push(async () => {
      stopping.abort()
      await server.stop()
    })
    const play = () =>
      startMirror({
        client: { ...server.client, stores: async kind => kind === stored },
        store,
        watches: watched,
        clock,
        random: seededRandom(3),
        log: SILENT,
        signal: stopping.signal,
        onChange: change => changes.push(change),
        onKind: () => {},
      })
    return { server, store, changes, play }
  }
  const versions = (objects: readonly KubeObject[]) =>
    objects.map(object => `${keyOf(object)}@${object.metadata.resourceVersion}`).toSorted()
  const agrees = (server: MisbehavingServer, store: ReturnType<typeof createStore>) =>
    store.has(CONFIG_MAP) &&
    JSON.stringify(versions(store.list(CONFIG_MAP))) ===
      JSON.stringify(versions(server.cluster.list(CONFIG_MAP)))

  function act(server: MisbehavingServer, random: Random): void {
    const { cluster } = server
    const name = `map-${Math.floor(random.next() * 8)}`
    const ref = { kind: CONFIG_MAP, name, namespace: 'default' }
    const stands = cluster.list(CONFIG_MAP).some(object => object.metadata.name === name)
    const chance = random.next()
    if (chance < 0.25 && stands) cluster.remove(ref)
    else cluster.put(CONFIG_MAP, aMap(name, chance))
    if (chance > 0.97) cluster.compact()
    if (chance > 0.94) cluster.cut()
  }

  test('comes to equal the truth, whatever the server does', { timeout: 120_000 }, async () => {
    const misdeed = fc.double({ min: 0, max: 0.3, noNaN: true })
    const misdeeds = fc.record({
      refuse: misdeed,
      throttle: fc.constantFrom(0, 0.1),
      cut: misdeed,
      cutInMidLine: misdeed,
      twice: misdeed,
      late: misdeed,
      slow: misdeed,
      withoutInitialEvents: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.nat(), misdeeds, async (seed, wanted) => {
        const random = seededRandom(seed)
        const { server, store, changes, play } = await start(random)
        server.misdeeds = wanted
        for (let i = 0; i < 5; i++) act(server, random)
        play()
        for (let i = 0; i < 60; i++) {
          act(server, random)
          await turns(random.next() * 20)
        }
        server.misdeeds = GOOD
        // What a late event was still waiting for.
        server.cluster.put(CONFIG_MAP, aMap('last', 0))
        await until(() => agrees(server, store))
        expect(replayed(changes)).toEqual(versions(server.cluster.list(CONFIG_MAP)))
      }),
      { numRuns: 15, endOnFailure: true },
    )
  })

  test('a server that only ever cuts is asked ever less often', async () => {
    const clock = virtualClock(0)
    const { server, play } = await start(seededRandom(1), [CONFIG_MAP], { clock })
    server.misdeeds = { ...GOOD, cut: 1 }
    play()
    while (clock.now() < 50_000) {
      await until(() => clock.nextAt() !== undefined)
      clock.advanceTo(clock.nextAt() ?? 0)
    }
    // 0.5, 1, 2, 4, 8, 16, 30 s.
    expect(server.requests.length).toBeGreaterThan(3)
    expect(server.requests.length).toBeLessThan(20)
  })

  test('a quiet server is left alone', async () => {
    const clock = virtualClock(0)
    const { server, store, play } = await start(seededRandom(1), [CONFIG_MAP], { clock })
    play()
    await until(() => store.has(CONFIG_MAP))
    const asked = server.requests.length
    for (let seconds = 1; seconds <= 60; seconds++) {
      clock.advanceTo(seconds * 1000)
      await turns(5)
    }
    // Whatever was asked before has arrived by then.
    await server.client.list(CONFIG_MAP, {})
    expect(server.requests).toHaveLength(asked + 1)
  })

  test('a kind is noticed when it appears, and forgotten when it vanishes', async () => {
    const { server, store, changes, play } = await start(seededRandom(1), [CONFIG_MAP, ROLLOUT])
    server.cluster.setServed(ROLLOUT, false)
    await play().ready
    expect(store.has(ROLLOUT)).toBe(false)
    const aRollout = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' }
    server.cluster.put(ROLLOUT, fromJson({ ...aRollout, metadata: { name: 'a', namespace: 'default' } }))
    server.cluster.setServed(ROLLOUT, true)
    server.cluster.put(
      CUSTOM_RESOURCE_DEFINITION,
      fromJson({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'rollouts.argoproj.io' },
      }),
    )
    await until(() => store.has(ROLLOUT) && store.list(ROLLOUT).length === 1)
    server.cluster.setServed(ROLLOUT, false)
    await until(() => !store.has(ROLLOUT))
    expect(store.list(ROLLOUT)).toEqual([])
    const own = changes.filter(change => change.kind === ROLLOUT)
    expect(own.map(change => change.now === undefined)).toEqual([false, true])
  })

  test('of a kind that an API server does not list for some seconds nothing is told as deleted', async () => {
    const { server, store, changes, play } = await start(seededRandom(1), [CONFIG_MAP, ROLLOUT])
    server.cluster.put(CONFIG_MAP, aMap('a', 0))
    await play().ready
    const asked = () => server.requests.filter(request => request.endsWith('/api/v1')).length
    const before = asked()
    server.cluster.setServed(CONFIG_MAP, false)
    await until(() => asked() > before + 2)
    server.cluster.setServed(CONFIG_MAP, true)
    server.cluster.put(CONFIG_MAP, aMap('a', 1))
    await until(() => agrees(server, store))
    expect(changes.filter(({ now }) => now === undefined)).toEqual([])
  })

  test('a kind that comes without a CRD that changes is noticed within half a minute', async () => {
    const clock = virtualClock(0)
    const { server, store, play } = await start(seededRandom(1), [CONFIG_MAP, ROLLOUT], { clock })
    server.cluster.setServed(ROLLOUT, false)
    await play().ready
    server.cluster.setServed(ROLLOUT, true)
    clock.advanceTo(30_000)
    await until(() => store.has(ROLLOUT))
  })

  test('an optional kind that may not be read holds nothing up, and is copied when it may', async () => {
    const clock = virtualClock(0)
    const { server, store, play } = await start(seededRandom(1), [CONFIG_MAP, ROLLOUT], { clock })
    server.forbidden = 'rollouts'
    await play().ready
    expect([store.has(ROLLOUT), store.isForbidden(ROLLOUT)]).toEqual([false, true])
    server.forbidden = ''
    clock.advanceTo(10_000)
    await until(() => store.has(ROLLOUT))
    expect(store.isForbidden(ROLLOUT)).toBe(false)
  })

  test('the kind of a reconciler that may not be read holds all up until it may', async () => {
    const clock = virtualClock(0)
    const watched = [one(CONFIG_MAP), { ...one(ROLLOUT), isOwn: true }]
    const { server, store, play } = await start(seededRandom(1), [CONFIG_MAP, ROLLOUT], { watched, clock })
    server.forbidden = 'rollouts'
    const { ready } = play()
    await until(() => store.has(CONFIG_MAP) && store.isForbidden(ROLLOUT))
    expect(await Promise.race([ready, turns(5).then(() => 'waits')])).toBe('waits')
    server.forbidden = ''
    clock.advanceTo(10_000)
    await ready
    expect(store.has(ROLLOUT)).toBe(true)
  })

  test('who may see one namespace alone notices a kind without watching CRDs', async () => {
    const own = [CONFIG_MAP, ROLLOUT].map(kind => ({ ...one(kind), selection: { namespace: 'default' } }))
    const hasty = {
      now: () => systemClock.now() * 2000,
      sleepUntil: (at: number, signal: AbortSignal) => systemClock.sleepUntil(at / 2000, signal),
    }
    const { server, store, play } = await start(seededRandom(1), [CONFIG_MAP, ROLLOUT], {
      watched: own,
      clock: hasty,
    })
    server.cluster.setServed(ROLLOUT, false)
    await play().ready
    expect(store.has(ROLLOUT)).toBe(false)
    server.cluster.setServed(ROLLOUT, true)
    await until(() => store.has(ROLLOUT))
    expect(server.requests.filter(request => request.includes('customresourcedefinitions'))).toEqual([])
  })

  test('of a kind in several versions the one that the server has is copied', async () => {
    const both = { ...one(AMBASSADOR_MAPPING), others: [AMBASSADOR_MAPPING_V2] }
    const { server, store, play } = await start(seededRandom(1), [AMBASSADOR_MAPPING_V2], { watched: [both] })
    const metadata = { name: 'a', namespace: 'default' }
    server.cluster.put(
      AMBASSADOR_MAPPING_V2,
      fromJson({ apiVersion: 'getambassador.io/v2', kind: 'Mapping', metadata }),
    )
    await play().ready
    expect(store.get({ kind: AMBASSADOR_MAPPING, ...metadata })?.apiVersion).toBe('getambassador.io/v2')
    expect(store.served(AMBASSADOR_MAPPING)).toBe(AMBASSADOR_MAPPING_V2)
  })

  test.each([
    ['the one that it stores', false, AMBASSADOR_MAPPING_V2],
    ['the one that was chosen', true, AMBASSADOR_MAPPING],
  ])(
    'of a kind that the server has in several versions %s is asked for',
    async (_which, isChosen, served) => {
      const kinds = [AMBASSADOR_MAPPING, AMBASSADOR_MAPPING_V2]
      const watched = [{ ...one(AMBASSADOR_MAPPING), others: [AMBASSADOR_MAPPING_V2], isChosen }]
      const { store, play } = await start(seededRandom(1), kinds, { watched, stored: AMBASSADOR_MAPPING_V2 })
      await play().ready
      expect(store.served(AMBASSADOR_MAPPING)).toBe(served)
    },
  )
})

/** What the changes tell, taken together: a listener that only hears of changes ends where the copy does. */
function replayed(changes: readonly Change[]): string[] {
  const objects = new Map<string, string>()
  for (const { now, before } of changes) {
    const object = (now ?? before) as KubeObject
    const known = objects.get(keyOf(object))
    expect(known).toBe(before && `${keyOf(before)}@${before.metadata.resourceVersion}`)
    if (now === undefined) objects.delete(keyOf(object))
    else objects.set(keyOf(object), `${keyOf(object)}@${now.metadata.resourceVersion}`)
  }
  return [...objects.values()].toSorted()
}

// What every store must do, whether it keeps its log in a file or in memory.
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { KubeObject } from '../../kube/object.ts'
import { StoreConflict } from './store.ts'
import type { Change, Committed, HistoryLimits, Store } from './store.ts'

export interface StoreMaker {
  /** A store without content. */
  make(limits?: Partial<HistoryLimits>): Promise<Store>
  cleanUp?(): Promise<void>
}

export function thing(name: string, data: string, namespace = 'default'): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data } as unknown as KubeObject
}

export const keyOf = (name: string, namespace = 'default') => `/configmaps/${namespace}/${name}`

const put = (store: Store, name: string, data: string, namespace = 'default') => {
  const key = keyOf(name, namespace)
  const expected = store.newest(key)?.revision ?? 0
  return store.commit([{ key, value: thing(name, data, namespace), expected }])
}

export function storeSuite(name: string, maker: StoreMaker): void {
  describe(`${name} store`, () => {
    afterAll(() => maker.cleanUp?.())

    test('gives back what was committed, under the revision it was given', async () => {
      const store = await maker.make()
      const revision = store.nextRevision()
      await put(store, 'a', '1')
      expect(store.read(keyOf('a'))).toEqual({ key: keyOf('a'), value: thing('a', '1'), revision })
      expect(store.revision()).toBe(revision)
      await store.close()
    })

    test('refuses a change whose key has moved on, and changes nothing', async () => {
      const store = await maker.make()
      await put(store, 'a', '1')
      const changes: Change[] = [
        { key: keyOf('b'), value: thing('b', '1'), expected: 0 },
        { key: keyOf('a'), value: thing('a', '2'), expected: 0 },
      ]
      expect(() => store.commit(changes)).toThrow(StoreConflict)
      expect(store.newest(keyOf('b'))).toBeUndefined()
      await store.close()
    })

    test('two writers of one key in the same turn: the second meets a conflict', async () => {
      const store = await maker.make()
      const first = store.commit([{ key: keyOf('a'), value: thing('a', '1'), expected: 0 }])
      expect(() => store.commit([{ key: keyOf('a'), value: thing('a', '2'), expected: 0 }])).toThrow(
        StoreConflict,
      )
      await first
      await store.close()
    })

    test('lists by namespace and name, by bytes', async () => {
      const store = await maker.make()
      for (const [n, ns] of [
        ['b', 'z'],
        ['a-b', 'a'],
        ['ab', 'a'],
        ['a', 'z'],
      ] as const)
        await put(store, n, '', ns)
      const names = (ns?: string) =>
        store.list('/configmaps', ns).map(({ value: { metadata: m } }) => `${m.namespace}/${m.name}`)
      expect(names()).toEqual(['a/a-b', 'a/ab', 'z/a', 'z/b'])
      expect(names('z')).toEqual(['z/a', 'z/b'])
      expect(store.list('/secrets')).toEqual([])
      await store.close()
    })

    test('reads at an earlier revision show what stood then', async () => {
      const store = await maker.make()
      await put(store, 'a', '1')
      const then = store.revision()
      await put(store, 'a', '2')
      await put(store, 'b', '1')
      await store.commit([
        { key: keyOf('a'), value: undefined, expected: store.newest(keyOf('a'))!.revision },
      ])
      expect(store.read(keyOf('a'))).toBeUndefined()
      expect(store.read(keyOf('a'), then)?.value).toEqual(thing('a', '1'))
      expect(store.list('/configmaps', 'default', then)).toHaveLength(1)
      await store.close()
    })

    test('whoever follows is told of every change once, in order, before the writer', async () => {
      const store = await maker.make()
      const told: Committed[] = []
      const stop = store.follow(changes => told.push(...changes))
      await put(store, 'a', '1')
      expect(told.map(one => one.value)).toEqual([thing('a', '1')])
      await Promise.all([put(store, 'b', '1'), put(store, 'c', '1'), put(store, 'a', '2')])
      expect(told.map(one => one.key)).toEqual(['a', 'b', 'c', 'a'].map(one => keyOf(one)))
      expect(told.at(-1)?.previous).toEqual(thing('a', '1'))
      stop()
      await put(store, 'd', '1')
      expect(told).toHaveLength(4)
      await store.close()
    })

    test('history is forgotten by number, and says so', async () => {
      const store = await maker.make({ events: 10, eventsMax: 600, ageMs: 60_000 })
      await put(store, 'kept', '1')
      for (let i = 0; i < 1_200; i++) await put(store, `n${i % 7}`, String(i))
      expect(store.history(1)).toBeUndefined()
      expect(store.oldestRevision()).toBeGreaterThan(1)
      const missed = store.history(store.revision() - 3)
      expect(missed?.map(one => one.value)).toEqual(
        [1197, 1198, 1199].map(i => thing(`n${i % 7}`, String(i))),
      )
      expect(store.read(keyOf('kept'))?.value).toEqual(thing('kept', '1'))
      expect(store.list('/configmaps', undefined, store.oldestRevision()).length).toBeGreaterThan(0)
      await store.close()
    })

    test('history is forgotten by size, however few and young its changes are', async () => {
      const store = await maker.make({ bytes: 100_000 })
      await put(store, 'kept', '1')
      for (let i = 0; i < 30; i++) await put(store, 'large', String(i).padEnd(10_000))
      expect(store.history(1)).toBeUndefined()
      const left = store.history(store.oldestRevision()) ?? []
      expect(left.length).toBeGreaterThanOrEqual(9)
      expect(left.length).toBeLessThanOrEqual(13)
      expect(store.read(keyOf('kept'))?.value).toEqual(thing('kept', '1'))
      expect(store.read(keyOf('large'))?.value).toEqual(thing('large', '29'.padEnd(10_000)))
      await store.close()
    })

    test('is a map with a log, whatever is done to it', { timeout: 60_000 }, async () => {
      const step = fc.record({
        name: fc.constantFrom('a', 'b', 'c'),
        ns: fc.constantFrom('x', 'y'),
        data: fc.option(fc.string()),
      })
      const turns = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 12 })
      await fc.assert(
        fc.asyncProperty(turns, async turnsTaken => agreesWithMap(await maker.make(), turnsTaken)),
        { numRuns: 40 },
      )
    })
  })
}

type Step = { name: string; ns: string; data: string | null }

/** The steps of a turn are committed without waiting in between. */
async function agreesWithMap(store: Store, turns: readonly (readonly Step[])[]): Promise<void> {
  const model = new Map<string, KubeObject>()
  const log: (readonly [string, KubeObject | undefined])[] = []
  const start = store.revision()
  const snapshots = new Map<number, Map<string, KubeObject>>([[start, new Map()]])
  for (const turn of turns) {
    const waiting = turn.flatMap(({ name, ns, data }) => {
      const key = keyOf(name, ns)
      if (data === null && !model.has(key)) return []
      const value = data === null ? undefined : thing(name, data, ns)
      const revision = store.nextRevision()
      const done = store.commit([{ key, value, expected: store.newest(key)?.revision ?? 0 }])
      if (value) model.set(key, value)
      else model.delete(key)
      log.push([key, value])
      snapshots.set(revision, new Map(model))
      return [done]
    })
    await Promise.all(waiting)
  }
  expect(store.history(start)?.map(({ key, value }) => [key, value])).toEqual(log)
  for (const [revision, wanted] of snapshots) {
    const found = store.list('/configmaps', undefined, revision).map(({ key, value }) => [key, value])
    expect(found).toEqual([...wanted].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }
  await store.close()
}

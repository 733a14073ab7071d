// What one controller reports is seen by the passes of another one before the watch shows it.
import { expect, test } from 'vitest'
import { CONFIG_MAP, ROLLOUT } from '../../kube/kinds.ts'
import { fromJson, parseKey } from '../../kube/object.ts'
import type { AnyObject, KubeObject } from '../../kube/object.ts'
import type { Cache } from '../../kube/cache.ts'
import type { Reconciler } from '../../kube/reconciler.ts'
import { createStore } from '../mirror/store.ts'
import { createLoop } from './loop.ts'
import { aRollout, writes } from './loop.suite.ts'

const aReader = (version: number): KubeObject =>
  fromJson({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'm', namespace: 'default', uid: 'm', resourceVersion: String(version) },
  })

const phaseOf = (object: AnyObject | undefined) => (object?.['status'] as { phase?: string })?.phase

type Read = Partial<Record<'get' | 'list' | 'by', string | undefined>>

/** One that reports of a Rollout, and one that reads it wherever its map changes. */
function play() {
  const reads: Read[] = []
  const reporter: Reconciler<AnyObject> = {
    kind: ROLLOUT,
    indices: { named: { of: ROLLOUT, values: object => [object.metadata.name] } },
    watches: [{ kind: ROLLOUT, keysFor: () => ['default/a'] }],
    gather: (key, cache) => cache.get<AnyObject>({ kind: ROLLOUT, ...parseKey(key) }),
    decide: () => ({ writes: [], status: { phase: 'Failed' } }),
  }
  const look = (cache: Cache): Read => ({
    get: phaseOf(cache.get<AnyObject>({ kind: ROLLOUT, name: 'a', namespace: 'default' })),
    list: phaseOf(cache.list<AnyObject>(ROLLOUT, 'default')[0]),
    by: phaseOf(cache.by<AnyObject>(ROLLOUT, 'named', 'a')[0]),
  })
  const reader: Reconciler<Cache> = {
    kind: CONFIG_MAP,
    indices: {},
    watches: [{ kind: CONFIG_MAP, keysFor: () => ['default/m'] }],
    gather: (_, cache) => cache,
    decide(cache) {
      reads.push(look(cache))
      return { writes: [] }
    },
  }
  const store = createStore({ indices: [reporter.indices] })
  const loop = createLoop([reporter, reader], { cache: store, component: 'test' })
  let now = 1_000_000
  let version = 100
  const step = (input: Parameters<typeof loop.step>[0]) => [
    ...loop.step(input, now),
    ...loop.step({ type: 'tick' }, now),
  ]
  step({ type: 'elected' })
  const see = (kind: typeof ROLLOUT, object: KubeObject) => {
    const change = store.put(kind, object)
    return change === undefined ? [] : step({ type: 'seen', ...change })
  }
  return {
    see: (object: KubeObject) => see(ROLLOUT, object),
    remove(object: KubeObject) {
      const change = store.remove(ROLLOUT, object)
      if (change !== undefined) step({ type: 'seen', ...change })
    },
    /** The report is written, and answered; the watch is silent. */
    report() {
      const [sent] = writes(see(ROLLOUT, aRollout('a', 1, { phase: 'Running' })))
      const result = aRollout('a', 5, { phase: 'Failed' })
      if (sent?.type === 'write') step({ type: 'written', id: sent.id, result })
    },
    pass: (ms: number) => void (now += ms),
    read() {
      see(CONFIG_MAP, aReader(++version))
      return reads.at(-1)
    },
  }
}

const all = (phase: string | undefined) => ({ get: phase, list: phase, by: phase })

test('a report counts from its answer on, however its object is looked for', () => {
  const game = play()
  game.report()
  expect(game.read()).toEqual(all('Failed'))
})

test('older news of the object do not take the report back; newer ones count, and so does its end', () => {
  const game = play()
  game.report()
  game.see(aRollout('a', 3, { phase: 'Pending' }))
  expect(game.read()).toEqual(all('Failed'))
  game.see(aRollout('a', 7, { phase: 'Healthy' }))
  expect(game.read()).toEqual(all('Healthy'))
  game.remove(aRollout('a', 8))
  expect(game.read()).toEqual(all(undefined))
})

test('a report that the cache does not show for half a minute counts no longer', () => {
  const game = play()
  game.report()
  game.pass(29_999)
  expect(game.read()).toEqual(all('Failed'))
  game.pass(1)
  expect(game.read()).toEqual(all('Running'))
})

// Read your writes: when a key may be decided again.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CONFIG_MAP } from '../../kube/kinds.ts'
import { fromJson } from '../../kube/object.ts'
import { BARRIER_GIVES_UP_MS, createBarrier } from './barrier.ts'
import type { Expectation } from './barrier.ts'
import { createStore } from '../mirror/store.ts'

const ref = { kind: CONFIG_MAP, name: 'a', namespace: 'default' }
const at = (version: number, more: Record<string, string> = {}) =>
  fromJson({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'default', resourceVersion: String(version), ...more },
  })
const expectation = (what: Expectation['what'], version?: number): Expectation => ({
  ref,
  version: version === undefined ? undefined : String(version),
  what,
  since: 0,
})

describe('the barrier', () => {
  const open = (what: Expectation, fill: (store: ReturnType<typeof createStore>) => void, now = 1) => {
    const [barrier, store] = [createBarrier(), createStore()]
    barrier.expect('key', what)
    fill(store)
    return barrier.check('key', store, now).open
  }

  test('what was written is seen at its version or a newer one', () => {
    expect(open(expectation('written', 7), store => store.put(CONFIG_MAP, at(6)))).toBe(false)
    expect(open(expectation('written', 7), store => store.put(CONFIG_MAP, at(7)))).toBe(true)
    expect(open(expectation('written', 7), store => store.put(CONFIG_MAP, at(10)))).toBe(true)
  })
  test('what fell out of the watch is seen by any later version of its kind', () => {
    expect(open(expectation('written', 7), store => store.reached(CONFIG_MAP, '6'))).toBe(false)
    expect(open(expectation('written', 7), store => store.reached(CONFIG_MAP, '8'))).toBe(true)
  })
  test('what was deleted is seen when it is gone, going, or not older than the answer', () => {
    expect(open(expectation('removed'), store => store.put(CONFIG_MAP, at(6)))).toBe(false)
    expect(open(expectation('removed'), () => {})).toBe(true)
    const going = at(6, { deletionTimestamp: '2026-08-01T00:00:00Z' })
    expect(open(expectation('removed'), store => store.put(CONFIG_MAP, going))).toBe(true)
    expect(open(expectation('removed', 7), store => store.put(CONFIG_MAP, at(7)))).toBe(true)
  })
  test('a lost race is seen when the winner is', () => {
    expect(open(expectation('lost', 7), store => store.put(CONFIG_MAP, at(7)))).toBe(false)
    expect(open(expectation('lost', 7), store => store.put(CONFIG_MAP, at(8)))).toBe(true)
  })
  test('it gives up after half a minute, and says on what', () => {
    const [barrier, store] = [createBarrier(), createStore()]
    barrier.expect('key', expectation('written', 7))
    for (let now = 1000; now < BARRIER_GIVES_UP_MS; now += 1000)
      expect(barrier.check('key', store, now)).toMatchObject({
        open: false,
        givenUp: [],
        recheckAt: now + 1000,
      })
    expect(barrier.check('key', store, BARRIER_GIVES_UP_MS)).toMatchObject({
      open: true,
      givenUp: [CONFIG_MAP],
    })
  })
  test('a clock that is set forward or back ends no wait', () => {
    const [barrier, store] = [createBarrier(), createStore()]
    barrier.expect('key', expectation('written', 7))
    for (const now of [1000, 600_000, 601_000, 2000])
      expect(barrier.check('key', store, now)).toMatchObject({ open: false, givenUp: [] })
  })
  test('keys do not hold each other up', () => {
    const [barrier, store] = [createBarrier(), createStore()]
    barrier.expect('a', expectation('written', 7))
    expect(barrier.check('b', store, 1).open).toBe(true)
    expect(barrier.waitingFor(ref)).toEqual(['a'])
  })

  test('it is never open before all writes are seen, and always is once they are', () => {
    const write = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      version: fc.integer({ min: 1, max: 50 }),
    })
    fc.assert(
      fc.property(fc.array(write, { minLength: 1 }), fc.array(write), (writes, seen) => {
        const [barrier, store] = [createBarrier(), createStore()]
        const newest = new Map<string, number>()
        for (const { name, version } of writes) {
          newest.set(name, version)
          barrier.expect('key', { ...expectation('written', version), ref: { ...ref, name } })
        }
        for (const { name, version } of seen)
          store.put(CONFIG_MAP, { ...at(version), metadata: { ...at(version).metadata, name } })
        const versionNow = (name: string) => Number(store.get({ ...ref, name })?.metadata.resourceVersion)
        const known = Number(store.versionOf(CONFIG_MAP) ?? 0)
        const all = [...newest].every(([name, version]) =>
          store.get({ ...ref, name }) === undefined ? known >= version : versionNow(name) >= version,
        )
        expect(barrier.check('key', store, 1).open).toBe(all)
        expect(barrier.waiting).toBe(all ? 0 : 1)
      }),
    )
  })
})

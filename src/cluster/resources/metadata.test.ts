// What an update may not do to metadata, and how much looking that takes.
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../std/json.ts'
import { validateMetadataUpdate } from './metadata.ts'

/** A list that counts how often its elements are read. */
function counted(list: readonly string[], looks: { count: number }): Json {
  const reading: ProxyHandler<string[]> = {
    get(target, name) {
      looks.count += 1
      return Reflect.get(target, name) as unknown
    },
  }
  return new Proxy([...list], reading)
}

const GOING = { deletionTimestamp: '2026-01-01T00:00:00Z' }

test.each([{}, GOING])('thousands of finalizers are read a few times each: %j', meta => {
  const looks = { count: 0 }
  const names = Array.from({ length: 2_000 }, (_, i) => `test/${i}`)
  const object = { metadata: { ...meta, finalizers: names } }
  const old: JsonObject = { metadata: { ...meta, finalizers: counted(names.toReversed(), looks) } }
  expect(validateMetadataUpdate(object, old)).toEqual([])
  expect(looks.count).toBeLessThan(20 * names.length)
})

test('who is being deleted gets no new finalizers, and may keep the old ones', () => {
  const old = { metadata: { ...GOING, finalizers: ['test/a', 'test/b'] } }
  expect(validateMetadataUpdate({ metadata: { ...GOING, finalizers: ['test/b'] } }, old)).toEqual([])
  expect(
    validateMetadataUpdate({ metadata: { ...GOING, finalizers: ['test/b', 'test/c'] } }, old),
  ).toMatchObject([{ path: 'metadata.finalizers', message: expect.stringContaining('[]string{"test/c"}') }])
})

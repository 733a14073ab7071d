// Strategic merge: the semantics that kubectl relies on, in small cases.
import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import type { Json, JsonObject } from '../../std/json.ts'
import { BadPatch, strategicMerge } from './strategic-merge.ts'

const POD = 'api.core.v1.Pod'
const DEPLOYMENT = 'api.apps.v1.Deployment'
const containers = (...list: Json[]): JsonObject => ({ spec: { containers: list } })
const merged = (original: JsonObject, patch: JsonObject, type = POD) => strategicMerge(type, original, patch)

describe('a strategic merge patch', () => {
  test('changes the element with the same key and leaves its fields and neighbours', () => {
    const original = containers(
      { name: 'a', image: '1', env: [{ name: 'X', value: '1' }] },
      { name: 'b', image: '1' },
    )
    expect(merged(original, containers({ name: 'b', image: '2' }))).toEqual(
      containers({ name: 'a', image: '1', env: [{ name: 'X', value: '1' }] }, { name: 'b', image: '2' }),
    )
  })

  test('puts new elements before old ones that it does not name', () => {
    expect(merged(containers({ name: 'a' }), containers({ name: 'c' }))).toEqual(
      containers({ name: 'c' }, { name: 'a' }),
    )
  })

  test('obeys $setElementOrder, and keeps what it does not name in its place', () => {
    const original = containers({ name: 'a' }, { name: 'b' }, { name: 'c' })
    const patch = {
      spec: {
        '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }],
        containers: [{ name: 'a', image: '2' }],
      },
    }
    expect(merged(original, patch)).toEqual(
      containers({ name: 'b' }, { name: 'c' }, { name: 'a', image: '2' }),
    )
  })

  test('deletes an element, and replaces a list', () => {
    const original = containers({ name: 'a' }, { name: 'b' })
    expect(merged(original, containers({ $patch: 'delete', name: 'a' }))).toEqual(containers({ name: 'b' }))
    expect(merged(original, containers({ $patch: 'replace' }, { name: 'z' }))).toEqual(
      containers({ name: 'z' }),
    )
  })

  test('replaces and empties maps on demand', () => {
    const original = { metadata: { labels: { a: '1', b: '2' } } }
    expect(merged(original, { metadata: { labels: { $patch: 'replace', c: '3' } } })).toEqual({
      metadata: { labels: { c: '3' } },
    })
    expect(merged(original, { metadata: { labels: { $patch: 'delete' } } })).toEqual({
      metadata: { labels: {} },
    })
    expect(merged(original, { metadata: { labels: { a: null, d: null } } })).toEqual({
      metadata: { labels: { b: '2' } },
    })
  })

  test('keeps only the keys of $retainKeys', () => {
    const original = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } }
    const patch = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }
    expect(merged(original, patch, DEPLOYMENT)).toEqual({ spec: { strategy: { type: 'Recreate' } } })
  })

  test('merges sets of plain values, and takes values out of them', () => {
    const original = { metadata: { finalizers: ['a', 'b'] } }
    expect(merged(original, { metadata: { finalizers: ['c', 'a'] } })).toEqual({
      metadata: { finalizers: ['c', 'a', 'b'] },
    })
    expect(merged(original, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } })).toEqual({
      metadata: { finalizers: ['b'] },
    })
  })

  test('replaces lists that have no key', () => {
    const original = containers({ name: 'a', args: ['x', 'y'] })
    expect(merged(original, containers({ name: 'a', args: ['z'] }))).toEqual(
      containers({ name: 'a', args: ['z'] }),
    )
  })

  test('refuses an element without its key, and a directive that nobody knows', () => {
    expect(() => merged(containers({ name: 'a' }), containers({ image: '2' }))).toThrow(BadPatch)
    expect(() => merged({}, { metadata: { $patch: 'foo' } })).toThrow('unknown patch type: foo')
  })

  test('applied twice is applied once', () => {
    const element = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), image: fc.constantFrom('1', '2') })
    const list = fc.uniqueArray(element, { selector: one => one.name, maxLength: 4 })
    fc.assert(
      fc.property(list, list, (original, patch) => {
        const once = merged(containers(...original), containers(...patch))
        expect(merged(once, containers(...patch))).toEqual(once)
      }),
    )
  })
})

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
    const odd = { $patch: { toString: 1 } }
    expect(() => merged({}, { metadata: odd })).toThrow('unknown patch type: {"toString":1}')
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

/** Elements that count how often they are looked at; their key is read where they are compared. */
function counted(count: number, from = 0) {
  const looks = { count: 0 }
  const list = Array.from({ length: count }, (_, i) =>
    Object.defineProperty({}, 'name', {
      enumerable: true,
      get: () => {
        looks.count += 1
        return `n${from + i}`
      },
    }),
  ) as JsonObject[]
  return { list, looks }
}

describe('a list of thousands is looked at a few times, not once for each of thousands', () => {
  const SIZE = 1_000
  const few = 20 * SIZE
  test.each([
    ['put in order', '$setElementOrder/containers'],
    ['with elements that are merged by their key', 'containers'],
  ])('%s', (_, field) => {
    const [standing, named] = [counted(SIZE), counted(SIZE, SIZE / 2)]
    strategicMerge('api.core.v1.PodSpec', { containers: standing.list }, { [field]: named.list.toReversed() })
    expect(standing.looks.count).toBeLessThan(few)
    expect(named.looks.count).toBeLessThan(few)
  })
  test('with elements that go by their key', () => {
    const [standing, named] = [counted(SIZE), counted(SIZE, SIZE / 2)]
    const gone = named.list.map(one => Object.defineProperty(one, '$patch', { value: 'delete' }))
    const { containers: left } = strategicMerge(
      'api.core.v1.PodSpec',
      { containers: standing.list },
      { containers: gone },
    )
    expect(left).toHaveLength(SIZE / 2)
    expect(standing.looks.count + named.looks.count).toBeLessThan(few)
  })
  test.each(['$setElementOrder/finalizers', '$deleteFromPrimitiveList/finalizers', 'finalizers'])(
    'as a set: %s',
    field => {
      const [standing, named] = [counted(SIZE), counted(SIZE, SIZE / 2)]
      const type = 'apimachinery.pkg.apis.meta.v1.ObjectMeta'
      strategicMerge(type, { finalizers: standing.list }, { [field]: named.list.toReversed() })
      expect(standing.looks.count + named.looks.count).toBeLessThan(few)
    },
  )
  test('50,000 finalizers in the order that 4,000 give', () => {
    const finalizers = Array.from({ length: 50_000 }, (_, i) => `f/${i}`)
    const order = finalizers.slice(0, 4_000).toReversed()
    const patch = { metadata: { '$setElementOrder/finalizers': order } }
    const { metadata } = merged({ metadata: { finalizers } }, patch) as { metadata: { finalizers: string[] } }
    expect(metadata.finalizers).toEqual([...order, ...finalizers.slice(4_000)])
    expect(
      merged({ metadata: { finalizers } }, { metadata: { '$deleteFromPrimitiveList/finalizers': order } }),
    ).toEqual({ metadata: { finalizers: finalizers.slice(4_000) } })
  })
})

test.each(['__proto__', 'constructor'])('%s is a name like any other', name => {
  const patch = JSON.parse(
    `{"data":{"${name}":"x"},"metadata":{"labels":{"${name}":{"y":"z"}}}}`,
  ) as JsonObject
  const result = merged({ metadata: { labels: { a: 'b' } } }, patch, 'api.core.v1.ConfigMap')
  expect(JSON.stringify(result)).toBe(
    `{"metadata":{"labels":{"a":"b","${name}":{"y":"z"}}},"data":{"${name}":"x"}}`,
  )
})

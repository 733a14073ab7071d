// Patches: what they do, and the law that the difference of two values leads from the one to the other.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deepFreeze } from '../std/freeze.ts'
import type { Json } from '../std/json.ts'
import { mergeDiff } from './diff.ts'
import { applyJsonPatch, applyMergePatch } from './patch.ts'

// Examples of RFC 7386, appendix A.
test.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('%j merged with %j is %j', (value, patch, result) => {
  expect(applyMergePatch(value, patch)).toEqual(result)
})

const json = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(0, 1, 'x', '', true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'toString'), tie('value'), { maxKeys: 3 }),
  ),
})).value

test('the difference of two values, applied to the one, gives the other; equal values have none', () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      const patch = mergeDiff(before, after)
      expect(patch === undefined ? before : applyMergePatch(before, patch)).toEqual(after)
      expect(mergeDiff(after, structuredClone(after))).toBeUndefined()
    }),
  )
})

describe('a JSON patch', () => {
  const value = deepFreeze({ a: { b: [1, 2] } })
  test('is done in order, and leaves the value itself alone', () => {
    const patch = [
      { op: 'test', path: '/a/b/0', value: 1 },
      { op: 'add', path: '/a/b/-', value: 3 },
      { op: 'replace', path: '/a/b/0', value: 9 },
      { op: 'remove', path: '/a/b/1' },
      { op: 'copy', from: '/a/b', path: '/c' },
    ]
    expect(applyJsonPatch(value, patch)).toEqual({ value: { a: { b: [9, 3] }, c: [9, 3] } })
  })
  test('may replace the whole document', () => {
    expect(applyJsonPatch(value, [{ op: 'replace', path: '', value: 1 }])).toEqual({ value: 1 })
  })
  test('that does not fit says which operation', () => {
    expect(applyJsonPatch(value, [{ op: 'remove', path: '/x' }])).toEqual({
      problem: 'operation 0 of the patch can not be done: remove /x',
    })
    expect(applyJsonPatch(value, [{ op: 'test', path: '/a/b/0', value: 2 }])).toHaveProperty('problem')
  })
  test('adds what it should replace and what is missing, as Kubernetes does', () => {
    expect(applyJsonPatch(value, [{ op: 'replace', path: '/b', value: 1 }])).toEqual({
      value: { a: { b: [1, 2] }, b: 1 },
    })
    expect(applyJsonPatch(value, [{ op: 'add', path: '/c' }])).toHaveProperty('value.c', null)
    expect(applyJsonPatch(value, [{ op: 'replace', path: '/a/b/7', value: 1 }])).toHaveProperty('problem')
  })
  test.each<Json>([
    1,
    { op: 'jump', path: '/x' },
    { op: 'move', path: '/x' },
    { op: 'add', path: 'x' },
    { path: '/x' },
  ])('with an operation such as %j is malformed', operation =>
    expect(applyJsonPatch(value, [operation])).toEqual({ problem: 'operation 0 of the patch is malformed' }),
  )
  test('can not copy copies without end', () => {
    const doubling = { op: 'copy', from: '/a', path: '/a/b/-' }
    const patched = applyJsonPatch(
      value,
      Array.from({ length: 40 }, () => doubling),
    )
    expect(patched).toEqual({
      problem: expect.stringMatching(/^operation \d+ of the patch can not be done: too much is copied$/),
    })
  })
  test('can not reach a prototype', () => {
    applyJsonPatch(value, [{ op: 'add', path: '/__proto__/polluted', value: 1 }])
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

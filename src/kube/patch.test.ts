// Merge patches: what they do, and the law that the difference of two values leads from the one to the other.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../std/json.ts'
import { mergeDiff } from './diff.ts'
import { applyMergePatch } from './patch.ts'

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

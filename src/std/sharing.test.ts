// Parts that two values have in common: the same value, and the same parts.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deepFreeze } from './deep-freeze.suite.ts'
import { sharing } from './sharing.ts'

const json = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.jsonValue()))

test('what comes prints as it came, and neither of the two is touched', () => {
  fc.assert(
    fc.property(json, json, (before, next) => {
      const still = [deepFreeze(structuredClone(before)), deepFreeze(structuredClone(next))] as const
      expect(JSON.stringify(sharing(...still))).toBe(JSON.stringify(still[1]))
    }),
  )
})

test('what has not changed is the very same', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), json), json, json, (spec, from, to) => {
      const before = { spec, status: { is: from, was: spec } }
      expect(sharing(before, structuredClone(before))).toBe(before)
      const after = sharing(before, structuredClone({ spec, status: { is: to, was: spec } }))
      expect(after.spec).toBe(spec)
      expect(after.status.was).toBe(spec)
    }),
  )
})

test('keys in another order, keys that are gone and shorter lists are changes', () => {
  for (const [before, next] of [
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [{ a: 1, b: undefined }, { a: 1 }],
    [[1, 2], [1]],
    [{}, []],
    [[], null],
    [{ '0': 1 }, [1]],
  ]) {
    expect(sharing(before, next)).not.toBe(before)
    expect(JSON.stringify(sharing(before, next))).toBe(JSON.stringify(next))
  }
})

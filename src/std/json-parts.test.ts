// Parts of JSON that nobody has checked: what they read as, and that none of them throws.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { numeric, printed } from './json-parts.ts'

describe('a part of any shape', () => {
  test('prints as what it says', () => {
    expect([printed('a'), printed(1.5), printed(true), printed(null)]).toEqual(['a', '1.5', 'true', 'null'])
    expect(printed(undefined)).toBe('undefined')
    expect(printed({ toString: false, valueOf: [1] })).toBe('{"toString":false,"valueOf":[1]}')
  })

  test('reads as the number that it is or writes', () => {
    expect([numeric(2), numeric('3'), numeric(true), numeric(null)]).toEqual([2, 3, 1, 0])
    expect([numeric('x'), numeric(undefined), numeric([4]), numeric({ valueOf: 1 })]).toEqual([
      NaN,
      NaN,
      NaN,
      NaN,
    ])
  })

  test('never throws', () => {
    const odd = fc.constantFrom('toString', 'valueOf', 'toJSON')
    const parts = fc.oneof(fc.jsonValue(), fc.dictionary(odd, fc.jsonValue()))
    fc.assert(
      fc.property(parts, part => {
        expect(typeof printed(part)).toBe('string')
        expect(typeof numeric(part)).toBe('number')
      }),
    )
  })
})

// Fields that a JSON text names twice.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { duplicateFields } from './duplicate-fields.ts'

describe('fields named twice', () => {
  test.each([
    ['{"a":1,"a":2}', ['a']],
    ['{"spec":{"replicas":1,"replicas":2}}', ['spec.replicas']],
    ['{"l":[{"n":1},{"n":1,"n":2}]}', ['l[1].n']],
    ['{"a":{"a":1},"b":{"a":1}}', []],
    ['{"a":"\\"a\\":1,","b":"{\\"b\\":1}"}', []],
    ['{"a":1,"a":2,"a":3}', ['a']],
  ])('%s', (text, wanted) => expect(duplicateFields(text)).toEqual(wanted))
  test('none in what JSON.stringify prints', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        expect(duplicateFields(JSON.stringify(value))).toEqual([])
      }),
    )
  })
})

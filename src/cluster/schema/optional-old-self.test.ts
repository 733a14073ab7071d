// `optionalOldSelf`: a rule is asked of new values, too, and takes the one that stood as an optional value.
import { expect, test } from 'vitest'
import { validateRules } from './rules.ts'
import type { Structural } from './structural.ts'

function said(rule: string, value: object, old: object | undefined, more: object = {}): readonly string[] {
  const schema = {
    type: 'object',
    properties: { name: { type: 'string' }, count: { type: 'integer' } },
    'x-kubernetes-validations': [{ rule, optionalOldSelf: true, ...more }],
  } as unknown as Structural
  const problems = validateRules(schema, value as never, { old: old as never, earlier: [] })
  return problems.map(problem => problem.message)
}

const FAILED = 'Invalid value: "object": failed rule: '

test.each([
  '!oldSelf.hasValue() || oldSelf.value().name == self.name',
  'oldSelf.hasValue() ? oldSelf.value().name == self.name : true',
  'oldSelf.optMap(o, o.name == self.name).orValue(true)',
  'oldSelf.?name.orValue(self.name) == self.name',
  '!oldSelf.hasValue() || oldSelf.?name == self.?name',
  'oldSelf == optional.none() || oldSelf.?name == optional.of(self.name)',
])('a name that may be given once and then not change: %s', rule => {
  expect(said(rule, { name: 'a' }, undefined)).toEqual([])
  expect(said(rule, { name: 'a', count: 1 }, { name: 'a' })).toEqual([])
  expect(said(rule, { name: 'b' }, { name: 'a' })).toEqual([FAILED + rule])
})

test('a message may tell what stood', () => {
  const more = { messageExpression: "'was ' + oldSelf.?name.orValue('nothing')" }
  expect(said('oldSelf.hasValue()', { name: 'a' }, undefined, more)).toEqual([
    'Invalid value: "object": was nothing',
  ])
})

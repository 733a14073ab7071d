// A rule may not keep the server busy: nested loops are refused by what they would cost on this object.
import { expect, test } from 'vitest'
import { validateRules } from './rules.ts'
import type { Structural } from './structural.ts'

const texts = { type: 'array', items: { type: 'string' } }
const many = (count: number) => ({ a: Array.from({ length: count }, (_, i) => `v${i}`) })

function problems(rule: string, value: ReturnType<typeof many>): string[] {
  const schema = {
    type: 'object',
    properties: { a: texts },
    'x-kubernetes-validations': [{ rule }],
  } as unknown as Structural
  return validateRules(schema, value, { old: undefined, earlier: [] }).map(problem => problem.message)
}

const PAIRS = 'self.a.all(x, self.a.exists_one(y, x == y))'
const QUADS = 'self.a.all(x, self.a.all(y, self.a.all(z, self.a.all(w, x + y + z + w != "q"))))'

test('two loops over hundreds of values are evaluated', () => {
  expect(problems(PAIRS, many(300))).toEqual([])
  expect(problems('self.a.all(x, self.a.all(y, x != "v3" || y != "v4"))', many(300))[0]).toMatch(
    /failed rule/,
  )
})

test('four loops are evaluated over a few values, and refused over many before any step', () => {
  expect(problems(QUADS, many(10))).toEqual([])
  expect(problems(QUADS, many(300))[0]).toMatch(/running out of cost budget/)
})

test('lists that a rule makes itself count too', () => {
  const list = `[${Array.from({ length: 500 }, (_, i) => i).join()}]`
  expect(problems(`${list}.all(x, ${list}.all(y, ${list}.all(z, x + y + z >= 0)))`, many(1))[0]).toMatch(
    /cost budget/,
  )
})

// Rules of a schema: what they may cost on this object, what they are asked of, and what is said when they fail.
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

test('four loops are evaluated over a few values, and refused over many on the way', () => {
  expect(problems(QUADS, many(10))).toEqual([])
  expect(problems(QUADS, many(300))[0]).toMatch(/call cost exceeds limit/)
})

test('lists that a rule makes itself count too', () => {
  const list = `[${Array.from({ length: 500 }, (_, i) => i).join()}]`
  expect(problems(`${list}.all(x, ${list}.all(y, ${list}.all(z, x + y + z >= 0)))`, many(1))[0]).toMatch(
    /call cost exceeds limit/,
  )
})

test('each element of a list is compared with the one that it continues, which is looked up by its keys', () => {
  let read = 0
  const element = (i: number, port: number) => ({
    get name() {
      read++
      return `n${i}`
    },
    port,
  })
  const count = 2000
  const list = {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    items: {
      type: 'object',
      properties: { name: { type: 'string' }, port: { type: 'integer' } },
      'x-kubernetes-validations': [{ rule: 'self.port >= oldSelf.port', message: 'may only rise' }],
    },
  } as unknown as Structural
  const old = Array.from({ length: count }, (_, i) => element(i, i))
  const now = Array.from({ length: count }, (_, i) =>
    element(count - 1 - i, count - 1 - i - (i === 7 ? 1 : 0)),
  )
  const said = validateRules(list, now, { old, earlier: [] })
  expect(said).toEqual([{ type: 'Invalid', path: '[7]', message: 'Invalid value: "object": may only rise' }])
  expect(read).toBeLessThan(20 * count)
})

test('a rule that does not compile here is not asked', () => {
  expect(problems('self.a.futureFunction() == 1', many(1))).toEqual([])
})

test('one that fails on the data refuses', () => {
  expect(problems('self.a[5] == "x"', many(1))).toEqual([
    'Invalid value: "object": index out of bounds: 5 evaluating rule: self.a[5] == "x"',
  ])
})

test('what was wrong before may stay, but a rule about the change is asked of what did not change', () => {
  const number = (rule: string) => ({ type: 'integer', 'x-kubernetes-validations': [{ rule }] })
  const schema = {
    type: 'object',
    properties: {
      low: number('self > 10'),
      grows: number('self > oldSelf'),
    },
  } as unknown as Structural
  const said = (value: object, old: object) =>
    validateRules(schema, value as never, { old: old as never, earlier: [] }).map(problem => problem.message)
  expect(said({ low: 1, other: 2 }, { low: 1 })).toEqual([])
  expect(said({ low: 1, grows: 1, other: 2 }, { low: 1, grows: 1 })).toMatchObject([
    expect.stringContaining('failed rule: self > oldSelf'),
  ])
  expect(said({ grows: 1 }, { grows: 1 }), 'the whole did not change either').toHaveLength(1)
  expect(said({ grows: 2 }, { grows: 1 })).toEqual([])
})

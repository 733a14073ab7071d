// Answers that are remembered on frozen objects: that nobody can tell, and that they go with their object.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deepFreeze } from './deep-freeze.suite.ts'
import { rememberedOn } from './remembered-on.ts'

/** A function that takes note of what it was asked. */
function asked() {
  const of: unknown[] = []
  const answer = rememberedOn((value: object, also?: string | number) => {
    of.push(also)
    return [JSON.stringify(value), also]
  })
  return { of, answer }
}

const anObject = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()))
const aScalar = fc.option(fc.oneof(fc.string(), fc.integer()), { nil: undefined })

test('remembered and plain agree, whatever is asked in whatever order', () => {
  const questions = fc.array(fc.tuple(fc.nat(3), aScalar), { maxLength: 40 })
  fc.assert(
    fc.property(fc.tuple(anObject, anObject, anObject, anObject), questions, (objects, order) => {
      const frozen = objects.map(one => deepFreeze(structuredClone(one)))
      const { answer } = asked()
      for (const [i, also] of order) {
        const [object, still] = [objects[i], frozen[i]] as const
        if (object !== undefined && still !== undefined)
          expect(answer(still, also)).toEqual([JSON.stringify(object), also])
      }
    }),
  )
})

test('of a frozen object each answer is made once, for each second argument', () => {
  const { of, answer } = asked()
  const still = deepFreeze({ a: 1 })
  const [first] = [answer(still), answer(still, 1), answer(still, '1')]
  expect(answer(still)).toBe(first)
  expect([answer(still, 1), answer(still, '1')]).toEqual([
    ['{"a":1}', 1],
    ['{"a":1}', '1'],
  ])
  expect(of).toEqual([undefined, 1, '1'])
})

test('what else is passed, as a list does to what it maps with, is not looked at', () => {
  let count = 0
  const keys = rememberedOn((object: object) => Object.keys(object).length + ++count)
  const still = [Object.freeze({ a: 1 })]
  expect([still.map(keys), still.map(keys)]).toEqual([[2], [2]])
})

test('an answer that is undefined is remembered too', () => {
  let count = 0
  const nothing = rememberedOn((object: object) => void (count += Object.keys(object).length))
  const still = Object.freeze({ a: 1 })
  expect([nothing(still), nothing(still), count]).toEqual([undefined, undefined, 1])
})

test('an object that can change is looked at each time', () => {
  const { answer } = asked()
  const object = { a: 1 }
  expect(answer(object)).toEqual(['{"a":1}', undefined])
  object.a = 2
  expect(answer(object)).toEqual(['{"a":2}', undefined])
})

test('an answer that many get cannot be changed', () => {
  const still = Object.freeze({})
  const made = rememberedOn((object: object) => ({ inner: Object.keys(object) }))(still)
  expect(() => Object.assign(made, { inner: [] })).toThrow(TypeError)
})

test('an object is asked with any number of arguments, and only few are remembered', () => {
  const { of, answer } = asked()
  const still = Object.freeze({})
  for (let i = 0; i < 100; i++) answer(still, i)
  answer(still, 0)
  expect(of).toHaveLength(101)
})

test('an answer goes with its object', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const { answer } = asked()
  const keeper = { object: Object.freeze({ a: 1 }) as object | undefined }
  const made = new WeakRef(answer(keeper.object as object) as object)
  await new Promise(resolve => setImmediate(resolve))
  collect()
  expect(made.deref()).toBeDefined()
  await new Promise(resolve => setImmediate(resolve))
  keeper.object = undefined
  collect()
  expect(made.deref()).toBeUndefined()
})

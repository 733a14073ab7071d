// JSON patches: what they do, as Kubernetes does it.
import { describe, expect, test } from 'vitest'
import { deepFreeze } from '../std/deep-freeze.suite.ts'
import type { Json } from '../std/json.ts'
import { applyJsonPatch } from './json-patch.ts'

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
  test.each([
    ['add', '/a/__proto__/x'],
    ['add', '/a/constructor/prototype/x'],
    ['replace', '/__proto__/x'],
    ['add', '/__proto__/x'],
    ['test', '/a/toString'],
    ['remove', '/a/constructor'],
    ['remove', '/a/b/length'],
    ['test', '/a/b/length'],
    ['add', '/a/b/__proto__'],
    ['add', '/s/0'],
    ['remove', ''],
  ])('finds nothing that nobody put there: %s %s', (op, path) => {
    const patched = applyJsonPatch({ a: { b: [1, 2] }, s: 'text' }, [{ op, path, value: 2 }])
    expect(patched).toHaveProperty('problem')
    expect(({} as { x?: number }).x).toBeUndefined()
  })
  test.each(['move', 'copy'])('%ss nothing that nobody put there', op => {
    const patched = applyJsonPatch(value, [{ op, from: '/a/constructor', path: '/c' }])
    expect(patched).toHaveProperty('problem')
  })
  test.each(['__proto__', 'constructor', 'prototype'])('takes %s for a name like any other', name => {
    const patch: Json[] = [
      { op: 'add', path: `/a/${name}`, value: {} },
      { op: 'add', path: `/a/${name}/x`, value: 1 },
      { op: 'test', path: `/a/${name}`, value: { x: 1 } },
      { op: 'copy', from: `/a/${name}`, path: '/c' },
    ]
    const patched = applyJsonPatch(value, patch)
    expect(JSON.stringify(patched)).toBe(`{"value":{"a":{"b":[1,2],"${name}":{"x":1}},"c":{"x":1}}}`)
    const taken = applyJsonPatch(value, [...patch, { op: 'remove', path: `/a/${name}` }])
    expect(taken).toEqual({ value: { a: { b: [1, 2] }, c: { x: 1 } } })
  })
  test('moves nothing into itself', () => {
    expect(applyJsonPatch(value, [{ op: 'move', from: '/a', path: '/a/b/0' }])).toHaveProperty('problem')
    const swap = [{ op: 'move', from: '/a/b/0', path: '/a/b/1' }]
    expect(applyJsonPatch(value, swap)).toEqual({ value: { a: { b: [2, 1] } } })
  })
  test('has names with slashes and tildes', () => {
    const patch = [{ op: 'add', path: '/a~1b~0c~01', value: 1 }]
    expect(applyJsonPatch({}, patch)).toEqual({ value: { 'a/b~c~1': 1 } })
  })
  test('can not nest without end', () => {
    const patch = Array.from({ length: 1_100 }, (_, i) => [
      { op: 'add', path: `/n${i + 1}`, value: {} },
      { op: 'move', from: `/n${i}`, path: `/n${i + 1}/n` },
    ]).flat()
    expect(applyJsonPatch({ n0: {} }, patch)).toEqual({ problem: 'the patch nests too deeply' })
  })
  test('can not make a long list shift without end', () => {
    const list = Array.from({ length: 100_000 }, () => 0)
    const patch = Array.from({ length: 2_000 }, () => ({ op: 'add', path: '/0', value: 0 }))
    expect(applyJsonPatch(list, patch)).toEqual({
      problem: expect.stringMatching(/^operation \d+ of the patch can not be done: too much is moved$/),
    })
  })
  test('compares long lists element by element', () => {
    const list = Array.from({ length: 20_000 }, (_, i) => i)
    expect(applyJsonPatch(list, [{ op: 'test', path: '', value: list.toReversed() }])).toHaveProperty(
      'problem',
    )
  })
})

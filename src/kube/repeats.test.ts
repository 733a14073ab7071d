// Writes that are made again alike.
import { expect, test } from 'vitest'
import { VIRTUAL_SERVICE } from './kinds.ts'
import { refKey } from './object.ts'
import { IN_A_ROW_MS, withWrite } from './repeats.ts'
import type { Repeats } from './repeats.ts'
import type { Write } from './write.ts'

const ref = { kind: VIRTUAL_SERVICE, namespace: 'default', name: 'shop' }
const patch = (weight: number, more: object = {}): Write => ({
  verb: 'patch',
  target: ref,
  patch: { spec: { weight } },
  why: '',
  ...more,
})
const times = (known: Repeats) => known[refKey(ref)]?.times

function written(...all: readonly (readonly [weight: number, at: number])[]): Repeats {
  return all.reduce<Repeats>((known, [weight, at]) => withWrite(known, { ref, write: patch(weight) }, at), {})
}

test('the same write soon after is one in a row; another one, or much later, begins anew', () => {
  expect(times(written([20, 0], [20, 1000], [20, 2000]))).toBe(3)
  expect(times(written([20, 0], [0, 1000], [20, 2000]))).toBe(1)
  expect(times(written([20, 0], [20, IN_A_ROW_MS]))).toBe(1)
})

test('on which version it is made, and why, make no other write of it', () => {
  const again = patch(20, { ifVersion: '7', why: 'again' })
  expect(times(withWrite(written([20, 0]), { ref, write: again }, 1))).toBe(2)
})

test('of many objects the first are forgotten, and of none what is old', () => {
  const known = Array.from({ length: 500 }, (_, i) => i).reduce<Repeats>(
    (all, i) => withWrite(all, { ref: { ...ref, name: `shop-${i}` }, write: patch(1) }, 0),
    {},
  )
  expect(Object.keys(known).length).toBe(64)
  expect(Object.keys(withWrite(known, { ref, write: patch(1) }, IN_A_ROW_MS))).toEqual([refKey(ref)])
})

// Which names are near, and how much it may cost to find out.
import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'

test.each([
  ['promot', ['promote', 'pause', 'abort'], ['promote']],
  ['prmoote', ['promote', 'pause'], ['promote']],
  ['guest', ['guestbook', 'shop'], ['guestbook']],
  ['wbe', ['web', 'db'], ['web']],
  ['web', ['web', 'wob'], ['wob']],
  ['zzz', ['web', 'db'], []],
  ['', ['web', 'a'], ['a']],
] as const)('to %j of %j are %j', (wanted, names, near) => {
  expect(nearest(wanted, names)).toEqual(near)
})

test('at most three are named, and long words are not compared', () => {
  const names = ['demo-1', 'demo-2', 'demo-3', 'demo-4']
  expect(nearest('demo', names)).toEqual(['demo-1', 'demo-2', 'demo-3'])
  expect(nearest('a'.repeat(100_000), ['a'.repeat(99_999)])).toEqual([])
})

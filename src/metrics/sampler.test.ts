// What is looked back at.
import { expect, test } from 'vitest'
import { evaluate } from '../lang/promql/evaluate.suite.ts'
import { createSampler } from './sampler.ts'
import type { Counted } from './sampler.ts'
import { SeriesStore } from './series-store.ts'

const one = (role: string, value: number, more: Partial<Counted> = {}): Counted => ({
  key: role,
  begunAt: 0,
  isOver: false,
  samples: [{ name: 'response_status', labels: { role }, value }],
  ...more,
})

function world() {
  const store = new SeriesStore()
  const sample = createSampler(store)
  const asked = (query: string, at: number) => {
    const answer = evaluate({ query, time: { at }, source: store })
    if ('error' in answer) throw new Error(answer.error)
    return (answer.data.result as readonly { value: readonly unknown[] }[]).map(({ value }) => value[1])
  }
  return { sample, asked }
}

test('a series that goes on is its newest sample', () => {
  const { sample, asked } = world()
  sample([one('canary', 1)], 10_000)
  sample([one('canary', 4)], 15_000)
  expect(asked('response_status{role="canary"}', 16_000)).toEqual(['4'])
})

test('one that is over, or gone, is not looked back at', () => {
  const { sample, asked } = world()
  sample([one('canary', 1), one('stable', 1)], 10_000)
  sample([one('canary', 2, { isOver: true })], 15_000)
  expect(asked('response_status', 16_000)).toEqual([])
})

test('one that has begun anew has no past', () => {
  const { sample, asked } = world()
  sample([one('canary', 100)], 10_000)
  sample([one('canary', 3, { begunAt: 12_000 })], 15_000)
  expect(asked('response_status', 16_000)).toEqual(['3'])
  expect(asked('response_status', 14_999)).toEqual([])
})

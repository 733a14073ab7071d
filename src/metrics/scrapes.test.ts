// What pods told, as it is asked for afterwards.
import { expect, test } from 'vitest'
import { evaluate } from '../lang/promql/evaluate.suite.ts'
import type { PodTarget } from './pod-target.ts'
import { createScrapes } from './scrapes.ts'
import { SeriesStore } from './series-store.ts'

const target = (name: string): PodTarget => ({
  uid: name,
  address: '10.88.0.7',
  port: 80,
  path: '/metrics',
  labels: { namespace: 'shop', pod: name, app: 'shop', job: 'kubernetes-pods' },
})

function world(seriesMax = 100) {
  const store = new SeriesStore()
  const told: string[] = []
  const scrapes = createScrapes(store, { tell: sentence => void told.push(sentence), seriesMax })
  const asked = (query: string, at: number) => {
    const answer = evaluate({ query, time: { at }, source: store })
    if ('error' in answer) throw new Error(answer.error)
    const result = answer.data.result as readonly {
      metric: Record<string, string>
      value: readonly unknown[]
    }[]
    return result.map(({ metric, value }) => [metric, value[1]])
  }
  return {
    scrapes,
    told,
    asked,
    values: (query: string, at: number) => asked(query, at).map(([, value]) => value),
  }
}

test('a series has the labels of its pod; a label of the same name that it brings is told beside it', () => {
  const { scrapes, asked } = world()
  scrapes.take(target('a'), { text: 'orders_total{app="mine",code="200"} 7' }, 10_000)
  const labels = { namespace: 'shop', pod: 'a', app: 'shop', job: 'kubernetes-pods' }
  expect(asked('orders_total', 11_000)).toEqual([
    [{ __name__: 'orders_total', ...labels, exported_app: 'mine', code: '200' }, '7'],
  ])
  expect(asked('up', 11_000)).toEqual([[{ __name__: 'up', ...labels }, '1']])
})

test('what a pod no longer tells ends; when it does not answer all but `up` ends; when it goes, all', () => {
  const { scrapes, told, values } = world()
  scrapes.take(target('a'), { text: 'x 1\ny 2' }, 10_000)
  scrapes.take(target('b'), { text: 'x 5' }, 10_000)
  scrapes.take(target('a'), { text: 'x 1' }, 15_000)
  scrapes.take(target('c'), { text: '' }, 15_000)
  expect(values('up{pod="c"}', 16_000)).toEqual(['1'])
  scrapes.keepOnly(new Set(['a', 'b']), 15_500)
  expect([values('x', 16_000), values('y', 16_000)]).toEqual([['1', '5'], []])
  scrapes.take(target('a'), { problem: 'no answer within 4 s' }, 20_000)
  expect([values('x', 21_000), values('up', 21_000)]).toEqual([['5'], ['0', '1']])
  expect(told).toEqual(['pod shop/a is not scraped whole: no answer within 4 s'])
  scrapes.keepOnly(new Set(['b']), 25_000)
  expect([values('x', 26_000), values('up', 26_000)]).toEqual([['5'], ['1']])
})

test('a time that is said with a sample counts, unless nobody could have seen it', () => {
  const { scrapes, values } = world()
  scrapes.take(target('a'), { text: 'x 1 999000\ny 2 9000000000\nz 3 5' }, 1_000_000)
  expect(values('timestamp(x)', 1_000_500)).toEqual(['999'])
  expect(values('timestamp(y)', 1_000_500)).toEqual(['1000'])
  expect(values('timestamp(z)', 1_000_500)).toEqual(['1000'])
})

test('pods have so many series together; what is dropped is said once, and makes room when a pod goes', () => {
  const { scrapes, told, values } = world(5)
  scrapes.take(target('a'), { text: 'x 1\ny 2' }, 10_000)
  for (const at of [10_000, 15_000]) scrapes.take(target('b'), { text: 'x 1\ny 2\nz 3' }, at)
  expect([values('count(x)', 16_000), values('count(z)', 16_000), values('count(up)', 16_000)]).toEqual([
    ['2'],
    [],
    ['2'],
  ])
  expect(told).toEqual(['pods have more than 5 series: some of pod shop/b are dropped'])
  scrapes.keepOnly(new Set(['b']), 16_000)
  scrapes.take(target('b'), { text: 'x 1\ny 2\nz 3' }, 20_000)
  expect(values('count(z)', 21_000)).toEqual(['1'])
})

// What is drawn of the gateway's counts: shares within one route, seen beside wished, and durations from buckets.
import { expect, test } from 'vitest'
import type { Json } from '../../../std/json.ts'
import { withTraffic, WINDOW_S } from './feed.ts'
import type { TrafficRow, TrafficSeries } from '../../traffic-feed.ts'
import type { Traffic } from './feed.ts'
import { figuresOf, linesOf, quantile, routesOf } from './lines.ts'

const NOW = 1_800_000_000_000
const SECOND = NOW / 1000

const series = (
  id: number,
  route: string,
  hash: string,
  source: 'user' | 'load' = 'user',
): TrafficSeries => ({
  id,
  namespace: 'shop',
  route,
  host: 'shop.localhost',
  service: 'web',
  rollout: 'web',
  hash,
  source,
})

function told(rows: readonly TrafficRow[], seconds = 10): Traffic {
  const slots = Array.from({ length: seconds }, (_, i) => ({ at: SECOND - 1 - i, rows }))
  const all = [series(0, 'httproutes/web', 'old'), series(1, 'httproutes/web', 'new')]
  const others = [series(2, 'services/web-preview', 'new'), series(3, 'httproutes/web', 'new', 'load')]
  const wished = [
    {
      at: NOW - 5000,
      namespace: 'shop',
      route: 'httproutes/web',
      host: 'shop.localhost',
      shares: { old: 0.7, new: 0.3 },
    },
  ]
  const line = { now: NOW, bounds: [0.01, 0.02, 0.04], series: [...all, ...others], slots, wished }
  return withTraffic(undefined, line as unknown as Json) as unknown as Traffic
}

const choice = { id: 'httproutes/web shop.localhost', withLoad: false, seconds: 10 }

test('30 % through the route are 30 %, however many ask the preview Service directly', () => {
  const traffic = told([
    [0, 7, 0, { 0: 7 }],
    [1, 3, 1, { 2: 3 }],
    [2, 500, 0, { 0: 500 }],
  ])
  const figures = new Map(figuresOf(traffic, choice).map(one => [one.hash, one]))
  expect(figures.get('new')).toMatchObject({ share: 0.3, wished: 0.3, requestsPerSecond: 3 })
  expect(figures.get('new')?.errorShare).toBeCloseTo(1 / 3)
  expect(figures.get('old')).toMatchObject({ share: 0.7, errorShare: 0 })
  const { seen } = linesOf(traffic, choice)
  expect(seen['new']?.at(-2)).toBeCloseTo(0.3)
})

test('the demo’s own load counts when it is asked for', () => {
  const traffic = told([
    [0, 7, 0, {}],
    [3, 7, 0, {}],
  ])
  expect(figuresOf(traffic, choice).find(({ hash }) => hash === 'new')?.share ?? 0).toBe(0)
  expect(figuresOf(traffic, { ...choice, withLoad: true }).find(({ hash }) => hash === 'new')?.share).toBe(
    0.5,
  )
})

test('the route of all users comes before those of single Services', () => {
  const traffic = told([[2, 500, 0, {}]])
  const routes = routesOf(traffic, new Set(['services/web-preview']))
  expect(routes.map(({ route }) => route)).toEqual(['httproutes/web', 'services/web-preview'])
})

test('a wish holds from its moment on', () => {
  const { wished } = linesOf(told([]), choice)
  expect(wished['new']).toEqual([null, null, null, null, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3])
})

test('a quantile lies in the bucket where it is reached', () => {
  const bounds = [0.01, 0.02, 0.04]
  expect(quantile(new Map(), bounds, 0.5)).toBeUndefined()
  expect(quantile(new Map([[0, 10]]), bounds, 0.5)).toBe(0.01)
  expect(
    quantile(
      new Map([
        [0, 10],
        [2, 1],
      ]),
      bounds,
      0.99,
    ),
  ).toBeCloseTo(Math.sqrt(0.02 * 0.04))
  expect(quantile(new Map([[3, 1]]), bounds, 0.5), 'longer than all bounds').toBe(0.04)
})

test('what is told again replaces, what is too old goes', () => {
  const first = told([[0, 1, 0, {}]], 1)
  const again = withTraffic(first as unknown as Json, {
    now: NOW + 1000,
    slots: [{ at: SECOND - 1, rows: [[0, 5, 0, {}]] }],
  }) as unknown as Traffic
  expect(again.slots[String(SECOND - 1)]).toEqual([[0, 5, 0, {}]])
  const later = withTraffic(again as unknown as Json, {
    now: NOW + (WINDOW_S + 5) * 1000,
  }) as unknown as Traffic
  expect(later.slots).toEqual({})
  expect(later.series).toHaveLength(4)
})

// How traffic is wished to be divided, and when that changed.
import { describe, expect, test } from 'vitest'
import { aRoute, endpointAt } from '../routes/route.suite.ts'
import type { Endpoint, Route, RouteBackend, RouteTable } from '../routes/route.ts'
import { createWishedHistory } from './wished-history.ts'
import { wishedOf } from './wished.ts'

const pods = (count: number, more: Partial<Endpoint>): Endpoint[] =>
  Array.from({ length: count }, (_, i) => ({ ...endpointAt(80), pod: `web-${i}`, ...more }))
const backend = (service: string, weight: number, endpoints: readonly Endpoint[]): RouteBackend => ({
  namespace: 'shop',
  service,
  weight,
  endpoints,
})
const OLD = pods(2, { hash: 'old' })
const NEW = pods(1, { hash: 'new' })

const split = (weight: number, more: Partial<Route> = {}): Route =>
  aRoute([], {
    from: 'gateway.networking.k8s.io/httproutes/shop/web',
    backends: [backend('canary', weight, NEW), backend('stable', 100 - weight, OLD)],
    ...more,
  })
const tableOf = (...routes: readonly Route[]): RouteTable => ({ routes })
const shares = (table: RouteTable) => [...wishedOf(table).values()].map(one => one.shares)

describe('the share of a revision', () => {
  test('is the weight of its backend', () => {
    expect([...wishedOf(tableOf(split(30))).values()]).toEqual([
      {
        namespace: 'shop',
        route: 'httproutes/web',
        host: 'web.test',
        rollout: 'web',
        shares: { new: 0.3, old: 0.7 },
      },
    ])
    expect(shares(tableOf(split(0)))).toEqual([{ new: 0, old: 1 }])
  })

  test('is shared by the pods behind one Service', () => {
    const mixed = backend('web', 1, [...pods(3, { hash: 'old' }), ...pods(1, { hash: 'new' })])
    expect(shares(tableOf(aRoute([], { backends: [mixed] })))).toEqual([{ new: 0.25, old: 0.75 }])
  })

  test('of a backend without pods is nobody’s, and of no weight at all nothing', () => {
    const half = [backend('canary', 50, []), backend('stable', 50, OLD)]
    expect(shares(tableOf(split(50, { backends: half })))).toEqual([{ old: 0.5 }])
    const none = [backend('canary', 0, NEW), backend('stable', 0, OLD)]
    expect(shares(tableOf(split(50, { backends: none })))).toEqual([{ new: 0, old: 0 }])
  })
})

describe('a route', () => {
  test('without pods of a rollout is not told of; one with pods of two is told of for both', () => {
    const other = pods(1, { rollout: '', hash: '' })
    expect(shares(tableOf(aRoute(other)))).toEqual([])
    const two = [backend('a', 1, OLD), backend('b', 1, pods(1, { rollout: 'api', hash: 'x' }))]
    const found = [...wishedOf(tableOf(split(0, { backends: two }))).values()]
    expect(found.map(one => [one.rollout, one.shares])).toEqual([
      ['web', { old: 0.5, x: 0.5 }],
      ['api', { old: 0.5, x: 0.5 }],
    ])
  })

  test('with several rules is told of by the least particular that divides', () => {
    const byHeader = split(100, { headers: [{ name: 'x', how: 'exact', value: 'y' }], id: 'header' })
    const whole = split(0, { backends: [backend('stable', 1, OLD)], id: 'whole' })
    for (const table of [tableOf(byHeader, split(30), whole), tableOf(whole, split(30), byHeader)]) {
      expect(shares(table)).toEqual([{ new: 0.3, old: 0.7 }])
    }
  })
})

describe('the history of what was wished', () => {
  const MINUTE = 60_000
  const steps = (history: ReturnType<typeof createWishedHistory>, now: number) =>
    history.changes(now).map(one => [one.at / MINUTE, one.shares['new']])

  test('holds the moments of change, and what held when it begins', () => {
    const history = createWishedHistory()
    for (const [minute, weight] of [
      [0, 0],
      [1, 30],
      [2, 30],
      [10, 60],
    ] as const)
      history.tableChanged(tableOf(split(weight)), minute * MINUTE)
    expect(steps(history, 10 * MINUTE)).toEqual([
      [0, 0],
      [1, 0.3],
      [10, 0.6],
    ])
    expect(steps(history, 20 * MINUTE)).toEqual([
      [1, 0.3],
      [10, 0.6],
    ])
    expect(steps(history, 300 * MINUTE)).toEqual([[10, 0.6]])
  })

  test('says when a route has gone, and forgets it then', () => {
    const history = createWishedHistory()
    history.tableChanged(tableOf(split(30)), 0)
    history.tableChanged(tableOf(), MINUTE)
    expect(history.changes(MINUTE).map(one => one.shares)).toEqual([{ new: 0.3, old: 0.7 }, {}])
    expect(history.changes(17 * MINUTE)).toEqual([])
  })

  test('gives what is new since a moment', () => {
    const history = createWishedHistory()
    history.tableChanged(tableOf(split(0)), 0)
    const seen = history.serial()
    expect(history.since(seen)).toEqual([])
    history.tableChanged(tableOf(split(30)), MINUTE)
    expect(history.since(seen).map(one => one.shares)).toEqual([{ new: 0.3, old: 0.7 }])
  })

  test('is bounded, and what holds now is never forgotten', () => {
    const history = createWishedHistory(10)
    const still = split(50, { host: 'still.test', id: 'still' })
    for (let weight = 0; weight <= 100; weight++)
      history.tableChanged(tableOf(split(weight), still), weight * 100)
    const changes = history.changes(10_000)
    expect(changes).toHaveLength(11)
    expect(changes[0]).toMatchObject({ host: 'still.test', shares: { new: 0.5 } })
    expect(changes.at(-1)?.shares).toEqual({ new: 1, old: 0 })
  })
})

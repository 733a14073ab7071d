// What the gateway counts, and how Prometheus reads it.
import { describe, expect, test } from 'vitest'
import { prometheusText } from './count-metrics.ts'
import { createCounts } from './counts.ts'
import type { CountLabels } from './counts.ts'
import { aRoute, endpointAt } from './routes/route.suite.ts'
import type { Endpoint, RouteTable } from './routes/route.ts'

const NOW = 1_000_000
const POD: Endpoint = { ...endpointAt(80), pod: 'web-1', role: 'canary', version: 'v2' }

const labels = (more: Partial<CountLabels> = {}): CountLabels => ({
  namespace: 'shop',
  route: 'services/web',
  host: 'web.test',
  service: 'web',
  rollout: 'web',
  hash: 'abc',
  app: 'web',
  role: 'canary',
  version: 'v2',
  pod: 'web-1',
  status: '200',
  source: 'user',
  ...more,
})

const tableOf = (endpoints: readonly Endpoint[]): RouteTable => ({
  routes: [aRoute(endpoints, { from: '/services/shop/web', host: 'web.test' })],
})
const TABLE = tableOf([POD])

test('counts add up by their labels', () => {
  const counts = createCounts()
  counts.counter(labels()).add(0.1, NOW)
  counts.counter(labels()).add(0.2, NOW)
  counts.counter(labels({ status: '500' })).add(0.3, NOW)
  expect(
    counts.rows(TABLE, NOW).map(row => [row.status, row.count, row.seconds.toFixed(1), row.begunAt]),
  ).toEqual([
    ['200', 2, '0.3', NOW],
    ['500', 1, '0.3', NOW],
  ])
})

test('too many rows lose the names of the oldest pods, and no count', () => {
  const counts = createCounts()
  const pods = Array.from({ length: 10_050 }, (_, i) => ({ ...POD, pod: `web-${i}` }))
  const table = tableOf([...pods, { ...POD, pod: 'first' }])
  const first = counts.counter(labels({ pod: 'first' }))
  first.add(1, NOW)
  for (const { pod } of pods) counts.counter(labels({ pod })).add(1, NOW)
  first.add(1, NOW)
  const rows = counts.rows(table, NOW)
  expect(rows.length).toBeLessThanOrEqual(10_010)
  expect(rows.reduce((sum, row) => sum + row.count, 0)).toBe(10_052)
  expect(rows.flatMap(row => row.buckets).reduce((sum, one) => sum + one, 0)).toBe(10_052)
})

describe('a row ends', () => {
  const counted = () => {
    const counts = createCounts()
    const counter = counts.counter(labels())
    counter.add(0.1, NOW)
    const told = (table: RouteTable, now: number) =>
      counts.rows(table, now).map(({ role, count, begunAt, endedAt }) => ({ role, count, begunAt, endedAt }))
    return { counts, counter, told }
  }

  test('when its pod is no longer in the table, and can be read for ten seconds more', () => {
    const { counter, told } = counted()
    expect(told(TABLE, NOW)).toMatchObject([{ count: 1, endedAt: undefined }])
    expect(told(tableOf([]), NOW + 1000)).toMatchObject([{ count: 1, endedAt: NOW + 1000 }])
    counter.add(0.1, NOW + 2000)
    expect(told(tableOf([]), NOW + 10_999)).toMatchObject([{ count: 2, endedAt: NOW + 1000 }])
    expect(told(tableOf([]), NOW + 11_000)).toEqual([])
    counter.add(0.1, NOW + 12_000)
    expect(told(TABLE, NOW + 13_000)).toEqual([])
  })

  test('when its pod has another role, which begins at nothing', () => {
    const { counts, told } = counted()
    const promoted = tableOf([{ ...POD, role: 'stable' }])
    counts.counter(labels({ role: 'stable' })).add(0.1, NOW + 1000)
    expect(told(promoted, NOW + 2000)).toEqual([
      { role: 'canary', count: 1, begunAt: NOW, endedAt: NOW + 2000 },
      { role: 'stable', count: 1, begunAt: NOW + 1000, endedAt: undefined },
    ])
  })

  test('and begins anew when its pod is back', () => {
    const { counter, told } = counted()
    told(tableOf([]), NOW + 1000)
    expect(told(TABLE, NOW + 2000)).toEqual([])
    counter.add(0.1, NOW + 3000)
    expect(told(TABLE, NOW + 4000)).toEqual([
      { role: 'canary', count: 1, begunAt: NOW + 3000, endedAt: undefined },
    ])
  })

  test('of a Service without pods when its route goes; of no route never', () => {
    const counts = createCounts()
    const nobody = { rollout: '', hash: '', app: '', role: '', version: '', pod: '' }
    counts.counter(labels({ ...nobody, status: '503' })).add(0, NOW)
    const nowhere = { ...nobody, namespace: '', route: '', host: '', service: '', status: '404' }
    counts.counter(labels(nowhere)).add(0, NOW)
    const statuses = (table: RouteTable) =>
      counts.rows(table, NOW).flatMap(row => (row.endedAt === undefined ? row.status : []))
    expect(statuses(tableOf([]))).toEqual(['503', '404'])
    expect(statuses({ routes: [] })).toEqual(['404'])
  })
})

test('as Prometheus text: answers, how long they took, everything escaped, nothing that has ended', () => {
  const counts = createCounts()
  const version = 'a"b\\c\nd'
  const table = tableOf([{ ...POD, version }])
  for (const seconds of [0.005, 0.25, 20]) counts.counter(labels({ version })).add(seconds, NOW)
  counts.counter(labels({ pod: 'gone' })).add(1, NOW)
  const lines = prometheusText(counts.rows(table, NOW)).split('\n')
  const all =
    'namespace="shop",route="services/web",host="web.test",service="web",rollout="web",' +
    'rollouts_pod_template_hash="abc",app="web",role="canary",version="a\\"b\\\\c\\nd",pod="web-1",' +
    'status="200",source="user"'
  expect(lines.slice(0, 4)).toEqual([
    '# HELP response_status Answers by the status that clients saw.',
    '# TYPE response_status counter',
    `response_status{${all}} 3`,
    '# HELP response_seconds How long the answers took.',
  ])
  expect(lines[4]).toBe('# TYPE response_seconds histogram')
  const buckets = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf']
  expect(lines.slice(5, 17)).toEqual(
    buckets.map((le, i) => `response_seconds_bucket{${all},le="${le}"} ${i < 5 ? 1 : i < 11 ? 2 : 3}`),
  )
  expect(lines.slice(17)).toEqual([
    `response_seconds_sum{${all}} 20.255`,
    `response_seconds_count{${all}} 3`,
    '',
  ])
})

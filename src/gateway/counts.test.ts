// What the gateway counts, and how Prometheus reads it.
import { expect, test } from 'vitest'
import { createCounts, prometheusText } from './counts.ts'
import type { CountLabels } from './counts.ts'

const labels = (more: Partial<CountLabels> = {}): CountLabels => ({
  namespace: 'shop',
  service: 'web',
  app: 'web',
  role: 'canary',
  version: 'v2',
  pod: 'web-1',
  status: '200',
  source: '',
  ...more,
})

test('counts add up by their labels', () => {
  const counts = createCounts()
  counts.counter(labels()).add(0.1)
  counts.counter(labels()).add(0.2)
  counts.counter(labels({ status: '500' })).add(0.3)
  expect(counts.rows().map(row => [row.status, row.count, row.seconds.toFixed(1)])).toEqual([
    ['200', 2, '0.3'],
    ['500', 1, '0.3'],
  ])
})

test('too many rows lose the names of the oldest pods, and no count', () => {
  const counts = createCounts()
  const first = counts.counter(labels({ pod: 'first' }))
  first.add(1)
  for (let i = 0; i < 10_050; i++) counts.counter(labels({ pod: `web-${i}` })).add(1)
  first.add(1)
  const rows = counts.rows()
  expect(rows.length).toBeLessThanOrEqual(10_010)
  expect(rows.reduce((sum, row) => sum + row.count, 0)).toBe(10_052)
})

test('as Prometheus text, with everything escaped', () => {
  const counts = createCounts()
  counts.counter(labels({ version: 'a"b\\c\nd' })).add(0.25)
  expect(prometheusText(counts.rows()).split('\n')).toEqual([
    '# HELP response_status Answers by the status that clients saw.',
    '# TYPE response_status counter',
    'response_status{namespace="shop",service="web",app="web",role="canary",version="a\\"b\\\\c\\nd",' +
      'pod="web-1",status="200",source=""} 1',
    '# HELP response_seconds_sum Time taken by the answers.',
    '# TYPE response_seconds_sum counter',
    expect.stringMatching(/^response_seconds_sum\{.*\} 0\.25$/),
    '# HELP response_seconds_count Answers whose time was taken.',
    '# TYPE response_seconds_count counter',
    expect.stringMatching(/^response_seconds_count\{.*\} 1$/),
    '',
  ])
})

// Numbers as Prometheus reads them.
import { expect, test } from 'vitest'
import { metricText } from './metric-text.ts'

test('a metric has a head and a line for each row, its labels escaped', () => {
  const rows = [
    { labels: { name: 'a "b" \\ c\nd', kind: '' }, value: 1.5 },
    { labels: {}, value: 0 },
  ]
  expect(metricText({ name: 'pods', help: 'How many.', type: 'gauge', rows })).toBe(
    [
      '# HELP pods How many.',
      '# TYPE pods gauge',
      String.raw`pods{name="a \"b\" \\ c\nd",kind=""} 1.5`,
      'pods{} 0',
      '',
    ].join('\n'),
  )
})

// Which rollouts the list shows, in which order.
import { expect, test } from 'vitest'
import type { Attention, Row } from '../wire.ts'
import { filterIn, phaseCounts, queryOf, shownRows } from './filter.ts'

const row = (
  name: string,
  attention: Attention,
  phase: string,
  labels: Record<string, string> = {},
): Row => ({
  namespace: name.startsWith('a') ? 'shop' : 'bank',
  name,
  phase,
  message: '',
  attention,
  strategy: 'Canary',
  labels,
  desired: 1,
  current: 1,
  updated: 1,
  ready: 1,
  available: 1,
  revisions: [],
})

const ROWS = [
  row('a-healthy', 'none', 'Healthy', { team: 'red' }),
  row('b-moving', 'moving', 'Progressing'),
  row('a-waiting', 'person', 'Paused', { Team: 'blue' }),
  row('b-broken', 'broken', 'Degraded'),
]
const names = (query: string) => shownRows(ROWS, filterIn(new URLSearchParams(query))).map(({ name }) => name)

test('what needs a person comes first', () => {
  expect(names('')).toEqual(['b-broken', 'a-waiting', 'b-moving', 'a-healthy'])
})

test.each([
  ['q=broken', ['b-broken']],
  ['q=SHOP', ['a-waiting', 'a-healthy']],
  ['q=team=b', ['a-waiting']],
  ['q=shop+team=red', ['a-healthy']],
  ['namespace=bank&phase=Progressing', ['b-moving']],
  ['strategy=BlueGreen', []],
])('%s', (query, wanted) => expect(names(query)).toEqual(wanted))

test('counts by phase are of what the rest of the filter lets through', () => {
  const counts = phaseCounts(ROWS, filterIn(new URLSearchParams('namespace=shop&phase=Paused')))
  expect([...counts]).toEqual([
    ['Degraded', 0],
    ['Paused', 1],
    ['Progressing', 0],
    ['Healthy', 1],
  ])
})

test('the address holds the filter, and nothing that is not set', () => {
  const query = queryOf(filterIn(new URLSearchParams('q=team%3Dred&phase=&other=1')))
  expect(query.toString()).toBe('q=team%3Dred')
})

// Who looks at live traffic, over a virtual clock: what is sent when, to whom, and that nothing is when nobody looks.
import { expect, test } from 'vitest'
import { virtualClock } from '../../sim/clock.ts'
import { aRoute, endpointAt } from '../routes/route.suite.ts'
import { BOUNDS, bucketOf } from './buckets.ts'
import { labels } from './history.suite.ts'
import { createTrafficHistory } from './history.ts'
import { createLooks } from './looks.ts'
import type { LookAsked } from './looks.ts'
import type { SeriesLabels } from './series.ts'
import { createWishedHistory } from './wished-history.ts'

const NOW = 1_000_000_000

interface Line {
  readonly type: string
  readonly now: number
  readonly bounds?: readonly number[]
  readonly series?: readonly (SeriesLabels & { readonly id: number })[]
  readonly slots?: readonly { readonly at: number; readonly rows: readonly unknown[] }[]
  readonly wished?: readonly { readonly at: number; readonly shares: unknown }[]
}

/** A world and who looks at it; whoever takes at once asks for more when it has been sent a piece. */
function aWorld() {
  const clock = virtualClock(NOW)
  const world = { history: createTrafficHistory(), wished: createWishedHistory(), port: () => 8080 }
  const texts = new Map<number, string>()
  const pieces: { readonly id: number; readonly length: number; readonly isLast: boolean }[] = []
  const slow = new Set<number>()
  const looks = createLooks({
    world,
    clock,
    send({ id, text, isLast }) {
      texts.set(id, (texts.get(id) ?? '') + text)
      pieces.push({ id, length: text.length, isLast })
      if (!isLast && !slow.has(id)) queueMicrotask(() => looks.more(id))
    },
  })
  return {
    clock,
    world,
    looks,
    pieces,
    slow,
    hit(more: Partial<SeriesLabels> = {}, isError = false) {
      world.history.counter(labels(more)).add(0.01, isError, clock.now())
    },
    look: (id: number, asked: Partial<LookAsked> = {}) => looks.look(id, { isFollowing: true, ...asked }),
    /** Time goes on, by gatherings. */
    async pass(ms: number) {
      await settled()
      for (const end = clock.now() + ms; clock.now() < end;) {
        clock.advanceTo(Math.min(end, clock.nextAt() ?? end))
        await settled()
      }
    },
    /** What that one has been told since it was last asked. */
    told(id: number): readonly Line[] {
      const text = texts.get(id) ?? ''
      texts.delete(id)
      return text.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line) as Line]))
    },
  }
}

const settled = () => new Promise<void>(resolve => setImmediate(resolve))
const counted = (requests: number, errors = 0) => [requests, errors, { [bucketOf(0.01)]: requests }]

test('first comes all that there is, then every quarter of a second the seconds that have changed', async () => {
  const { hit, look, pass, told } = aWorld()
  hit()
  await pass(1000)
  hit({}, true)
  look(1)
  expect(told(1)).toEqual([
    {
      type: 'SNAPSHOT',
      now: NOW + 1000,
      gatewayPort: 8080,
      bounds: BOUNDS,
      series: [{ id: 0, ...labels() }],
      wished: [],
      slots: [
        { at: 1_000_000, rows: [[0, ...counted(1)]] },
        { at: 1_000_001, rows: [[0, ...counted(1, 1)]] },
      ],
    },
  ])
  await pass(100)
  hit()
  hit({ hash: 'def' })
  await pass(150)
  expect(told(1)).toEqual([
    {
      type: 'CHANGES',
      now: NOW + 1250,
      series: [{ id: 1, ...labels(), hash: 'def' }],
      slots: [
        {
          at: 1_000_001,
          rows: [
            [0, ...counted(2, 1)],
            [1, ...counted(1)],
          ],
        },
      ],
    },
  ])
  await pass(749)
  hit()
  await pass(1)
  hit()
  await pass(250)
  expect(told(1).flatMap(({ slots = [], series }) => [series, ...slots])).toEqual([
    undefined,
    { at: 1_000_001, rows: [[0, ...counted(3, 1)]] },
    undefined,
    { at: 1_000_002, rows: [[0, ...counted(1)]] },
  ])
})

test('nothing is sent while nothing changes, and nothing is done while nobody looks', async () => {
  const { clock, looks, pieces, hit, look, pass } = aWorld()
  hit()
  await pass(5000)
  expect([clock.nextAt(), pieces]).toEqual([undefined, []])
  look(1)
  await pass(10_000)
  expect(pieces).toHaveLength(1)
  looks.away(1)
  await pass(250)
  hit()
  await pass(5000)
  expect([clock.nextAt(), pieces.length]).toEqual([undefined, 1])
  look(2)
  await pass(250)
  hit()
  await pass(250)
  expect(pieces.map(({ id }) => id)).toEqual([1, 2, 2])
})

test('whoever does not follow is told all, and that this was it', async () => {
  const { clock, pieces, hit, look, pass, told } = aWorld()
  look(1, { isFollowing: false })
  hit()
  look(2, { isFollowing: false })
  await pass(1000)
  hit()
  await pass(1000)
  expect(pieces.map(({ id, isLast }) => [id, isLast])).toEqual([
    [1, true],
    [2, true],
  ])
  expect(told(1)).toEqual([
    { type: 'SNAPSHOT', now: NOW, gatewayPort: 8080, bounds: BOUNDS, series: [], wished: [], slots: [] },
  ])
  expect(told(2)[0]?.slots).toEqual([{ at: 1_000_000, rows: [[0, ...counted(1)]] }])
  expect(clock.nextAt()).toBeUndefined()
})

test('each sees the namespace and the rollout that it asks for, and hears of no others', async () => {
  const { hit, look, pass, pieces, told, world, clock } = aWorld()
  const other = { ...endpointAt(80), rollout: 'other' }
  const routes = [aRoute([endpointAt(80)]), aRoute([other], { id: 'other', host: 'other.test' })]
  world.wished.tableChanged({ routes }, clock.now())
  hit()
  hit({ rollout: 'other', hash: 'x' })
  hit({ namespace: 'elsewhere', hash: 'y' })
  look(1)
  look(2, { namespace: 'shop' })
  look(3, { namespace: 'shop', rollout: 'web' })
  look(4, { namespace: 'nowhere' })
  const hashes = (id: number) =>
    told(id).map(({ series = [], wished = [] }) => [series.map(one => one.hash).join(), wished.length])
  expect([1, 2, 3, 4].map(hashes)).toEqual([[['abc,x,y', 2]], [['abc,x', 2]], [['abc', 1]], [['', 0]]])
  const before = pieces.length
  hit({ rollout: 'other', hash: 'x' })
  await pass(250)
  expect(pieces.slice(before).map(({ id }) => id)).toEqual([1, 2])
})

test('what is wished comes with what is seen, and again when it changes', async () => {
  const { look, pass, told, world, clock } = aWorld()
  const table = (hash: string) => ({ routes: [aRoute([{ ...endpointAt(80), hash }])] })
  world.wished.tableChanged(table('abc'), clock.now())
  look(1)
  await pass(250)
  world.wished.tableChanged(table('def'), clock.now())
  await pass(250)
  expect(told(1).map(({ type, wished }) => [type, wished?.map(({ at, shares }) => [at, shares])])).toEqual([
    ['SNAPSHOT', [[NOW, { abc: 1 }]]],
    ['CHANGES', [[NOW + 250, { def: 1 }]]],
  ])
})

test('a slow reader holds one piece, and is told the rest at once when it has taken that', async () => {
  const { hit, look, looks, pass, pieces, slow, told } = aWorld()
  slow.add(1)
  hit()
  look(1)
  for (let second = 0; second < 30; second++) {
    await pass(1000)
    hit()
  }
  expect(pieces).toHaveLength(1)
  looks.more(1)
  await pass(250)
  expect(pieces).toHaveLength(2)
  expect(told(1).map(({ type, slots }) => [type, slots?.length])).toEqual([
    ['SNAPSHOT', 1],
    ['CHANGES', 30],
  ])
})

test('a wide history comes in pieces, whole, with what happens meanwhile behind it', async () => {
  const { hit, look, looks, pass, pieces, slow, told } = aWorld()
  const hashes = Array.from({ length: 100 }, (_, i) => `hash-${i}`)
  for (let second = 0; second < 60; second++) {
    for (const hash of hashes) hit({ hash })
    await pass(1000)
  }
  slow.add(1)
  look(1)
  for (let more = 0; more < 200; more++) {
    if (more === 3) hit({ hash: 'new' })
    looks.more(1)
  }
  await pass(250)
  const [snapshot, changes] = told(1)
  expect(pieces.length).toBeGreaterThanOrEqual(5)
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(48 * 1024)
  expect([snapshot?.series?.length, snapshot?.slots?.map(({ rows }) => rows.length)]).toEqual([
    100,
    Array.from({ length: 60 }, () => 100),
  ])
  expect([changes?.series?.map(({ hash }) => hash), changes?.slots?.length]).toEqual([['new'], 1])
})

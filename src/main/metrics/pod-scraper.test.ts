// Pods that ask to be scraped, on the simulated cluster.
import { afterEach, expect, test } from 'vitest'
import { SILENT } from '../../doors/silent-log.ts'
import type { Http } from '../../doors/http.ts'
import { HttpError } from '../../doors/http.ts'
import { seededRandom } from '../../doors/random.ts'
import { POD } from '../../kube/kinds.ts'
import { fromJson } from '../../kube/object.ts'
import { evaluate } from '../../lang/promql/evaluate.suite.ts'
import { createScrapes } from '../../metrics/scrapes.ts'
import { SeriesStore } from '../../metrics/series-store.ts'
import { createWorld } from '../../sim/world.ts'
import { scrapePods } from './pod-scraper.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

type Answer = (url: string, signal: AbortSignal) => Promise<string> | string

async function aWorld(answer: Answer) {
  const world = await createWorld({ reconcilers: [] })
  const { client, clock } = world
  const store = new SeriesStore()
  const [asked, told]: [string[], string[]] = [[], []]
  const stop = new AbortController()
  const http: Http = async ({ url, headers }, signal) => {
    asked.push(`${String(headers?.['Host'])} ${url}`)
    const text = await answer(url, signal)
    const read = async (limit: number) => {
      if (text.length > limit) throw new HttpError('ETOOLARGE', `the answer is larger than ${limit} bytes`)
      return text
    }
    return { status: 200, headers: {}, body: [] as never, text: read }
  }
  const stopped = scrapePods({
    client,
    clock,
    http,
    random: seededRandom(1),
    log: SILENT,
    scrapes: createScrapes(store, { tell: sentence => void told.push(sentence) }),
    signal: stop.signal,
    resolve: (_, port) => ({ host: '127.0.0.1', port: port + 1 }),
  })
  stops.push(async () => {
    stop.abort()
    await stopped
    await world.stop()
  })
  const place = async (name: string, annotations: Readonly<Record<string, string>>) => {
    const object = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels: { app: 'shop' }, annotations },
      spec: { nodeName: 'crossfade', containers: [{ name: 'c', image: 'shop:1' }] },
    }
    await client.write({ verb: 'create', why: 'a user', object: fromJson(object as never) })
  }
  const values = (query: string) => {
    const said = evaluate({ query, time: { at: clock.now() }, source: store })
    if ('error' in said) throw new Error(said.error)
    return (said.data.result as readonly { value: readonly unknown[] }[]).map(({ value }) => value[1])
  }
  return { world, asked, told, place, values }
}

const ASKS = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9102' }

test('a pod that asks for it is scraped every five seconds, until it goes', async () => {
  let n = 0
  const { world, asked, place, values } = await aWorld(() => `orders_total ${++n}`)
  await place('shop', ASKS)
  await place('other', {})
  await world.advance(20_000)
  const before = asked.length
  await world.advance(10_000)
  expect(asked.length - before).toBe(2)
  expect(asked.at(-1)).toMatch(/^10\.88\.\d+\.\d+:9102 http:\/\/127\.0\.0\.1:9103\/metrics$/)
  expect(values('orders_total{app="shop",kubernetes_pod_name="shop"}')).toEqual([String(n)])
  await world.client.write({
    verb: 'delete',
    why: 'a user',
    target: { kind: POD, name: 'shop', namespace: 'default' },
  })
  await world.advance(60_000)
  const after = asked.length
  expect(values('{job="kubernetes-pods"}')).toEqual([])
  await world.advance(60_000)
  expect(asked).toHaveLength(after)
})

test('one that never answers is given up after four seconds, and holds up no other', async () => {
  const { world, told, place, values } = await aWorld((url, signal) =>
    url.includes('9103')
      ? new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new HttpError('EABORTED', 'context canceled')))
        })
      : 'orders_total 1',
  )
  await place('slow', ASKS)
  await place('good', { ...ASKS, 'prometheus.io/port': '8080' })
  for (let second = 0; second < 30; second++) await world.advance(1000)
  expect(told).toEqual(['pod default/slow is not scraped whole: no answer within 4 s'])
  expect([values('up{pod="slow"}'), values('orders_total')]).toEqual([['0'], ['1']])
})

test.each([
  ['too large', 'x'.repeat(1024 * 1024 + 1), 'the answer is larger than 1048576 bytes'],
  ['no metrics', '<html>', 'line 1 is no sample: <html>'],
  [
    'too many series',
    Array.from({ length: 2001 }, (_, i) => `x{i="${i}"} 1`).join('\n'),
    'there are more than 2000 series',
  ],
])('an answer that is %s is said once', async (_, answer, problem) => {
  const { world, told, place } = await aWorld(() => answer)
  await place('shop', ASKS)
  await world.advance(30_000)
  expect(told).toEqual([`pod default/shop is not scraped whole: ${problem}`])
})

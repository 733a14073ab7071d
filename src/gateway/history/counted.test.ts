// What of the proxy's answers is live traffic, over real sockets: who answered, through which route, for whom.
import { expect, test } from 'vitest'
import { LOAD_HEADER } from '../../api/words.ts'
import { systemClock } from '../../runtime/system.ts'
import { aPod, aProxy, get } from '../proxy.suite.ts'
import type { Proxy } from '../proxy.ts'
import { aRoute } from '../routes/route.suite.ts'
import type { Endpoint, RouteBackend } from '../routes/route.ts'
import type { SeriesLabels } from './series.ts'
import { snapshotParts } from './lines.ts'

interface Snapshot {
  readonly series: readonly (SeriesLabels & { readonly id: number })[]
  readonly slots: readonly { readonly rows: readonly (readonly [number, number, number])[] }[]
}

/** Requests and errors of each series, in all seconds together. */
function seen({ traffic }: Proxy): readonly string[] {
  const text = [...snapshotParts(traffic, {}, systemClock.now())].join('')
  const { series, slots } = JSON.parse(text) as Snapshot
  const rows = slots.flatMap(slot => slot.rows)
  return series.map(({ id, route, hash, source }) => {
    const own = rows.filter(([of]) => of === id)
    const sum = (column: 1 | 2) => own.reduce((total, row) => total + row[column], 0)
    return `${source} ${route} ${hash}: ${sum(1)}, ${sum(2)} bad`
  })
}

async function aVersion(hash: string, status = 200): Promise<Endpoint> {
  const { endpoint } = await aPod((_, response) => response.writeHead(status).end())
  return { ...endpoint, hash, pod: hash }
}

const backend = (service: string, weight: number, ...endpoints: Endpoint[]): RouteBackend => ({
  namespace: 'shop',
  service,
  weight,
  endpoints,
})

test('shares are those within a route, whoever else asks the preview Service itself', async () => {
  const [stable, canary] = [await aVersion('old'), await aVersion('new')]
  const { proxy, port } = await aProxy([
    aRoute([], {
      from: 'gateway.networking.k8s.io/httproutes/shop/web',
      backends: [backend('canary', 30, canary), backend('stable', 70, stable)],
    }),
    aRoute([canary], { id: 'preview', host: 'preview.test' }),
  ])
  for (let i = 0; i < 100; i++) await get(port)
  for (let i = 0; i < 50; i++) await get(port, { headers: { host: 'preview.test' } })
  expect(seen(proxy).toSorted()).toEqual([
    'user httproutes/web new: 30, 0 bad',
    'user httproutes/web old: 70, 0 bad',
    'user services/web new: 50, 0 bad',
  ])
})

test('errors and the demo’s own load are told apart; what found no route is nobody’s', async () => {
  const [good, bad] = [await aVersion('good'), await aVersion('bad', 500)]
  const { proxy, port } = await aProxy([
    aRoute([good], { id: 'good', host: 'good.test' }),
    aRoute([bad], { id: 'bad', host: 'bad.test' }),
    aRoute([], { id: 'empty', host: 'empty.test' }),
  ])
  const ask = (host: string, more: Record<string, string> = {}) => get(port, { headers: { host, ...more } })
  await ask('good.test')
  await ask('good.test', { [LOAD_HEADER]: '1' })
  await ask('bad.test')
  await ask('bad.test')
  await ask('empty.test')
  await ask('nobody.test')
  expect(seen(proxy)).toEqual([
    'user services/web good: 1, 0 bad',
    'load services/web good: 1, 0 bad',
    'user services/web bad: 2, 2 bad',
    'user services/web : 1, 1 bad',
  ])
})

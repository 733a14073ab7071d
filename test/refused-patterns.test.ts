// What the gateway refuses of a route is said where its author looks: in an Event on the object.
import { afterAll, expect, test, vi } from 'vitest'
import { createResources } from '../src/cluster/resources/pipeline.ts'
import { seed } from '../src/cluster/resources/seed.ts'
import { inProcessClient } from '../src/cluster/serve/in-process.ts'
import { createMemoryStore } from '../src/cluster/storage/memory.ts'
import { seededRandom } from '../src/doors/random.ts'
import { SILENT } from '../src/doors/silent-log.ts'
import type { RouteTable } from '../src/gateway/routes/route.ts'
import { watchRoutes } from '../src/gateway/watch.ts'
import { EVENT, HTTP_ROUTE, INGRESS } from '../src/kube/kinds.ts'
import { fromJson } from '../src/kube/object.ts'
import type { Kind, KubeObject } from '../src/kube/object.ts'
import type { Json } from '../src/std/json.ts'
import { placeDefinitions } from '../src/main/definitions.ts'
import { systemClock, systemRandom, systemStopwatch } from '../src/runtime/system.ts'

const stop = new AbortController()
afterAll(() => stop.abort())

const large = '(.?){0,999}'.repeat(5)
const rule = (value: string): Json => ({
  matches: [{ headers: [{ type: 'RegularExpression', name: 'x-user', value }] }],
  backendRefs: [{ name: 'web', port: 80 }],
})
const service = fromJson({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { ports: [{ port: 80 }] },
})
const route = fromJson({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'users', namespace: 'default' },
  spec: { hostnames: ['web.test'], rules: [rule('ada|grace'), rule(large)] },
})
const backend = { service: { name: 'web', port: { number: 80 } } }
const ingress = (name: string, annotations: Record<string, string>, host = 'main.test') =>
  fromJson({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: 'default', annotations },
    spec: { rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
  })
type Event = KubeObject & { readonly involvedObject?: object; readonly message?: string }
const nginx = 'nginx.ingress.kubernetes.io'

async function startGateway() {
  const store = createMemoryStore({ clock: systemClock })
  const resources = createResources({ store, clock: systemClock, random: systemRandom, nodeName: 'node-1' })
  await seed(resources, { nodeName: 'node-1', now: 0 })
  const client = inProcessClient(resources)
  await placeDefinitions(client)
  const tables: RouteTable[] = []
  const warned: string[] = []
  const log = { ...SILENT, warn: (message: string) => void warned.push(message), with: () => log }
  const watch = watchRoutes({
    clock: systemClock,
    stopwatch: systemStopwatch,
    random: seededRandom(3),
    log,
    signal: stop.signal,
    client,
    resolve: () => undefined,
    onTable: table => tables.push(table),
  })
  await watch.ready
  const list = async (kind: Kind) => (await client.list(kind, {})).items
  return { client, tables, warned, list }
}

test('a refused pattern is a Warning on its object, once, and its rule takes no request', async () => {
  const { client, tables, warned, list } = await startGateway()
  const create = (object: typeof route) => client.write({ verb: 'create', object, why: 'set up' })
  await create(service)
  await create(route)
  await create(ingress('main', {}))
  const pattern = { [`${nginx}/canary-by-header`]: 'x-user', [`${nginx}/canary-by-header-pattern`]: '(' }
  await create(ingress('canary', { [`${nginx}/canary`]: 'true', ...pattern }))
  const events = () => list(EVENT) as Promise<readonly Event[]>
  await vi.waitUntil(async () => (await events()).length >= 2)
  const change = tables.length
  for (const name of ['one', 'two']) await create(ingress(name, {}, `${name}.test`))
  await vi.waitUntil(() => tables.length > change)
  const said = await events()
  expect(said.map(event => event.involvedObject)).toMatchObject([
    { kind: INGRESS.kind, name: 'canary' },
    { kind: HTTP_ROUTE.kind, name: 'users' },
  ])
  for (const event of said)
    expect(event).toMatchObject({ type: 'Warning', reason: 'PatternRefused', count: 1 })
  expect(said[0]?.message).toContain('missing closing )')
  expect(said[1]?.message).toMatch(/^pattern ".{55}" is refused.*too large/)
  expect(warned).toHaveLength(2)
  const ids = tables.at(-1)?.routes.filter(one => one.host === 'web.test')
  expect(ids).toHaveLength(1)
})

test('what is served by an older object is a Warning on the younger one', async () => {
  const { client, list } = await startGateway()
  for (const name of ['one', 'two'])
    await client.write({ verb: 'create', object: ingress(name, {}), why: 'set up' })
  const events = () => list(EVENT) as Promise<readonly Event[]>
  await vi.waitUntil(async () => (await events()).length > 0)
  expect(await events()).toMatchObject([
    { type: 'Warning', reason: 'RouteConflict', involvedObject: { kind: INGRESS.kind, name: 'two' } },
  ])
})

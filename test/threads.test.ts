// Gateway and demo in their real threads, from the built files: what main starts.
import { existsSync } from 'node:fs'
import { request as ask } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { startDemo } from '../src/cluster/demo/demo.ts'
import { createResources } from '../src/cluster/resources/pipeline.ts'
import { seed } from '../src/cluster/resources/seed.ts'
import { inProcessClient } from '../src/cluster/serve/in-process.ts'
import { createMemoryStore } from '../src/cluster/storage/memory.ts'
import { SILENT } from '../src/doors/silent-log.ts'
import { seededRandom } from '../src/doors/random.ts'
import { prometheusText } from '../src/gateway/count-metrics.ts'
import { startGateway } from '../src/gateway/gateway.ts'
import type { Gateway } from '../src/gateway/gateway.ts'
import { fromJson } from '../src/kube/object.ts'
import type { Client } from '../src/runtime/network/client.ts'
import { systemClock, systemRandom, systemStopwatch } from '../src/runtime/system.ts'

const gatewayThread = new URL('../dist/gateway/thread.js', import.meta.url)
const demoThread = new URL('../dist/cluster/demo/demo-thread.js', import.meta.url)
const isBuilt = existsSync(gatewayThread) && existsSync(demoThread)

const opened: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close()
})

async function aClient(): Promise<Client> {
  const store = createMemoryStore({ clock: systemClock })
  const resources = createResources({ store, clock: systemClock, random: systemRandom, nodeName: 'node-1' })
  await seed(resources, { nodeName: 'node-1', now: systemClock.now() })
  return inProcessClient(resources)
}

async function aDemo() {
  const demo = await startDemo({ thread: demoThread })
  opened.push(demo.stop)
  return demo
}

async function aGateway(client: Client, port: number, realPort: () => number | undefined) {
  const resolve = () => {
    const found = realPort()
    return found === undefined ? undefined : { host: '127.0.0.1', port: found }
  }
  const addresses = { resolve, onChange: () => () => {} }
  const doors = { clock: systemClock, stopwatch: systemStopwatch, random: seededRandom(1), log: SILENT }
  const gateway = await startGateway({ ...doors, client, port, addresses, seed: 1, thread: gatewayThread })
  opened.push(gateway.close)
  return gateway
}

function get(port: number, host: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    ask({ host: '127.0.0.1', port, agent: false, headers: { host, accept: 'application/json' } }, answer => {
      let body = ''
      answer.setEncoding('utf8').on('data', part => (body += part))
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body }))
    })
      .once('error', reject)
      .end()
  })
}

/** Its live traffic. */
async function told(gateway: Gateway) {
  let text = ''
  for await (const piece of gateway.look({ isFollowing: false }, new AbortController().signal)) text += piece
  return JSON.parse(text) as {
    readonly series: readonly object[]
    readonly slots: readonly { readonly rows: readonly (readonly unknown[])[] }[]
  }
}

const aPod = {
  uid: 'u1',
  namespace: 'default',
  name: 'web-1',
  ip: '10.88.0.2',
  image: 'acme/web:v1',
  container: 'web',
  env: {},
}

const title = 'the gateway’s thread serves what the API server says, and the demo’s thread answers'
test.skipIf(!isBuilt)(`${title} (needs the built files)`, async () => {
  const client = await aClient()
  const demo = await aDemo()
  const realPort = await demo.open(aPod)
  const write = (object: object) =>
    client.write({ verb: 'create', object: fromJson(object as never), why: 'set up' })
  await write({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { ports: [{ port: 80 }] },
  })
  await write({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    endpoints: [
      { addresses: [aPod.ip], conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'web-1' } },
    ],
    ports: [{ name: '', port: 80, protocol: 'TCP' }],
  })
  const gateway = await aGateway(client, 0, () => realPort)
  const answer = await get(gateway.port, 'web.default.localhost')
  expect(answer.status).toBe(200)
  expect(JSON.parse(answer.body)).toMatchObject({ version: 'v1', pod: 'web-1', service: 'web' })
  expect((await get(gateway.port, 'nobody.localhost')).status).toBe(404)
  expect(prometheusText(await gateway.counts())).toContain(
    'response_status{namespace="default",route="services/web",host="web.default.localhost",service="web",rollout="",' +
      'rollouts_pod_template_hash="",app="",role="",version="",pod="web-1",status="200",source="user"} 1',
  )
  const seen = await told(gateway)
  expect(seen.series).toMatchObject([
    { namespace: 'default', route: 'services/web', service: 'web', hash: '', source: 'user' },
  ])
  expect(seen.slots.flatMap(({ rows }) => rows).map(row => row.slice(0, 3))).toEqual([[0, 1, 0]])
  expect((await demo.log('u1', 0))?.lines.at(-1)?.text).toMatch(/^GET \/ 200/)
  await demo.close('u1')
  expect((await get(gateway.port, 'web.default.localhost')).status).toBe(502)
})

test.skipIf(!isBuilt)(
  'a gateway port that is taken is refused with its code (needs the built files)',
  async () => {
    const client = await aClient()
    const { port } = await aGateway(client, 0, () => undefined)
    await expect(aGateway(client, port, () => undefined)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  },
)

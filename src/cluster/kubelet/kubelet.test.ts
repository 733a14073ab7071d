// The kubelet against an API server in memory, in virtual time: start, restart, ends in order.
import { setMaxListeners } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { SILENT } from '../../doors/silent-log.ts'
import { seededRandom } from '../../doors/random.ts'
import type { Pod } from '../../kube/core.ts'
import { POD } from '../../kube/kinds.ts'
import { fromJson } from '../../kube/object.ts'
import { aCluster } from '../resources/pipeline.suite.ts'
import { inProcessClient } from '../serve/in-process.ts'
import { startKubelet } from './kubelet.ts'
import type { PodServers } from './kubelet.ts'

const stops: AbortController[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort()
})

/** Servers as a list of what was asked of them. */
function recordedServers() {
  const said: string[] = []
  let port = 40_000
  const servers: PodServers = {
    async open({ name }) {
      said.push(`open ${name}`)
      return ++port
    },
    async close(uid) {
      said.push(`close ${uid.length > 0}`)
    },
  }
  return { said, servers }
}

async function aKubelet(cluster: Awaited<ReturnType<typeof aCluster>>, servers: PodServers) {
  const stop = new AbortController()
  setMaxListeners(0, stop.signal)
  stops.push(stop)
  const client = inProcessClient(cluster.resources)
  const doors = { clock: cluster.clock, random: seededRandom(1), log: SILENT, signal: stop.signal }
  const kubelet = startKubelet({ ...doors, client, servers, simulate: ['acme/web:*'] })
  return { kubelet, client, stop }
}

async function settled({ clock }: Awaited<ReturnType<typeof aCluster>>, ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 100) {
    await clock.advance(100)
    await new Promise(resolve => setImmediate(resolve))
  }
}

const web = fromJson({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default' },
  spec: { containers: [{ name: 'web', image: 'acme/web:v1' }] },
})
const ref = { kind: POD, name: 'web', namespace: 'default' }

test('a pod starts, survives a restart of the kubelet with a new port, and ends in order', async () => {
  const cluster = await aCluster()
  const first = recordedServers()
  const { kubelet, client, stop } = await aKubelet(cluster, first.servers)
  const podNow = async () => (await client.get(ref)) as Pod
  const settle = (ms: number) => settled(cluster, ms)
  await Promise.all([kubelet.ready, settle(300)])
  await client.write({ verb: 'create', object: web, why: 'set up' })
  await settle(2500)
  expect((await podNow()).status).toMatchObject({ phase: 'Pending', podIP: '10.88.0.2' })
  await settle(1500)
  const { status } = await podNow()
  expect(status?.phase).toBe('Running')
  expect(kubelet.addresses.resolve('10.88.0.2', 80)).toEqual({ host: '127.0.0.1', port: 40_001 })
  expect(first.said).toEqual(['open web'])

  stop.abort()
  const second = recordedServers()
  const restarted = await aKubelet(cluster, second.servers)
  await Promise.all([restarted.kubelet.ready, settle(300)])
  expect(second.said).toEqual(['open web'])
  expect(restarted.kubelet.addresses.resolve('10.88.0.2', 80)).toBeDefined()
  expect((await podNow()).status).toEqual(status)

  await client.write({ verb: 'delete', target: ref, why: 'end it' })
  expect((await podNow()).metadata.deletionTimestamp).toBeDefined()
  expect(second.said).toEqual(['open web'])
  await settle(1500)
  await expect(podNow()).rejects.toThrow('pods "web" not found')
  expect(new Set(second.said)).toEqual(new Set(['open web', 'close true']))
  expect(restarted.kubelet.addresses.resolve('10.88.0.2', 80)).toBeUndefined()
})

test('a kubelet that starts again does not wait for a pod that was ending', async () => {
  const cluster = await aCluster()
  const { kubelet, client, stop } = await aKubelet(cluster, recordedServers().servers)
  await Promise.all([kubelet.ready, settled(cluster, 300)])
  await client.write({ verb: 'create', object: web, why: 'set up' })
  await settled(cluster, 4000)
  stop.abort()
  await client.write({ verb: 'delete', target: ref, why: 'end it' })
  await settled(cluster, 2000)

  const restarted = await aKubelet(cluster, recordedServers().servers)
  let isReady = false
  void restarted.kubelet.ready.then(() => (isReady = true))
  await settled(cluster, 1000)
  expect(isReady).toBe(true)
})

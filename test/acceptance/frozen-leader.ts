// The controller as a process, stopped by SIGSTOP for a minute in the middle of an update while a peer, played by
// client-go's rules, takes the lease: after SIGCONT it sends not one write, and ends. A proxy sees every request.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { crds } from '../../src/api/crds.ts'
import { aServer, type TestedServer } from '../../src/cluster/serve/api-server.suite.ts'
import { inProcessClient } from '../../src/cluster/serve/in-process.ts'
import { LEASE, REPLICA_SET, ROLLOUT } from '../../src/kube/kinds.ts'
import { fromJson } from '../../src/kube/object.ts'
import type { Lease } from '../../src/runtime/leader.ts'
import { systemClock } from '../../src/runtime/system.ts'
import { goPeer } from '../go-peer.ts'
import { until } from './program.ts'

const SLEEP_SECONDS = Number(process.argv[2] ?? 60)
const AWAKE_SECONDS = 20
const HOME = 'argo-rollouts'
const DEMO = { kind: ROLLOUT, name: 'demo', namespace: 'default' }
const sleep = (seconds: number) => new Promise(resolve => setTimeout(resolve, seconds * 1000))

/** Plain HTTP before the server; notes `METHOD path` of each request that is no read. */
async function aProxy(server: TestedServer) {
  const writes: string[] = []
  const proxy = createServer((incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming
    if (method !== 'GET') writes.push(`${method} ${url}`)
    const { host: _, ...kept } = headers
    const at = { host: '127.0.0.1', port: server.port, servername: 'localhost', ca: server.ca, agent: false }
    const onward = request({ ...at, method, path: url, headers: kept }, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
      answer.on('error', () => outgoing.destroy())
    })
    onward.on('error', () => outgoing.destroy())
    outgoing.on('close', () => onward.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  const { port } = proxy.address() as AddressInfo
  const kubeconfig = join(server.folder, 'by-proxy')
  const cluster = { name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }
  const user = { name: 'u', user: { token: server.token } }
  const context = { name: 'x', context: { cluster: 'c', user: 'u' } }
  const parts = { clusters: [cluster], users: [user], contexts: [context], 'current-context': 'x' }
  writeFileSync(kubeconfig, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...parts }))
  return {
    writes,
    kubeconfig,
    close() {
      proxy.closeAllConnections()
      proxy.close()
    },
  }
}

function startController(kubeconfig: string) {
  const flags = [`--kubeconfig=${kubeconfig}`, '--metricsPort=0', '--healthzPort=0']
  const { POD_NAMESPACE: _, ...env } = process.env
  const child = spawn(process.execPath, ['dist/main/crossfade.js', 'controller', ...flags], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  process.on('exit', () => child.kill('SIGKILL'))
  return { child, ended: new Promise<void>(resolve => child.once('exit', () => resolve())) }
}

function demo(image: string) {
  const template = {
    metadata: { labels: { app: 'demo' } },
    spec: { containers: [{ name: 'c', image }] },
  }
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'demo', namespace: 'default' },
    spec: { replicas: 1, selector: { matchLabels: { app: 'demo' } }, strategy: { canary: {} }, template },
  }
}

const server = await aServer()
const client = inProcessClient(server.resources)
const create = (object: object) =>
  client.write({ verb: 'create', why: 'a user', object: fromJson(object as never) })
const setImage = (image: string) =>
  client.write({ verb: 'patch', why: 'a user', target: DEMO, patch: { spec: demo(image).spec } as never })
const lease = async () =>
  ((await client.list(LEASE, { namespace: HOME })).items[0] as Lease | undefined)?.spec
const replicaSets = async () => (await client.list(REPLICA_SET, { namespace: 'default' })).items.length

for (const definition of crds()) await create(definition)
await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: HOME } })
await create(demo('a:1'))
const proxy = await aProxy(server)
const { child, ended } = startController(proxy.kubeconfig)
await until('a first ReplicaSet', replicaSets, count => count === 1)
const held = await lease()
console.log('leads:', JSON.stringify(held))
const leaving = new AbortController()
const peer = goPeer({ client, clock: systemClock, namespace: HOME, signal: leaving.signal })
await sleep(5)
assert.equal(peer.leads(), false, 'the peer waits while ours renews')
await setImage('a:2')
await until('the update has begun', replicaSets, count => count === 2)
child.kill('SIGSTOP')
await setImage('a:3')
const before = proxy.writes.length
console.log(`stopped after ${before} writes`)
await until('the peer leads', async () => peer.leads(), Boolean, 40)
await sleep(Math.max(0, SLEEP_SECONDS - 20))
assert.equal(proxy.writes.length, before)
child.kill('SIGCONT')
await Promise.race([ended, sleep(AWAKE_SECONDS)])
await sleep(1)
const after = proxy.writes.slice(before)
console.log(`writes after waking: ${after.length} ${after.join(', ')}`)
assert.deepEqual(after, [])
assert.notEqual(child.exitCode, null, 'it ends')
assert.equal((await lease())?.holderIdentity, peer.identity)
console.log('the peer leads:', JSON.stringify(await lease()))
leaving.abort()
proxy.close()
await server.close()
console.log('frozen-leader: not one write after waking, and the process has ended')

// The kubelet against an API server in memory, in virtual time: start, restart, ends in order.
import { setMaxListeners } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { SILENT } from '../../doors/silent-log.ts'
import { seededRandom } from '../../doors/random.ts'
import type { Pod } from '../../kube/core.ts'
import { EVENT, POD, SECRET } from '../../kube/kinds.ts'
import { fromJson } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Client } from '../../runtime/network/client.ts'
import { compareText } from '../../std/compare.ts'
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

interface Told {
  readonly reason: string
  readonly message: string
  readonly count: number
  readonly source: { readonly component: string }
  readonly involvedObject: { readonly kind: string; readonly fieldPath?: string }
}

async function eventsOf(client: Client): Promise<readonly string[]> {
  const { items } = await client.list(EVENT, { namespace: 'default' })
  return (items as unknown as readonly Told[])
    .filter(one => one.involvedObject.kind === 'Pod')
    .toSorted((a, b) => compareText(nameOf(a), nameOf(b)))
    .map(({ source, reason, message, involvedObject: { fieldPath = '-' } }) =>
      [source.component, fieldPath, reason, message].join(' | '),
    )
}

const nameOf = (event: object) => (event as KubeObject).metadata.name

test("a pod's life is told as scheduler and kubelet tell it, each thing once", async () => {
  const cluster = await aCluster()
  const { client, stop } = await aKubelet(cluster, recordedServers().servers)
  await client.write({ verb: 'create', why: 'a pod', object: web })
  await settled(cluster, 5000)
  const whole = 'default-scheduler | - | '
  const part = 'kubelet | spec.containers{web} | '
  const born = [
    `${whole}Scheduled | Successfully assigned default/web to crossfade`,
    `${part}Pulled | Container image "acme/web:v1" already present on machine`,
    `${part}Created | Created container: web`,
    `${part}Started | Started container web`,
  ]
  expect(await eventsOf(client)).toEqual(born)
  stop.abort()
  const again = await aKubelet(cluster, recordedServers().servers)
  const unwell = { metadata: { annotations: { 'crossfade.dev/ready': 'false' } } }
  await settled(cluster, 5000)
  await client.write({ verb: 'patch', why: 'unwell', target: ref, patch: unwell })
  await settled(cluster, 1000)
  await client.write({ verb: 'delete', why: 'enough', target: ref })
  await settled(cluster, 5000)
  expect(await eventsOf(again.client)).toEqual([
    ...born,
    `${part}Unhealthy | Readiness probe failed: the annotation crossfade.dev/ready is "false"`,
    `${part}Killing | Stopping container web`,
  ])
})

test('a pod whose image cannot be had, and one that crashes, say so', async () => {
  const cluster = await aCluster()
  const { client } = await aKubelet(cluster, recordedServers().servers)
  const other = (name: string, container: object) =>
    fromJson({ ...web, metadata: { name, namespace: 'default' }, spec: { containers: [container] } } as never)
  const missing = other('a', { name: 'web', image: 'nope:v1' })
  const broken = other('b', { name: 'web', image: 'acme/web:v1', command: ['/bad-command'] })
  for (const object of [missing, broken]) await client.write({ verb: 'create', why: 'a pod', object })
  await settled(cluster, 10_000)
  const told = (await eventsOf(client)).map(line => line.split(' | ')).map(([, , reason]) => reason)
  expect(told.join(' ')).toBe('Scheduled Pulling Failed Failed BackOff Failed Scheduled BackOff')
})

describe('a pod that names what is not there', () => {
  const needing = (spec: object) =>
    fromJson({ ...web, metadata: { name: 'web', namespace: 'default' }, spec } as never)
  const container = { name: 'web', image: 'acme/web:v1' }
  const secretKey = { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'keys', key: 'token' } } }
  const map = fromJson({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'conf', namespace: 'default' },
  })
  const secret = (data: object) =>
    fromJson({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'keys', namespace: 'default' },
      data,
    } as never)

  async function started(pod: KubeObject) {
    const cluster = await aCluster()
    const { client } = await aKubelet(cluster, recordedServers().servers)
    const create = (object: KubeObject) => client.write({ verb: 'create', why: 'set up', object })
    await create(pod)
    await settled(cluster, 6000)
    const status = async () => ((await client.get(ref)) as Pod).status
    return { cluster, client, create, status }
  }

  const waiting = { phase: 'Pending', containerStatuses: [{ state: { waiting: {} } }] }

  test('as a volume is not started until it comes', async () => {
    const volumes = [{ name: 'v', configMap: { name: 'conf' } }]
    const { cluster, client, create, status } = await started(needing({ containers: [container], volumes }))
    expect(await status()).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }],
    })
    const told =
      'kubelet | - | FailedMount | MountVolume.SetUp failed for volume "v" : configmap "conf" not found'
    expect(await eventsOf(client)).toContain(told)
    await settled(cluster, 130_000)
    const mounts = (await eventsOf(client)).filter(line => line.includes('FailedMount'))
    expect(mounts).toEqual([told])
    await create(map)
    await settled(cluster, 1000)
    expect(await status()).toMatchObject({ phase: 'Running' })
  })

  test('in its environment waits with an error in its configuration', async () => {
    const env = [secretKey]
    const { cluster, client, create, status } = await started(
      needing({ containers: [{ ...container, env }] }),
    )
    const reason = 'CreateContainerConfigError'
    const message = 'secret "keys" not found'
    expect(await status()).toMatchObject({
      ...waiting,
      containerStatuses: [{ state: { waiting: { reason, message } } }],
    })
    expect(await eventsOf(client)).toContain(
      'kubelet | spec.containers{web} | Failed | Error: secret "keys" not found',
    )
    await create(secret({ other: 'eA==' }))
    await settled(cluster, 1000)
    const keyless = "couldn't find key token in Secret default/keys"
    expect(await status()).toMatchObject({
      containerStatuses: [{ state: { waiting: { reason, message: keyless } } }],
    })
    const data = { data: { token: 'eA==' } }
    const target = { kind: SECRET, name: 'keys', namespace: 'default' }
    await client.write({ verb: 'patch', why: 'mend it', target, patch: data })
    await settled(cluster, 1000)
    expect(await status()).toMatchObject({ phase: 'Running' })
  })

  test('and calls it optional starts without', async () => {
    const volumes = [{ name: 'v', configMap: { name: 'conf', optional: true } }]
    const { status } = await started(needing({ containers: [container], volumes }))
    expect(await status()).toMatchObject({ phase: 'Running' })
  })

  test('as a claim is not bound to the node until the claim comes', async () => {
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'disk' } }]
    const { cluster, client, status } = await started(needing({ containers: [container], volumes }))
    const message = '0/1 nodes are available: persistentvolumeclaim "disk" not found. not found'
    const unscheduled = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }
    expect(await status()).toMatchObject({ phase: 'Pending', conditions: [unscheduled] })
    expect(await eventsOf(client)).toEqual([`default-scheduler | - | FailedScheduling | ${message}`])
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
    const claim = { metadata: { name: 'disk' }, spec }
    const claims = cluster.resources.kind('', 'v1', 'persistentvolumeclaims')!
    await cluster.resources.create(claims, 'default', claim, {})
    await settled(cluster, 5000)
    expect(await status()).toMatchObject({ phase: 'Running', podIP: '10.88.0.2' })
  })
})

test.each([
  ['cpu', '1000'],
  ['memory', '9Ti'],
])('a pod that asks for more %s than the node has waits, and says for what', async (name, amount) => {
  const cluster = await aCluster()
  const { client } = await aKubelet(cluster, recordedServers().servers)
  const resources = { requests: { [name]: amount } }
  const containers = [{ name: 'web', image: 'acme/web:v1', resources }]
  const object = fromJson({ ...web, spec: { containers } } as never)
  await client.write({ verb: 'create', why: 'too much', object })
  await settled(cluster, 5000)
  const pod = (await client.get(ref)) as Pod
  expect([pod.status?.phase, pod.spec.nodeName, pod.status?.podIP]).toEqual(['Pending', undefined, undefined])
  expect(await eventsOf(client)).toEqual([
    `default-scheduler | - | FailedScheduling | 0/1 nodes are available: 1 Insufficient ${name}. no new claims to ` +
      'deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
  ])
  await client.write({ verb: 'delete', why: 'enough', target: ref })
  await expect(client.get(ref)).rejects.toThrow('not found')
})

// The whole plane in one process, in real time: live traffic goes on while selectors are switched and pods are scaled
// away; not one request may fail.
import { Agent, request as ask } from 'node:http'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { ReplicaSet } from '../src/kube/apps.ts'
import type { Endpoints } from '../src/kube/core.ts'
import { ENDPOINTS, POD, REPLICA_SET, SERVICE } from '../src/kube/kinds.ts'
import { fromJson } from '../src/kube/object.ts'
import type { Kind } from '../src/kube/object.ts'
import { startPlane } from './tools/plane.ts'
import type { Plane } from './tools/plane.ts'

let plane: Plane
beforeAll(async () => {
  plane = await startPlane({ simulate: ['acme/web:*'] })
})
afterAll(() => plane.stop())

const ref = (kind: Kind, name: string) => ({ kind, name, namespace: 'default' })

function replicaSet(version: string) {
  const labels = { app: 'web', version }
  return fromJson({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: `web-${version}`, namespace: 'default' },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: 'web', image: `acme/web:${version}`, ports: [{ containerPort: 8080 }] }],
        },
      },
    },
  })
}

const service = fromJson({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: { app: 'web', version: 'v1' }, ports: [{ port: 80, targetPort: 8080 }] },
})

const agent = new Agent({ keepAlive: true, maxSockets: 32 })

function get(): Promise<{ status: number; version: string; pod: string }> {
  const headers = { host: 'web.default.localhost', accept: 'application/json' }
  return new Promise((resolve, reject) => {
    ask({ host: '127.0.0.1', port: plane.port, agent, headers }, answer => {
      let body = ''
      answer.setEncoding('utf8').on('data', part => (body += part))
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, ...JSON.parse(body) }))
    })
      .once('error', reject)
      .end()
  })
}

const until = (isTrue: () => boolean | Promise<boolean>) =>
  vi.waitUntil(isTrue, { timeout: 15_000, interval: 2 })

const availableOf = async (name: string) => {
  const found = (await plane.client.get(ref(REPLICA_SET, name))) as ReplicaSet
  return found.status?.availableReplicas ?? 0
}

const change = (kind: Kind, name: string, patch: object) =>
  plane.client.write({ verb: 'patch', target: ref(kind, name), patch: patch as never, why: `change ${name}` })

test('switches and scale-downs under load lose no request', async () => {
  for (const object of [service, replicaSet('v1'), replicaSet('v2')])
    await plane.client.write({ verb: 'create', object, why: 'set up' })
  await until(async () => (await availableOf('web-v1')) === 2 && (await availableOf('web-v2')) === 2)
  await until(async () => (await get()).status === 200)

  const answers: { status: number; version: string; pod: string }[] = []
  const failures: unknown[] = []
  const load = new AbortController()
  const client = async (): Promise<void> => {
    while (!load.signal.aborted) {
      await get().then(
        answer => (answer.status === 200 ? answers.push(answer) : failures.push(answer)),
        error => failures.push(error),
      )
    }
  }
  const clients = Array.from({ length: 8 }, client)
  const goesOn = async () => {
    const enough = answers.length + 50
    await until(() => answers.length >= enough)
  }

  for (const version of ['v2', 'v1', 'v2', 'v1', 'v2']) {
    await change(SERVICE, 'web', { spec: { selector: { version } } })
    await until(async () => (await get()).version === version)
    await goesOn()
  }
  await change(REPLICA_SET, 'web-v1', { spec: { replicas: 0 } })
  await change(REPLICA_SET, 'web-v2', { spec: { replicas: 1 } })
  await until(async () => (await plane.client.list(POD, { namespace: 'default' })).items.length === 1)
  await goesOn()

  const [last] = (await plane.client.list(POD, { namespace: 'default' })).items
  await plane.client.write({ verb: 'delete', target: ref(POD, last!.metadata.name), why: 'lose a pod' })
  await until(async () => {
    const { items } = await plane.client.list(POD, { namespace: 'default' })
    return items.length === 1 && items[0]?.metadata.name !== last?.metadata.name
  })
  await until(async () => (await availableOf('web-v2')) === 1 && (await get()).status === 200)
  load.abort()
  await Promise.all(clients)

  // While the only pod ends and its successor starts, a Service has nobody: the answer says so, and nothing else fails.
  expect(failures.filter(one => (one as { status?: number }).status !== 503)).toEqual([])
  expect(answers.length).toBeGreaterThan(100)
  expect(new Set(answers.map(answer => answer.version))).toEqual(new Set(['v1', 'v2']))
  const endpoints = (await plane.client.get(ref(ENDPOINTS, 'web'))) as Endpoints
  expect(endpoints.subsets?.[0]?.addresses).toHaveLength(1)
}, 60_000)

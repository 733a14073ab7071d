// Which Services measurements reach, and what they are told of the others.
import type { Duplex } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { aCluster } from '../../cluster/resources/pipeline.suite.ts'
import { inProcessClient } from '../../cluster/serve/in-process.ts'
import { fromJson } from '../../kube/object.ts'
import type { Json } from '../../std/json.ts'
import { isNear, nearConnections } from './near.ts'

const NEVER = new AbortController().signal

async function world(...objects: readonly Json[]) {
  const client = inProcessClient((await aCluster()).resources)
  for (const object of objects)
    await client.write({ verb: 'create', object: fromJson(object), why: 'a world' })
  const dialled: string[] = []
  const system = {
    connect({ host, port }: { host: string; port: number }) {
      dialled.push(`${host}:${port}`)
      return Promise.resolve({} as Duplex)
    },
    secure: (socket: Duplex) => Promise.resolve(socket),
  }
  const resolve = (address: string, port: number) =>
    address === '10.88.0.9' ? undefined : { host: address, port: port + 1 }
  const { connect } = nearConnections({ client, system, resolve })
  return async (host: string, port = 80) => {
    await connect({ host, port, tls: undefined }, NEVER)
    return dialled.at(-1)
  }
}

const service = (name: string, spec: Json): Json => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec,
})
const METRICS = service('metrics', { ports: [{ name: 'http', port: 80, targetPort: 9090 }] })
const slice = (address: string): Json => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    name: `m-${address}`,
    namespace: 'default',
    labels: { 'kubernetes.io/service-name': 'metrics' },
  },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 9090, protocol: 'TCP' }],
  endpoints: [{ addresses: [address], conditions: { ready: true } }],
})

test.each(['metrics.default', 'metrics.default.svc', 'metrics.default.svc.cluster.local'])(
  '%s leads to an endpoint of the Service',
  async host => {
    const dial = await world(METRICS, slice('10.88.0.9'), slice('10.88.0.7'))
    expect(await dial(host)).toBe('10.88.0.7:9091')
  },
)

test('an ExternalName is followed, within the cluster and out of it', async () => {
  const dial = await world(
    METRICS,
    slice('10.88.0.7'),
    service('alias', { type: 'ExternalName', externalName: 'metrics.default.svc.cluster.local' }),
    service('away', { type: 'ExternalName', externalName: 'prometheus.example.com' }),
  )
  expect(await dial('alias.default.svc')).toBe('10.88.0.7:9091')
  expect(await dial('away.default.svc')).toBe('prometheus.example.com:80')
})

describe('what cannot be reached is said', () => {
  test.each([
    ['nobody.default.svc', 80, 'there is no Service default/nobody'],
    ['metrics.default.svc', 81, 'Service default/metrics has no port 81'],
    ['metrics.default.svc', 80, 'Service default/metrics has no ready endpoint'],
    ['circle.default.svc', 80, 'leads round in circles'],
  ])('%s:%i', async (host, port, why) => {
    const circle = service('circle', { type: 'ExternalName', externalName: 'circle.default.svc' })
    const dial = await world(METRICS, slice('10.88.0.9'), circle)
    await expect(dial(host, port)).rejects.toThrow(why)
  })
})

test('other names are left to the system, and may go by a proxy', async () => {
  const dial = await world(METRICS)
  for (const host of ['example.com', 'prometheus.example.com', '127.0.0.1']) {
    expect(await dial(host)).toBe(`${host}:80`)
    expect(isNear(host)).toBe(false)
  }
  expect(isNear('metrics.default.svc.cluster.local')).toBe(true)
})

// The Service that metrics are asked at: what answers runs outside of any pod, so its EndpointSlice says where.
import { KubeError } from '../../kube/errors.ts'
import { ENDPOINT_SLICE } from '../../kube/kinds.ts'
import { fromJson } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Client } from '../../runtime/network/client.ts'
import type { Json } from '../../std/json.ts'

const NAMESPACE = 'crossfade-system'
const NAME = 'crossfade-metrics'

export async function placeMetricsService(client: Client, port: number): Promise<void> {
  await ensured(client, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } })
  const metadata = { name: NAME, namespace: NAMESPACE }
  const spec = { ports: [{ name: 'http', port: 80, targetPort: port, protocol: 'TCP' }] }
  await ensured(client, { apiVersion: 'v1', kind: 'Service', metadata, spec })
  const ports = [{ name: 'http', port, protocol: 'TCP' }]
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, labels: { 'kubernetes.io/service-name': NAME } },
    addressType: 'IPv4',
    ports,
    endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
  }
  const isNew = await ensured(client, slice)
  if (isNew) return
  const target = { kind: ENDPOINT_SLICE, ...metadata }
  await client.write({ verb: 'patch', why: 'the metrics are at another port', target, patch: { ports } })
}

/** Where Argo's tutorials expect Prometheus. */
export async function placePrometheusAlias(client: Client): Promise<void> {
  const namespace = 'prom'
  await ensured(client, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  await ensured(client, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'prom-release-prometheus-server', namespace },
    spec: { type: 'ExternalName', externalName: `${NAME}.${NAMESPACE}.svc.cluster.local` },
  })
}

/** True when it was not there. */
async function ensured(client: Client, object: Json): Promise<boolean> {
  const made: KubeObject = fromJson(object)
  try {
    await client.write({ verb: 'create', object: made, why: `make ${made.kind} ${made.metadata.name}` })
    return true
  } catch (error) {
    if (error instanceof KubeError && error.reason === 'AlreadyExists') return false
    throw error
  }
}

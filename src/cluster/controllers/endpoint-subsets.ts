// The Endpoints object of a Service: addresses that share their ports in one subset, ready and not ready apart, sorted.
import { compareText } from '../../std/compare.ts'
import type { EndpointAddress, Endpoints, Pod, Service } from '../../kube/core.ts'
import { mergeDiff } from '../../kube/diff.ts'
import { ENDPOINTS } from '../../kube/kinds.ts'
import { asJson, refOf } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { endpointPorts } from './endpoint-ports.ts'
import type { EndpointPort } from './endpoint-ports.ts'
import { HEADLESS, isHeadless } from './endpoint-slices.ts'
import { isReady } from './pod-readiness.ts'

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by'
const MANAGER = 'endpoint-controller'
const CAPACITY = 1000
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity'

type Subset = NonNullable<Endpoints['subsets']>[number]

interface Address {
  readonly address: EndpointAddress
  readonly isReady: boolean
}

export function endpointsWrites(
  service: Service,
  pods: readonly Pod[],
  found: Endpoints | undefined,
): Write[] {
  const subsets = subsetsOf(service, pods)
  const labels = labelsOf(service)
  const isTruncated = subsets.reduce((sum, subset) => sum + sizeOf(subset), 0) >= CAPACITY
  if (found === undefined) {
    if (service.metadata.deletionTimestamp !== undefined) return []
    return [createdEndpoints(service, subsets, labels)]
  }
  const before = {
    metadata: { labels: found.metadata.labels ?? {}, annotations: found.metadata.annotations ?? {} },
    subsets: found.subsets ?? [],
  }
  const { [OVER_CAPACITY]: _, ...annotations } = before.metadata.annotations
  const after = {
    metadata: {
      labels,
      annotations: { ...annotations, ...(isTruncated && { [OVER_CAPACITY]: 'truncated' }) },
    },
    subsets,
  }
  const patch = mergeDiff(asJson(before), asJson(after))
  if (patch === undefined) return []
  return [
    { verb: 'patch', target: refOf(ENDPOINTS, found), patch, why: `endpoints of ${service.metadata.name}` },
  ]
}

/** Endpoints whose Service has gone; those that somebody made by hand stay. */
export function leftoverWrites(found: Endpoints): Write[] {
  if (found.metadata.labels?.[MANAGED_BY] !== MANAGER) return []
  return [
    {
      verb: 'delete',
      target: refOf(ENDPOINTS, found),
      why: `delete endpoints of ${found.metadata.name}, which is no more`,
    },
  ]
}

function createdEndpoints(
  service: Service,
  subsets: readonly Subset[],
  labels: Readonly<Record<string, string>>,
): Write {
  const { name, namespace = '' } = service.metadata
  const object: Endpoints = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name, namespace, labels },
    subsets,
  }
  return { verb: 'create', object, why: `create endpoints of ${name}` }
}

function labelsOf(service: Service): Readonly<Record<string, string>> {
  const { [HEADLESS]: _, ...own } = service.metadata.labels ?? {}
  return { ...own, ...(isHeadless(service) && { [HEADLESS]: '' }), [MANAGED_BY]: MANAGER }
}

/** Addresses by port first, then ports by their addresses: the canonical layout that Kubernetes packs. */
function subsetsOf(service: Service, pods: readonly Pod[]): readonly Subset[] {
  const tolerates = service.spec.publishNotReadyAddresses === true
  const included = pods
    .filter(pod => tolerates || pod.metadata.deletionTimestamp === undefined)
    .toSorted((a, b) => compareText(ipOf(a), ipOf(b)) || compareText(uidOf(a), uidOf(b)))
    .slice(0, CAPACITY)
  if ((service.spec.ports ?? []).length === 0) {
    if (!isHeadless(service) || included.length === 0) return []
    return [subsetOf(included.map(pod => addressOf(service, pod)))]
  }
  const byPort = new Map<string, { port: EndpointPort; addresses: Address[] }>()
  for (const pod of included) {
    for (const port of endpointPorts(service, pod)) {
      const entry = byPort.get(JSON.stringify(port)) ?? { port, addresses: [] }
      entry.addresses.push(addressOf(service, pod))
      byPort.set(JSON.stringify(port), entry)
    }
  }
  const byAddresses = new Map<string, { ports: EndpointPort[]; addresses: readonly Address[] }>()
  for (const { port, addresses } of byPort.values()) {
    const key = JSON.stringify(addresses)
    const entry = byAddresses.get(key) ?? { ports: [], addresses }
    entry.ports.push(port)
    byAddresses.set(key, entry)
  }
  return [...byAddresses.values()].map(({ addresses, ports }) => subsetOf(addresses, ports))
}

function subsetOf(addresses: readonly Address[], ports: readonly EndpointPort[] = []): Subset {
  const pick = (wanted: boolean) => addresses.filter(one => one.isReady === wanted).map(one => one.address)
  const [ready, notReady] = [pick(true), pick(false)]
  return {
    ...(ready.length > 0 && { addresses: ready }),
    ...(notReady.length > 0 && { notReadyAddresses: notReady }),
    ...(ports.length > 0 && {
      ports: ports.map(({ name, ...port }) => ({ ...(name !== '' && { name }), ...port })),
    }),
  }
}

function addressOf(service: Service, pod: Pod): Address {
  const { hostname, subdomain, nodeName } = pod.spec as Pod['spec'] & {
    hostname?: string
    subdomain?: string
  }
  const address = {
    ip: ipOf(pod),
    ...(hostname && subdomain === service.metadata.name && { hostname }),
    ...(nodeName && { nodeName }),
    targetRef: {
      kind: 'Pod',
      namespace: pod.metadata.namespace ?? '',
      name: pod.metadata.name,
      uid: uidOf(pod),
    },
  }
  return { address, isReady: service.spec.publishNotReadyAddresses === true || isReady(pod) }
}

function ipOf(pod: Pod): string {
  return pod.status?.podIP ?? ''
}

function uidOf(pod: Pod): string {
  return pod.metadata.uid ?? ''
}

function sizeOf(subset: Subset): number {
  return (subset.addresses?.length ?? 0) + (subset.notReadyAddresses?.length ?? 0)
}

// The EndpointSlices of a Service: endpoints grouped by the ports that they serve, at most a hundred in a slice. An
// endpoint keeps its place and its slice, so that a change of the Service's selector is one write.
import { SLICE_SERVICE } from '../../kube/core.ts'
import type { EndpointSlice, Pod, Service } from '../../kube/core.ts'
import { mergeDiff } from '../../kube/diff.ts'
import { ENDPOINT_SLICE } from '../../kube/kinds.ts'
import { apiVersionOf, asJson, refOf } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { endpointPorts } from './endpoint-ports.ts'
import type { EndpointPort } from './endpoint-ports.ts'
import { isReady } from './pod-readiness.ts'
import { randomName } from './random-name.ts'

export const HEADLESS = 'service.kubernetes.io/headless'
const SLICE_MANAGER = 'endpointslice-controller.k8s.io'
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
const RESERVED = [SLICE_SERVICE, HEADLESS, MANAGED_BY]
const SLICE_SIZE = 100

type Endpoint = EndpointSlice['endpoints'][number]

interface Content {
  readonly ports: readonly EndpointPort[]
  readonly endpoints: readonly Endpoint[]
}

/** A slice as it should be: an existing one with this content, or a new one. */
interface Wanted extends Content {
  readonly slice: EndpointSlice | undefined
}

export interface SliceInput {
  readonly service: Service
  /** Pods that the Service selects and that have an address. */
  readonly pods: readonly Pod[]
  /** The slices that this controller manages for it. */
  readonly slices: readonly EndpointSlice[]
  /** Draws the names of new slices. */
  readonly seed: string
}

export function sliceWrites({ service, pods, slices, seed }: SliceInput): Write[] {
  const { wanted, left } = placed(groupsByPorts(service, pods), slices)
  const isLeaving = service.metadata.deletionTimestamp !== undefined
  return [
    ...wanted.flatMap(({ slice, ...content }, i) => {
      if (slice !== undefined) return updated(service, slice, content)
      return isLeaving ? [] : [created(service, content, `${seed}/${i}`)]
    }),
    ...left.map(removed),
  ]
}

/** The groups without their places. A Service that selects nobody has one group, empty. */
function groupsByPorts(service: Service, pods: readonly Pod[]): readonly Content[] {
  const groups = new Map<string, { ports: readonly EndpointPort[]; endpoints: Endpoint[] }>()
  for (const pod of pods) {
    const ports = endpointPorts(service, pod)
    const key = JSON.stringify(ports)
    const group = groups.get(key) ?? { ports, endpoints: [] }
    group.endpoints.push(endpointOf(service, pod))
    groups.set(key, group)
  }
  return groups.size > 0 ? [...groups.values()] : [{ ports: [], endpoints: [] }]
}

function endpointOf(service: Service, pod: Pod): Endpoint {
  const serving = isReady(pod)
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const { hostname, subdomain, nodeName } = pod.spec as Pod['spec'] & {
    hostname?: string
    subdomain?: string
  }
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: {
      ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating),
      serving,
      terminating,
    },
    ...(hostname && subdomain === service.metadata.name && { hostname }),
    ...(nodeName && { nodeName }),
    targetRef: {
      kind: 'Pod',
      namespace: pod.metadata.namespace ?? '',
      name: pod.metadata.name,
      uid: pod.metadata.uid ?? '',
    },
  }
}

/** Groups find the slices that have their ports; what then lacks a slice takes over one that is left. */
function placed(groups: readonly Content[], slices: readonly EndpointSlice[]) {
  const isPortless = (slice: EndpointSlice) => (slice.ports ?? []).length === 0
  const matched = groups.map(group => ({
    group,
    own: slices.filter(slice => JSON.stringify(slice.ports ?? []) === JSON.stringify(group.ports)),
  }))
  const taken = new Set(matched.flatMap(({ own }) => own))
  const left = slices.filter(slice => !taken.has(slice)).toSorted((a, b) => +isPortless(b) - +isPortless(a))
  const wanted: Wanted[] = []
  for (const { group, own } of matched) {
    const filled = filledSlices(group, own)
    wanted.push(...filled.map(one => ({ ...one, slice: one.slice ?? left.shift() })))
    left.push(...own.filter(slice => !filled.some(one => one.slice === slice)))
  }
  return { wanted, left }
}

function filledSlices(group: Content, own: readonly EndpointSlice[]): readonly Wanted[] {
  const byUid = new Map(group.endpoints.map(endpoint => [uidOf(endpoint), endpoint]))
  const kept = own.map(slice => {
    const endpoints = (slice.endpoints ?? []).flatMap(endpoint => {
      const fresh = byUid.get(uidOf(endpoint))
      byUid.delete(uidOf(endpoint))
      return fresh === undefined ? [] : [fresh]
    })
    return { slice: slice as EndpointSlice | undefined, endpoints }
  })
  const fresh = [...byUid.values()]
  for (const one of kept) one.endpoints.push(...fresh.splice(0, SLICE_SIZE - one.endpoints.length))
  while (fresh.length > 0 || kept.length === 0)
    kept.push({ slice: undefined, endpoints: fresh.splice(0, SLICE_SIZE) })
  const inUse = kept.filter(one => one.endpoints.length > 0)
  return (inUse.length > 0 ? inUse : kept.slice(0, 1)).map(one => ({ ...one, ports: group.ports }))
}

function uidOf(endpoint: Endpoint): string {
  return endpoint.targetRef?.uid ?? endpoint.addresses.join()
}

function labelsOf(service: Service): Record<string, string> {
  const own = Object.entries(service.metadata.labels ?? {}).filter(([name]) => !RESERVED.includes(name))
  return {
    ...Object.fromEntries(own),
    [MANAGED_BY]: SLICE_MANAGER,
    [SLICE_SERVICE]: service.metadata.name,
    ...(isHeadless(service) && { [HEADLESS]: '' }),
  }
}

export function isHeadless(service: Service): boolean {
  return (service.spec.clusterIP ?? 'None') === 'None' || service.spec.clusterIP === ''
}

/** Whether this controller made the slice, and not somebody else for the same Service. */
export function isManagedSlice(slice: EndpointSlice): boolean {
  return slice.metadata.labels?.[MANAGED_BY] === SLICE_MANAGER
}

function created(service: Service, { ports, endpoints }: Content, seed: string): Write {
  const generateName = `${service.metadata.name}-`
  const slice = {
    apiVersion: apiVersionOf(ENDPOINT_SLICE),
    kind: ENDPOINT_SLICE.kind,
    metadata: {
      name: randomName(generateName, seed),
      generateName,
      namespace: service.metadata.namespace ?? '',
      labels: labelsOf(service),
      ownerReferences: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          name: service.metadata.name,
          uid: service.metadata.uid ?? '',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    addressType: 'IPv4',
    endpoints,
    ports,
  }
  const object: EndpointSlice = slice
  return { verb: 'create', object, why: `create endpoint slice ${slice.metadata.name}` }
}

function updated(service: Service, slice: EndpointSlice, { ports, endpoints }: Content): Write[] {
  const { labels = {} } = slice.metadata
  const before = {
    metadata: { labels },
    endpoints: slice.endpoints ?? [],
    ports: slice.ports ?? [],
  }
  const after = { metadata: { labels: labelsOf(service) }, endpoints, ports }
  const patch = mergeDiff(asJson(before), asJson(after))
  if (patch === undefined) return []
  const why = `endpoints of ${service.metadata.name}: ${described(endpoints)}`
  return [{ verb: 'patch', target: refOf(ENDPOINT_SLICE, slice), patch, why }]
}

function removed(slice: EndpointSlice): Write {
  const why = `delete endpoint slice ${slice.metadata.name}`
  return { verb: 'delete', target: refOf(ENDPOINT_SLICE, slice), why }
}

function described(endpoints: readonly Endpoint[]): string {
  const ready = endpoints.filter(endpoint => endpoint.conditions?.ready === true).length
  return `${ready} of ${endpoints.length} ready`
}

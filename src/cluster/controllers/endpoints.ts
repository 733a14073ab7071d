// The endpoints controller: for every Service with a selector, EndpointSlices (which the gateway follows, so they are
// written first) and the older Endpoints object. After a change of a selector this is the next station of the walk.
import type { Cache } from '../../kube/cache.ts'
import { SLICE_SERVICE } from '../../kube/core.ts'
import type { Endpoints, EndpointSlice, Pod, Service } from '../../kube/core.ts'
import { ENDPOINT_SLICE, ENDPOINTS, POD, SERVICE } from '../../kube/kinds.ts'
import { keyOf, parseKey } from '../../kube/object.ts'
import type { Key, KubeObject } from '../../kube/object.ts'
import type { Reconciler } from '../../kube/reconciler.ts'
import { equal } from '../../std/equal.ts'
import type { Instant } from '../../std/instant.ts'
import { isManagedSlice, sliceWrites } from './endpoint-slices.ts'
import { endpointsWrites, leftoverWrites } from './endpoint-subsets.ts'
import { isFinished, isReady } from './pod-readiness.ts'

const SLICES_OF_SERVICE = 'slices-of-service'

export interface EndpointsSnapshot {
  readonly now: Instant
  /** Undefined when the Service has gone. */
  readonly service: Service | undefined
  readonly pods: readonly Pod[]
  readonly slices: readonly EndpointSlice[]
  readonly endpoints: Endpoints | undefined
}

export const endpoints: Reconciler<EndpointsSnapshot> = {
  kind: SERVICE,
  indices: { [SLICES_OF_SERVICE]: { of: ENDPOINT_SLICE, values: slice => keysOfSlice(slice) } },
  watches: [
    { kind: SERVICE, keysFor: (now, before) => [keyOf((now ?? before) as KubeObject)] },
    { kind: ENDPOINTS, keysFor: (now, before) => [keyOf((now ?? before) as KubeObject)] },
    { kind: ENDPOINT_SLICE, keysFor: (now, before) => keysOfSlice((now ?? before) as KubeObject) },
    {
      kind: POD,
      keysFor: (now, before, cache) => {
        const pods = [now as Pod | undefined, before as Pod | undefined]
        if (equal(whatMatters(pods[0]), whatMatters(pods[1]))) return []
        return [...new Set(pods.flatMap(pod => (pod ? keysOfPod(pod, cache) : [])))]
      },
    },
  ],
  gather(key, cache, now) {
    const { namespace, name } = parseKey(key)
    const service = cache.get<Service>({ kind: SERVICE, namespace, name })
    const found = cache.get<Endpoints>({ kind: ENDPOINTS, namespace, name })
    if (service === undefined && found === undefined) return undefined
    return {
      now,
      service,
      pods: cache.list<Pod>(POD, namespace).filter(pod => service !== undefined && selects(service, pod)),
      slices: cache.by<EndpointSlice>(ENDPOINT_SLICE, SLICES_OF_SERVICE, key),
      endpoints: found,
    }
  },
  decide({ now, service, pods, slices, endpoints: found }) {
    if (service === undefined) return { writes: found === undefined ? [] : leftoverWrites(found) }
    // Services of type ExternalName, and those without a selector, get their endpoints from somebody else.
    if (service.spec.type === 'ExternalName' || service.spec.selector === undefined) return { writes: [] }
    const addressed = pods.filter(pod => !isFinished(pod) && (pod.status?.podIP ?? '') !== '')
    const { uid, resourceVersion } = service.metadata
    const own = slices.filter(slice => slice.metadata.ownerReferences?.some(owner => owner.uid === uid))
    const seed = [uid, resourceVersion, now, ...slices.map(slice => slice.metadata.name)].join('/')
    return {
      writes: [
        ...sliceWrites({ service, pods: addressed, slices: own, seed }),
        ...endpointsWrites(service, addressed, found),
      ],
    }
  },
}

function selects(service: Service, pod: Pod): boolean {
  const { selector } = service.spec
  if (selector === undefined) return false
  return Object.entries(selector).every(([name, value]) => pod.metadata.labels?.[name] === value)
}

/** What of a pod can change its endpoints. */
function whatMatters(pod: Pod | undefined): unknown {
  if (pod === undefined) return undefined
  return {
    uid: pod.metadata.uid,
    labels: pod.metadata.labels,
    ip: pod.status?.podIP,
    isReady: isReady(pod),
    isFinished: isFinished(pod),
    isLeaving: pod.metadata.deletionTimestamp !== undefined,
    node: pod.spec.nodeName,
  }
}

function keysOfPod(pod: Pod, cache: Cache): readonly Key[] {
  return cache
    .list<Service>(SERVICE, pod.metadata.namespace ?? '')
    .filter(service => selects(service, pod))
    .map(keyOf)
}

function keysOfSlice(slice: KubeObject): readonly Key[] {
  const service = slice.metadata.labels?.[SLICE_SERVICE]
  if (service === undefined || !isManagedSlice(slice as EndpointSlice)) return []
  return [`${slice.metadata.namespace ?? ''}/${service}`]
}

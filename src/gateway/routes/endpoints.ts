// Who is behind a Service's port now: its EndpointSlices, with real addresses, and for counts each pod's app, role and
// version. The answer to every route family's "where to".
import { POD_TEMPLATE_HASH } from '../../api/words.ts'
import { SLICE_SERVICE } from '../../kube/core.ts'
import type { Container, EndpointSlice, LabelSelector, Pod, Service, ServicePort } from '../../kube/core.ts'
import type { KubeObject } from '../../kube/object.ts'
import { matches } from '../../kube/selector.ts'
import type { Labels } from '../../kube/selector.ts'
import type { JsonObject } from '../../std/json.ts'
import { revisionsOfTemplates } from './experiment-revisions.ts'
import type { Endpoint } from './route.ts'

/** The objects that routes are made of, as the cache has them. */
export interface RouteInput {
  readonly services: readonly Service[]
  readonly slices: readonly EndpointSlice[]
  readonly pods: readonly Pod[]
  /** What says the role of a pod where its labels do not. */
  readonly rollouts: readonly KubeObject[]
  /** What says of which revision the pods of their templates are. */
  readonly experiments: readonly KubeObject[]
  /** Where (podIP, port) really is; undefined: nothing listens there. */
  resolve(podIP: string, port: number): { readonly host: string; readonly port: number } | undefined
}

export interface Backends {
  /** Why there is no such Service or port; undefined: it is there, whoever may be behind it. */
  problem(namespace: string, service: string, port?: number | string): string | undefined
  /** Undefined: no such Service or port. */
  endpoints(namespace: string, service: string, port?: number | string): readonly Endpoint[] | undefined
  /** Those of them whose pods have all of these labels. */
  labelled(endpoints: readonly Endpoint[], namespace: string, labels: JsonObject): readonly Endpoint[]
}

type SliceEndpoint = EndpointSlice['endpoints'][number]

export function backendsOf(input: RouteInput): Backends {
  const services = new Map(input.services.map(service => [nameOf(service), service]))
  const pods = new Map(input.pods.map(pod => [nameOf(pod), pod]))
  const slices = new Map<string, EndpointSlice[]>()
  for (const slice of input.slices) {
    const key = `${slice.metadata.namespace ?? ''}/${slice.metadata.labels?.[SLICE_SERVICE] ?? ''}`
    slices.set(key, [...(slices.get(key) ?? []), slice])
  }
  const revisions = {
    byHash: revisionsByHash(input.rollouts),
    ownerOf: ownersBySelector(input.rollouts),
  }
  const ofExperiments = revisionsOfTemplates(input.experiments)
  const known = new Map<string, readonly Endpoint[]>()
  const addressed = (namespace: string, one: SliceEndpoint, port: number): Endpoint[] => {
    const [ip = ''] = one.addresses
    const real = input.resolve(ip, port)
    const pod = pods.get(`${namespace}/${one.targetRef?.name ?? ''}`)
    if (real === undefined) return []
    const identity = identityOf(pod, one.targetRef?.name ?? ip, revisions)
    const revision = ofExperiments.get(`${namespace}/${identity.hash}`) ?? identity.revision
    return [{ ...identity, revision, ...real }]
  }
  return {
    problem(namespace, name, port) {
      const service = services.get(`${namespace}/${name}`)
      if (service === undefined) return `Service ${namespace}/${name} does not exist`
      if (portOf(service, port) !== undefined) return undefined
      return `Service ${namespace}/${name} has no port${port === undefined ? '' : ` ${port}`}`
    },
    endpoints(namespace, name, port) {
      const service = services.get(`${namespace}/${name}`)
      const servicePort = service === undefined ? undefined : portOf(service, port)
      if (servicePort === undefined) return undefined
      const key = `${namespace}/${name}:${servicePort.name ?? ''}`
      const found =
        known.get(key) ??
        usable(slices.get(`${namespace}/${name}`) ?? [], servicePort).flatMap(({ endpoint, number }) =>
          addressed(namespace, endpoint, number),
        )
      known.set(key, found)
      return found
    },
    labelled: (endpoints, namespace, labels) =>
      endpoints.filter(({ pod }) => {
        const own = pods.get(`${namespace}/${pod}`)?.metadata.labels ?? {}
        return Object.entries(labels).every(([name, value]) => own[name] === value)
      }),
  }
}

function nameOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`
}

/** By number or name; the first one when nothing is asked for. */
function portOf(service: Service, wanted: number | string | undefined): ServicePort | undefined {
  const ports = service.spec.ports ?? []
  if (wanted === undefined) return ports[0]
  return ports.find(port => port.port === wanted || port.name === wanted)
}

/** The ready ones; when there is none, those that end but still serve, as kube-proxy does. */
function usable(slices: readonly EndpointSlice[], port: ServicePort) {
  const all = slices.flatMap(slice => {
    const number = (slice.ports ?? []).find(one => (one.name ?? '') === (port.name ?? ''))?.port
    return number === undefined ? [] : (slice.endpoints ?? []).map(endpoint => ({ endpoint, number }))
  })
  const ready = all.filter(({ endpoint }) => endpoint.conditions?.ready !== false)
  if (ready.length > 0) return ready
  return all.filter(({ endpoint: { conditions } }) => conditions?.serving && conditions.terminating)
}

function identityOf(pod: Pod | undefined, name: string, { byHash, ownerOf }: Revisions) {
  const labels = pod?.metadata.labels ?? {}
  const namespace = pod?.metadata.namespace ?? ''
  const hash = labels[POD_TEMPLATE_HASH] ?? ''
  const found = byHash
    .get(`${namespace}/${hash}`)
    ?.find(one => one.selector === undefined || matches(one.selector, labels))
  const { rollout, role } = found ?? { rollout: hash === '' ? '' : ownerOf(namespace, labels), role: '' }
  return {
    pod: name,
    rollout,
    hash,
    // Whose labels alone say that it is the Rollout's may be of an experiment that has not told its hashes yet.
    revision: found === undefined ? '' : `${rollout}/${hash}`,
    app: labels['app'] ?? labels['app.kubernetes.io/name'] ?? '',
    role: labels['role'] ?? role,
    version: labels['version'] ?? labels['app.kubernetes.io/version'] ?? tagOf(pod?.spec.containers[0]),
  }
}

function tagOf(container: Container | undefined): string {
  const image = (container?.image ?? '').split('@')[0] ?? ''
  return image.slice(image.lastIndexOf('/') + 1).split(':')[1] ?? ''
}

interface RolloutParts {
  readonly spec?: {
    readonly selector?: LabelSelector
    readonly strategy?: { readonly blueGreen?: unknown }
  }
  readonly status?: { readonly stableRS?: string; readonly currentPodHash?: string }
}

interface Revision {
  readonly rollout: string
  /** Active and preview, or stable and canary. */
  readonly role: string
  readonly selector: LabelSelector | undefined
}

interface Revisions {
  /** By `namespace/hash`: Rollouts with the same template have the same hash, and their selectors tell them apart. */
  readonly byHash: ReadonlyMap<string, readonly Revision[]>
  /** Of the pods of a revision that is neither the stable nor the new one, and has no role; '' where there is none. */
  ownerOf(namespace: string, labels: Labels): string
}

/** Pods of one ReplicaSet have the same labels: they are asked about once. */
function ownersBySelector(rollouts: readonly KubeObject[]): Revisions['ownerOf'] {
  const known = new Map<string, string>()
  return (namespace, labels) => {
    const key = `${namespace}/${JSON.stringify(labels)}`
    const owns = ({ metadata, spec }: RolloutParts & KubeObject) =>
      metadata.namespace === namespace && spec?.selector !== undefined && matches(spec.selector, labels)
    const owner = known.get(key) ?? rollouts.find(owns)?.metadata.name ?? ''
    known.set(key, owner)
    return owner
  }
}

function revisionsByHash(rollouts: readonly KubeObject[]): Revisions['byHash'] {
  const revisions = new Map<string, Revision[]>()
  for (const rollout of rollouts) {
    const { metadata, spec, status } = rollout as RolloutParts & KubeObject
    const isBlueGreen = spec?.strategy?.blueGreen !== undefined
    const { stableRS = '', currentPodHash = '' } = status ?? {}
    const add = (hash: string, role: string) => {
      const key = `${metadata.namespace ?? ''}/${hash}`
      const one = { rollout: metadata.name, role, selector: spec?.selector }
      revisions.set(key, [...(revisions.get(key) ?? []), one])
    }
    if (stableRS !== '') add(stableRS, isBlueGreen ? 'active' : 'stable')
    if (currentPodHash !== '' && currentPodHash !== stableRS)
      add(currentPodHash, isBlueGreen ? 'preview' : 'canary')
  }
  return revisions
}

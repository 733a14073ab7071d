// Where a rule of a VirtualService sends requests: Services, or the pods of a subset that a DestinationRule cuts out of
// one by labels.
import { specOf } from '../../../kube/object.ts'
import type { KubeObject } from '../../../kube/object.ts'
import type { JsonObject } from '../../../std/json.ts'
import { objects, printed, record, text } from '../../../std/json-parts.ts'
import type { Backends } from '../endpoints.ts'
import type { Endpoint, Mirror, RouteBackend } from '../route.ts'
import { headerFilters } from './filters.ts'
import { serviceNamed } from '../service-hosts.ts'

/** The pods behind a destination as it is written; a text: why there can be none. */
export type Destinations = (destination: JsonObject, namespace: string) => Found

interface Found {
  readonly namespace: string
  readonly service: string
  readonly subset: string
  readonly endpoints: readonly Endpoint[]
  readonly problem: string | undefined
}

export function destinationsIn(backends: Backends, rules: readonly KubeObject[]): Destinations {
  const subsets = subsetLabels(rules)
  // A thousand routes share a few destinations.
  const known = new Map<string, Found>()
  return (destination, home) => {
    const { host, subset, port } = destination
    const key = [home, text(host), text(subset), printed(record(port)['number'])].join(' ')
    const found = known.get(key) ?? lookUp(destination, home)
    known.set(key, found)
    return found
  }

  function lookUp({ host, subset: asked, port }: JsonObject, home: string): Found {
    const { service, namespace } = serviceNamed(text(host), home)
    const { number } = record(port)
    const wanted = typeof number === 'number' ? number : undefined
    const endpoints = backends.endpoints(namespace, service, wanted) ?? []
    const found = { namespace, service, subset: text(asked) }
    const problem = backends.problem(namespace, service, wanted)
    if (problem !== undefined || found.subset === '') return { ...found, endpoints, problem }
    const labels = subsets.get(subsetKey(found))
    if (labels === undefined) {
      const lacking = `no DestinationRule for ${text(host)} has a subset ${JSON.stringify(found.subset)}`
      return { ...found, endpoints: [], problem: lacking }
    }
    return { ...found, endpoints: backends.labelled(endpoints, namespace, labels), problem: undefined }
  }
}

/** By Service and name; of two of one name the first counts. */
function subsetLabels(rules: readonly KubeObject[]): ReadonlyMap<string, JsonObject> {
  const labels = new Map<string, JsonObject>()
  for (const rule of rules) {
    const spec = specOf(rule)
    const of = serviceNamed(text(spec['host']), rule.metadata.namespace ?? '')
    for (const subset of objects(spec['subsets'])) {
      const key = subsetKey({ ...of, subset: text(subset['name']) })
      if (!labels.has(key)) labels.set(key, record(subset['labels']))
    }
  }
  return labels
}

function subsetKey({ namespace, service, subset }: Pick<Found, 'namespace' | 'service' | 'subset'>): string {
  return `${namespace}/${service}/${subset}`
}

/** A destination that stands alone needs no weight. */
export function backendsIn(
  rule: JsonObject,
  namespace: string,
  destinations: Destinations,
): { readonly backends: readonly RouteBackend[]; readonly problems: readonly string[] } {
  const entries = objects(rule['route'])
  const found = entries.map(entry => destinations(record(entry['destination']), namespace))
  const backends = entries.map((entry, i): RouteBackend => {
    const filters = headerFilters(record(entry['headers']))
    const { weight = entries.length === 1 ? 1 : 0 } = entry
    const asked = typeof weight === 'number' ? Math.max(0, weight) : 0
    return { ...backendOf(found[i] as Found, asked), ...(filters !== undefined && { filters }) }
  })
  return { backends, problems: [...new Set(found.flatMap(({ problem }) => problem ?? []))] }
}

function backendOf({ namespace, service, subset, endpoints }: Found, weight: number): RouteBackend {
  return { namespace, service, endpoints, ...(subset !== '' && { subset }), weight }
}

/** `mirror` with `mirrorPercentage`, and each of `mirrors`; all requests where no share is given. */
export function mirrorsIn(
  rule: JsonObject,
  namespace: string,
  destinations: Destinations,
): readonly Mirror[] {
  const { mirror, mirrorPercentage, mirrors } = rule
  const alone = mirror === undefined ? [] : [{ destination: mirror, percentage: mirrorPercentage }]
  return [...alone, ...objects(mirrors)].map(({ destination, percentage }) => {
    const { value = percentage === undefined ? 100 : 0 } = record(percentage)
    const backend = backendOf(destinations(record(destination), namespace), 0)
    return { backend, percent: typeof value === 'number' ? value : 0 }
  })
}

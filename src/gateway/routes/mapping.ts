// Ambassador's Mappings (getambassador.io, v2 and v3alpha1). Mappings for the same host, prefix, headers, query, method
// and precedence are one route: those with a weight get it, the others share what is left of 100.
import { refKey, refOf, specOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import { AMBASSADOR_MAPPING } from '../../kube/kinds.ts'
import type { JsonObject } from '../../std/json.ts'
import { text } from '../../std/json-parts.ts'
import { compareText } from '../../std/compare.ts'
import { normalPath } from '../normal-path.ts'
import type { Backends } from './endpoints.ts'
import { mappingFilters, mappingHost, mappingMatches, mappingPath, mappingProblem } from './mapping-fields.ts'
import type { Notice, RouteFamily } from './route-family.ts'
import type { Route, RouteBackend } from './route.ts'

interface Mapping {
  readonly object: KubeObject
  readonly from: string
  readonly spec: JsonObject
  /** Undefined: it takes its share of what the others leave. */
  readonly weight: number | undefined
}

export const mappings: RouteFamily = {
  name: 'mapping',
  kinds: [AMBASSADOR_MAPPING],
  routes({ objects }, backends) {
    const groups = new Map<string, Mapping[]>()
    const notices: Notice[] = []
    for (const mapping of objects.map(mappingOf)) {
      const { spec, from } = mapping
      const problem = mappingProblem(spec)
      if (problem === undefined) groups.set(keyOf(spec), [...(groups.get(keyOf(spec)) ?? []), mapping])
      else
        notices.push({ from, reason: 'RouteNotPlayed', message: `this Mapping takes no request: ${problem}` })
    }
    const routes = [...groups.values()].map(group => routeOf(group.toSorted(byWeightAndName), backends))
    return { routes, notices }
  },
}

function mappingOf(object: KubeObject): Mapping {
  const spec = specOf(object)
  const { weight } = spec
  const from = refKey(refOf(AMBASSADOR_MAPPING, object))
  return { object, from, spec, weight: typeof weight === 'number' ? weight : undefined }
}

function keyOf(spec: JsonObject): string {
  const { method = '', precedence = 0 } = spec
  return JSON.stringify([mappingHost(spec), mappingPath(spec), mappingMatches(spec), method, precedence])
}

/** The Mapping without a weight speaks for the group. */
function byWeightAndName(a: Mapping, b: Mapping): number {
  return Number(a.weight !== undefined) - Number(b.weight !== undefined) || compareText(a.from, b.from)
}

function routeOf(group: readonly Mapping[], backends: Backends): Route {
  const [{ spec, from }] = group as [Mapping]
  const rewrite = typeof spec['rewrite'] === 'string' ? spec['rewrite'] : '/'
  const method = text(spec['method'])
  return {
    id: from,
    host: mappingHost(spec),
    path: mappingPath(spec),
    headers: mappingMatches(spec),
    ...(method !== '' && { methods: [method.toUpperCase()] }),
    ...(rewrite !== '' && { filters: { rewrite: { how: 'text', to: normalPath(rewrite) ?? rewrite } } }),
    backends: weighted(group).map(([mapping, weight]) => backendOf(mapping, weight, backends)),
    from,
    since: oldestOf(group),
    precedence: Number(spec['precedence'] ?? 0),
    isImplicit: false,
  }
}

function oldestOf(group: readonly Mapping[]): string {
  const made = group.map(({ object }) => object.metadata.creationTimestamp ?? '')
  return made.toSorted(compareText)[0] ?? ''
}

/** Weights above 100 in all leave nothing to the others. */
function weighted(group: readonly Mapping[]): readonly (readonly [Mapping, number])[] {
  const clamped = ({ weight = 0 }: Mapping) => Math.min(100, Math.max(0, weight))
  const asked = group.reduce((sum, mapping) => sum + clamped(mapping), 0)
  const others = group.filter(mapping => mapping.weight === undefined).length
  const share = others === 0 ? 0 : Math.max(0, 100 - asked) / others
  return group.map(mapping => [mapping, mapping.weight === undefined ? share : clamped(mapping)])
}

function backendOf(mapping: Mapping, weight: number, backends: Backends): RouteBackend {
  const { service, namespace, port } = serviceOf(mapping)
  const filters = mappingFilters(mapping.spec)
  const endpoints = backends.endpoints(namespace, service, port) ?? []
  return { namespace, service, weight, endpoints, ...(filters !== undefined && { filters }) }
}

/** `web`, `web:80`, `web.shop`, `http://web.shop.svc.cluster.local:8080`. */
function serviceOf({ object, spec }: Mapping): { service: string; namespace: string; port?: number } {
  const [address = '', port] = text(spec['service'])
    .replace(/^https?:\/\//, '')
    .split(':')
  const [service = '', namespace = object.metadata.namespace ?? ''] = address.split('.')
  return { service, namespace, ...(port !== undefined && { port: Number(port) }) }
}

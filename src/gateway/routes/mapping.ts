// Ambassador's Mappings (getambassador.io, v2 and v3alpha1). Mappings for the same host, prefix, headers and method are
// one route: those with a weight get it, the others share what is left of 100.
import { refKey, refOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import { AMBASSADOR_MAPPING } from '../../kube/kinds.ts'
import { compareText } from '../../std/compare.ts'
import { normalPath } from '../normal-path.ts'
import type { Backends } from './endpoints.ts'
import type { RouteFamily } from './route-family.ts'
import type { HeaderMatch, Route, RouteBackend } from './route.ts'

interface MappingSpec {
  readonly host?: string
  readonly hostname?: string
  readonly host_regex?: boolean
  readonly prefix?: string
  readonly prefix_exact?: boolean
  readonly prefix_regex?: boolean
  readonly rewrite?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | boolean>>
  readonly regex_headers?: Readonly<Record<string, string>>
  readonly service?: string
  readonly weight?: number
}

type Mapping = KubeObject & { readonly spec?: MappingSpec }

export const mappings: RouteFamily = {
  name: 'mapping',
  kinds: [AMBASSADOR_MAPPING],
  routes({ objects }, backends) {
    const groups = new Map<string, Mapping[]>()
    for (const mapping of objects as readonly Mapping[]) {
      const { spec = {} } = mapping
      // A host that is a pattern needs Ambassador itself; guessing it would send traffic astray.
      if (spec.host_regex === true || spec.prefix === undefined || spec.service === undefined) continue
      const key = JSON.stringify([hostOf(spec), pathOf(spec), headersOf(spec), spec.method ?? ''])
      groups.set(key, [...(groups.get(key) ?? []), mapping])
    }
    const routes = [...groups.values()].map(group => routeOf(group.toSorted(byWeightAndName), backends))
    return { routes, notices: [] }
  },
}

/** The Mapping without a weight speaks for the group. */
function byWeightAndName(a: Mapping, b: Mapping): number {
  const rank = (mapping: Mapping) => (mapping.spec?.weight === undefined ? 0 : 1)
  return (
    rank(a) - rank(b) ||
    (refKey(refOf(AMBASSADOR_MAPPING, a)) < refKey(refOf(AMBASSADOR_MAPPING, b)) ? -1 : 1)
  )
}

function routeOf(group: readonly Mapping[], backends: Backends): Route {
  const [first] = group as [Mapping]
  const { spec = {} } = first
  const from = refKey(refOf(AMBASSADOR_MAPPING, first))
  const rewrite = spec.rewrite ?? '/'
  return {
    id: from,
    host: hostOf(spec),
    path: pathOf(spec),
    headers: headersOf(spec),
    ...(spec.method !== undefined && { methods: [spec.method.toUpperCase()] }),
    ...(rewrite !== '' && { filters: { rewrite: { how: 'text', to: normalPath(rewrite) ?? rewrite } } }),
    backends: weighted(group).map(([mapping, weight]) => backendOf(mapping, weight, backends)),
    from,
    since: oldestOf(group),
    isImplicit: false,
  }
}

function oldestOf(group: readonly Mapping[]): string {
  const [oldest = ''] = group.map(({ metadata }) => metadata.creationTimestamp ?? '').toSorted(compareText)
  return oldest
}

/** Weights above 100 in all leave nothing to the others. */
function weighted(group: readonly Mapping[]): readonly (readonly [Mapping, number])[] {
  const clamped = (mapping: Mapping) => Math.min(100, Math.max(0, mapping.spec?.weight ?? 0))
  const asked = group.reduce((sum, mapping) => sum + clamped(mapping), 0)
  const others = group.filter(mapping => mapping.spec?.weight === undefined).length
  const share = others === 0 ? 0 : Math.max(0, 100 - asked) / others
  return group.map(mapping => [mapping, mapping.spec?.weight === undefined ? share : clamped(mapping)])
}

function backendOf(mapping: Mapping, weight: number, backends: Backends): RouteBackend {
  const { service, namespace, port } = serviceOf(mapping)
  return { namespace, service, weight, endpoints: backends.endpoints(namespace, service, port) ?? [] }
}

/** `web`, `web:80`, `web.shop`, `http://web.shop.svc.cluster.local:8080`. */
function serviceOf({ metadata, spec }: Mapping): { service: string; namespace: string; port?: number } {
  const [address = '', port] = (spec?.service ?? '').replace(/^https?:\/\//, '').split(':')
  const [service = '', namespace = metadata.namespace ?? ''] = address.split('.')
  return { service, namespace, ...(port !== undefined && { port: Number(port) }) }
}

/** `*` stands for any host, `*.example.com` for all below. */
function hostOf({ hostname, host }: MappingSpec): string {
  const name = (hostname ?? host ?? '*').toLowerCase().replace(/:\d+$/, '')
  return name === '*' ? '' : name
}

function pathOf({ prefix = '/', prefix_exact: isExact, prefix_regex: isRegex }: MappingSpec): Route['path'] {
  if (isRegex === true) return { how: 'regex', value: prefix }
  return { how: isExact === true ? 'exact' : 'text-prefix', value: prefix }
}

function headersOf({ headers = {}, regex_headers: patterns = {} }: MappingSpec): readonly HeaderMatch[] {
  return [
    ...Object.entries(headers).map(([name, value]): HeaderMatch => {
      const lower = name.toLowerCase()
      if (value === true) return { name: lower, how: 'present', value: '' }
      return { name: lower, how: 'exact', value: String(value) }
    }),
    ...Object.entries(patterns).map(([name, value]): HeaderMatch => {
      return { name: name.toLowerCase(), how: 'regex', value }
    }),
  ].toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

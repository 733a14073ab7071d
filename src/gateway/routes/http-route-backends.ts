// The backends of an HTTPRoute's rule: who gets its requests, and in which parts. One that cannot be served keeps its
// part, and answers 500 for it.
import type { JsonObject } from '../../std/json.ts'
import { numeric, objects, record, text } from '../../std/json-parts.ts'
import { specOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Backends } from './endpoints.ts'
import { filtersOf } from './http-route-filters.ts'
import type { Mirror, RouteBackend } from './route.ts'

/** Whether a route of `from` may name the Service of another namespace. */
export type IsGranted = (from: string, namespace: string, service: string) => boolean

export interface BackendWorld {
  readonly backends: Backends
  readonly isGranted: IsGranted
}

export function backendOf(
  home: string,
  ref: JsonObject,
  { world, isPrefix }: { readonly world: BackendWorld; readonly isPrefix: boolean },
): RouteBackend {
  const { weight = 1, port } = ref
  const service = text(ref['name'])
  const namespace = text(ref['namespace']) || home
  const asked = typeof port === 'number' ? port : undefined
  const refusal = refusalOf(home, ref, world) ?? world.backends.problem(namespace, service, asked)
  const filters = filtersOf(objects(ref['filters']), isPrefix)
  return {
    namespace,
    service,
    weight: typeof weight === 'number' ? Math.max(0, weight) : 1,
    endpoints: refusal === undefined ? (world.backends.endpoints(namespace, service, asked) ?? []) : [],
    ...(filters !== undefined && { filters }),
    ...(refusal !== undefined && { refusal }),
  }
}

/** Gets a share of the rule's requests, all where none is said. */
export function mirrorOf(home: string, asked: JsonObject, world: BackendWorld): Mirror {
  const { backendRef, percent, fraction } = asked
  const { numerator, denominator = 100 } = record(fraction)
  const share = typeof numerator === 'number' ? (100 * numerator) / numeric(denominator) : 100
  const backend = backendOf(home, record(backendRef), { world, isPrefix: false })
  return { backend, percent: typeof percent === 'number' ? percent : share }
}

function refusalOf(home: string, ref: JsonObject, { isGranted }: BackendWorld): string | undefined {
  const { group = '', kind = 'Service', namespace = home } = ref
  if (kind !== 'Service' || group !== '')
    return `a backend of kind ${text(kind)}${group === '' ? '' : ` of ${text(group)}`} is not served`
  if (namespace === home || isGranted(home, text(namespace), text(ref['name']))) return undefined
  return `no ReferenceGrant lets routes of ${home} reach Service ${text(namespace)}/${text(ref['name'])}`
}

/** By the ReferenceGrants that there are. */
export function grantedBy(grants: readonly KubeObject[]): IsGranted {
  return (from, namespace, service) =>
    grants.some(grant => grant.metadata.namespace === namespace && lets(specOf(grant), from, service))
}

function lets(spec: JsonObject, namespace: string, service: string): boolean {
  const isFrom = objects(spec['from']).some(
    one => one['group'] === GATEWAY_API && one['kind'] === 'HTTPRoute' && one['namespace'] === namespace,
  )
  const isTo = objects(spec['to']).some(
    ({ group = '', kind, name = service }) => group === '' && kind === 'Service' && name === service,
  )
  return isFrom && isTo
}

const GATEWAY_API = 'gateway.networking.k8s.io'

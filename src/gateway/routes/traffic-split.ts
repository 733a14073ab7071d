// SMI's TrafficSplits: the requests to a root Service's own host go to the backends by their weights.
import { TRAFFIC_SPLIT } from '../../kube/kinds.ts'
import { refKey, refOf, specOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import { parseQuantity } from '../../kube/quantity.ts'
import type { JsonObject } from '../../std/json.ts'
import { list, objects as objectsIn, text } from '../../std/json-parts.ts'
import type { Backends } from './endpoints.ts'
import { serviceNamed } from './service-hosts.ts'
import { joined } from './route-family.ts'
import type { Made, RouteFamily } from './route-family.ts'
import { implicitHost } from './service.ts'

export const trafficSplits: RouteFamily = {
  name: 'traffic-split',
  kinds: [TRAFFIC_SPLIT],
  routes: ({ objects }, backends) => joined(objects.map(object => madeOf(object, backends))),
}

function madeOf(object: KubeObject, backends: Backends): Made {
  const spec = specOf(object)
  const from = refKey(refOf(TRAFFIC_SPLIT, object))
  const home = object.metadata.namespace ?? ''
  if (list(spec['matches']).length > 0) {
    const message = 'this TrafficSplit takes no request: matches are not played'
    return { routes: [], notices: [{ from, reason: 'RouteNotPlayed', message }] }
  }
  const { service, namespace } = serviceNamed(text(spec['service']), home)
  const route = {
    id: from,
    host: implicitHost(service, namespace),
    path: { how: 'prefix' as const, value: '/' },
    headers: [],
    backends: objectsIn(spec['backends']).map(one => {
      const name = text(one['service'])
      return {
        namespace: home,
        service: name,
        weight: weightOf(one),
        endpoints: backends.endpoints(home, name) ?? [],
      }
    }),
    from,
    since: object.metadata.creationTimestamp ?? '',
    isImplicit: false,
  }
  return { routes: [route], notices: [] }
}

/** Numbers; in v1alpha1 quantities: `900m` beside `100m` is nine to one. */
function weightOf({ weight }: JsonObject): number {
  if (typeof weight !== 'number' && typeof weight !== 'string') return 0
  const { nanos = 0n } = parseQuantity(weight) ?? {}
  return Math.max(0, Number(nanos) / 1e9)
}

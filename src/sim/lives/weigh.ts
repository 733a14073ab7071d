// Weights that are set by hand: all users go to the side that has had the fewest.
import { AMBASSADOR_MAPPING, HTTP_ROUTE, INGRESS, VIRTUAL_SERVICE } from '../../kube/kinds.ts'
import { asJson } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { objects, record } from '../../std/json-parts.ts'
import type { ClusterModel } from '../model/cluster.ts'
import { isRouted, NAME, NAMESPACE } from './furniture.ts'
import type { LifeSpec } from './scenario.ts'

interface Route {
  readonly kind: Kind
  readonly name: string
  /** As it should be; undefined when the route gives nobody a weight. */
  readonly patch: (spec: JsonObject) => Json | undefined
}

const CANARY_WEIGHT = 'nginx.ingress.kubernetes.io/canary-weight'

const ROUTES: Readonly<Record<LifeSpec['router'], Route>> = {
  nginx: {
    kind: INGRESS,
    name: `${NAME}-${NAME}-canary`,
    patch: () => ({ metadata: { annotations: { [CANARY_WEIGHT]: '100' } } }),
  },
  ambassador: { kind: AMBASSADOR_MAPPING, name: `${NAME}-canary`, patch: () => ({ spec: { weight: 100 } }) },
  httpRoute: { kind: HTTP_ROUTE, name: NAME, patch: spec => weighed(spec, 'rules', 'backendRefs') },
  istio: { kind: VIRTUAL_SERVICE, name: NAME, patch: spec => weighed(spec, 'http', 'route') },
}

export function weigh(cluster: ClusterModel, spec: LifeSpec): void {
  if (!isRouted(spec)) return
  const { kind, name, patch } = ROUTES[spec.router]
  const target = { kind, namespace: NAMESPACE, name }
  const standing = cluster.get<KubeObject>(target)
  const wanted = standing && patch(record(record(asJson(standing))['spec']))
  if (wanted === undefined) return
  cluster.write({ verb: 'patch', target, patch: wanted, why: 'somebody sets the weights' })
}

function weighed(spec: JsonObject, rules: string, sides: string): Json | undefined {
  const all = objects(spec[rules])
  const shared = all.find(one => one['name'] === undefined)
  const entries = objects(shared?.[sides])
  const weights = entries.map(one => Number(one['weight'] ?? 0))
  const fewest = weights.indexOf(Math.min(...weights))
  if (entries.length < 2) return undefined
  const given = entries.map((one, i) => ({ ...one, weight: i === fewest ? 100 : 0 }))
  return { spec: { [rules]: all.map(one => (one === shared ? { ...one, [sides]: given } : one)) } }
}

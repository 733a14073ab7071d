// NGINX in a life: the user's Ingress leads to the stable Service; the weight stands in one of ours beside it.
import { INGRESS } from '../../../kube/kinds.ts'
import type { JsonObject } from '../../../std/json.ts'
import { NAME, named, ofHundred } from './life-route.ts'
import type { LifeRoute } from './life-route.ts'

const WEIGHT = 'nginx.ingress.kubernetes.io/canary-weight'
const NONE: ReadonlyMap<string, number> = new Map()

/** A rule of an Ingress that sends all paths to a Service. */
export function ruleTo(name: string, port: JsonObject): JsonObject {
  const paths = [{ path: '/', pathType: 'Prefix', backend: { service: { name, port } } }]
  return { host: 'demo.example', http: { paths } }
}

export const nginx: LifeRoute = {
  routing: { nginx: { stableIngress: NAME } },
  object: ({ stable }) => named(INGRESS, { spec: { rules: [ruleTo(stable, { number: 80 })] } }),
  kind: INGRESS,
  name: `${NAME}-${NAME}-canary`,
  weights(find, sides) {
    const weight = find(INGRESS, nginx.name)?.metadata.annotations?.[WEIGHT]
    return weight === undefined ? NONE : ofHundred(Number(weight), sides)
  },
  weighed: () => ({ metadata: { annotations: { [WEIGHT]: '100' } } }),
}

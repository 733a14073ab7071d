// The list of route families, and what they make together. A new one is a file and a line here.
import type { Kind, KubeObject } from '../../kube/object.ts'
import { appMesh } from './app-mesh.ts'
import { apisixRoutes } from './apisix-route.ts'
import { backendsOf } from './endpoints.ts'
import type { RouteInput } from './endpoints.ts'
import { httpRoutes } from './http-route.ts'
import { ingresses } from './ingress/ingresses.ts'
import { virtualServices } from './istio/virtual-services.ts'
import { mappings } from './mapping.ts'
import { joined } from './route-family.ts'
import type { Made, RouteFamily } from './route-family.ts'
import { serviceRoutes } from './service.ts'
import { soundly } from './sound.ts'
import { ingressRoutes } from './traefik/ingress-routes.ts'
import { trafficSplits } from './traffic-split.ts'

const FAMILIES: readonly RouteFamily[] = [
  { name: 'service', kinds: [], routes: serviceRoutes },
  mappings,
  ingresses,
  httpRoutes,
  virtualServices,
  ingressRoutes,
  apisixRoutes,
  trafficSplits,
  appMesh,
]

export const ROUTE_KINDS: readonly Kind[] = [...new Set(FAMILIES.flatMap(family => family.kinds))]

/** `list`: all objects of a kind. */
export function routesOf(input: RouteInput, list: (kind: Kind) => readonly KubeObject[]): Made {
  const backends = backendsOf(input)
  return joined(
    FAMILIES.map(({ kinds, routes }) =>
      soundly(kinds, kinds.flatMap(list), objects => routes({ ...input, objects }, backends)),
    ),
  )
}

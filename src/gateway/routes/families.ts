// The list of route families. A new one is a file and a line here.
import { httpRoutes } from './http-route.ts'
import { ingresses } from './ingress.ts'
import { mappings } from './mapping.ts'
import type { RouteFamily } from './route-family.ts'
import { serviceRoutes } from './service.ts'

export const FAMILIES: readonly RouteFamily[] = [
  { name: 'service', kinds: [], routes: serviceRoutes },
  mappings,
  ingresses,
  httpRoutes,
]

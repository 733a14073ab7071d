// The list of route families. A new one is a file and a line here.
import type { Kind, KubeObject } from '../../kube/object.ts'
import type { Backends, RouteInput } from './endpoints.ts'
import type { Route } from './route.ts'
import { httpRoutes } from './http-route.ts'
import { ingresses } from './ingress.ts'
import { mappings } from './mapping.ts'
import { serviceRoutes } from './service.ts'

export interface RouteFamily {
  readonly name: string
  /** Followed when the server has them. */
  readonly kinds: readonly Kind[]
  /** `objects`: all of those kinds. */
  routes(
    input: RouteInput & { readonly objects: readonly KubeObject[] },
    backends: Backends,
  ): readonly Route[]
}

export const FAMILIES: readonly RouteFamily[] = [
  { name: 'service', kinds: [], routes: serviceRoutes },
  mappings,
  ingresses,
  httpRoutes,
]

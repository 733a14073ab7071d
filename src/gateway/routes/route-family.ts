// What a route family is: which kinds it follows, and the routes that their objects make.
import type { Kind, KubeObject } from '../../kube/object.ts'
import type { Backends, RouteInput } from './endpoints.ts'
import type { Route } from './route.ts'

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

// What a route family is: which kinds it follows, and the routes that their objects make.
import type { Kind, KubeObject, RefKey } from '../../kube/object.ts'
import type { Backends, RouteInput } from './endpoints.ts'
import type { Route } from './route.ts'

/** What the author of an object has to know: something that it asks for does not come. */
export interface Notice {
  readonly from: RefKey
  /** Of the Event. */
  readonly reason: 'PatternRefused' | 'RouteNotPlayed' | 'RouteConflict' | 'BackendRefused'
  readonly message: string
}

export interface Made {
  readonly routes: readonly Route[]
  readonly notices: readonly Notice[]
}

export interface RouteFamily {
  readonly name: string
  /** Followed when the server has them. */
  readonly kinds: readonly Kind[]
  /** `objects`: all of those kinds. */
  routes(input: RouteInput & { readonly objects: readonly KubeObject[] }, backends: Backends): Made
}

/** All that they made, together. */
export function joined(made: readonly Made[]): Made {
  return { routes: made.flatMap(one => one.routes), notices: made.flatMap(one => one.notices) }
}

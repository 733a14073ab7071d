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

/** Of one object; an HTTPRoute may have half as many. */
const ROUTES_MAX = 4096

/** Hosts times rules times matches are counted before they are made: an object may stand for more than anyone means. */
export function within(from: RefKey, count: number, make: () => Made): Made {
  if (count <= ROUTES_MAX) return make()
  const message =
    `it takes no request: it stands for ${count} routes, and ${ROUTES_MAX} are the most; ` +
    'give some an object of their own'
  return { routes: [], notices: [{ from, reason: 'RouteNotPlayed', message }] }
}

export function total(counts: readonly number[]): number {
  return counts.reduce((sum, one) => sum + one, 0)
}

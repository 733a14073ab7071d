// What a route and the backend that was chosen make of a request: how the pod sees it and the client the answer, or
// what the gateway answers in its place.
import { BAD_REWRITE, TOO_MUCH_WORK } from '../refusals.ts'
import type { Work } from '../asked.ts'
import type { Refusal } from '../refusals.ts'
import type { Target } from '../request-target.ts'
import type { Filters, HeaderChanges, Route, RouteBackend } from '../routes/route.ts'
import { locationOf } from './redirecting.ts'
import { rewritten } from './rewriting.ts'

interface Asks {
  readonly target: Target
  readonly work: Work | undefined
}

export interface Plan {
  /** Path and query. */
  readonly url: string
  /** The host that the pod sees, when it is not the client's. */
  readonly hostname: string | undefined
  readonly toPod: readonly HeaderChanges[]
  readonly toClient: readonly HeaderChanges[]
}

/** The backend's filters come after those of its rule, and win where both say something. */
export function planOf(
  route: Route,
  backend: RouteBackend | undefined,
  { target, work }: Asks,
): Plan | { readonly refused: Refusal } {
  const all = [route.filters, backend?.filters].filter(filters => filters !== undefined)
  const refusal = [...all, backend].find(one => one?.refusal !== undefined)?.refusal
  if (refusal !== undefined) return { refused: { status: 500, message: refusal } }
  if (all.length === 0) return { url: target.url, hostname: undefined, toPod: [], toClient: [] }
  const { rewrite, redirect, hostname } = Object.assign({}, ...all) as Filters
  const how = redirect === undefined ? rewrite : redirect.rewrite
  const url = rewritten(how, route.path, { ...target, work })
  if (url === undefined) return { refused: (work?.left ?? 0) < 0 ? TOO_MUCH_WORK : BAD_REWRITE }
  if (redirect !== undefined) {
    const location = locationOf(redirect, target, url)
    return { refused: { status: redirect.status, message: `this is at ${location}`, location } }
  }
  return {
    url,
    hostname,
    toPod: all.flatMap(({ request }) => request ?? []),
    toClient: all.flatMap(({ response }) => response ?? []),
  }
}

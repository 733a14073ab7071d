// Counts the proxy's answers by who gave them. The row of a route, pod and status is looked up once: it must cost next
// to nothing.
import { LOAD_HEADER } from '../api/words.ts'
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../doors/clock.ts'
import { labelsOfRoute, NOBODY } from './counts.ts'
import type { Counter, Counts } from './counts.ts'
import type { Endpoint, Route, RouteBackend } from './routes/route.ts'

/** What of a request is counted. */
export interface Counted {
  readonly request: IncomingMessage
  readonly route: Route | undefined
  readonly backend: RouteBackend | undefined
  readonly endpoint: Endpoint | undefined
  readonly startedAt: number
}

export type Count = (one: Counted, status: number) => void

export function counting(counts: Counts, clock: Clock): Count {
  const known = new WeakMap<Endpoint, Map<string, Counter>>()
  return (one, status) => {
    const { request, route, endpoint, startedAt } = one
    const now = clock.now()
    const seconds = (now - startedAt) / 1000
    const source = request.headers[LOAD_HEADER] === undefined ? 'user' : 'load'
    if (endpoint === undefined)
      return counts.counter({ ...placeOf(one), status: String(status), source }).add(seconds, now)
    const ofPod = known.get(endpoint) ?? new Map<string, Counter>()
    known.set(endpoint, ofPod)
    const key = `${status} ${source} ${route?.id}`
    const counter = ofPod.get(key) ?? counts.counter({ ...placeOf(one), status: String(status), source })
    ofPod.set(key, counter)
    counter.add(seconds, now)
  }
}

function placeOf({ route, backend, endpoint }: Counted) {
  const { namespace = '', service = '' } = backend ?? {}
  const { rollout, hash, app, role, version, pod } = endpoint ?? NOBODY
  const asked = route === undefined ? { route: '', host: '' } : labelsOfRoute(route)
  return { ...asked, namespace, service, rollout, hash, app, role, version, pod }
}

// Counts the proxy's answers by who gave them, for metrics and for the picture of live traffic. The rows of a
// route, pod and status are looked up once: it must cost next to nothing.
import { LOAD_HEADER } from '../api/words.ts'
import type { IncomingMessage } from 'node:http'
import type { Clock, Stopwatch } from '../doors/clock.ts'
import type { Instant } from '../std/instant.ts'
import { labelsOfRoute, NOBODY } from './counts.ts'
import type { Counts } from './counts.ts'
import type { TrafficHistory } from './history/history.ts'
import type { Endpoint, Route, RouteBackend } from './routes/route.ts'

/** What of a request is counted. */
export interface Counted {
  readonly request: IncomingMessage
  readonly route: Route | undefined
  readonly backend: RouteBackend | undefined
  readonly endpoint: Endpoint | undefined
  /** By the stopwatch. */
  readonly startedAt: number
}

export type Count = (one: Counted, status: number) => void

export interface CountingOptions {
  readonly counts: Counts
  readonly history: TrafficHistory
  readonly clock: Clock
  readonly stopwatch: Stopwatch
}

/** Adds an answer wherever it counts. */
type Adder = (seconds: number, now: Instant) => void

export function counting(options: CountingOptions): Count {
  const { clock, stopwatch } = options
  const known = new WeakMap<Endpoint, Map<string, Adder>>()
  return (one, status) => {
    const { request, route, endpoint, startedAt } = one
    const now = clock.now()
    const seconds = (stopwatch() - startedAt) / 1000
    const source = request.headers[LOAD_HEADER] === undefined ? 'user' : 'load'
    if (endpoint === undefined) return adderOf(options, one, { status, source })(seconds, now)
    const ofPod = known.get(endpoint) ?? new Map<string, Adder>()
    known.set(endpoint, ofPod)
    const key = `${status} ${source} ${route?.id}`
    const add = ofPod.get(key) ?? adderOf(options, one, { status, source })
    ofPod.set(key, add)
    add(seconds, now)
  }
}

/** What found no route is nobody's traffic: it is in the metrics alone. */
function adderOf(
  { counts, history }: CountingOptions,
  one: Counted,
  { status, source }: { readonly status: number; readonly source: string },
): Adder {
  const place = placeOf(one)
  const counter = counts.counter({ ...place, status: String(status), source })
  if (one.route === undefined) return counter.add
  const { route, host, service, rollout, hash } = place
  const namespace = place.namespace === '' ? namespaceOf(one.route) : place.namespace
  const seen = history.counter({ namespace, route, host, service, rollout, hash, source })
  const isError = status >= 500
  return (seconds, now) => {
    counter.add(seconds, now)
    seen.add(seconds, isError, now)
  }
}

/** `from` is a key `group/plural/namespace/name`. */
function namespaceOf({ from }: Route): string {
  return from.split('/')[2] ?? ''
}

function placeOf({ route, backend, endpoint }: Counted) {
  const { namespace = '', service = '' } = backend ?? {}
  const { rollout, hash, app, role, version, pod } = endpoint ?? NOBODY
  const asked = route === undefined ? { route: '', host: '' } : labelsOfRoute(route)
  return { ...asked, namespace, service, rollout, hash, app, role, version, pod }
}

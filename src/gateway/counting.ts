// Counts the proxy's answers by who gave them. The row of a pod and status is looked up once: it must cost next to
// nothing.
import { LOAD_HEADER } from '../api/words.ts'
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../doors/clock.ts'
import type { Counter, Counts } from './counts.ts'
import type { Endpoint, RouteBackend } from './routes/route.ts'

/** What of a request is counted. */
export interface Counted {
  readonly request: IncomingMessage
  readonly backend: RouteBackend | undefined
  readonly endpoint: Endpoint | undefined
  readonly startedAt: number
}

export type Count = (one: Counted, status: number) => void

export function counting(counts: Counts, clock: Clock): Count {
  const known = new WeakMap<Endpoint, Map<string, Counter>>()
  return ({ request, backend, endpoint, startedAt }, status) => {
    const seconds = (clock.now() - startedAt) / 1000
    const source = request.headers[LOAD_HEADER] === undefined ? '' : 'load'
    const { namespace = '', service = '' } = backend ?? {}
    const { app = '', role = '', version = '', pod = '' } = endpoint ?? {}
    const labels = { namespace, service, app, role, version, pod, source, status: String(status) }
    if (endpoint === undefined) return counts.counter(labels).add(seconds)
    const ofPod = known.get(endpoint) ?? new Map<string, Counter>()
    known.set(endpoint, ofPod)
    const key = `${labels.status}${source}`
    const counter = ofPod.get(key) ?? counts.counter(labels)
    ofPod.set(key, counter)
    counter.add(seconds)
  }
}

// What the demo application answers: who it is, as JSON for programs and as a page for people, and its colour alone at
// /color, as Argo's demo application does. A bad version is really bad: ERROR_RATE (0 to 1) of its answers are errors,
// and each comes LATENCY milliseconds late; a tag `bad-…` or `slow-…` says so without them.
import { SERVICE_HEADER } from '../../api/words.ts'
import type { ServedPod } from '../kubelet/simulated-pods.ts'
import { demoPage } from './page.ts'
import { colourOf, qualityOf, versionOf } from './version-colour.ts'

export interface AskedFor {
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

export interface Answered {
  readonly status: number
  readonly contentType: string
  readonly body: string
  readonly delayMs: number
}

const BAD_ERROR_RATE = 0.3
const SLOW_LATENCY_MS = 2000

/** `chance` in [0, 1) decides whether a bad version errs this time. */
export function answerTo(pod: ServedPod, request: AskedFor, chance: number): Answered {
  const version = versionOf(pod.image)
  const quality = qualityOf(version)
  const errorRate = numberIn(pod.env['ERROR_RATE'] ?? (quality === 'bad' ? BAD_ERROR_RATE : 0), 1)
  const latencyMs = numberIn(pod.env['LATENCY'] ?? (quality === 'slow' ? SLOW_LATENCY_MS : 0), 60_000)
  const isError = chance < errorRate
  const status = isError ? 500 : 200
  const colour = colourOf(version)
  if (request.path === '/color') {
    return { status, contentType: 'application/json', body: JSON.stringify(colour), delayMs: latencyMs }
  }
  const facts = {
    version,
    colour,
    pod: pod.name,
    service: serviceOf(request),
    namespace: pod.namespace,
    ...(isError && { error: `this version errs in ${Math.round(errorRate * 100)} of 100 answers` }),
  }
  const wantsJson = !String(request.headers['accept'] ?? '*/*').includes('text/html')
  return {
    status,
    contentType: wantsJson ? 'application/json' : 'text/html; charset=utf-8',
    body: wantsJson ? `${JSON.stringify(facts)}\n` : demoPage(facts),
    delayMs: latencyMs,
  }
}

/** What is no number, or negative, counts as nothing. */
function numberIn(said: string | number, max: number): number {
  const value = Number(said)
  return Number.isFinite(value) && value > 0 ? Math.min(value, max) : 0
}

function serviceOf({ headers }: AskedFor): string {
  const named = headers[SERVICE_HEADER]
  if (typeof named === 'string') return named
  return String(headers['host'] ?? '').split(/[.:]/)[0] ?? ''
}

// The demo application's servers: one for each open pod, on a free port of 127.0.0.1. Runs in the demo's thread; tests
// call it directly.
import { setMaxListeners } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Clock } from '../../doors/clock.ts'
import { listening } from '../../doors/listening.ts'
import type { Random } from '../../doors/random.ts'
import { metricText } from '../../std/metric-text.ts'
import type { ServedPod } from '../kubelet/simulated-pods.ts'
import { answerTo } from './answer.ts'
import { podLog } from './pod-log.ts'
import type { LogLine, PodLog } from './pod-log.ts'
import { versionOf } from './version-colour.ts'

export interface DemoServers {
  /** The port. A pod that is open already keeps its port. */
  open(pod: ServedPod): Promise<number>
  /** Goes on answering until nobody asks any more, lets what is in flight end, then closes. */
  close(uid: string): Promise<void>
  /** The pod's log from that line on; undefined when it is not open. */
  log(uid: string, from: number): { readonly lines: readonly LogLine[]; readonly next: number } | undefined
  closeAll(): Promise<void>
}

interface OpenPod {
  readonly pod: ServedPod
  readonly server: Server
  readonly log: PodLog
  /** Answers by their status. */
  readonly answers: Map<number, number>
  readonly port: Promise<number>
  lastRequestAt: number
  inFlight: number
  closing: Promise<void> | undefined
}

/** Longer than any client keeps an idle connection: the client ends it, so no request meets a closing socket. */
const KEEP_ALIVE_MS = 120_000
/** A pod closes when it has had no request for so long … */
const QUIET_MS = 250
/** … or after so long, come what may. */
const CLOSE_MS = 30_000
const LOOK_MS = 50

export function demoServers({ clock, random }: { clock: Clock; random: Random }): DemoServers {
  const open = new Map<string, OpenPod>()
  const closeOne = (one: OpenPod): Promise<void> => {
    one.closing ??= closed(one, clock).finally(() => {
      if (open.get(one.pod.uid) === one) open.delete(one.pod.uid)
    })
    return one.closing
  }
  return {
    open(pod) {
      const known = open.get(pod.uid)
      if (known !== undefined && known.closing === undefined) return known.port
      const one = opened(pod, { clock, random })
      open.set(pod.uid, one)
      return one.port
    },
    async close(uid) {
      const one = open.get(uid)
      if (one !== undefined) await closeOne(one)
    },
    log: (uid, from) => open.get(uid)?.log.from(from),
    async closeAll() {
      for (const one of open.values()) {
        one.server.close()
        one.server.closeAllConnections()
      }
      open.clear()
    },
  }
}

function opened(pod: ServedPod, doors: { clock: Clock; random: Random }): OpenPod {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 })
  const log = podLog()
  const port = listening(server, 0, '127.0.0.1')
  const counts = { answers: new Map([[200, 0]]), lastRequestAt: 0, inFlight: 0 }
  const one: OpenPod = { pod, server, log, port, ...counts, closing: undefined }
  server.on('request', (request, response) => void answer(one, doors, { request, response }))
  const version = versionOf(pod.image)
  log.add(`${pod.container} ${version} of ${pod.name} started`, doors.clock.now())
  return one
}

async function answer(
  one: OpenPod,
  { clock, random }: { clock: Clock; random: Random },
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const at = clock.now()
  one.lastRequestAt = at
  one.inFlight++
  response.once('close', () => one.inFlight--)
  request.resume()
  if (pathOf(request) === '/metrics') return void response.end(metricsOf(one))
  const { status, contentType, body, delayMs } = answerTo(
    one.pod,
    { path: pathOf(request), headers: request.headers },
    random.next(),
  )
  if (delayMs > 0) await clock.sleepUntil(at + delayMs, NEVER)
  const bytes = Buffer.from(body)
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': bytes.length,
    'cache-control': 'no-store',
    ...(one.closing !== undefined && { connection: 'close' }),
  })
  response.end(bytes)
  one.answers.set(status, (one.answers.get(status) ?? 0) + 1)
  one.log.add(`${request.method} ${request.url} ${status} ${clock.now() - at} ms`, clock.now())
}

/** For who scrapes pods. */
function metricsOf({ answers }: OpenPod): string {
  return metricText({
    name: 'http_requests_total',
    help: 'Answers by their status.',
    type: 'counter',
    rows: [...answers].map(([code, value]) => ({ labels: { code: String(code) }, value })),
  })
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?')[0] ?? '/'
}

const NEVER = new AbortController().signal
setMaxListeners(0, NEVER)

async function closed(one: OpenPod, clock: Clock): Promise<void> {
  const from = clock.now()
  const isBusy = () => one.inFlight > 0 || clock.now() - one.lastRequestAt < QUIET_MS
  while (isBusy() && clock.now() < from + CLOSE_MS) await clock.sleepUntil(clock.now() + LOOK_MS, NEVER)
  await new Promise<void>(resolve => {
    one.server.close(() => resolve())
    one.server.closeAllConnections()
  })
}

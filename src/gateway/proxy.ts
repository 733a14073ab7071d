// The gateway's server: one request in, matched, chosen by weight, forwarded, and tried again only where nothing can
// happen twice. Knows its table and nothing of Kubernetes; runs in the gateway's thread, tests call it directly.
import { setMaxListeners } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../doors/clock.ts'
import { listening } from '../doors/listening.ts'
import type { Random } from '../doors/random.ts'
import { createChooser } from './choosing.ts'
import type { Chooser } from './choosing.ts'
import { counting } from './counting.ts'
import type { Count, Counted } from './counting.ts'
import { createCounts } from './counts.ts'
import type { CountRow } from './counts.ts'
import { upstreamHeaders } from './headers.ts'
import { createListener, LIMITS } from './listener.ts'
import type { ProxyLimits } from './listener.ts'
import { createMatcher } from './matching.ts'
import type { Asked, Matcher } from './matching.ts'
import { noEndpoint, noRoute, refusalText, refuse } from './refusals.ts'
import type { Refusal } from './refusals.ts'
import { hasBody, readTarget } from './request-target.ts'
import type { Target } from './request-target.ts'
import type { Route, RouteBackend, RouteTable } from './routes/route.ts'
import { NO_ROUTES } from './routes/route.ts'
import { rewritten } from './rewriting.ts'
import { forwardUpgrade } from './upgrade.ts'
import { createUpstream } from './upstream.ts'
import type { Outcome, Upstream } from './upstream.ts'

export interface ProxyOptions {
  readonly clock: Clock
  /** Shuffles the blocks of weights. */
  readonly random: Random
  readonly limits?: Partial<ProxyLimits>
}

export interface Proxy {
  listen(port: number, address: string): Promise<number>
  setTable(table: RouteTable): void
  counts(): readonly CountRow[]
  /** Takes no new connection, lets the requests in flight end for so long, then closes. */
  close(graceMs: number): Promise<void>
}

/** How often a request is tried at most, and how long it waits before another round over the same pods. */
const ATTEMPTS = 5
const ROUND_MS = 30
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])
const NEVER = new AbortController().signal
setMaxListeners(0, NEVER)

interface Gateway extends ProxyOptions {
  matcher: Matcher
  /** Connections whose framing cannot be trusted any more: whatever follows on them is no request. */
  readonly distrusted: WeakSet<Duplex>
  readonly chooser: Chooser
  readonly upstream: Upstream
  readonly count: Count
}

export function createProxy(options: ProxyOptions): Proxy {
  const limits = { ...LIMITS, ...options.limits }
  const counts = createCounts()
  const gateway: Gateway = {
    ...options,
    distrusted: new WeakSet(),
    matcher: createMatcher(NO_ROUTES),
    chooser: createChooser(options.random),
    upstream: createUpstream(limits),
    count: counting(counts, options.clock),
  }
  const server = createListener(limits, gateway.distrusted)
  server.on('request', (request, response) => void serve(gateway, request, response))
  server.on('upgrade', (request, socket, head) => {
    const opened = openUpgrade(gateway, request)
    if ('status' in opened) socket.end(refusalText(opened))
    else forwardUpgrade({ request, socket, head, ...opened })
  })
  return {
    listen: (port, address) => listening(server, port, address),
    setTable(table) {
      gateway.matcher = createMatcher(table)
      gateway.chooser.tableChanged(table)
      gateway.upstream.tableChanged(table)
    },
    counts: counts.rows,
    async close(graceMs) {
      const over = new AbortController()
      server.close(() => over.abort())
      await options.clock.sleepUntil(options.clock.now() + graceMs, over.signal)
      server.closeAllConnections()
      await gateway.upstream.close()
    },
  }
}

async function serve(gateway: Gateway, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const startedAt = gateway.clock.now()
  if (gateway.distrusted.has(request.socket)) return void response.destroy()
  const read = readTarget(request)
  if ('refused' in read) {
    gateway.distrusted.add(request.socket)
    return refuse(request, response, { status: 400, message: read.refused })
  }
  const { target } = read
  const asked = askedOf(request, target)
  const route = gateway.matcher.match(asked)
  const nobody = { request, backend: undefined, endpoint: undefined, startedAt }
  if (route === undefined) {
    gateway.count(nobody, 404)
    return refuse(request, response, noRoute(target.host, target.path))
  }
  const backend = gateway.chooser.backend(route, asked)
  await forward(gateway, { request, response, target, asked, route, backend, startedAt })
}

interface Forward {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly target: Target
  readonly asked: Asked
  readonly route: Route
  readonly backend: RouteBackend | undefined
  readonly startedAt: number
}

/** Tries pod after pod as long as nothing can happen twice; before another round it looks at the newest table. */
async function forward(gateway: Gateway, one: Forward): Promise<void> {
  const { request, response, route, target } = one
  let { backend } = one
  let left = backend === undefined ? [] : [...gateway.chooser.endpoints(backend)]
  for (let attempt = 1; ; attempt++) {
    const endpoint = left.shift()
    const counted = { request, backend, endpoint, startedAt: one.startedAt }
    if (backend === undefined || endpoint === undefined) {
      gateway.count(counted, 503)
      return refuse(request, response, noEndpoint(nameOf(backend, route)))
    }
    const outcome = await gateway.upstream.attempt({
      endpoint,
      method: request.method ?? 'GET',
      url: rewritten(route, target),
      headers: upstreamHeaders(request.rawHeaders, forwardedOf(request, target, backend)),
      body: hasBody(request) ? request : undefined,
      extraHeaders: affinityHeaders(one, backend),
      response,
    })
    if ('status' in outcome || 'aborted' in outcome) return finish(gateway, counted, { outcome, response })
    if (attempt >= ATTEMPTS || !mayTryAgain(request, outcome)) {
      const refusal = failureOf(backend, outcome.failed)
      gateway.count(counted, refusal.status)
      return refuse(request, response, refusal)
    }
    if (left.length > 0) continue
    await gateway.clock.sleepUntil(gateway.clock.now() + ROUND_MS * attempt, NEVER)
    backend = sameBackend(gateway.matcher.match(one.asked), backend)
    left = backend === undefined ? [] : [...gateway.chooser.endpoints(backend)]
  }
}

function finish(
  gateway: Gateway,
  counted: Counted,
  { outcome, response }: { outcome: Exclude<Outcome, { failed: Error }>; response: ServerResponse },
): void {
  // 499: the client went away; a status that nobody saw, but counts do.
  gateway.count(counted, 'status' in outcome ? outcome.status : 499)
  if ('broken' in outcome) response.destroy()
}

/** Only if no byte of it reached the pod, or it is idempotent, has no body, and no answer had begun. */
function mayTryAgain(request: IncomingMessage, outcome: { readonly reached: boolean }): boolean {
  if (!outcome.reached) return true
  return IDEMPOTENT.has(request.method ?? '') && !hasBody(request)
}

/** The backend as the newest table has it: its pods may have changed, and the choice by weight stays. */
function sameBackend(route: Route | undefined, backend: RouteBackend): RouteBackend | undefined {
  const { namespace, service } = backend
  const same = route?.backends.find(one => one.namespace === namespace && one.service === service)
  return same ?? backend
}

function failureOf(backend: RouteBackend, error: Error): Refusal {
  const service = `${backend.namespace}/${backend.service}`
  const { code } = error as NodeJS.ErrnoException
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return { status: 504, message: `a pod of Service ${service} did not answer in time` }
  return { status: 502, message: `a pod of Service ${service} could not be asked: ${code ?? error.message}` }
}

function nameOf(backend: RouteBackend | undefined, route: Route): string {
  if (backend !== undefined) return `${backend.namespace}/${backend.service}`
  return route.backends.map(one => `${one.namespace}/${one.service}`).join(', ')
}

function forwardedOf(request: IncomingMessage, target: Target, { service }: RouteBackend) {
  return { clientAddress: request.socket.remoteAddress ?? '', host: target.authority, service }
}

function affinityHeaders({ route, asked }: Forward, backend: RouteBackend): readonly string[] {
  const cookie = route.affinityCookie
  if (cookie === undefined || asked.header('cookie')?.includes(`${cookie}=${backend.service}`)) return []
  return ['set-cookie', `${cookie}=${backend.service}; Path=/; HttpOnly; SameSite=Lax`]
}

function askedOf(request: IncomingMessage, { host, path, url }: Target): Asked {
  const { headers, method = 'GET' } = request
  return {
    host,
    path,
    method,
    header(name) {
      const value = headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
    query: name => new URLSearchParams(url.slice(path.length)).get(name) ?? undefined,
  }
}

/** Where an upgrade goes, or why it cannot. */
function openUpgrade(gateway: Gateway, request: IncomingMessage) {
  const startedAt = gateway.clock.now()
  const read = readTarget(request)
  if ('refused' in read) return { status: 400, message: read.refused } satisfies Refusal
  if (hasBody(request))
    return { status: 501, message: 'an upgrade with a body is not served' } satisfies Refusal
  const { target } = read
  const asked = askedOf(request, target)
  const route = gateway.matcher.match(asked)
  if (route === undefined) return noRoute(target.host, target.path)
  const backend = gateway.chooser.backend(route, asked)
  const [endpoint] = backend === undefined ? [] : gateway.chooser.endpoints(backend)
  if (backend === undefined || endpoint === undefined) return noEndpoint(nameOf(backend, route))
  return {
    endpoint,
    url: rewritten(route, target),
    headers: upstreamHeaders(request.rawHeaders, forwardedOf(request, target, backend)),
    answered: (status: number) => gateway.count({ request, backend, endpoint, startedAt }, status),
  }
}

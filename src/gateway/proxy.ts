// The gateway's server: one request in, matched, chosen by weight, forwarded, and tried again only where nothing can
// happen twice. Knows its table and nothing of Kubernetes; runs in the gateway's thread, tests call it directly.
import { setMaxListeners } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock, Stopwatch } from '../doors/clock.ts'
import { listening } from '../doors/listening.ts'
import type { Random } from '../doors/random.ts'
import { createChooser } from './choosing.ts'
import type { Chooser } from './choosing.ts'
import { counting } from './counting.ts'
import type { Count, Counted } from './counting.ts'
import { createCounts } from './counts.ts'
import type { CountRow } from './counts.ts'
import { changed } from './filters/header-changes.ts'
import { planOf } from './filters/plan.ts'
import type { Plan } from './filters/plan.ts'
import { upstreamHeaders } from './headers.ts'
import { createDeadlines } from './deadline.ts'
import type { Deadline, Deadlines } from './deadline.ts'
import { failureOf, mayTryAgain } from './failures.ts'
import { createTrafficHistory } from './history/history.ts'
import type { TrafficWorld } from './history/lines.ts'
import { createWishedHistory } from './history/wished-history.ts'
import { answerHome } from './home/answer.ts'
import { createListener, LIMITS } from './listener.ts'
import type { ProxyLimits } from './listener.ts'
import { askedOf, workOfOne } from './asked.ts'
import type { Asked } from './asked.ts'
import { createMirroring, NO_COPY } from './mirroring.ts'
import type { BodyCopy, Mirroring } from './mirroring.ts'
import { createMatcher } from './matching.ts'
import type { Matcher } from './matching.ts'
import {
  noEndpoint,
  noRoute,
  notForwarded,
  noWeight,
  refusalText,
  refuse,
  TOO_MUCH_WORK,
} from './refusals.ts'
import type { Refusal } from './refusals.ts'
import { drain } from './request-body.ts'
import { hasBody, readTarget } from './request-target.ts'
import type { Target } from './request-target.ts'
import type { Endpoint, Route, RouteBackend, RouteTable } from './routes/route.ts'
import { backendKey, NO_ROUTES } from './routes/route.ts'
import { ownHeaders } from './sessions.ts'
import { forwardUpgrade, wantsUpgrade } from './upgrade.ts'
import type { Upgrade, Upgrading } from './upgrade.ts'
import { createUpstream } from './upstream.ts'
import type { Outcome, Upstream } from './upstream.ts'
import { withoutUpgrade } from './without-upgrade.ts'

export interface ProxyOptions {
  readonly clock: Clock
  /** How long answers take. */
  readonly stopwatch: Stopwatch
  /** Shuffles the blocks of weights. */
  readonly random: Random
  readonly limits?: Partial<ProxyLimits>
}

export interface Proxy {
  listen(port: number, address: string): Promise<number>
  setTable(table: RouteTable): void
  counts(): readonly CountRow[]
  /** The last minutes of it, and what was wished. */
  readonly traffic: TrafficWorld
  /** Takes no new connection, lets the requests in flight end for so long, then closes. */
  close(graceMs: number): Promise<void>
}

/** How often a request is tried at most, and how long it waits before another round over the same pods. */
const ATTEMPTS = 5
const ROUND_MS = 30
const NEVER = new AbortController().signal
setMaxListeners(0, NEVER)

interface Gateway extends ProxyOptions {
  readonly limits: ProxyLimits
  readonly deadlines: Deadlines
  table: RouteTable
  matcher: Matcher
  /** Connections whose framing cannot be trusted any more: whatever follows on them is no request. */
  readonly distrusted: WeakSet<Duplex>
  readonly chooser: Chooser
  readonly upstream: Upstream
  readonly mirroring: Mirroring
  readonly count: Count
}

export function createProxy(options: ProxyOptions): Proxy {
  const limits = { ...LIMITS, ...options.limits }
  const chooser = createChooser(options.random)
  const counts = createCounts()
  let listensAt = 0
  const traffic = { history: createTrafficHistory(), wished: createWishedHistory(), port: () => listensAt }
  const gateway: Gateway = {
    ...options,
    limits,
    deadlines: createDeadlines(options, limits.idleMs),
    distrusted: new WeakSet(),
    table: NO_ROUTES,
    matcher: createMatcher(NO_ROUTES),
    chooser,
    upstream: createUpstream(limits),
    mirroring: createMirroring({ random: options.random, endpoints: chooser.endpoints }),
    count: counting({ ...options, counts, history: traffic.history }),
  }
  const server = createListener(limits, gateway.distrusted)
  server.on('request', (request, response) => void serve(gateway, request, response))
  server.on('upgrade', (request, socket, head) => {
    const upgrading = { request, socket, head }
    if (wantsUpgrade(request)) upgrade(gateway, upgrading)
    else withoutUpgrade(server, upgrading)
  })
  return {
    async listen(port, address) {
      listensAt = await listening(server, port, address)
      return listensAt
    },
    setTable(table) {
      gateway.table = table
      traffic.wished.tableChanged(table, options.clock.now())
      gateway.matcher = createMatcher(table)
      gateway.chooser.tableChanged(table)
      gateway.upstream.tableChanged(table)
    },
    counts: () => counts.rows(gateway.table, options.clock.now()),
    traffic,
    async close(graceMs) {
      const over = new AbortController()
      server.close(() => over.abort())
      await options.clock.sleepUntil(options.clock.now() + graceMs, over.signal)
      server.closeAllConnections()
      gateway.deadlines.close()
      await Promise.all([gateway.upstream.close(), gateway.mirroring.close()])
    },
  }
}

/** Whatever goes wrong in a request ends there, and is counted. */
async function serve(gateway: Gateway, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (gateway.distrusted.has(request.socket)) return void response.destroy()
  const nobody: Counted = {
    request,
    route: undefined,
    backend: undefined,
    endpoint: undefined,
    startedAt: gateway.stopwatch(),
  }
  try {
    await answer(gateway, response, nobody)
  } catch (error) {
    gateway.count(nobody, 502)
    refuse(request, response, notForwarded(error as Error))
  }
  if (gateway.distrusted.has(request.socket) || !hasBody(request) || request.readableEnded) return
  await drain(request, gateway.clock, gateway.limits)
}

async function answer(gateway: Gateway, response: ServerResponse, nobody: Counted): Promise<void> {
  const { request, startedAt } = nobody
  const opened = open(gateway, request)
  if (!('refused' in opened)) {
    const deadline = gateway.deadlines.start()
    try {
      return await forward(gateway, { request, response, ...opened, startedAt, deadline })
    } finally {
      deadline.end()
    }
  }
  const { refused, route } = opened
  if (refused.status === 404 && answerHome(request, response, gateway.table)) return
  if (refused.status === 400) gateway.distrusted.add(request.socket)
  else gateway.count({ ...nobody, route }, refused.status)
  refuse(request, response, refused)
}

interface Opened {
  readonly target: Target
  readonly asked: Asked
  readonly route: Route
  readonly backend: RouteBackend | undefined
  readonly plan: Plan
}

interface Refused {
  readonly refused: Refusal
  /** The route that refuses. */
  readonly route?: Route
}

/** Where a request goes, or why it goes nowhere. */
function open(gateway: Gateway, request: IncomingMessage): Opened | Refused {
  const read = readTarget(request)
  if ('refused' in read) return { refused: { status: 400, message: read.refused } }
  if (request.method === 'TRACE') return { refused: { status: 405, message: 'TRACE is not served here' } }
  const { target } = read
  const asked = askedOf(request, target)
  const route = gateway.matcher.match(asked)
  if (asked.work !== undefined && asked.work.left < 0) return { refused: TOO_MUCH_WORK }
  if (route === undefined) return { refused: noRoute(target.host, target.path) }
  const backend = gateway.chooser.backend(route, { asked, now: gateway.clock.now() })
  const plan = planOf(route, backend, { target, work: asked.work })
  return 'refused' in plan ? { refused: plan.refused, route } : { target, asked, route, backend, plan }
}

interface Forward extends Opened {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly startedAt: number
  readonly deadline: Deadline
}

/** Tries pod after pod as long as nothing can happen twice; before another round it looks at the newest table. */
async function forward(gateway: Gateway, one: Forward): Promise<void> {
  const { request, response, deadline } = one
  let chosen: Opened = one
  let left = podsOf(gateway, chosen)
  const onBody = mirrored(gateway, one)
  for (let attempt = 1; ; attempt++) {
    const { route, backend, plan } = chosen
    const endpoint = left.shift()
    const counted = { request, route, backend, endpoint, startedAt: one.startedAt }
    if (backend === undefined || endpoint === undefined) {
      gateway.count(counted, 503)
      return refuse(request, response, nobodyToAsk(backend, route))
    }
    deadline.begin()
    const outcome = await gateway.upstream.attempt({
      endpoint,
      method: request.method ?? 'GET',
      url: plan.url,
      headers: podHeaders(request, chosen, backend),
      request: hasBody(request) ? request : undefined,
      onBody,
      own: ownHeaders(route.session, backend, { asked: one.asked, now: gateway.clock.now() }),
      changes: plan.toClient,
      response,
      deadline,
    })
    if ('status' in outcome || 'aborted' in outcome) return finish(gateway, counted, { outcome, response })
    if (attempt >= ATTEMPTS || deadline.isOver || !mayTryAgain(request, outcome)) {
      const refusal = failureOf(backend, outcome.failed)
      gateway.count(counted, refusal.status)
      return refuse(request, response, refusal)
    }
    if (left.length > 0) continue
    await gateway.clock.sleepUntil(gateway.clock.now() + ROUND_MS * attempt, NEVER)
    chosen = reopened(gateway, chosen)
    left = podsOf(gateway, chosen)
  }
}

function podsOf({ chooser }: Gateway, { backend }: Opened): Endpoint[] {
  return backend === undefined ? [] : [...chooser.endpoints(backend)]
}

/**
 * As the newest table has it: the pods of a backend may have changed, and the choice by weight stays. For one that the
 * route no longer has another one is chosen.
 */
function reopened(gateway: Gateway, one: Opened): Opened {
  const { target, asked, backend } = one
  const work = workOfOne()
  const route = gateway.matcher.match({ ...asked, work })
  if (route === undefined || backend === undefined) return one
  const same = route.backends.find(other => backendKey(other) === backendKey(backend))
  if (same !== undefined) return { ...one, backend: same }
  const other = gateway.chooser.backend(route, { asked, now: gateway.clock.now() })
  const plan = planOf(route, other, { target, work })
  return other === undefined || 'refused' in plan ? one : { ...one, route, backend: other, plan }
}

function mirrored({ mirroring }: Gateway, one: Forward): BodyCopy {
  const { request, route, plan, backend: served } = one
  if (route.mirrors === undefined || served === undefined || served.endpoints.length === 0) return NO_COPY
  const headers = (backend: RouteBackend) => podHeaders(request, one, backend)
  const copied = { method: request.method ?? 'GET', url: plan.url, headers }
  return mirroring.copy(route.mirrors, copied, hasBody(request) ? request : undefined)
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

function nobodyToAsk(backend: RouteBackend | undefined, route: Route): Refusal {
  if (backend !== undefined) return noEndpoint(nameOf(backend))
  return noWeight(route.backends.map(nameOf).join(', '))
}

function nameOf({ namespace, service }: RouteBackend): string {
  return `${namespace}/${service}`
}

function podHeaders(request: IncomingMessage, { target, plan }: Opened, { service }: RouteBackend): string[] {
  const clientAddress = request.socket.remoteAddress ?? ''
  const forwarded = { clientAddress, host: target.authority, hostname: plan.hostname, service }
  return changed(upstreamHeaders(request.rawHeaders, forwarded), plan.toPod)
}

function upgrade(gateway: Gateway, { request, socket, head }: Upgrading): void {
  // Node has let go of the socket: from here on its errors are ours.
  socket.on('error', () => socket.destroy())
  const counted: Counted = {
    request,
    route: undefined,
    backend: undefined,
    endpoint: undefined,
    startedAt: gateway.stopwatch(),
  }
  try {
    const opened = openUpgrade(gateway, counted)
    if (!('refused' in opened)) return forwardUpgrade({ request, socket, head, ...opened })
    const { refused, route } = opened
    if (refused.status !== 400) gateway.count({ ...counted, route }, refused.status)
    socket.end(refusalText(refused))
  } catch (error) {
    gateway.count(counted, 502)
    socket.end(refusalText(notForwarded(error as Error)))
  }
}

function openUpgrade(gateway: Gateway, counted: Counted): Omit<Upgrade, keyof Upgrading> | Refused {
  const { request } = counted
  const opened = open(gateway, request)
  if ('refused' in opened) return opened
  const { route, plan, backend } = opened
  const endpoints = backend === undefined ? [] : gateway.chooser.endpoints(backend)
  if (backend === undefined || endpoints.length === 0) return { refused: nobodyToAsk(backend, route) }
  return {
    endpoints,
    url: plan.url,
    headers: podHeaders(request, opened, backend),
    changes: plan.toClient,
    answerMs: gateway.limits.idleMs,
    failure: (error: Error) => failureOf(backend, error),
    answered: (status: number, endpoint: Endpoint) =>
      gateway.count({ ...counted, route, backend, endpoint }, status),
  }
}

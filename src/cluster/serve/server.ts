// The HTTPS front of the embedded API server: opens the socket with its certificate, takes each request
// through host check, authentication and the in-flight limit to its handler, and writes what comes back. No
// request can take the server down, hold memory without bound, or stay for ever.
import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../doors/clock.ts'
import { listening } from '../../doors/listening.ts'
import type { Log } from '../../doors/log.ts'
import type { Random } from '../../doors/random.ts'
import type { Resources } from '../resources/resources.ts'
import { authenticator } from './authentication.ts'
import type { Pki } from './certificates.ts'
import type { HealthCheck } from './health.ts'
import { hostCheck } from './hosts.ts'
import { inFlightLimit } from './in-flight.ts'
import { createOutboxes } from './watch/outboxes.ts'
import { serverNumbers } from './numbers.ts'
import type { LogSource } from './pod-logs.ts'
import { createRouter } from './router.ts'
import type { TrafficSource } from './request.ts'
import { writeAnswer } from './write-answer.ts'

export interface ApiServerOptions {
  readonly resources: Resources
  readonly pki: Pki
  /** Made anew when a third of its life is left; asked for twice a day. */
  readonly renewPki?: () => Promise<Pki>
  /** 0: any free one. */
  readonly port: number
  /** Default: 127.0.0.1. */
  readonly address?: string
  /** Names besides our own under which clients may ask. */
  readonly extraNames?: readonly string[]
  readonly token: string
  readonly log: Log
  readonly clock: Clock
  readonly random: Random
  readonly pods: LogSource
  readonly healthChecks?: readonly HealthCheck[]
  /** More text for `/metrics`, after the server's own numbers. */
  readonly metrics?: () => Promise<string>
  /** Where requests to Services are answered; undefined while nothing listens there. */
  readonly gatewayPort?: () => number | undefined
  /** Live traffic; gives undefined while there is no gateway yet. */
  readonly traffic?: () => TrafficSource | undefined
  readonly limits?: Partial<ApiServerLimits>
}

interface ApiServerLimits {
  /** Requests that end by themselves, under way at once. */
  readonly inFlight: number
  /** Watches and followed logs, at once. */
  readonly lasting: number
  /** Who is told of live traffic, at once. */
  readonly looking: number
  readonly connections: number
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly keepAliveMs: number
  readonly headerBytes: number
  /** What may wait for the clients of all watches together before the slowest is ended. */
  readonly watchWaitingBytes: number
}

const LIMITS: ApiServerLimits = {
  inFlight: 400,
  lasting: 2_000,
  looking: 64,
  connections: 5_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  keepAliveMs: 90_000,
  headerBytes: 64 * 1024,
  watchWaitingBytes: 32 * 1024 * 1024,
}

export interface RunningApiServer {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

const CLOSE_GRACE_MS = 2_000
const RENEWAL_EVERY_MS = 12 * 3_600_000

/** Resolves when the socket listens; rejects when the port is taken. */
export async function startApiServer(options: ApiServerOptions): Promise<RunningApiServer> {
  const { pki, clock, log } = options
  const address = options.address ?? '127.0.0.1'
  const limits = { ...LIMITS, ...options.limits }
  const closing = new AbortController()
  setMaxListeners(0, closing.signal) // one for each watch
  const handle = createHandler({ ...options, limits }, address, closing.signal)
  const server = createServer(
    {
      ...secureContext(pki),
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      maxHeaderSize: limits.headerBytes,
      handshakeTimeout: limits.headersTimeoutMs,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.headersTimeoutMs / 2,
      noDelay: true,
    },
    handle,
  )
  server.maxConnections = limits.connections
  server.on('clientError', refuseMalformed)
  const port = await listening(server, options.port, address)
  const renewal = renewCertificates(server, options, closing.signal)
  renewal.catch(error => log.error('certificate renewal ended', { error: String(error) }))
  return {
    url: `https://${address.includes(':') ? `[${address}]` : address}:${port}`,
    port,
    async close() {
      closing.abort()
      await closed(server, clock)
    },
  }
}

function secureContext(pki: Pki) {
  return { cert: pki.certificate, key: pki.key, ca: pki.caCertificate }
}

/** Watches end at once; requests under way have a moment to finish. */
async function closed(server: Server, clock: Clock): Promise<void> {
  const over = new AbortController()
  const done = new Promise<void>(resolve => server.close(() => resolve()))
  void done.then(() => over.abort())
  server.closeIdleConnections()
  await clock.sleepUntil(clock.now() + CLOSE_GRACE_MS, over.signal)
  server.closeAllConnections()
  await done
}

async function renewCertificates(
  server: Server,
  { renewPki, clock, log, pki }: ApiServerOptions,
  signal: AbortSignal,
): Promise<void> {
  if (renewPki === undefined) return
  let current = pki
  for (;;) {
    await clock.sleepUntil(clock.now() + RENEWAL_EVERY_MS, signal)
    if (signal.aborted) return
    const next = await renewPki().catch(error => {
      log.error('the server certificate could not be renewed; trying again later', { error: String(error) })
      return current
    })
    if (next.certificate === current.certificate) continue
    server.setSecureContext(secureContext(next))
    current = next
    log.info('the server certificate was renewed')
  }
}

/** What is no HTTP gets a short answer and loses its connection. */
function refuseMalformed(error: Error & { code?: string }, socket: Duplex): void {
  // Who has not finished the TLS handshake can not read an answer.
  if (error.code?.startsWith('ERR_TLS') || error.code?.startsWith('ERR_SSL')) return void socket.destroy()
  if (socket.destroyed || !socket.writable) return
  const line =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request'
  socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function createHandler(
  options: ApiServerOptions & { readonly limits: ApiServerLimits },
  address: string,
  closing: AbortSignal,
) {
  const { resources, clock, log, pods, random, limits } = options
  const api = {
    resources,
    clock,
    log,
    pods,
    closing,
    lasting: inFlightLimit(limits.lasting),
    outboxes: createOutboxes(limits.watchWaitingBytes, clock),
    gatewayPort: options.gatewayPort,
    traffic: options.traffic,
    looking: inFlightLimit(limits.looking),
    random: () => random.next(),
  }
  const inFlight = inFlightLimit(limits.inFlight)
  const route = createRouter(api, {
    authenticate: authenticator(options.token),
    checkHost: hostCheck([address, ...(options.extraNames ?? [])]),
    inFlight,
    healthChecks: options.healthChecks ?? [],
    numbers: async () => serverNumbers({ ...api, inFlight }) + ((await options.metrics?.()) ?? ''),
  })
  return (raw: IncomingMessage, response: ServerResponse) => {
    response.setHeader('Audit-Id', randomUUID())
    if (closing.aborted) response.setHeader('Connection', 'close')
    void route(raw, response)
      .then(handled => (handled === 'taken over' ? undefined : writeAnswer(raw, response, handled)))
      .catch((error: unknown) => {
        log.error('a request could not be answered', { path: raw.url ?? '', error: String(error) })
        response.destroy()
      })
  }
}

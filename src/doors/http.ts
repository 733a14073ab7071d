// HTTP as a door: one request, one streamed answer. Over node:http and node:https with connections kept
// alive.
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders, RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import { tunnelTo } from './http-tunnel.ts'

interface HttpRequest {
  readonly method: string
  readonly url: string
  /** A list of values is sent as a header each. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: Uint8Array | string
  /** How long the connection may be silent, before the answer and within it. */
  readonly idleTimeoutMs?: number
  /** Asked when a connection stands, right before the request is sent on it, each time; its throw is the last. */
  readonly mayTry?: (() => void) | undefined
}

export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncIterable<Uint8Array>
  /** The whole body; throws when it is larger than `limitBytes`. */
  text(limitBytes: number): Promise<string>
}

/** Throws HttpError when no answer came; or what `mayTry` throws. */
export type Http = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>

export class HttpError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'HttpError'
    this.code = code
  }
}

export interface HttpOptions {
  readonly tls?: {
    /** PEM; the system's authorities when absent. */
    readonly ca?: string | undefined
    readonly cert?: string | undefined
    readonly key?: string | undefined
    /** The name that the server's certificate must have, when it is not the host's. */
    readonly serverName?: string | undefined
    readonly insecureSkipVerify?: boolean | undefined
  }
  /** `http://` or `https://`: everything goes through this proxy. */
  readonly proxyUrl?: string | undefined
  readonly maxSockets?: number
}

const IDLE_TIMEOUT_MS = 60_000
const KEEP_ALIVE_MS = 30_000
const MAX_SOCKETS = 64

export interface ClosableHttp {
  readonly http: Http
  /** Ends all connections, and with them what is under way. */
  close(): void
}

export function createHttp(options: HttpOptions = {}): ClosableHttp {
  const agents = agentsOf(options)
  let isClosed = false
  const http: Http = async (request, signal) => {
    try {
      return await once(agents, request, signal)
    } catch (error) {
      if (isClosed || !isStaleConnection(error) || request.method === 'POST' || signal.aborted)
        throw asThrown(error)
      // The server had closed the kept connection; a fresh one tells whether it is there.
      return once(agents, request, signal).catch((again: unknown) => Promise.reject(asThrown(again)))
    }
  }
  return {
    http,
    close() {
      isClosed = true
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

interface Agents {
  readonly http: HttpAgent
  readonly https: HttpsAgent
}

function agentsOf({ tls = {}, proxyUrl, maxSockets = MAX_SOCKETS }: HttpOptions): Agents {
  const kept = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS, maxSockets, scheduling: 'lifo' as const }
  const { ca, cert, key, serverName, insecureSkipVerify } = tls
  const secure = {
    // One context for all connections: making one costs Node 20 some 30 ms.
    secureContext: createSecureContext({
      // Without any, Node reads in all of its root certificates: 20 ms for nothing when nobody checks.
      ...(ca === undefined ? (insecureSkipVerify === true ? { ca: [] } : {}) : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    }),
    rejectUnauthorized: insecureSkipVerify !== true,
    ...(serverName === undefined ? {} : { servername: serverName }),
  }
  const agents = { http: new HttpAgent(kept), https: new HttpsAgent({ ...kept, ...secure }) }
  if (proxyUrl !== undefined) tunnelTo(agents, new URL(proxyUrl), secure)
  return agents
}

/** Holds what `mayTry` threw. */
class NotTried extends Error {
  readonly why: unknown

  constructor(why: unknown) {
    super('not tried')
    this.why = why
  }
}

interface Stale extends Error {
  stale: boolean
}

function isStaleConnection(error: unknown): boolean {
  return error instanceof Error && (error as Stale).stale
}

function once(agents: Agents, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const url = new URL(request.url)
    const secure = url.protocol === 'https:'
    const options: RequestOptions = {
      method: request.method,
      agent: secure ? agents.https : agents.http,
      headers: headersOf(request),
      timeout: request.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
    }
    const sent: ClientRequest = secure ? httpsRequest(url, options) : httpRequest(url, options)
    let answered: IncomingMessage | undefined
    const abort = () => {
      answered?.destroy()
      sent.destroy()
    }
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    sent.once('close', () => signal.removeEventListener('abort', abort))
    sent.once('response', answer => {
      answered = answer
      // Whoever reads the body hears of its errors; nobody may be reading any more.
      answer.on('error', () => {})
      resolve(responseOf(answer))
    })
    sent.once('timeout', () => sent.destroy(new HttpError('ETIMEDOUT', `no answer from ${url.host} in time`)))
    sent.on('error', (error: Error & { code?: string }) => {
      const stale = sent.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '')
      reject(Object.assign(error, { stale }))
    })
    if (request.mayTry === undefined) sent.end(request.body)
    else sent.once('socket', socket => whenConnected(socket, secure, () => endIfAllowed(sent, request)))
  })
}

/** A socket that was kept, or has come through a proxy, is connected already. */
function whenConnected(socket: Socket, secure: boolean, then: () => void): void {
  if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', then)
  else then()
}

function endIfAllowed(sent: ClientRequest, { body, mayTry }: HttpRequest): void {
  try {
    mayTry?.()
  } catch (error) {
    sent.destroy(new NotTried(error))
    return
  }
  sent.end(body)
}

function headersOf({ headers = {}, body }: HttpRequest): OutgoingHttpHeaders {
  const named: OutgoingHttpHeaders = {}
  for (const [name, value] of Object.entries(headers))
    named[name] = typeof value === 'string' ? value : [...value]
  return body === undefined ? named : { ...named, 'content-length': Buffer.byteLength(body) }
}

function responseOf(answer: IncomingMessage): HttpResponse {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(answer.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  return {
    status: answer.statusCode ?? 0,
    headers,
    body: answer,
    text: limitBytes => textOf(answer, limitBytes),
  }
}

async function textOf(answer: IncomingMessage, limitBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limitBytes) {
      answer.destroy()
      throw new HttpError('ETOOLARGE', `the answer is larger than ${limitBytes} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function asThrown(error: unknown): unknown {
  if (error instanceof NotTried) return error.why
  if (error instanceof HttpError) return error
  const { code = 'EUNKNOWN', message } = error as Error & { code?: string }
  return new HttpError(code, message)
}

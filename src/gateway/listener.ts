// The gateway's HTTP server without its answers: strict framing, and a limit on everything that a client can make us
// wait for.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { refusalText } from './refusals.ts'
import type { Refusal } from './refusals.ts'
import { keepRoom } from './room.ts'

export interface ProxyLimits {
  readonly headerBytes: number
  readonly headersMs: number
  /** How long an answer may take to begin, and then to go on. */
  readonly idleMs: number
  readonly connectMs: number
  readonly keepAliveMs: number
  readonly connections: number
  readonly connectionsPerPod: number
  /** What is read of a body that nobody wants any more, and for how long. */
  readonly drainBytes: number
  readonly drainMs: number
}

export const LIMITS: ProxyLimits = {
  headerBytes: 16_384,
  headersMs: 20_000,
  idleMs: 60_000,
  connectMs: 2000,
  keepAliveMs: 75_000,
  connections: 10_000,
  connectionsPerPod: 256,
  drainBytes: 64 * 1024 * 1024,
  drainMs: 10_000,
}

/** `distrusted`: connections whose framing cannot be trusted any more; whatever follows on them is no request. */
export function createListener(limits: ProxyLimits, distrusted: WeakSet<Duplex>): Server {
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(limits.headersMs, 5000),
    keepAliveTimeout: limits.keepAliveMs,
    requireHostHeader: false,
    insecureHTTPParser: false,
    noDelay: true,
  })
  // An answer may take the pod's whole idle time; only then is the client's silence ours to end.
  server.timeout = 2 * limits.idleMs + 5000
  keepRoom(server, limits.connections)
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable || distrusted.has(socket))
      return void socket.destroy()
    socket.end(refusalText(refusalOf(error.code)))
  })
  server.on('connect', (_request, socket) => {
    socket.on('error', () => socket.destroy())
    socket.end(refusalText({ status: 405, message: 'CONNECT is not served here' }))
  })
  return server
}

function refusalOf(code: string | undefined): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, message: 'the path and the headers of the request are too long' }
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, message: 'the request did not come in time' }
    default:
      return { status: 400, message: 'the request is not well-formed HTTP/1.1' }
  }
}

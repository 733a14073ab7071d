// The small HTTP servers of a controller: probes, and numbers for Prometheus.
import { createServer } from 'node:http'
import { isIP } from 'node:net'
import type { AddressInfo } from 'node:net'
import { own } from '../std/own.ts'

export interface TextServer {
  readonly port: number
  close(): Promise<void>
}

export interface Page {
  readonly contentType?: string
  readonly status?: number
  readonly text: string
}

export class PortError extends Error {
  /** The system's. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

type Pages = Readonly<Record<string, () => Page | Promise<Page>>>

export interface ServedAt {
  readonly port: number
  /** Undefined: every address of this machine. */
  readonly host?: string
  /** What moves the port. */
  readonly flag: string
  /** The names that it answers to; undefined: to all. */
  readonly names?: (name: string) => boolean
}

/** Serves each path's page; throws PortError when the port cannot be had. Port 0: any free one. */
export async function serveText(pages: Pages, at: ServedAt): Promise<TextServer> {
  const server = createServer((request, response) => {
    const { url = '/', headers } = request
    const answer = answerOf(own(pages, url.split('?')[0] ?? '/'), at, headers.host)
    void Promise.resolve(answer).then(
      ({ status = 200, contentType = 'text/plain; charset=utf-8', text }) => {
        response.writeHead(status, { 'content-type': contentType })
        response.end(text)
      },
      () => response.writeHead(500).end(),
    )
  })
  server.requestTimeout = 30_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: Error & { code?: string }) => {
      const why = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be had (${error.code ?? error.message})`
      reject(new PortError(error.code ?? '', `port ${at.port} ${why}; choose another with ${at.flag}`))
    })
    server.listen(at.port, at.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function answerOf(
  page: (() => Page | Promise<Page>) | undefined,
  { names }: ServedAt,
  host: string | undefined,
): Page | Promise<Page> {
  if (host !== undefined && names?.(bareName(host)) === false)
    return { status: 403, text: 'this server does not answer to that host name\n' }
  return page === undefined ? { status: 404, text: 'not found\n' } : page()
}

/** Without the port, and an IPv6 address without its brackets. */
function bareName(host: string): string {
  const name = host.toLowerCase().replace(/:\d*$/, '')
  return name.startsWith('[') ? name.slice(1, -1) : name
}

/**
 * The names under which a server of ours can be asked without anybody's leave: addresses, this machine's own, and those
 * that a cluster gives to `services` and pods. A page whose own name was pointed at our address (DNS rebinding) still
 * sends its own name.
 */
export function ownNames(services: readonly string[] = []): (name: string) => boolean {
  return name =>
    isIP(name) !== 0 ||
    services.includes(name) ||
    // One label is nobody's domain, and these are no public ones (RFC 6761, RFC 6762).
    !name.includes('.') ||
    /\.(localhost|local|svc)$/.test(name)
}

/** Alive as long as it answers; ready once it holds a complete copy of the cluster. */
export function probePages(isReady: () => boolean): Readonly<Record<string, () => Page>> {
  return {
    '/healthz': () => ({ text: 'ok' }),
    '/readyz': () => (isReady() ? { text: 'ok' } : { status: 503, text: 'not ready' }),
  }
}

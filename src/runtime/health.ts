// The small HTTP servers of a controller: probes, and numbers for Prometheus.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface TextServer {
  readonly port: number
  close(): Promise<void>
}

export interface Page {
  readonly contentType?: string
  readonly status?: number
  readonly text: string
}

export class PortError extends Error {}

/** Serves each path's page; throws PortError when the port cannot be had. Port 0: any free one. */
export async function serveText(
  pages: Readonly<Record<string, () => Page | Promise<Page>>>,
  at: { port: number; host?: string; flag: string },
): Promise<TextServer> {
  const server = createServer((request, response) => {
    const page = pages[(request.url ?? '/').split('?')[0] ?? '/']
    const answer = page === undefined ? { status: 404, text: 'not found\n' } : page()
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
      reject(new PortError(`port ${at.port} ${why}; choose another with ${at.flag}`))
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

/** Alive as long as it answers; ready once it holds a complete copy of the cluster. */
export function probePages(isReady: () => boolean): Readonly<Record<string, () => Page>> {
  return {
    '/healthz': () => ({ text: 'ok' }),
    '/readyz': () => (isReady() ? { text: 'ok' } : { status: 503, text: 'not ready' }),
  }
}

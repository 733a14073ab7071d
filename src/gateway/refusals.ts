// The gateway's own answers: what is wrong, in words that name the host or the Service. JSON for programs that want it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { RedirectStatus } from './routes/route.ts'

export interface Refusal {
  readonly status: RedirectStatus | 400 | 404 | 405 | 408 | 431 | 500 | 501 | 502 | 503 | 504
  readonly message: string
  /** Of a redirect. */
  readonly location?: string
}

export function noRoute(host: string, path: string): Refusal {
  return {
    status: 404,
    message: `no route for host "${host}" and path "${path}": a Service answers to NAME.NAMESPACE.localhost`,
  }
}

export function noEndpoint(service: string): Refusal {
  return { status: 503, message: `Service ${service} has no ready endpoint` }
}

export function noWeight(services: string): Refusal {
  const message =
    services === '' ? 'the route leads to no Service' : `no Service of the route has weight: ${services}`
  return { status: 503, message }
}

export function notForwarded(error: Error): Refusal {
  return { status: 502, message: `the request could not be forwarded: ${error.message}` }
}

export const BAD_REWRITE: Refusal = {
  status: 400,
  message: 'the path that the route makes of this one could be read in two ways',
}

export const TOO_MUCH_WORK: Refusal = {
  status: 431,
  message: 'the path or a header is too long for the patterns of the routes of this host',
}

export function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent || response.destroyed) return void response.destroy()
  const { status, message, location } = refusal
  const wantsJson = request.headers.accept?.includes('application/json') ?? false
  const body = wantsJson ? `${JSON.stringify({ status, error: message })}\n` : `${message}\n`
  // What follows on a connection whose framing cannot be trusted must not be read as the next request.
  const mustClose = status === 400
  response.writeHead(status, {
    'content-type': wantsJson ? 'application/json' : 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    ...(location !== undefined && { location }),
    ...(status === 503 && { 'retry-after': '1' }),
    ...(mustClose && { connection: 'close' }),
  })
  response.end(body)
}

/** The same on a bare socket: before there is a request, or after an upgrade began. */
export function refusalText({ status, message, location }: Refusal): string {
  const body = `${message}\n`
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    ...(location === undefined ? [] : [`location: ${location}`]),
    'connection: close',
    '',
    body,
  ].join('\r\n')
}

// Upgrades (WebSocket): the client's request goes to the pod as it is, and then both talk over one connection until
// either ends. An answer that is no upgrade goes back as it came, and the connection ends with it.
import { request as ask } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { refusalText } from './refusals.ts'
import type { Endpoint } from './routes/route.ts'

export interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  /** What the client has sent after its request. */
  readonly head: Buffer
  readonly endpoint: Endpoint
  readonly url: string
  readonly headers: string[]
  answered(status: number): void
}

const CONNECT_MS = 10_000

export function forwardUpgrade(upgrade: Upgrade): void {
  const { request, socket, head, endpoint, url, answered } = upgrade
  const sent = ask({
    host: endpoint.host,
    port: endpoint.port,
    method: request.method,
    path: url,
    headers: [...upgrade.headers, 'connection', 'Upgrade', 'upgrade', request.headers.upgrade ?? ''] as never,
    setHost: false,
    agent: false,
    timeout: CONNECT_MS,
  })
  socket.on('error', () => sent.destroy())
  socket.once('close', () => sent.destroy())
  sent.once('timeout', () => sent.destroy(new Error('the pod did not answer in time')))
  sent.once('error', error => {
    answered(502)
    if (socket.writable)
      socket.end(refusalText({ status: 502, message: `the upgrade failed: ${error.message}` }))
  })
  sent.once('response', answer => {
    answered(answer.statusCode ?? 502)
    socket.write(headText(answer, ['connection: close']))
    answer.pipe(socket)
  })
  sent.once('upgrade', (answer, podSocket: Duplex, podHead) => {
    answered(answer.statusCode ?? 101)
    const upgraded = answer.headers.upgrade ?? request.headers.upgrade ?? ''
    socket.write(headText(answer, ['connection: Upgrade', `upgrade: ${upgraded}`]))
    if (podHead.length > 0) socket.write(podHead)
    if (head.length > 0) podSocket.write(head)
    join(socket, podSocket)
  })
  sent.end()
}

/** Both ways at the pace of the slower; when one side ends, so does the other. */
function join(client: Duplex, pod: Duplex): void {
  for (const side of [client, pod]) (side as Duplex & { setTimeout?(ms: number): void }).setTimeout?.(0)
  client.pipe(pod)
  pod.pipe(client)
  pod.on('error', () => client.destroy())
  client.on('error', () => pod.destroy())
  client.once('close', () => pod.destroy())
  pod.once('close', () => client.destroy())
}

const NOT_FORWARDED = new Set([
  'connection',
  'upgrade',
  'keep-alive',
  'transfer-encoding',
  'proxy-connection',
])

/** The body, where there is one, goes on until the connection ends. */
function headText(answer: IncomingMessage, more: readonly string[]): string {
  const { rawHeaders } = answer
  const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage ?? ''}`]
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (!NOT_FORWARDED.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[i + 1]}`)
  }
  return [...lines, ...more, '', ''].join('\r\n')
}

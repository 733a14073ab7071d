// Upgrades (WebSocket): the client's request goes to the pod as it is, and then both talk over one connection until
// either ends. An answer that is no upgrade goes back as it came, and the connection ends with it.
import { request as ask } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { changed } from './filters/header-changes.ts'
import { clientHeaders, reasonOf } from './headers.ts'
import { refusalText } from './refusals.ts'
import type { Endpoint, HeaderChanges } from './routes/route.ts'

export interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  /** What the client has sent after its request. */
  readonly head: Buffer
  readonly endpoint: Endpoint
  readonly url: string
  readonly headers: string[]
  /** What the route makes of the answer's headers. */
  readonly changes: readonly HeaderChanges[]
  /** What is upgraded to; empty: the request goes on as a plain one. */
  readonly protocol: string
  readonly answerMs: number
  answered(status: number): void
}

export function forwardUpgrade(upgrade: Upgrade): void {
  const { request, socket, head, endpoint, protocol } = upgrade
  const asks = protocol === '' ? ['connection', 'close'] : ['connection', 'Upgrade', 'upgrade', protocol]
  const sent = ask({
    host: endpoint.host,
    port: endpoint.port,
    method: request.method,
    path: upgrade.url,
    headers: [...upgrade.headers, ...asks] as never,
    setHost: false,
    agent: false,
    timeout: upgrade.answerMs,
  })
  let isAnswered = false
  const answered = (status: number) => {
    if (!isAnswered) upgrade.answered(status)
    isAnswered = true
  }
  let isLate = false
  socket.once('close', () => sent.destroy())
  sent.once('timeout', () => {
    isLate = true
    sent.destroy(new Error('the pod did not answer in time'))
  })
  sent.on('error', error => {
    if (isAnswered) return void socket.destroy()
    const status = isLate ? 504 : 502
    answered(status)
    if (socket.writable) socket.end(refusalText({ status, message: `the upgrade failed: ${error.message}` }))
  })
  sent.once('response', answer => {
    answered(answer.statusCode ?? 502)
    answer.on('error', () => socket.destroy())
    socket.write(headText(answer, upgrade.changes, ['connection: close']), 'latin1')
    answer.pipe(socket)
  })
  sent.once('upgrade', (answer, podSocket: Duplex, podHead) => {
    answered(answer.statusCode ?? 101)
    const upgraded = answer.headers.upgrade ?? protocol
    socket.write(headText(answer, upgrade.changes, ['connection: Upgrade', `upgrade: ${upgraded}`]), 'latin1')
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

/** The body, where there is one, goes on until the connection ends. */
function headText(
  { statusCode = 502, statusMessage, rawHeaders }: IncomingMessage,
  changes: readonly HeaderChanges[],
  more: readonly string[],
) {
  const lines = [`HTTP/1.1 ${statusCode} ${reasonOf(statusCode, statusMessage)}`]
  const headers = changed(clientHeaders(rawHeaders, statusCode), changes)
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`)
  return [...lines, ...more, '', ''].join('\r\n')
}

// Upgrades (WebSocket): the client's request goes to the pod as it is, and then both talk over one connection until
// either ends. An answer that is no upgrade goes back as it came, and the connection ends with it.
import { request as ask } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { changed } from './filters/header-changes.ts'
import { OutOfTime } from './deadline.ts'
import { clientHeaders, reasonOf, upgradesOf } from './headers.ts'
import { refusalText } from './refusals.ts'
import type { Refusal } from './refusals.ts'
import { hasBody } from './request-target.ts'
import type { Endpoint, HeaderChanges } from './routes/route.ts'

export interface Upgrading {
  readonly request: IncomingMessage
  readonly socket: Duplex
  /** What the client has sent after its request. */
  readonly head: Buffer
}

export interface Upgrade extends Upgrading {
  /** In the order in which they are tried; at least one. */
  readonly endpoints: readonly Endpoint[]
  readonly url: string
  readonly headers: string[]
  /** What the route makes of the answer's headers. */
  readonly changes: readonly HeaderChanges[]
  readonly answerMs: number
  failure(error: Error): Refusal
  answered(status: number, endpoint: Endpoint): void
}

/** Whoever asks only for HTTP/2 without TLS, or sends a body along, is answered in HTTP/1.1. */
export function wantsUpgrade(request: IncomingMessage): boolean {
  return upgradesOf(request.rawHeaders).length > 0 && !hasBody(request)
}

/** Pod after pod, as long as none could be reached. */
export function forwardUpgrade(upgrade: Upgrade): void {
  const { socket, endpoints } = upgrade
  const [endpoint, ...others] = endpoints
  if (endpoint === undefined) return
  const sent = askPod(upgrade, endpoint)
  const end = () => sent.destroy()
  socket.once('close', end)
  let isReached = false
  sent.once('socket', reached => reached.once('connect', () => (isReached = true)))
  play(upgrade, { sent, endpoint }, error => {
    socket.off('close', end)
    const goesOn = !isReached && others.length > 0 && socket.writable
    if (goesOn) return forwardUpgrade({ ...upgrade, endpoints: others })
    const refusal = upgrade.failure(error)
    upgrade.answered(refusal.status, endpoint)
    if (socket.writable) socket.end(refusalText(refusal))
  })
}

function askPod(upgrade: Upgrade, { host, port }: Endpoint): ClientRequest {
  const { request } = upgrade
  const asks = ['connection', 'Upgrade', 'upgrade', upgradesOf(request.rawHeaders).join(', ')]
  const sent = ask({
    host,
    port,
    method: request.method,
    path: upgrade.url,
    headers: [...upgrade.headers, ...asks] as never,
    setHost: false,
    agent: false,
    timeout: upgrade.answerMs,
  })
  sent.once('timeout', () => sent.destroy(new OutOfTime('the pod did not answer in time')))
  sent.end()
  return sent
}

interface Asked {
  readonly sent: ClientRequest
  readonly endpoint: Endpoint
}

/** `failed`: nothing of an answer has come. */
function play(upgrade: Upgrade, { sent, endpoint }: Asked, failed: (error: Error) => void): void {
  const { request, socket, head } = upgrade
  let isAnswered = false
  const answered = (status: number) => {
    isAnswered = true
    upgrade.answered(status, endpoint)
  }
  sent.on('error', error => {
    if (isAnswered) return void socket.destroy()
    isAnswered = true
    failed(error)
  })
  sent.once('response', answer => {
    answered(answer.statusCode ?? 502)
    answer.on('error', () => socket.destroy())
    socket.write(headText(answer, upgrade.changes, ['connection: close']), 'latin1')
    answer.pipe(socket)
  })
  sent.once('upgrade', (answer, podSocket: Duplex, podHead) => {
    const upgraded = answer.headers.upgrade ?? upgradesOf(request.rawHeaders).join(', ')
    if (!isAsked(request, upgraded)) {
      podSocket.on('error', () => {}).destroy()
      return void sent.emit('error', new Error(`it upgraded to ${upgraded}`))
    }
    answered(answer.statusCode ?? 101)
    socket.write(headText(answer, upgrade.changes, ['connection: Upgrade', `upgrade: ${upgraded}`]), 'latin1')
    if (podHead.length > 0) socket.write(podHead)
    if (head.length > 0) podSocket.write(head)
    join(socket, podSocket)
  })
}

function isAsked(request: IncomingMessage, upgraded: string): boolean {
  const asked = upgradesOf(request.rawHeaders).map(protocol => protocol.toLowerCase())
  return upgraded.split(',').every(protocol => asked.includes(protocol.trim().toLowerCase()))
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

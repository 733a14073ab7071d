// One request over one connection: node's HTTP, with our own connections below it, and the first line and the headers
// as Go would write them, to the byte.
import { Agent, request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import type { Duplex } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { bytesOf } from '../../std/utf8.ts'
import { HttpError } from '../http.ts'
import { bodyWords, exchangeWords } from './go-words.ts'
import type { Answered, Hop } from './hop.ts'

/** Where a connection leads; those of one name are alike. */
export interface Route {
  readonly name: string
  open(signal: AbortSignal): Promise<Duplex>
}

export interface Sent {
  readonly hop: Hop
  /** The first line's target. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly route: Route
}

type Connected = (error: Error | null, socket: Duplex) => void

interface RouteOptions extends RequestOptions {
  readonly route: Route
  readonly opening: AbortSignal
}

/** Connections by their route; kept alive for whoever asks again and again. */
export class RouteAgent extends Agent {
  constructor(isKept: boolean) {
    super({ keepAlive: isKept, maxFreeSockets: 8, timeout: isKept ? FREE_MS : undefined })
  }

  override getName(options?: RequestOptions): string {
    return (options as RouteOptions | undefined)?.route?.name ?? ''
  }

  override createConnection(options: RequestOptions, connected?: Connected): undefined {
    const { route, opening } = options as RouteOptions
    route.open(opening).then(
      socket => connected?.(null, socket),
      (error: Error) => (connected as ((error: Error) => void) | undefined)?.(error),
    )
    return undefined
  }
}

/** How long a connection is kept that nobody uses. */
const FREE_MS = 90_000
const TRIES_MAX = 10

/** Throws an HttpError in Go's words. `isReplayable`: it may be sent again where a kept connection had ended. */
export async function exchange(
  agent: RouteAgent,
  sent: Sent,
  { isReplayable, signal }: { readonly isReplayable: boolean; readonly signal: AbortSignal },
): Promise<Answered> {
  for (let tries = 1; ; tries++) {
    const outcome = await once(agent, sent, signal)
    if (!(outcome instanceof Failure)) return outcome
    if (!outcome.wasKept || !isReplayable || tries >= TRIES_MAX || signal.aborted) throw outcome.error
  }
}

class Failure {
  readonly error: HttpError
  readonly wasKept: boolean

  constructor(error: HttpError, wasKept: boolean) {
    this.error = error
    this.wasKept = wasKept
  }
}

function once(
  agent: RouteAgent,
  { hop, target, headers, route }: Sent,
  signal: AbortSignal,
): Promise<Answered | Failure> {
  return new Promise(resolve => {
    const options: RouteOptions = { agent, route, opening: signal, method: 'GET', setHost: false }
    const sent: ClientRequest = httpRequest(options)
    // Node would refuse blanks in the target, and write a method in capitals; Go sends what it is given.
    Object.assign(sent, { path: bytesOf(target), method: hop.method })
    for (const [name, value] of Object.entries(headers)) sent.setHeader(name, bytesOf(value))
    let answered: IncomingMessage | undefined
    const stop = () => {
      answered?.destroy(cancelled())
      sent.destroy(cancelled())
      resolve(new Failure(cancelled(), false))
    }
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    const finished = () => signal.removeEventListener('abort', stop)
    sent.once('response', answer => {
      answered = answer
      answer.once('close', finished)
      // Whoever reads the body hears of its errors; nobody may be reading any more.
      answer.on('error', () => {})
      resolve(answerOf(answer))
    })
    sent.on('error', (error: Error) => {
      finished()
      resolve(new Failure(exchangeWords(error, endsOf(sent)), sent.reusedSocket))
    })
    sent.end(hop.body === undefined ? undefined : Buffer.from(hop.body, 'utf8'))
  })
}

function cancelled(): HttpError {
  return new HttpError('EABORTED', 'context canceled')
}

function endsOf({ socket }: ClientRequest): string {
  if (!socket) return ''
  const { localAddress = '', localPort = '', remoteAddress = '', remotePort = '' } = socket
  return `${localAddress}:${localPort}->${remoteAddress}:${remotePort}`
}

function answerOf(answer: IncomingMessage): Answered {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(answer.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  const status = answer.statusCode ?? 0
  return {
    status,
    statusText: `${status} ${answer.statusMessage ?? ''}`.trimEnd(),
    headers,
    text: limit => bodyOf(answer, limit),
    discard: () => discard(answer),
  }
}

/** A small rest is read, so that the connection can be used again. */
function discard(answer: IncomingMessage): void {
  const size = Number(answer.headers['content-length'] ?? Infinity)
  if (size <= 2048 || answer.statusCode === 204 || answer.complete) answer.resume()
  else answer.destroy()
}

/** Packed ones are unpacked; the limit is that of the bytes that come out. */
async function bodyOf(answer: IncomingMessage, limitBytes: number): Promise<string> {
  const isPacked = answer.headers['content-encoding']?.toLowerCase() === 'gzip'
  const unpacked = isPacked ? answer.pipe(createGunzip()) : answer
  if (isPacked) answer.once('error', error => unpacked.destroy(error))
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > limitBytes) throw new HttpError('ETOOLARGE', `the answer is larger than ${limitBytes} bytes`)
      chunks.push(chunk)
    }
  } catch (error) {
    answer.destroy()
    throw bodyWords(error as Error)
  }
  return Buffer.concat(chunks).toString('utf8')
}

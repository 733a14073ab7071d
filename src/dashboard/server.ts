// The dashboard's server: on loopback, one port, everything below the root path. What it answers is decided in values;
// here they meet sockets. Bodies, streams, and what a slow client may leave unread have limits.
import { setMaxListeners } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '../doors/log.ts'
import { listening } from '../doors/listening.ts'
import { cookieName } from '../doors/dashboard-cookie.ts'
import type { Clock } from '../doors/clock.ts'
import type { Random } from '../doors/random.ts'
import type { Client } from '../runtime/network/client.ts'
import { actAnswer } from './acting.ts'
import { json, plain, redirect } from './answer.ts'
import type { Answer, Streamed } from './answer.ts'
import { DETAIL_INDICES, detailWatches } from './detail/watches.ts'
import { isOwnHost, isOwnOrigin, refusal } from './guard.ts'
import { liveCopies } from './live.ts'
import type { LiveCopies } from './live.ts'
import { page, pageFile, SAFE_HEADERS } from './files.ts'
import type { PageFiles } from './files.ts'
import { placeOf } from './paths.ts'
import { peerAnswer } from './peer/answer.ts'
import { peerWatches, watchAnswer } from './peer/watch.ts'
import type { Sessions } from './sessions.ts'
import { OWNER_INDICES } from './own-parts.ts'
import { listWatches } from './rows.ts'
import { streamAnswer } from './stream.ts'

export interface DashboardOptions {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly namespace: string
  readonly version: string
  /** `/rollouts` (paths.ts). */
  readonly prefix: string
  readonly port: number
  readonly sessions: Sessions
  /** The built page. */
  readonly files: PageFiles
  readonly signal: AbortSignal
}

export interface Dashboard {
  readonly port: number
  close(): Promise<void>
}

const BODY_BYTES = 64 * 1024
const UNREAD_BYTES = 4 * 1024 * 1024
const STREAMS_MAX = 64
const CONNECTIONS_MAX = 256
/** Of a stream's end: a few a topic. */
const LISTENERS_MAX = 256

interface Serving extends Omit<DashboardOptions, 'port'> {
  /** For lists, for one rollout each, and for the peer's streams. */
  readonly lists: LiveCopies
  readonly details: LiveCopies
  readonly copies: LiveCopies
  port: number
  streams: number
}

export async function serveDashboard(options: DashboardOptions): Promise<Dashboard> {
  const serving: Serving = {
    ...options,
    lists: liveCopies({ ...options, watches: listWatches, indices: [OWNER_INDICES] }),
    details: liveCopies({ ...options, watches: detailWatches, indices: DETAIL_INDICES }),
    copies: liveCopies({ ...options, watches: peerWatches, indices: [OWNER_INDICES] }),
    streams: 0,
  }
  const server = createServer((request, response) => void serve(serving, request, response))
  server.maxConnections = CONNECTIONS_MAX
  server.requestTimeout = 30_000
  serving.port = await listening(server, options.port, '127.0.0.1')
  return {
    port: serving.port,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function serve(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  setMaxListeners(LISTENERS_MAX, gone.signal)
  response.on('close', () => gone.abort())
  response.on('error', () => gone.abort())
  try {
    const answer = await answerTo(serving, request, gone.signal)
    if (gone.signal.aborted) return
    if ('run' in answer) await stream(answer, response, gone.signal)
    else send(answer, request, response)
  } catch (error) {
    serving.log.error('a request to the dashboard failed', { error: String(error) })
    if (!response.headersSent) send(json(500, { code: 13, message: 'internal error' }), request, response)
    else response.destroy()
  }
}

function send({ status, headers, body }: Answer, request: IncomingMessage, response: ServerResponse): void {
  const length = { 'content-length': Buffer.byteLength(body) }
  // A body that was not read to its end: the connection can not be used again.
  const close = request.complete ? {} : { connection: 'close' }
  response.writeHead(status, { ...SAFE_HEADERS, ...headers, ...(status === 204 ? {} : length), ...close })
  response.end(request.method === 'HEAD' ? '' : body)
}

async function stream(answer: Streamed, response: ServerResponse, signal: AbortSignal): Promise<void> {
  response.writeHead(answer.status, { ...SAFE_HEADERS, ...answer.headers })
  response.flushHeaders()
  await answer.run(text => {
    if (response.destroyed) return false
    response.write(text)
    if (response.writableLength <= UNREAD_BYTES) return true
    response.destroy()
    return false
  }, signal)
  response.end()
}

async function answerTo(
  serving: Serving,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<Answer | Streamed> {
  const { prefix, port } = serving
  if (!isOwnHost(request.headers.host, port)) return plain(403, 'not a host name of this server\n')
  const place = placeOf(request.url ?? '', prefix)
  switch (place.to) {
    case 'elsewhere':
      return redirect(place.status, place.location)
    case 'nowhere':
      return plain(404, '404 page not found\n')
    case 'page':
      return isReading(request) ? page(serving.files, prefix) : plain(405, 'only GET and HEAD\n')
    case 'own':
      return own(serving, request, { path: place.path, signal })
    default:
      return peer(serving, request, { path: place.path, signal })
  }
}

function isReading({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD'
}

interface Below {
  readonly path: string
  readonly signal: AbortSignal
}

async function peer(
  serving: Serving,
  request: IncomingMessage,
  { path, signal }: Below,
): Promise<Answer | Streamed> {
  const { headers } = request
  const refused = refusal(headers, serving.sessions, serving.port)
  if (refused !== undefined) return refused
  const body = await bodyOf(request)
  if (body === undefined) return json(413, { code: 3, message: `a body may have ${BODY_BYTES} bytes` })
  const isV1 = path.startsWith('/v1/')
  const asked = {
    method: methodOf(request),
    path: isV1 ? path.slice('/v1'.length) : '/',
    query: queryOf(request),
    accept: headers.accept,
    body,
  }
  const world = {
    ...serving,
    watch: (watch: Parameters<typeof watchAnswer>[0]) =>
      streaming(serving, signal, () => watchAnswer(watch, { ...serving, signal })),
  }
  return peerAnswer(world, asked)
}

/** A form may say that it means another method. */
function methodOf({ method = '', headers }: IncomingMessage): string {
  const meant = headers['x-http-method-override']
  const isForm = headers['content-type'] === 'application/x-www-form-urlencoded'
  return method === 'POST' && isForm && typeof meant === 'string' ? meant.toUpperCase() : method
}

async function own(
  serving: Serving,
  request: IncomingMessage,
  { path, signal }: Below,
): Promise<Answer | Streamed> {
  const { sessions, port } = serving
  const found = isReading(request) ? pageFile(serving.files, path) : undefined
  if (found !== undefined) return found
  const asked = `${request.method} ${path}`
  if (asked === 'POST /session') return enter(serving, request)
  const refused = refusal(request.headers, sessions, port)
  if (refused !== undefined) return refused
  if (asked === 'GET /session') return { status: 204, headers: {}, body: '' }
  if (asked === 'GET /stream') {
    const topics = queryOf(request).getAll('topic')
    return streaming(serving, signal, () => streamAnswer(topics, { ...serving, signal }))
  }
  if (asked !== 'POST /act') return json(404, { code: 5, message: 'there is no such call' })
  const body = await bodyOf(request)
  if (body === undefined) return json(413, { code: 3, message: `a body may have ${BODY_BYTES} bytes` })
  return actAnswer({ ...serving, now: serving.clock.now(), signal }, body)
}

/** The key is exchanged for a session, once. */
async function enter({ sessions, port, prefix }: Serving, request: IncomingMessage): Promise<Answer> {
  if (!isOwnOrigin(request.headers)) return json(403, { code: 7, message: 'asked from elsewhere' })
  const key = await bodyOf(request)
  const secret = key === undefined ? undefined : sessions.exchange(key.trim())
  if (secret === undefined) return json(403, { code: 7, message: 'this key was used already, or is too old' })
  const cookie = `${cookieName(port)}=${secret}; HttpOnly; SameSite=Strict; Path=${prefix}/; Max-Age=2592000`
  return { status: 204, headers: { 'set-cookie': cookie }, body: '' }
}

async function streaming(
  serving: Serving,
  signal: AbortSignal,
  open: () => Promise<Answer | Streamed>,
): Promise<Answer | Streamed> {
  if (serving.streams >= STREAMS_MAX) return json(503, { code: 14, message: 'too many streams are open' })
  serving.streams++
  signal.addEventListener('abort', () => serving.streams--, { once: true })
  return open()
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  const at = url.indexOf('?')
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1))
}

/** Undefined: too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > BODY_BYTES) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

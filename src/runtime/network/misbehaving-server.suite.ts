// An HTTP server over the model of an API server that can be told to misbehave: it cuts sockets in mid-line,
// sends events twice or out of order, is slow, refuses, forgets its history, loses a kind.
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { systemClock, systemRandom } from '../system.ts'
import type { Clock } from '../../doors/clock.ts'
import { createHttp } from '../../doors/http.ts'
import type { Random } from '../../doors/random.ts'
import { KubeError } from '../../kube/errors.ts'
import { apiVersionOf, asJson, fromJson } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import type { Selection } from '../../kube/reconciler.ts'
import type { Write } from '../../kube/write.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import type { Client, WatchEvent } from './client.ts'
import { createHttpClient } from './http-client.ts'
import type { Connection } from './http-client.ts'
import { modelCluster } from './model-cluster.suite.ts'
import type { ModelCluster } from './model-cluster.suite.ts'

/** Chances, from 0 to 1, of each misdeed; a request or an event at a time. */
export interface Misdeeds {
  readonly refuse: number
  readonly throttle: number
  readonly cut: number
  readonly cutInMidLine: number
  readonly twice: number
  readonly late: number
  readonly slow: number
  readonly withoutInitialEvents: boolean
}

export const GOOD: Misdeeds = {
  refuse: 0,
  throttle: 0,
  cut: 0,
  cutInMidLine: 0,
  twice: 0,
  late: 0,
  slow: 0,
  withoutInitialEvents: false,
}

export interface MisbehavingServer {
  readonly cluster: ModelCluster
  readonly client: Client
  readonly url: string
  misdeeds: Misdeeds
  /** The plural of a kind that nobody may read. */
  forbidden: string
  readonly requests: string[]
  stop(): Promise<void>
}

/** Sleeps are fifty times shorter than asked for: back-off is real, only faster. */
export const fastClock: Clock = {
  now: () => systemClock.now() * 50,
  sleepUntil: (at, signal) => systemClock.sleepUntil(at / 50, signal),
}

export async function misbehavingServer(
  kinds: readonly Kind[],
  random: Random,
  clock: Clock = systemClock,
): Promise<MisbehavingServer> {
  const cluster = modelCluster(kinds)
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    own.requests.push(`${request.method} ${request.url}`)
    void serve(own, { request, response, kinds, random, clock }).catch(error => sendError(response, error))
  })
  server.on('connection', socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const connection = plainConnection(url)
  const options = { connection, clock, random: systemRandom, userAgent: 'test' }
  const own: MisbehavingServer = {
    cluster,
    url,
    client: createHttpClient(options),
    misdeeds: GOOD,
    forbidden: '',
    requests: [],
    stop: () =>
      new Promise(resolve => {
        connection.close()
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
  return own
}

export function plainConnection(server: string): Connection & { close(): void } {
  const { http, close } = createHttp()
  return { server, http: async () => http, headers: async () => ({}), refused: () => {}, close }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly kinds: readonly Kind[]
  readonly random: Random
  readonly clock: Clock
}

/** By the clock of the test, which may be fast. */
const slowly = ({ clock }: Exchange, ms: number) =>
  clock.sleepUntil(clock.now() + ms, new AbortController().signal)

interface Target {
  readonly kind: Kind
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
}

async function serve(server: MisbehavingServer, exchange: Exchange): Promise<void> {
  const { request, response, kinds } = exchange
  const { cluster } = server
  const url = new URL(request.url ?? '/', 'http://server')
  const body = await bodyOf(request)
  if (await misbehaves(server.misdeeds, exchange)) return
  const discovered = await discovery(cluster, kinds, url.pathname)
  if (discovered !== undefined) return send(response, 200, discovered)
  const target = targetOf(kinds, url.pathname)
  if (!(await cluster.client.serves(target.kind)))
    throw new KubeError('NotFound', `nothing at ${url.pathname}`, { status: 404 })
  if (target.kind.plural === server.forbidden)
    throw new KubeError('Forbidden', `${target.kind.plural} is forbidden`, { status: 403 })
  const asked = { target, selection: selectionOf(target, request, url), query: url.searchParams }
  if (url.searchParams.get('watch') === 'true') return watch(server, exchange, asked)
  if (request.method === 'GET' && target.name === undefined) return list(server, exchange, asked)
  const answer = await perform(cluster, target, { method: request.method ?? '', request, body })
  const success = { kind: 'Status', apiVersion: 'v1', status: 'Success' }
  send(response, request.method === 'POST' ? 201 : 200, answer === undefined ? success : asJson(answer))
}

/** True: the connection is cut, and there is nothing left to answer. */
async function misbehaves(misdeeds: Misdeeds, exchange: Exchange): Promise<boolean> {
  const { response, random } = exchange
  if (random.next() < misdeeds.slow) await slowly(exchange, 1000)
  if (random.next() < misdeeds.cut) {
    response.destroy()
    return true
  }
  if (random.next() < misdeeds.refuse) throw new KubeError('Internal', 'out of order', { status: 500 })
  if (random.next() < misdeeds.throttle)
    throw new KubeError('TooManyRequests', 'too many', { status: 429, retryAfterMs: 1000 })
  return false
}

interface Asked {
  readonly target: Target
  readonly selection: Selection
  readonly query: URLSearchParams
}

function selectionOf(target: Target, request: IncomingMessage, url: URL): Selection {
  return {
    ...(target.namespace === undefined ? {} : { namespace: target.namespace }),
    ...(url.searchParams.has('labelSelector') ? { labels: url.searchParams.get('labelSelector') ?? '' } : {}),
    ...((request.headers.accept ?? '').includes('PartialObjectMetadata') ? { metadataOnly: true } : {}),
  }
}

async function watch(server: MisbehavingServer, exchange: Exchange, asked: Asked): Promise<void> {
  const { target, selection, query } = asked
  const isInitial = query.get('sendInitialEvents') === 'true'
  if (isInitial && server.misdeeds.withoutInitialEvents)
    throw new KubeError('Invalid', 'sendInitialEvents is forbidden for watch', { status: 422 })
  const from = isInitial ? '' : (query.get('resourceVersion') ?? '')
  const stopping = new AbortController()
  exchange.response.once('close', () => stopping.abort())
  const events = server.cluster.client.watch(target.kind, selection, { from, signal: stopping.signal })
  return stream(
    server,
    exchange,
    misordered(events, () => server.misdeeds, exchange.random),
  )
}

async function list({ cluster }: MisbehavingServer, { response }: Exchange, asked: Asked): Promise<void> {
  const { target, selection, query } = asked
  const limit = query.get('limit')
  const more = query.get('continue')
  const page =
    limit === null ? undefined : { limit: Number(limit), ...(more === null ? {} : { continue: more }) }
  const { items, resourceVersion, continue: next } = await cluster.client.list(target.kind, selection, page)
  const metadata = { resourceVersion, ...(next === undefined ? {} : { continue: next }) }
  send(response, 200, { kind: 'List', apiVersion: 'v1', metadata, items: items.map(bare) })
}

/** As they lie in a list: without apiVersion and kind. */
function bare(object: KubeObject): JsonObject {
  const { apiVersion: _, kind: __, ...rest } = asJson(object)
  return rest
}

async function perform(
  cluster: ModelCluster,
  { kind, namespace, name = '', subresource }: Target,
  { method, request, body }: { method: string; request: IncomingMessage; body: Json },
): Promise<KubeObject | undefined> {
  const target = namespace === undefined ? { kind, name } : { kind, name, namespace }
  if (method === 'GET') return cluster.client.get(target)
  if (method === 'DELETE') return cluster.client.write({ verb: 'delete', why: 'over HTTP', target })
  if (method === 'POST')
    return cluster.client.write({ verb: 'create', why: 'over HTTP', object: fromJson(body) })
  const write: Write = {
    verb: 'patch',
    why: `over HTTP ${request.url}`,
    target,
    patch: body,
    type: request.headers['content-type'] === 'application/json-patch+json' ? 'json' : 'merge',
    ...(subresource === 'status' ? { subresource } : {}),
  }
  return cluster.client.write(write)
}

async function discovery(
  { client }: ModelCluster,
  kinds: readonly Kind[],
  path: string,
): Promise<JsonObject | undefined> {
  const served: Kind[] = []
  for (const kind of kinds) if (await client.serves(kind)) served.push(kind)
  if (path === '/apis') {
    const groups = served.map(kind => ({ versions: [{ groupVersion: apiVersionOf(kind) }] }))
    return { kind: 'APIGroupList', groups }
  }
  const asked = path.replace(/^\/apis?\//, '')
  if (!/^\/(api\/v1|apis\/[^/]+\/[^/]+)$/.test(path)) return undefined
  const resources = served
    .filter(kind => apiVersionOf(kind) === asked)
    .map(({ plural, kind, namespaced }) => ({ name: plural, kind, namespaced }))
  return { kind: 'APIResourceList', resources }
}

function targetOf(kinds: readonly Kind[], path: string): Target {
  const parts = path.split('/').slice(1).map(decodeURIComponent)
  const group = parts[0] === 'api' ? '' : (parts[1] ?? '')
  const rest = parts.slice(parts[0] === 'api' ? 2 : 3)
  const namespaced = rest[0] === 'namespaces' && rest.length > 2
  const [plural, name, subresource] = namespaced ? rest.slice(2) : rest
  const kind = kinds.find(one => one.group === group && one.plural === plural)
  if (kind === undefined) throw new KubeError('NotFound', `nothing at ${path}`, { status: 404 })
  return { kind, namespace: namespaced ? rest[1] : undefined, name, subresource }
}

/**
 * Some events twice, some after their successor: what belongs together comes as one. (A server that swaps two events
 * and dies between them has lost one for good; nobody could mend that.)
 */
async function* misordered(
  events: AsyncIterable<WatchEvent>,
  misdeeds: () => Misdeeds,
  random: Random,
): AsyncIterable<readonly WatchEvent[]> {
  let held: WatchEvent | undefined
  for await (const event of events) {
    const mayMove = event.type !== 'BOOKMARK' && event.type !== 'ERROR'
    if (held === undefined && mayMove && random.next() < misdeeds().late) {
      held = event
      continue
    }
    const again = mayMove && random.next() < misdeeds().twice ? [event] : []
    const late = held === undefined ? [] : [held]
    yield mayMove ? [event, ...late, ...again] : [...late, event]
    held = undefined
  }
  if (held !== undefined) yield [held]
}

async function stream(
  server: MisbehavingServer,
  exchange: Exchange,
  events: AsyncIterable<readonly WatchEvent[]>,
): Promise<void> {
  const { response, random } = exchange
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  for await (const together of events) {
    const lines = together.map(event => `${JSON.stringify(onTheWire(event))}\n`).join('')
    const { misdeeds } = server
    if (random.next() < misdeeds.cutInMidLine) {
      response.write(lines.slice(0, lines.indexOf('\n') / 2))
      await new Promise(resolve => setImmediate(resolve))
      return void response.destroy()
    }
    if (random.next() < misdeeds.slow) {
      response.write(lines.slice(0, 10))
      await slowly(exchange, 250)
      response.write(lines.slice(10))
    } else response.write(lines)
  }
  response.end()
}

function onTheWire(event: WatchEvent): JsonObject {
  if (event.type === 'ERROR') return { type: 'ERROR', object: statusOf(event.error) }
  if (event.type !== 'BOOKMARK') return { type: event.type, object: asJson(event.object) }
  const annotations = event.initialEventsEnd ? { 'k8s.io/initial-events-end': 'true' } : {}
  return { type: 'BOOKMARK', object: { metadata: { resourceVersion: event.resourceVersion, annotations } } }
}

function statusOf({ reason, message, status = 500, retryAfterMs, details: known }: KubeError): JsonObject {
  const details = retryAfterMs === undefined ? known : { retryAfterSeconds: retryAfterMs / 1000 }
  const told = details === null ? {} : { details }
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code: status, ...told }
}

function sendError(response: ServerResponse, error: unknown): void {
  const refusal =
    error instanceof KubeError ? error : new KubeError('Internal', String(error), { status: 500 })
  if (response.headersSent) return void response.destroy()
  if (refusal.retryAfterMs !== undefined)
    response.setHeader('retry-after', String(refusal.retryAfterMs / 1000))
  send(response, refusal.status ?? 500, statusOf(refusal))
}

function send(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? null : (JSON.parse(text) as Json)
}

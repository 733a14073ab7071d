// A Client over the network: kube/request.ts's values sent through the HTTP door, answers read by
// kube-answers.ts. A refusal for lack of capacity (429, 503) is tried again when the server says when;
// everything else is the loop's affair.
import type { Clock } from '../../doors/clock.ts'
import { HttpError } from '../../doors/http.ts'
import type { Http, HttpResponse } from '../../doors/http.ts'
import type { Random } from '../../doors/random.ts'
import { KubeError } from '../../kube/errors.ts'
import { knownKind } from '../../kube/kinds.ts'
import { unaskable } from '../../kube/names.ts'
import type { KubeObject, ObjectRef } from '../../kube/object.ts'
import { getRequest, listRequest, requestTarget, watchRequest, writeRequest } from '../../kube/request.ts'
import type { KubeRequest } from '../../kube/request.ts'
import type { Client, WatchEvent } from './client.ts'
import { createDiscovery } from './discovery.ts'
import { linesOf } from './json-lines.ts'
import { eventAnswered, objectAnswered, pageAnswered, refusal } from './kube-answers.ts'

/** How to reach a server and who we are there; kubeconfig.ts makes one. */
export interface Connection {
  /** `https://host:port`, perhaps with a path. */
  readonly server: string
  /** Asked for each request: certificates and proxies are its affair, and it renews them. */
  http(): Promise<Http>
  /** The headers that say who we are. */
  headers(): Promise<Readonly<Record<string, string | readonly string[]>>>
  /** The server did not believe them: draw new ones for the next request. */
  refused(): void
}

export interface HttpClientOptions {
  readonly connection: Connection
  readonly clock: Clock
  readonly random: Random
  readonly userAgent: string
  /** Hears of every answer: telemetry. */
  readonly onAnswer?: (request: KubeRequest, status: number) => void
}

const TRIES = 4
const LONGEST_RETRY_MS = 10_000
const MAX_BODY_BYTES = 256 * 1024 * 1024
const MAX_LINE_BYTES = 16 * 1024 * 1024
/** Bookmarks come about every minute: a watch that is silent for longer has lost its server. */
const WATCH_SILENCE_MS = 5 * 60_000

export function createHttpClient(options: HttpClientOptions): Client {
  const send = (request: KubeRequest, signal: AbortSignal) => answered(options, request, { signal })
  const body = async (request: KubeRequest, mayTry?: () => void) => {
    const answer = await answered(options, request, { signal: new AbortController().signal, mayTry })
    return answer.text(MAX_BODY_BYTES).catch((error: unknown) => Promise.reject(unreachable(error)))
  }
  const discovery = createDiscovery(
    path => body({ method: 'GET', path, query: {}, headers: JSON_ONLY }),
    options.clock,
  )
  return {
    async get(ref) {
      assertAskable(ref)
      return existing(objectAnswered(await body(getRequest(ref))))
    },
    async list(kind, selection, page) {
      return pageAnswered(kind, await body(listRequest(kind, selection, page)))
    },
    async *watch(kind, selection, { from, signal }) {
      const timeoutSeconds = Math.round(300 + 300 * options.random.next())
      const request = watchRequest(kind, selection, { from, timeoutSeconds })
      const answer = await send(request, signal)
      for await (const line of untilCut(linesOf(answer.body, MAX_LINE_BYTES))) {
        const event: WatchEvent | undefined = eventAnswered(kind, line)
        if (event === undefined) return
        yield event
        if (event.type === 'ERROR' || signal.aborted) return
      }
    },
    async write(write, mayTry) {
      if (write.verb !== 'create') assertAskable(write.target)
      const kind = write.verb === 'create' ? await createdKind(write.object) : undefined
      return objectAnswered(
        await body(
          writeRequest(write, () => kind),
          mayTry,
        ),
      )
    },
    async *lines(path, query, signal) {
      const answer = await send({ method: 'GET', path, query, headers: JSON_ONLY }, signal)
      yield* untilCut(linesOf(answer.body, MAX_LINE_BYTES))
    },
    serves: kind => discovery.serves(kind),
    stores: kind => discovery.stores(kind),
  }

  async function createdKind(object: KubeObject) {
    return knownKind(object) ?? discovery.kindOf(object)
  }
}

/** A server takes an empty name for the whole list, and a slash for another path. */
function assertAskable(ref: ObjectRef): void {
  const problem = unaskable(ref)
  if (problem !== undefined) throw new KubeError('BadRequest', problem)
}

const JSON_ONLY = { accept: 'application/json' }

function existing(object: KubeObject | undefined): KubeObject {
  if (object === undefined)
    throw new KubeError('Internal', 'the server answered with a Status instead of an object')
  return object
}

/** A stream that breaks has ended: the reflector goes on where it was. */
async function* untilCut<T>(stream: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* stream
  } catch {
    return
  }
}

interface Trying {
  readonly signal: AbortSignal
  readonly mayTry?: (() => void) | undefined
}

async function answered(
  options: HttpClientOptions,
  request: KubeRequest,
  trying: Trying,
): Promise<HttpResponse> {
  const { connection, clock, random } = options
  for (let tries = 1; ; tries++) {
    const answer = await once(options, request, trying)
    options.onAnswer?.(request, answer.status)
    if (answer.status < 400) return answer
    const text = await answer.text(MAX_BODY_BYTES).catch(() => '')
    const error = refusal(answer.status, text, answer.headers['retry-after'])
    if (answer.status === 401) connection.refused()
    const waitMs = retryDelay(request, error)
    // Credentials that were refused may have been old ones: one more try, with new ones.
    const tooMany = tries >= (answer.status === 401 ? 2 : TRIES)
    if (waitMs === undefined || tooMany || trying.signal.aborted) throw error
    await clock.sleepUntil(clock.now() + waitMs * (1 + random.next() / 4), trying.signal)
  }
}

/** When a refusal can be tried again here; a 429 to an eviction is the disruption budget's answer. */
function retryDelay(request: KubeRequest, { status, retryAfterMs }: KubeError): number | undefined {
  if (status === 401) return 0
  if (retryAfterMs === undefined || retryAfterMs > LONGEST_RETRY_MS) return undefined
  if (status === 429 && !request.path.endsWith('/eviction')) return retryAfterMs
  return status === 503 ? retryAfterMs : undefined
}

async function once(
  { connection, userAgent }: HttpClientOptions,
  request: KubeRequest,
  { signal, mayTry }: Trying,
): Promise<HttpResponse> {
  try {
    const http = await connection.http()
    const headers = { ...request.headers, ...(await connection.headers()), 'user-agent': userAgent }
    const isWatch = request.query['watch'] === 'true'
    return await http(
      {
        method: request.method,
        url: connection.server + requestTarget(request),
        headers,
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        ...(isWatch ? { idleTimeoutMs: WATCH_SILENCE_MS } : {}),
        mayTry,
      },
      signal,
    )
  } catch (error) {
    throw unreachable(error)
  }
}

function unreachable(error: unknown): unknown {
  return error instanceof HttpError ? new KubeError('Unreachable', error.message) : error
}

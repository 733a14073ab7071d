// One attempt at one pod over a pool of kept connections. The pods of a replaced table keep their connections until
// their last request has ended.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Pool } from 'undici'
import { createAnswer } from './answer.ts'
import type { Answer, OwnHeaders } from './answer.ts'
import { OutOfTime } from './deadline.ts'
import type { Deadline } from './deadline.ts'
import { codeOf } from './failures.ts'
import type { Failed } from './failures.ts'
import { headerTexts, valuesOf } from './headers.ts'
import type { RawHeaders } from './headers.ts'
import { requestBody } from './request-body.ts'
import type { Endpoint, HeaderChanges, RouteTable } from './routes/route.ts'

interface Attempt {
  readonly endpoint: Endpoint
  readonly method: string
  readonly url: string
  readonly headers: string[]
  /** The client's request, when it has a body. */
  readonly request: IncomingMessage | undefined
  /** Sees the body pass. */
  readonly onBody: (chunk: Buffer) => void
  /** What of the answer's headers is the gateway's own. */
  readonly own: OwnHeaders | undefined
  /** What the route makes of the answer's headers. */
  readonly changes: readonly HeaderChanges[]
  readonly response: ServerResponse
  readonly deadline: Deadline
}

export type Outcome =
  /** The pod's answer went to the client, whole. */
  | { readonly status: number }
  /** The client went away. */
  | { readonly aborted: true }
  | Failed
  /** The answer broke off in the middle. */
  | { readonly broken: Error; readonly status: number }

export interface Upstream {
  attempt(attempt: Attempt): Promise<Outcome>
  /** Closes the pools of pods that the table no longer names, each when its last request has ended. */
  tableChanged(table: RouteTable): void
  close(): Promise<void>
}

export interface UpstreamLimits {
  readonly connectMs: number
  /** Between two pieces of an answer; how long one may take to begin is the request's deadline. */
  readonly idleMs: number
  readonly connectionsPerPod: number
}

export function createUpstream(limits: UpstreamLimits): Upstream {
  const pools = new Map<string, Pool>()
  const poolOf = ({ host, port }: Endpoint): Pool => {
    const key = `${host}:${port}`
    const known = pools.get(key)
    if (known !== undefined) return known
    const pool = new Pool(`http://${host.includes(':') ? `[${host}]` : host}:${port}`, {
      connections: limits.connectionsPerPod,
      pipelining: 1,
      connect: { timeout: limits.connectMs },
      headersTimeout: 0,
      bodyTimeout: limits.idleMs,
      // Shorter than any sensible server's, so that we close first and no request meets a closing socket.
      keepAliveTimeout: 4000,
      keepAliveMaxTimeout: 60_000,
      keepAliveTimeoutThreshold: 1000,
      strictContentLength: true,
    })
    pools.set(key, pool)
    return pool
  }
  return {
    attempt: attempt => dispatch(poolOf(attempt.endpoint), attempt),
    tableChanged({ routes }) {
      const named = new Set(
        routes.flatMap(route =>
          route.backends.flatMap(backend => backend.endpoints.map(({ host, port }) => `${host}:${port}`)),
        ),
      )
      for (const [key, pool] of pools) {
        if (named.has(key)) continue
        pools.delete(key)
        void pool.close()
      }
    },
    async close() {
      await Promise.all([...pools.values()].map(pool => pool.destroy()))
      pools.clear()
    },
  }
}

function dispatch(pool: Pool, attempt: Attempt): Promise<Outcome> {
  const { response, deadline, request, onBody } = attempt
  const passed = (chunk: Buffer) => {
    deadline.extend()
    onBody(chunk)
  }
  const body = request === undefined ? undefined : requestBody(request, passed)
  const answer = createAnswer(response, attempt.own, attempt.changes)
  return new Promise(resolve => {
    const end = createEnd(attempt, answer, outcome => {
      body?.release()
      resolve(outcome)
    })
    pool.dispatch(
      {
        path: attempt.url,
        method: attempt.method as 'GET',
        headers: attempt.headers,
        body: (body === undefined ? null : body.chunks()) as never,
      },
      {
        onConnect: end.connected,
        onHeaders(statusCode, raw, resume, statusText) {
          // Interim answers (100, 103) are between the pod and us.
          if (statusCode < 200 || end.isReached()) return true
          const headers = headerTexts(raw)
          if (!isReadable(headers)) {
            end.refused(new Error('the coding of the answer is not understood'))
            return true
          }
          deadline.end()
          answer.head({ status: statusCode, headers, reason: statusText, resume })
          return true
        },
        onData: chunk => end.isReached() || answer.data(chunk),
        onComplete: end.completed,
        onError: end.failed,
      },
    )
  })
}

/** Chunked is all that we undo; what else was done to the answer the client would not know. */
function isReadable(headers: RawHeaders): boolean {
  return valuesOf(headers, 'transfer-encoding').every(coding => coding.trim().toLowerCase() === 'chunked')
}

interface End {
  isReached(): boolean
  /** The request goes out now; `abort` takes it back. */
  connected(abort: (reason: Error) => void): void
  completed(): void
  failed(error: Error): void
  /** Nobody wants to hear the rest of the answer. */
  refused(error: Error): void
}

/** How an attempt ends, once: by itself, or wherever it stands when the client goes or its time is over. */
function createEnd({ response, deadline }: Attempt, answer: Answer, ended: (outcome: Outcome) => void): End {
  let abort: ((reason: Error) => void) | undefined
  let reached: Outcome | undefined
  const reach = (outcome: Outcome) => {
    if (reached !== undefined) return
    reached = outcome
    response.off('close', onGone)
    deadline.onOver(undefined)
    ended(outcome)
  }
  const failure = (error: Error): Outcome =>
    answer.hasBegun()
      ? { broken: error, status: answer.status() }
      : { failed: error, reached: abort !== undefined }
  const stop = (error: Error, outcome: Outcome) => {
    reach(outcome)
    abort?.(error)
  }
  const onGone = () => stop(new Error('the client went away'), { aborted: true })
  response.once('close', onGone)
  deadline.onOver(() => {
    const error = new OutOfTime('no answer in time')
    stop(error, failure(error))
  })
  const completed = () => {
    if (reached !== undefined) return
    // Before the answer's own end lets the response close.
    response.off('close', onGone)
    answer.end()
    reach({ status: answer.status() })
  }
  return {
    isReached: () => reached !== undefined,
    connected(abortRequest) {
      abort = abortRequest
      if (reached !== undefined) abortRequest(new Error('nobody waits for it any more'))
    },
    completed,
    failed(error) {
      if (isWithoutBody(answer.status()) && codeOf(error) === LENGTH_MISMATCH) completed()
      else reach(failure(error))
    },
    refused: error => stop(error, failure(error)),
  }
}

/** Such an answer may say how long its body would be (RFC 9110, section 8.6), and undici misses that body. */
const LENGTH_MISMATCH = 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'

function isWithoutBody(status: number): boolean {
  return status === 204 || status === 304
}

// One attempt at one pod over a pool of kept connections. The pods of a replaced table keep their connections until
// their last request has ended.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Pool } from 'undici'
import { clientHeaders } from './headers.ts'
import type { Endpoint, RouteTable } from './routes/route.ts'

interface Attempt {
  readonly endpoint: Endpoint
  readonly method: string
  readonly url: string
  readonly headers: string[]
  /** The client's request, when it has a body. */
  readonly body: IncomingMessage | undefined
  /** Headers of our own for the answer: cookies of affinity. */
  readonly extraHeaders: readonly string[]
  readonly response: ServerResponse
}

export type Outcome =
  /** The pod's answer went to the client, whole. */
  | { readonly status: number }
  /** The client went away. */
  | { readonly aborted: true }
  /** Nothing of an answer came; `reached`: bytes of the request may have. */
  | { readonly failed: Error; readonly reached: boolean }
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
  /** Without a sign of life from the pod. */
  readonly idleMs: number
  readonly connectionsPerPod: number
}

export function createUpstream(limits: UpstreamLimits): Upstream {
  const pools = new Map<string, Pool>()
  const poolOf = ({ host, port }: Endpoint): Pool => {
    const key = `${host}:${port}`
    const known = pools.get(key)
    if (known !== undefined) return known
    const pool = new Pool(`http://${key}`, {
      connections: limits.connectionsPerPod,
      pipelining: 1,
      connect: { timeout: limits.connectMs },
      headersTimeout: limits.idleMs,
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
  const { response, body } = attempt
  return new Promise(resolve => {
    let abort: ((reason?: Error) => void) | undefined
    let hasGone = false
    let status = 0
    let resume: (() => void) | undefined
    const answer = createAnswer(response, () => resume?.())
    const onGone = () => {
      hasGone = true
      abort?.(new Error('the client went away'))
    }
    const settle = (outcome: Outcome) => {
      response.off('close', onGone)
      resolve(outcome)
    }
    response.once('close', onGone)
    pool.dispatch(
      {
        path: attempt.url,
        method: attempt.method as 'GET',
        headers: attempt.headers,
        body: (body === undefined ? null : streamed(body)) as never,
      },
      {
        onConnect(abortRequest) {
          abort = abortRequest
          if (hasGone) abortRequest(new Error('the client went away'))
        },
        onHeaders(statusCode, raw, resumeBody, statusText) {
          // Interim answers (100, 103) are between the pod and us.
          if (statusCode < 200) return true
          status = statusCode
          resume = resumeBody
          response.writeHead(statusCode, statusText, [...clientHeaders(raw), ...attempt.extraHeaders])
          answer.expect(lengthIn(raw))
          return true
        },
        onData: chunk => answer.data(chunk),
        onComplete() {
          response.off('close', onGone)
          answer.end()
          resolve({ status })
        },
        onError(error) {
          if (hasGone) settle({ aborted: true })
          else if (response.headersSent) settle({ broken: error, status })
          else settle({ failed: error, reached: abort !== undefined })
        },
      },
    )
  })
}

interface AnswerBody {
  /** The length that the pod has told, if any. */
  expect(length: number | undefined): void
  /** False: the client is slow, wait until it drains. */
  data(chunk: Buffer): boolean
  end(): void
}

/** Up to so much a body that comes in one piece goes out together with its head, as text: one write, no gathering. */
const ONE_WRITE_BYTES = 16_384

function createAnswer(response: ServerResponse, onDrain: () => void): AnswerBody {
  let whole: Buffer | undefined
  let length: number | undefined
  let listens = false
  return {
    expect(told) {
      length = told
    },
    data(chunk) {
      if (chunk.length === length && chunk.length <= ONE_WRITE_BYTES) {
        whole = chunk
        return true
      }
      if (response.write(chunk)) return true
      if (!listens) response.on('drain', onDrain)
      listens = true
      return false
    },
    end() {
      if (whole !== undefined) {
        response.write(whole.toString('latin1'), 'latin1')
        // Out at once: with the end of the answer it would be gathered into a slower write.
        response.socket?.uncork()
      }
      response.end()
    },
  }
}

function lengthIn(raw: readonly Buffer[]): number | undefined {
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as Buffer
    if (name.length === 14 && name.toString('latin1').toLowerCase() === 'content-length')
      return Number((raw[i + 1] as Buffer).toString('latin1'))
  }
  return undefined
}

/** The body as it comes. Not begun before there is a connection, so that another attempt can still send it. */
async function* streamed(body: IncomingMessage): AsyncGenerator<Buffer> {
  for await (const chunk of body.iterator({ destroyOnReturn: false })) yield chunk as Buffer
}

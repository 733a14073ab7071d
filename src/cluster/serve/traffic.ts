// Live traffic on the wire: all that there is as one line of JSON, then lines of what has changed for as long as the
// client reads. Where the text comes from is the gateway's affair; it is handed in, in pieces, as a TrafficSource.
import type { ServerResponse } from 'node:http'
import type { Clock } from '../../doors/clock.ts'
import { StatusError } from '../resources/resources.ts'
import { JSON_TYPE, noSuchMethod, pageNotFound } from './answers.ts'
import { flag, text } from './query.ts'
import type { Api, ApiRequest, Handled } from './request.ts'
import { drained } from './write-answer.ts'

export const TRAFFIC_PATH = '/crossfade/v1/traffic'

/** A client that has not taken a piece by then is cut. */
const SLOW_MS = 30_000

export function answerTraffic(api: Api, { method, query, response }: ApiRequest): Handled {
  if (api.traffic === undefined) return pageNotFound()
  if (method !== 'GET') return noSuchMethod()
  const source = api.traffic()
  if (source === undefined) throw notYet()
  const leave = api.looking.enter()
  const asked = {
    namespace: text(query, 'namespace'),
    rollout: text(query, 'rollout'),
    isFollowing: flag(query, 'watch'),
  }
  const gone = new AbortController()
  const stop = () => gone.abort()
  response.once('close', stop)
  api.closing.addEventListener('abort', stop, { once: true, signal: gone.signal })
  if (api.closing.aborted) stop()
  response.writeHead(200, { 'Content-Type': JSON_TYPE, 'Cache-Control': 'no-cache, private' })
  response.flushHeaders()
  void send(source(asked, gone.signal), { response, clock: api.clock, signal: gone.signal })
    .catch((error: unknown) => {
      api.log.error('live traffic could not be told', { error: String(error) })
      response.destroy()
    })
    .finally(() => {
      stop()
      leave()
    })
  return 'taken over'
}

function notYet(): StatusError {
  const message = 'the gateway has not started yet, please try again later'
  return new StatusError(503, 'ServiceUnavailable', message, { retryAfterSeconds: 1 }, 1)
}

interface Wire {
  readonly response: ServerResponse
  readonly clock: Clock
  readonly signal: AbortSignal
}

async function send(pieces: AsyncIterable<string>, wire: Wire): Promise<void> {
  const { response } = wire
  for await (const piece of pieces) {
    if (response.destroyed) return
    if (response.write(piece)) continue
    if (!(await isTaken(wire))) return void response.destroy()
  }
  response.end()
}

async function isTaken({ response, clock, signal }: Wire): Promise<boolean> {
  const over = new AbortController()
  const end = () => over.abort()
  signal.addEventListener('abort', end, { once: true })
  const taken = drained(response).then(end)
  await Promise.race([taken, clock.sleepUntil(clock.now() + SLOW_MS, over.signal)])
  end()
  signal.removeEventListener('abort', end)
  return !response.writableNeedDrain && !response.destroyed
}

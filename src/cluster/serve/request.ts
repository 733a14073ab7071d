// One request to the API server, as its handlers see it; and what a handler gives back: an answer, or the
// word that it has taken the response over (watches, logs).
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../doors/clock.ts'
import type { Log } from '../../doors/log.ts'
import type { Resources } from '../resources/resources.ts'
import type { Answer } from './answers.ts'
import type { InFlight } from './in-flight.ts'
import type { Outboxes } from './watch/outboxes.ts'
import type { LogSource } from './pod-logs.ts'
import type { FormRequest } from './render.ts'

/** Whose live traffic; undefined: everybody's. */
interface TrafficAsked {
  readonly namespace: string | undefined
  readonly rollout: string | undefined
  readonly isFollowing: boolean
}

/** Gives a piece when it is asked for one, and ends when all is told or `signal` aborts. */
export type TrafficSource = (asked: TrafficAsked, signal: AbortSignal) => AsyncIterable<string>

/** What every handler may use. */
export interface Api {
  readonly resources: Resources
  readonly clock: Clock
  readonly log: Log
  readonly pods: LogSource
  /** Watches and followed logs: they last, so they are counted apart. */
  readonly lasting: InFlight
  readonly outboxes: Outboxes
  /** Where the gateway listens; undefined while there is none. */
  readonly gatewayPort?: (() => number | undefined) | undefined
  /** Live traffic; undefined: this server has none, or not yet. */
  readonly traffic?: (() => TrafficSource | undefined) | undefined
  /** Those who are told of it. */
  readonly looking: InFlight
  /** Aborts when the server closes. */
  readonly closing: AbortSignal
  /** In [0, 1). */
  readonly random: () => number
}

export interface ApiRequest {
  /** Who asks. */
  readonly user: string
  readonly raw: IncomingMessage
  readonly response: ServerResponse
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
}

export type Handled = Answer | 'taken over'

export function formRequest({ raw, query }: ApiRequest): FormRequest {
  return { accept: raw.headers.accept, query, userAgent: raw.headers['user-agent'] }
}

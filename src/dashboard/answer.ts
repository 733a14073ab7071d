// What the dashboard's server answers, as values: a whole body, or a stream that goes on until the client goes.
import type { Json } from '../std/json.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Streamed {
  readonly status: 200
  readonly headers: Readonly<Record<string, string>>
  /** Sends until `signal` aborts or `send` says that the client no longer keeps up. */
  run(send: Send, signal: AbortSignal): Promise<void>
}

/** False: the client is too slow, and has been cut. */
export type Send = (text: string) => boolean

export function json(status: number, body: Json): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

export function plain(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
}

/** As Go's server leads elsewhere. */
export function redirect(status: 302 | 307, location: string): Answer {
  const word = status === 302 ? 'Found' : 'Temporary Redirect'
  const href = location.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', location },
    body: `<a href="${href.replaceAll('"', '&#34;').replaceAll("'", '&#39;')}">${word}</a>.\n\n`,
  }
}

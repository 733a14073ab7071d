// Our own page's stream: a snapshot first, then differences, and nothing while nothing changes. A browser that lost it
// asks again and begins with a fresh snapshot, so a restart of the server costs one.
import type { Clock } from '../doors/clock.ts'
import { json } from './answer.ts'
import type { Answer, Streamed } from './answer.ts'
import { follow } from './following.ts'
import type { LiveCopies } from './live.ts'
import { changesBetween, rowsOf } from './rows.ts'
import type { Rows } from './rows.ts'

export interface StreamOptions {
  readonly copies: LiveCopies
  readonly clock: Clock
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
}

const GATHER_MS = 250
/** After how long a browser asks again. */
const RETRY = 'retry: 1000\n'

/** `namespace`: `''` for all. */
export async function streamAnswer(namespace: string, options: StreamOptions): Promise<Answer | Streamed> {
  const { copies, clock, signal: gone } = options
  const live = copies.hold(namespace, gone)
  if (live === undefined) return json(503, { code: 14, message: 'too many namespaces are being watched' })
  await live.ready
  const look = rowsOf(live.cache, namespace)
  let before: Rows | undefined
  const show = (): string[] => {
    const now = look()
    const first = before === undefined
    const changes = changesBetween(before ?? new Map(), now)
    before = now
    if (first) return [`${RETRY}event: snapshot\ndata: ${JSON.stringify(changes)}\n\n`]
    return Object.keys(changes).length === 0 ? [] : [`event: changes\ndata: ${JSON.stringify(changes)}\n\n`]
  }
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
    run: (send, signal) => follow({ live, clock, signal, gatherMs: GATHER_MS, show }, send),
  }
}

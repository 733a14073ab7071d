// A watch on the wire: one JSON line for each event, as they happen, until the client goes, time is up, the
// kind is gone, or the client reads so slowly that too much waits for it (it is told so, and lists anew).
import type { ServerResponse } from 'node:http'
import type { Clock } from '../../../doors/clock.ts'
import { StatusError } from '../../resources/resources.ts'
import type { Resources, ServedKind, WatchQuery } from '../../resources/resources.ts'
import type { Line, Outboxes } from './outboxes.ts'
import type { Form } from '../render.ts'
import { errorLine, watchLines } from './watch-lines.ts'
import { writeTogether } from '../write-answer.ts'

export interface WatchStream {
  readonly resources: Resources
  readonly kind: ServedKind
  readonly query: WatchQuery
  readonly form: Form
  readonly clock: Clock
  readonly timeoutMs: number
  readonly outboxes: Outboxes
  /** Ends every watch when the server closes. */
  readonly closing: AbortSignal
}

/** Refusals that are known at once are thrown, before any byte is sent. */
export function streamWatch(response: ServerResponse, stream: WatchStream): void {
  const { resources, kind, query, clock, timeoutMs, closing } = stream
  const lines = watchLines(stream)
  const over = new AbortController()
  const { signal } = over
  let early: Line[] | undefined = []
  let push = (line: Line): void => void early?.push(line)
  const stop = resources.watch(kind, query, {
    notice: notice => push(lines(notice)),
    ended: () => over.abort(),
  })

  response.writeHead(200, {
    'Content-Type': stream.form.media,
    'Cache-Control': 'no-cache, private',
  })
  response.flushHeaders()
  const outbox = stream.outboxes.open(wireOf(response), () => {
    over.abort()
    const { socket } = response
    response.once('finish', () => socket?.destroySoon())
    return TOO_SLOW
  })
  for (const line of early) outbox.push(line, true)
  early = undefined
  push = line => outbox.push(line, false)

  const end = () => {
    stop()
    outbox.end()
  }
  if (signal.aborted) return end()
  signal.addEventListener('abort', end, { once: true })
  response.once('close', () => {
    outbox.drop()
    over.abort()
  })
  closing.addEventListener('abort', () => over.abort(), { once: true, signal })
  void clock.sleepUntil(clock.now() + timeoutMs, signal).then(() => over.abort())
}

function wireOf(response: ServerResponse) {
  return {
    write: (chunks: readonly Uint8Array[], done: () => void) => writeTogether(response, chunks, done),
    end: (done: () => void) => response.end(done),
    destroy: () => response.destroy(),
  }
}

const TOO_SLOW = errorLine(
  new StatusError(
    410,
    'Expired',
    'the watch was too slow: more events wait than the server keeps; list anew',
  ),
)

// A request's body on its way to a pod: read only as fast as the pod takes it, let go of as soon as the pod has
// answered; what is left then is read to its end within a limit, so that the client gets to read its answer.
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../doors/clock.ts'

export interface RequestBody {
  /** Not begun before there is a connection, so that another attempt can still send it. */
  chunks(): AsyncIterable<Buffer>
  /** Reads no more; whoever waits for a chunk gets the end. */
  release(): void
}

export interface DrainLimits {
  readonly drainBytes: number
  readonly drainMs: number
}

export function requestBody(request: IncomingMessage, onChunk: (chunk: Buffer) => void): RequestBody {
  let isReleased = false
  let wake: () => void = () => {}
  const onEvent = () => wake()
  const events = ['readable', 'end', 'close', 'error'] as const
  const isDone = () => isReleased || request.readableEnded || request.destroyed
  return {
    async *chunks() {
      for (const event of events) request.on(event, onEvent)
      for (;;) {
        const chunk = isDone() ? null : (request.read() as Buffer | null)
        if (chunk !== null) {
          onChunk(chunk)
          yield chunk
        } else if (isDone()) break
        else await new Promise<void>(resolve => (wake = resolve))
      }
      if (!isReleased && !request.complete) throw new Error('the client broke off')
    },
    release() {
      isReleased = true
      for (const event of events) request.off(event, onEvent)
      wake()
    },
  }
}

/** Takes what is left of a body that nobody wants; a client that goes on and on is cut off. */
export async function drain(request: IncomingMessage, clock: Clock, limits: DrainLimits): Promise<void> {
  const ended = new AbortController()
  let left = limits.drainBytes
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) ended.abort()
  })
  request.once('close', () => ended.abort())
  request.once('end', () => ended.abort())
  request.resume()
  await clock.sleepUntil(clock.now() + limits.drainMs, ended.signal)
  if (!request.readableEnded) request.socket.destroy()
}

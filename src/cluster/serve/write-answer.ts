// An answer onto the wire. Small ones go out in one piece; large ones in pieces of a megabyte, each when the
// client has taken the one before, so that a slow reader holds no more than that.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from './answers.ts'

const PIECE_BYTES = 1024 * 1024
const PASSED_BY_MAX_BYTES = 32 * 1024 * 1024

export async function writeAnswer(
  raw: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  const parts = answer.chunks.map(chunk => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk))
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const headers: Record<string, string | readonly string[] | number> = { ...answer.headers }
  if (answer.status !== 304) headers['Content-Length'] = length
  if (!raw.complete) passBy(raw)
  response.writeHead(answer.status, headers as Record<string, string | string[] | number>)
  if (raw.method === 'HEAD' || length === 0) {
    response.end()
    return
  }
  if (length <= PIECE_BYTES) {
    response.end(parts.length === 1 ? parts[0] : Buffer.concat(parts, length))
    return
  }
  for (const piece of pieces(parts)) {
    if (response.destroyed) return
    if (!response.write(piece)) await drained(response)
  }
  response.end()
}

/**
 * The rest of a body that nobody reads flows by: a connection that is closed on a client that still writes loses it
 * the answer. Within a limit, and the server's time for a request.
 */
function passBy(raw: IncomingMessage): void {
  let left = PASSED_BY_MAX_BYTES
  raw.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) raw.destroy()
  })
}

function* pieces(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let size = 0
  for (const part of parts) {
    waiting.push(part)
    size += part.length
    if (size < PIECE_BYTES) continue
    yield Buffer.concat(waiting, size)
    waiting = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(waiting, size)
}

/** Resolves when the client has taken what waits, or is gone. */
export function drained(response: ServerResponse): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.once('drain', done)
    response.once('close', done)
  })
}

// An answer onto the wire. Small ones go out in one piece; large ones in small pieces, each when the client has
// taken the one before, so that a slow reader holds no more than that.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from './answers.ts'

/**
 * What a connection is handed at once. Its encrypted form has memory that stays with the connection for as long as it
 * lives: two records of TLS, not a megabyte.
 */
export const PIECE_BYTES = 32 * 1024
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
    writeTogether(response, piece)
    if (response.writableNeedDrain) await drained(response)
  }
  response.end()
}

/** Many small parts as one, without a copy of them. */
export function writeTogether(
  response: ServerResponse,
  chunks: readonly Uint8Array[],
  done: () => void = () => undefined,
): void {
  response.cork()
  for (const chunk of chunks.slice(0, -1)) response.write(chunk)
  response.write(chunks.at(-1), done)
  response.uncork()
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

function* pieces(parts: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
  let waiting: Uint8Array[] = []
  let size = 0
  for (const part of parts) {
    for (let at = 0; at < part.length;) {
      const chunk = part.subarray(at, at + PIECE_BYTES - size)
      waiting.push(chunk)
      size += chunk.length
      at += chunk.length
      if (size < PIECE_BYTES) continue
      yield waiting
      waiting = []
      size = 0
    }
  }
  if (size > 0) yield waiting
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

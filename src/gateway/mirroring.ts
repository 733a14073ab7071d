// Copies of requests, for mirrors: sent beside the request itself on connections of their own, and whatever comes of
// them is dropped. Nobody waits for one, and none is kept: what is too many or too large is not mirrored.
import type { IncomingMessage } from 'node:http'
import { Agent } from 'undici'
import type { Random } from '../doors/random.ts'
import type { Endpoint, Mirror, RouteBackend } from './routes/route.ts'

/** The parts of a copy, but for its body. */
interface Copied {
  readonly method: string
  readonly url: string
  /** As the pod of a backend is to see them. */
  headers(backend: RouteBackend): string[]
}

export interface Mirroring {
  /** Copies a request to all of its mirrors that it is drawn for; once its body, if it has one, is whole. */
  copy(mirrors: readonly Mirror[], copied: Copied, body: IncomingMessage | undefined): BodyCopy
  close(): Promise<void>
}

/** Takes what passes of the request's body. */
export type BodyCopy = (chunk: Buffer) => void

export interface MirroringOptions {
  readonly random: Random
  /** The pods of a backend, in the order in which to ask them. */
  readonly endpoints: (backend: RouteBackend) => readonly Endpoint[]
}

const UNDER_WAY_MAX = 200
const BODY_MAX = 1024 * 1024
const ANSWER_MS = 15_000
export const NO_COPY: BodyCopy = () => {}

export function createMirroring({ random, endpoints }: MirroringOptions): Mirroring {
  const agent = new Agent({ connections: 32, headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS })
  let underWay = 0
  const send = async ({ backend }: Mirror, { method, url, headers }: Copied, body: Buffer | null) => {
    const [endpoint] = endpoints(backend)
    if (endpoint === undefined || underWay >= UNDER_WAY_MAX) return
    underWay++
    try {
      const origin = `http://${endpoint.host}:${endpoint.port}`
      const asked = { origin, path: url, method: method as 'GET', headers: shadowed(headers(backend)), body }
      const answer = await agent.request({ ...asked, signal: AbortSignal.timeout(ANSWER_MS) })
      await answer.body.dump()
    } catch {
      // A mirror's failure is nobody's.
    } finally {
      underWay--
    }
  }
  return {
    copy(mirrors, copied, request) {
      const drawn = mirrors.filter(({ percent }) => random.next() * 100 < percent)
      if (drawn.length === 0) return NO_COPY
      const sendAll = (body: Buffer | null) => drawn.forEach(mirror => void send(mirror, copied, body))
      if (request === undefined) {
        sendAll(null)
        return NO_COPY
      }
      const chunks: Buffer[] = []
      let size = 0
      request.once('end', () => {
        if (size <= BODY_MAX && request.complete) sendAll(Buffer.concat(chunks))
      })
      return chunk => {
        size += chunk.length
        if (size <= BODY_MAX) chunks.push(chunk)
        else chunks.length = 0
      }
    },
    close: () => agent.destroy(),
  }
}

/** As Envoy marks them: the host is that of the request, with `-shadow` behind its name. */
function shadowed(headers: readonly string[]): string[] {
  return headers.map((text, i) => {
    if (i % 2 === 0 || headers[i - 1]?.toLowerCase() !== 'host') return text
    // An address in brackets takes no name.
    return text.startsWith('[') ? text : text.replace(/(?=:\d+$|$)/, '-shadow')
  })
}

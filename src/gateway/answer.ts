// A pod's answer on its way to the client. Its head waits for the first byte of its body, or its end: until then a pod
// that breaks off is a 502, or is asked again. That of a stream of events goes at once: its client waits for it.
import type { ServerResponse } from 'node:http'
import { changed } from './filters/header-changes.ts'
import { clientHeaders, reasonOf, valuesOf } from './headers.ts'
import type { RawHeaders } from './headers.ts'
import type { HeaderChanges } from './routes/route.ts'

export interface Answer {
  head(head: AnswerHead): void
  /** False: the client is slow, wait until it drains. */
  data(chunk: Buffer): boolean
  end(): void
  /** The client has seen something of it. */
  hasBegun(): boolean
  status(): number
}

interface AnswerHead {
  readonly status: number
  readonly reason: string
  readonly headers: RawHeaders
  /** Wants more, after `data` has said that the client is slow. */
  resume(): void
}

/** Up to so much a body that comes in one piece goes out together with its head, as text: one write, no gathering. */
const ONE_WRITE_BYTES = 16_384

/** Headers that the gateway adds, and that nobody else may say: sessions. */
export interface OwnHeaders {
  readonly headers: RawHeaders
  isOurs(name: string, value: string): boolean
}

export function createAnswer(
  response: ServerResponse,
  own: OwnHeaders | undefined,
  changes: readonly HeaderChanges[],
): Answer {
  let head: AnswerHead | undefined
  let whole: Buffer | undefined
  let hasBegun = false
  let listens = false
  const begin = () => {
    if (hasBegun || head === undefined) return
    hasBegun = true
    const { status, reason, headers } = head
    const told = changed(clientHeaders(headers, status), changes)
    response.writeHead(status, reasonOf(status, reason), own === undefined ? told : withOwn(told, own))
  }
  return {
    head(told) {
      head = told
      if (!isEventStream(told.headers)) return
      begin()
      response.flushHeaders()
    },
    data(chunk) {
      if (!hasBegun && chunk.length <= ONE_WRITE_BYTES && chunk.length === lengthIn(head?.headers ?? [])) {
        whole = chunk
        return true
      }
      begin()
      if (response.write(chunk)) return true
      if (!listens) response.on('drain', () => head?.resume())
      listens = true
      return false
    },
    end() {
      begin()
      if (whole !== undefined) {
        response.write(whole.toString('latin1'), 'latin1')
        // Out at once: with the end of the answer it would be gathered into a slower write.
        response.socket?.uncork()
      }
      response.end()
    },
    hasBegun: () => hasBegun,
    status: () => head?.status ?? 0,
  }
}

function withOwn(told: RawHeaders, { headers, isOurs }: OwnHeaders): string[] {
  const kept = told.filter((_, i) => {
    const at = i - (i % 2)
    return !isOurs(told[at] as string, told[at + 1] as string)
  })
  return [...kept, ...headers]
}

function isEventStream(raw: RawHeaders): boolean {
  const [type = ''] = valuesOf(raw, 'content-type')
  return /^text\/event-stream\b/i.test(type)
}

function lengthIn(raw: RawHeaders): number | undefined {
  const [text] = valuesOf(raw, 'content-length')
  return text === undefined ? undefined : Number(text)
}

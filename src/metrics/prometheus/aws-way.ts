// Amazon's library asks by our way out, and so through the proxies of the environment.
import type { RoundTrip } from '../../doors/outgoing/hop.ts'
import { goUrlEscape } from '../../std/go/escape.ts'
import { readUrl } from '../../std/go/url.ts'

interface AwsRequest {
  readonly method: string
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly query?: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

const ANSWER_MAX = 1024 * 1024
const NEVER = new AbortController().signal

/** What the library takes for its own HTTP. */
export function awsWay(roundTrip: RoundTrip) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: AwsRequest, { abortSignal }: { abortSignal?: unknown } = {}) {
      const port = request.port === undefined ? '' : `:${request.port}`
      const query = Object.entries(request.query ?? {}).map(
        ([name, value]) => `${goUrlEscape(name, 'query')}=${goUrlEscape(String(value), 'query')}`,
      )
      const target = query.length === 0 ? request.path : `${request.path}?${query.join('&')}`
      const read = readUrl(`${request.protocol}//${request.hostname}${port}${target}`)
      if ('problem' in read) throw new Error(read.problem)
      const body = typeof request.body === 'string' ? request.body : undefined
      const { host: _, 'content-length': __, ...headers } = request.headers as Record<string, string>
      const hop = { method: request.method, url: read.url, headers: named(headers), body }
      const answer = await roundTrip(hop, abortSignal instanceof AbortSignal ? abortSignal : NEVER)
      const text = await answer.text(ANSWER_MAX)
      return {
        response: { statusCode: answer.status, headers: answer.headers, body: Buffer.from(text, 'utf8') },
      }
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  }
}

function named(headers: Readonly<Record<string, string>>): Record<string, string> {
  const name = (text: string) => text.replaceAll(/(^|-)[a-z]/g, letter => letter.toUpperCase())
  return Object.fromEntries(Object.entries(headers).map(([key, value]) => [name(key), value]))
}

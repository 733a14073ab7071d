// Servers that tell whoever asks all that they were sent: as a value, in an error, in a warning, as a text, on a page,
// in a redirect. On connections in memory.
import { HttpError } from '../src/doors/http.ts'
import { htmlText } from '../src/std/html.ts'
import { wirePair } from './golden-measurements/wire-pair.ts'
import type { WireEnd } from './golden-measurements/wire-pair.ts'

interface Said {
  readonly status?: number
  readonly headers?: readonly string[]
  readonly body: string
}

interface Heard {
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const vector = (more: object) =>
  JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] }, ...more })

/** By their host. */
function answersOf(token: string): Readonly<Record<string, (heard: Heard) => Said>> {
  return {
    echo: heard => ({ body: JSON.stringify(heard) }),
    refuses: heard => ({ status: 401, body: JSON.stringify(heard) }),
    circles: ({ target }) => ({
      status: 302,
      headers: [`Location: http://circles${target}&again`],
      body: '',
    }),
    texts: heard => ({ body: `you said ${Object.values(heard.headers).join(', ')}` }),
    pages: heard => ({ body: `<pre>${htmlText(JSON.stringify(heard))}</pre>` }),
    tokens: () => ({ body: JSON.stringify({ access_token: token, token_type: 'bearer' }) }),
    'says-error': heard => ({
      status: 422,
      body: JSON.stringify({ status: 'error', errorType: 'execution', error: JSON.stringify(heard) }),
    }),
    warns: heard => ({ body: vector({ warnings: [JSON.stringify(heard)] }) }),
  }
}

export function echoServer(token: string) {
  const answers = answersOf(token)
  return {
    connect(host: string): WireEnd {
      const answer = answers[host]
      if (answer === undefined)
        throw new HttpError('ENOTFOUND', `dial tcp: lookup ${host} on 10.0.0.53:53: no such host`)
      const { near, far } = wirePair()
      serve(far, answer)
      return near
    },
  }
}

function serve(socket: WireEnd, answer: (heard: Heard) => Said): void {
  let bytes = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('end', () => socket.end())
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    const heard = heardIn(bytes)
    if (heard === undefined) return
    bytes = Buffer.alloc(0)
    const { status = 200, headers = [], body } = answer(heard)
    const length = `Content-Length: ${Buffer.byteLength(body)}`
    const head = [`HTTP/1.1 ${status} Answer`, 'Content-Type: application/json', length, ...headers]
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  })
}

/** Undefined: more is to come. */
function heardIn(bytes: Buffer): Heard | undefined {
  const text = bytes.toString('utf8')
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = Object.fromEntries(
    lines.map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  )
  const body = text.slice(end + 4)
  if (Buffer.byteLength(body) < Number(headers['Content-Length'] ?? 0)) return undefined
  return { target: first.split(' ').slice(1, -1).join(' '), headers, body }
}

// What a client may send to the gateway: requests with mistakes in their framing, target and headers.
import fc from 'fast-check'
import type { Door } from '../door.ts'
import { gatewayThread } from '../gateway-thread.ts'
import { exchanged } from '../sockets.ts'
import { slipped, slips, text } from '../texts.ts'
import type { Slip } from '../texts.ts'

interface Request {
  readonly method: string
  readonly target: string
  readonly host: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
  readonly mistakes: readonly Slip[]
  readonly times: number
}

const header = fc.oneof(
  fc.constantFrom(
    ['Content-Length', '5'],
    ['Content-Length', '-1'],
    ['Content-Length', '5, 5'],
    ['Transfer-Encoding', 'chunked'],
    ['Transfer-Encoding', 'gzip, chunked'],
    ['Connection', 'close, x-hop'],
    ['Connection', 'upgrade'],
    ['Upgrade', 'websocket'],
    ['Upgrade', 'h2c'],
    ['Expect', '100-continue'],
    ['Cookie', 'a=b; a=c; =; ;'],
    ['X-Forwarded-For', 'unknown, [::1'],
  ),
  fc.tuple(fc.constantFrom('X-A', 'Cookie', 'Host', 'Te', 'Trailer', 'Accept'), text),
) as fc.Arbitrary<readonly [string, string]>

const request: fc.Arbitrary<Request> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'PRI', 'get', 'A'.repeat(80)),
  target: fc.oneof(
    fc.constantFrom(
      '/',
      '*',
      '//x',
      '/a/../b',
      '/%2e%2e/b',
      '/a#b',
      'http://innocent.test/x',
      '/%',
      '/a?b=%ff',
    ),
    text,
  ),
  host: fc.constantFrom(
    'hostile.test',
    'HOSTILE.test.',
    'innocent.test',
    '',
    'a b',
    '[::1]:80',
    'hostile.test:x',
  ),
  headers: fc.array(header, { maxLength: 6 }),
  body: fc.oneof(
    fc.constant(''),
    fc.constantFrom('hello', '5\r\nhello\r\n0\r\n\r\n', 'z\r\n', 'fffffffffffff\r\nx', '0\r\nA: b\r\n\r\n'),
    text,
  ),
  mistakes: slips,
  times: fc.constantFrom(1, 1, 1, 2, 50),
})

export const gatewayRequest: Door<Request> = {
  name: 'gateway-request',
  inputs: 1_500,
  input: request,
  async open() {
    const gateway = await gatewayThread(socket => {
      socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
    })
    return {
      ...gateway,
      async send({ method, target, host, headers, body, mistakes, times }) {
        const lines = [
          `${method} ${target} HTTP/1.1`,
          `Host: ${host}`,
          ...headers.map(([name, value]) => `${name}: ${value}`),
        ]
        const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'utf8')
        const parts = Array.from({ length: times }, () => slipped(bytes, mistakes))
        await exchanged(gateway.port, parts, 3000)
      },
    }
  },
}

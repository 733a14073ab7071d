// What a pod may answer to the gateway: bytes with mistakes, to requests and to upgrades.
import fc from 'fast-check'
import type { Door } from '../door.ts'
import { gatewayThread } from '../gateway-thread.ts'
import { exchanged } from '../sockets.ts'
import { slipped, slips, text } from '../texts.ts'
import type { Slip } from '../texts.ts'

interface Answer {
  readonly status: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
  readonly mistakes: readonly Slip[]
  /** What the pod does when it has answered. */
  readonly after: 'end' | 'cut' | 'wait' | 'again'
  readonly asks: 'GET' | 'HEAD' | 'POST' | 'upgrade'
}

const header = fc.oneof(
  fc.constantFrom(
    ['Content-Length', '5'],
    ['Content-Length', '4294967296'],
    ['Content-Length', 'x'],
    ['Transfer-Encoding', 'chunked'],
    ['Transfer-Encoding', 'identity'],
    ['Connection', 'keep-alive, x-hop'],
    ['Connection', 'upgrade'],
    ['Upgrade', 'websocket'],
    ['Set-Cookie', 'a=b'],
    ['Trailer', 'x-t'],
  ),
  fc.tuple(fc.constantFrom('X-A', 'Set-Cookie', 'Location', 'Content-Type'), text),
) as fc.Arbitrary<readonly [string, string]>

const answer: fc.Arbitrary<Answer> = fc.record({
  status: fc.oneof(
    fc.constantFrom(
      '200 OK',
      '204 No Content',
      '304 Not Modified',
      '100 Continue',
      '101 Switching Protocols',
      '103 Early Hints',
      '403 Acc\u00e8s refus\u00e9',
      '500 a\u0001b',
      '999 x',
      '000 x',
      '600',
      '99 x',
      '',
    ),
    text.map(phrase => `200 ${phrase}`),
  ),
  headers: fc.array(header, { maxLength: 5 }),
  body: fc.oneof(
    fc.constantFrom(
      '',
      'hello',
      '5\r\nhello\r\n0\r\n\r\n',
      'zz\r\n',
      '5\r\nhello\r\n0\r\nx-t: \u0001\r\n\r\n',
    ),
    text,
  ),
  mistakes: slips,
  after: fc.constantFrom('end', 'end', 'cut', 'wait', 'again'),
  asks: fc.constantFrom('GET', 'GET', 'HEAD', 'POST', 'upgrade'),
})

function bytesOf({ status, headers, body, mistakes }: Answer): Buffer {
  const lines = [`HTTP/1.1 ${status}`, ...headers.map(([name, value]) => `${name}: ${value}`)]
  return slipped(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1'), mistakes)
}

function requestOf({ asks }: Answer): Buffer {
  const upgrade = 'Connection: upgrade\r\nUpgrade: websocket\r\n'
  const more = asks === 'upgrade' ? upgrade : asks === 'POST' ? 'Content-Length: 2\r\n' : ''
  const line = `${asks === 'upgrade' ? 'GET' : asks} / HTTP/1.1\r\nHost: hostile.test\r\n`
  return Buffer.from(`${line}${more}\r\n${asks === 'POST' ? 'ab' : ''}`)
}

export const gatewayAnswer: Door<Answer> = {
  name: 'gateway-answer',
  inputs: 700,
  input: answer,
  async open() {
    let next: Answer | undefined
    const gateway = await gatewayThread(socket => {
      socket.once('data', () => {
        if (next === undefined) return void socket.destroy()
        const bytes = bytesOf(next)
        socket.write(bytes)
        if (next.after === 'again') socket.write(bytes)
        if (next.after === 'cut') socket.destroy()
        else if (next.after !== 'wait') socket.end()
      })
    })
    return {
      ...gateway,
      async send(one) {
        next = one
        await exchanged(gateway.port, [requestOf(one)], one.after === 'wait' ? 200 : 3000)
      },
    }
  },
}

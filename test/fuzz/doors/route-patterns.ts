// Patterns that a route may ask for, on paths, headers and queries, and requests that try them.
import fc from 'fast-check'
import type { Door } from '../door.ts'
import { gatewayThread } from '../gateway-thread.ts'
import { exchanged } from '../sockets.ts'
import { text } from '../texts.ts'

interface Try {
  readonly pattern: string
  readonly times: number
  readonly on: 'path' | 'header' | 'query'
  readonly value: string
  readonly repeated: number
}

const piece = fc.constantFrom(
  'a',
  '.',
  '.?',
  '.*',
  '(a+)+',
  '(.?){0,999}',
  '((a{0,30}){0,30}){0,30}',
  '[^x]',
  '\\pL',
  '\\w+',
  '(?i)',
  '(a|b|ab)*',
  'a{1000}',
  'a{1001}',
  '(?:',
  ')',
  '[a',
  '\\',
  '^',
  '$',
  '\\b',
  '(?P<n>a)',
)

const tries: fc.Arbitrary<Try> = fc.record({
  pattern: fc.oneof(
    fc.array(piece, { minLength: 1, maxLength: 8 }).map(parts => parts.join('')),
    text,
  ),
  times: fc.constantFrom(1, 1, 5, 80),
  on: fc.constantFrom('path', 'header', 'query'),
  value: fc.constantFrom('a', 'ab', 'x', '/', 'é', 'aaaaaaaab'),
  repeated: fc.constantFrom(1, 100, 2000, 6000),
})

export const routePatterns: Door<Try> = {
  name: 'route-patterns',
  inputs: 1_300,
  input: tries,
  async open() {
    const gateway = await gatewayThread(socket => {
      socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
    })
    return {
      ...gateway,
      async send({ pattern, times, on, value, repeated }) {
        const regex = pattern.repeat(times)
        const match =
          on === 'path'
            ? { path: { how: 'regex' as const, value: regex } }
            : {
                headers: [
                  {
                    name: 'x-a',
                    how: on === 'query' ? ('query-regex' as const) : ('regex' as const),
                    value: regex,
                  },
                ],
              }
        await gateway.setRoutes([gateway.route(match)])
        const long = value.repeat(Math.ceil(repeated / value.length))
        const target = on === 'path' ? `/${long}` : on === 'query' ? `/?x-a=${encodeURIComponent(long)}` : '/'
        const header = on === 'header' ? `x-a: ${long}\r\n` : ''
        const request = `GET ${target} HTTP/1.1\r\nHost: hostile.test\r\n${header}Connection: close\r\n\r\n`
        await exchanged(gateway.port, [Buffer.from(request, 'latin1')], 3000)
      },
    }
  },
}

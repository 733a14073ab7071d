// A request whose wish for an upgrade is not granted is served as any other (RFC 9110, section 7.8). Node has let go of
// its connection by then: it is handed to the server once more, without the wish, and ends with its answer.
import type { Server } from 'node:http'
import { valuesOf } from './headers.ts'
import type { RawHeaders } from './headers.ts'
import type { Upgrading } from './upgrade.ts'

export function withoutUpgrade(server: Server, { request, socket, head }: Upgrading): void {
  const { method, url, httpVersion, rawHeaders } = request
  const lines = [`${method} ${url} HTTP/${httpVersion}`, `connection: ${closing(rawHeaders)}`]
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (!['connection', 'upgrade'].includes(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[i + 1]}`)
  }
  socket.unshift(Buffer.concat([Buffer.from([...lines, '', ''].join('\r\n'), 'latin1'), head]))
  server.emit('connection', socket)
}

/** The headers that the client named in `Connection` stay named. */
function closing(raw: RawHeaders): string {
  const named = valuesOf(raw, 'connection').flatMap(value => value.split(',').map(part => part.trim()))
  return [...named.filter(name => !/^(keep-alive|close|upgrade|)$/i.test(name)), 'close'].join(', ')
}

// HTTP through a proxy: each connection is a CONNECT tunnel, so that the proxy sees no more than the host's
// name.
import { request as httpRequest } from 'node:http'
import type { Agent as HttpAgent } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Agent as HttpsAgent } from 'node:https'
import { isIP } from 'node:net'
import type { Socket } from 'node:net'
import { connect } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'

type Connected = (error: Error | null, socket?: Socket) => void
type Target = { host?: string | null; port?: string | number | null }
type Connectable = { createConnection(target: Target, connected: Connected): unknown }

const ANSWER_MS = 30_000

/** Makes the agents' connections go through the proxy. */
export function tunnelTo(
  agents: { http: HttpAgent; https: HttpsAgent },
  proxy: URL,
  tls: ConnectionOptions,
): void {
  const plain = agents.http as unknown as Connectable
  const secure = agents.https as unknown as Connectable
  plain.createConnection = (target, connected) => tunnel(proxy, target, connected)
  secure.createConnection = (target, connected) =>
    tunnel(proxy, target, (error, socket) => {
      if (socket === undefined) return connected(error)
      const host = target.host ?? ''
      // An address is no server name, but its certificate is checked against it all the same.
      const wrapped = connect({
        ...tls,
        socket,
        host,
        ...(isIP(host) ? {} : { servername: tls.servername ?? host }),
      })
      wrapped.once('error', connected)
      wrapped.once('secureConnect', () => {
        wrapped.off('error', connected)
        connected(null, wrapped)
      })
    })
}

function tunnel(proxy: URL, target: Target, connected: Connected): void {
  const authority = `${target.host ?? 'localhost'}:${target.port ?? 443}`
  const { username, password } = proxy
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
    'base64',
  )
  const asked = (proxy.protocol === 'https:' ? httpsRequest : httpRequest)({
    host: proxy.hostname,
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path: authority,
    timeout: ANSWER_MS,
    headers: { host: authority, ...(username === '' ? {} : { 'proxy-authorization': `Basic ${login}` }) },
  })
  asked.once('connect', (answer, socket: Socket) => {
    socket.setTimeout(0)
    if (answer.statusCode === 200) return connected(null, socket)
    socket.destroy()
    connected(new Error(`the proxy ${proxy.host} refused ${authority}: ${answer.statusCode ?? 'no status'}`))
  })
  asked.once('timeout', () => asked.destroy(new Error(`the proxy ${proxy.host} did not answer in time`)))
  asked.once('error', connected)
  asked.end()
}

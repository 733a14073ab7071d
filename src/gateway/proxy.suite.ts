// Pods, clients and a proxy between them for the gateway's tests: real sockets, in process, closed after each test.
import { createServer, request as ask } from 'node:http'
import type { IncomingHttpHeaders, RequestListener, RequestOptions, Server } from 'node:http'
import { connect, createServer as createRawServer } from 'node:net'
import type { AddressInfo, Server as RawServer } from 'node:net'
import { afterEach } from 'vitest'
import { seededRandom } from '../doors/random.ts'
import { systemClock, systemStopwatch } from '../runtime/system.ts'
import { createProxy } from './proxy.ts'
import type { ProxyLimits } from './listener.ts'
import type { Endpoint, Route } from './routes/route.ts'
import { endpointAt } from './routes/route.suite.ts'
import { routeTable } from './routes/table.ts'

const opened: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

export async function aPod(listener: RequestListener): Promise<{ endpoint: Endpoint; server: Server }> {
  const server = createServer(listener)
  return { endpoint: await listenOn(server), server }
}

export async function listenOn(server: Server | RawServer): Promise<Endpoint> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  opened.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return endpointAt(port)
}

/** A port that nobody listens on. */
export async function deadEndpoint(): Promise<Endpoint> {
  const server = createRawServer()
  const endpoint = await listenOn(server)
  await new Promise(resolve => server.close(resolve))
  return endpoint
}

export async function aProxy(routes: readonly Route[], limits: Partial<ProxyLimits> = {}) {
  const proxy = createProxy({
    clock: systemClock,
    stopwatch: systemStopwatch,
    random: seededRandom(7),
    limits,
  })
  proxy.setTable(routeTable(routes))
  const port = await proxy.listen(0, '127.0.0.1')
  opened.push(() => proxy.close(0))
  return { proxy, port }
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export function get(
  port: number,
  options: RequestOptions = {},
  body?: string | readonly string[],
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = ask(
      {
        host: '127.0.0.1',
        port,
        agent: false,
        ...options,
        headers: { host: 'web.test', ...options.headers },
      },
      answer => {
        let text = ''
        answer.setEncoding('utf8').on('data', part => (text += part))
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
        )
        answer.once('error', reject)
        answer.once('close', () => reject(new Error('the answer broke off')))
      },
    )
    sent.once('error', reject)
    if (Array.isArray(body)) for (const part of body) sent.write(part)
    sent.end(typeof body === 'string' ? body : undefined)
  })
}

/** Sends the bytes and gives back all that comes until the server closes. */
export function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'))
    let got = ''
    socket.on('data', part => (got += part.toString('latin1')))
    socket.once('error', reject)
    socket.once('close', () => resolve(got))
  })
}

export const echo: RequestListener = (request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', part => (body += part))
  request.once('end', () => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }))
  })
}

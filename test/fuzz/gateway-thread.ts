// The gateway's thread as it is built, with pods behind it: a good one for the innocent, and one that does what the
// fuzzer says.
import { createServer, get } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { FromThread, ThreadStart, ToThread } from '../../src/gateway/messages.ts'
import type { Route } from '../../src/gateway/routes/route.ts'
import { routeTable } from '../../src/gateway/routes/table.ts'
import { rawServer } from './sockets.ts'

export interface GatewayThread {
  readonly port: number
  /** Routes beside that of the innocent: in force when it resolves. */
  setRoutes(routes: readonly Route[]): Promise<void>
  /** A route of host `hostile.test` to the hostile pod. */
  route(more?: Partial<Route>): Route
  innocent(): Promise<void>
  death(): string | undefined
  memoryMb(): number
  close(): Promise<void>
}

const FAST = { headersMs: 3000, idleMs: 2000, connectMs: 1000 }

/** `answer`: what the hostile pod does with a connection. */
export async function gatewayThread(answer: (socket: Socket) => void): Promise<GatewayThread> {
  const good = createServer((_request, response) => response.end('good'))
  await new Promise<void>(done => good.listen(0, '127.0.0.1', done))
  const hostile = await rawServer(answer)
  const start: ThreadStart = { port: 0, address: '127.0.0.1', seed: 1, limits: FAST }
  const worker = new Worker(pathToFileURL(resolve('dist/gateway/thread.js')), { workerData: start })
  let death: string | undefined
  worker.once('error', error => (death = error.stack ?? error.message))
  worker.once('exit', code => (death ??= `the thread ended with ${code}`))
  const port = await new Promise<number>((done, failed) => {
    worker.once('error', failed)
    worker.on('message', (message: FromThread) => message.type === 'listening' && done(message.port))
  })
  const innocents = aRoute('innocent.test', (good.address() as AddressInfo).port)
  let version = 0
  const setRoutes = (routes: readonly Route[]) =>
    new Promise<void>(done => {
      const mine = ++version
      const seen = (message: FromThread) => {
        if (message.type !== 'in-force' || message.version < mine) return
        worker.off('message', seen)
        done()
      }
      worker.on('message', seen)
      const table = routeTable([...routes, innocents])
      worker.postMessage({ type: 'table', version: mine, table } satisfies ToThread)
    })
  const route = (more: Partial<Route> = {}) => ({ ...aRoute('hostile.test', hostile.port), ...more })
  await setRoutes([route()])
  return {
    port,
    setRoutes,
    route,
    innocent: () => asked(port),
    death: () => death,
    memoryMb: () => process.memoryUsage().rss / 2 ** 20,
    async close() {
      await worker.terminate()
      good.closeAllConnections()
      good.close()
      hostile.server.close()
    },
  }
}

function aRoute(host: string, port: number): Route {
  const endpoint = { pod: `${host}-1`, app: 'web', role: 'stable', version: 'v1', host: '127.0.0.1', port }
  return {
    id: host,
    host,
    path: { how: 'prefix', value: '/' },
    headers: [],
    backends: [{ namespace: 'shop', service: 'web', weight: 1, endpoints: [endpoint] }],
    from: `/services/shop/${host}`,
    isImplicit: false,
  }
}

function asked(port: number): Promise<void> {
  return new Promise((done, failed) => {
    const options = { host: '127.0.0.1', port, agent: false, headers: { host: 'innocent.test' } }
    get(options, answer => {
      let body = ''
      answer.on('data', part => (body += part))
      answer.once('error', failed)
      answer.once('end', () =>
        answer.statusCode === 200 && body === 'good'
          ? done()
          : failed(new Error(`the innocent got ${answer.statusCode}: ${body}`)),
      )
    }).once('error', failed)
  })
}

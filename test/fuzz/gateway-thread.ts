// The gateway's thread as it is built, in a process of its own, with pods behind it: a good one for the innocent, and
// one that does what the fuzzer says.
import { spawn } from 'node:child_process'
import { createServer, get } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FromThread, ThreadStart, ToThread } from '../../src/gateway/messages.ts'
import type { Route } from '../../src/gateway/routes/route.ts'
import { aRoute, endpointAt } from '../../src/gateway/routes/route.suite.ts'
import { routeTable } from '../../src/gateway/routes/table.ts'
import { residentMb } from '../tools/memory.ts'
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

/** Passes on what the thread says and is told; ends when the thread does. */
const HOST = `
import { Worker } from 'node:worker_threads'
const worker = new Worker(new URL(process.argv[1]), { workerData: JSON.parse(process.argv[2]), execArgv: [] })
worker.on('message', message => process.send(message))
worker.on('exit', code => process.exit(code))
process.on('message', message => worker.postMessage(message))
process.on('disconnect', () => process.exit())
`

const FAST = { headersMs: 3000, idleMs: 2000, connectMs: 1000 }

/** `answer`: what the hostile pod does with a connection. */
export async function gatewayThread(answer: (socket: Socket) => void): Promise<GatewayThread> {
  const good = createServer((_request, response) => response.end('good'))
  await new Promise<void>(done => good.listen(0, '127.0.0.1', done))
  const hostile = await rawServer(answer)
  const start: ThreadStart = { port: 0, address: '127.0.0.1', seed: 1, limits: FAST }
  const thread = pathToFileURL(resolve('dist/gateway/thread.js')).href
  const host = spawn(process.execPath, ['--input-type=module', '-e', HOST, thread, JSON.stringify(start)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let errors = ''
  host.stderr?.on('data', part => (errors = (errors + part).slice(-4000)))
  let death: string | undefined
  const ended = new Promise<void>(done =>
    host.once('exit', (code, signal) => {
      death = `the thread ended with ${code ?? signal}: ${errors}`
      done()
    }),
  )
  const port = await new Promise<number>((done, failed) => {
    void ended.then(() => failed(new Error(death)))
    host.on('message', (message: FromThread) => message.type === 'listening' && done(message.port))
  })
  const innocents = routeTo('innocent.test', (good.address() as AddressInfo).port)
  let version = 0
  const setRoutes = (routes: readonly Route[]) =>
    new Promise<void>(done => {
      const mine = ++version
      const seen = (message: FromThread) => {
        if (message.type !== 'in-force' || message.version < mine) return
        host.off('message', seen)
        done()
      }
      host.on('message', seen)
      const table = routeTable([...routes, innocents])
      host.send({ type: 'table', version: mine, table } satisfies ToThread)
    })
  const route = (more: Partial<Route> = {}) => ({ ...routeTo('hostile.test', hostile.port), ...more })
  await setRoutes([route()])
  return {
    port,
    setRoutes,
    route,
    innocent: () => asked(port),
    death: () => death,
    memoryMb: () => residentMb(host.pid, 'RssAnon'),
    async close() {
      host.kill('SIGKILL')
      await ended
      good.closeAllConnections()
      good.close()
      hostile.server.close()
    },
  }
}

function routeTo(host: string, port: number): Route {
  return aRoute([endpointAt(port)], { id: host, host })
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

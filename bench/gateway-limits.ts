// What the gateway, alone in a process, bears: 10,000 half-open and 10,000 idle sockets, while others are answered;
// 1 GB up and 1 GB down, streamed below 200 MB resident. Prints a line for each (Linux).
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createServer, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { residentMb } from '../test/tools/memory.ts'
import type { FromThread, ThreadStart, ToThread } from '../src/gateway/messages.ts'
import { aRoute, endpointAt } from '../src/gateway/routes/route.suite.ts'
import { routeTable } from '../src/gateway/routes/table.ts'

const SOCKETS = 10_000
const BYTES = 1024 ** 3
const LIMIT_MB = 200
const PIECE = Buffer.alloc(65_536)

/** A process of its own with nothing in it but the gateway's thread. */
async function gateway(pod: number): Promise<void> {
  const start: ThreadStart = { port: 0, address: '127.0.0.1', seed: 1, limits: {} }
  const worker = new Worker(pathToFileURL(resolve('dist/gateway/thread.js')), { workerData: start })
  worker.on('message', (message: FromThread) => {
    if (message.type === 'listening') process.send?.(message.port)
  })
  worker.postMessage({
    type: 'table',
    version: 1,
    table: routeTable([aRoute([endpointAt(pod)])]),
  } satisfies ToThread)
}

/** Opens sockets that say so much and no more; says how many are open when all have been opened. */
async function sockets(port: number, text: string): Promise<void> {
  let open = 0
  for (let i = 0; i < SOCKETS; i++) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.once('close', () => open--)
    await new Promise<void>(done => {
      socket.once('close', () => done())
      socket.once('connect', () => {
        open++
        if (text === '') done()
        else socket.write(text, () => done())
      })
    })
  }
  process.send?.(open)
}

async function child(role: string, ...args: string[]): Promise<{ process: ChildProcess; said: number }> {
  const file = process.argv[1] as string
  const started = spawn(process.execPath, [file, role, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const said = await new Promise<number>(done => started.once('message', message => done(Number(message))))
  return { process: started, said }
}

/** Answers a GET with so many bytes as its path says, and a POST with how many came. */
async function startPod(): Promise<number> {
  const server = createServer((asked, response) => {
    let left = Number(asked.url?.slice(1))
    let came = 0
    const more = (): void => {
      while (left > 0) {
        left -= PIECE.length
        if (!response.write(PIECE)) return void response.once('drain', more)
      }
      response.end()
    }
    if (asked.method === 'GET') return more()
    asked.on('data', (part: Buffer) => (came += part.length))
    asked.once('end', () => response.end(String(came)))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  server.unref()
  return (server.address() as AddressInfo).port
}

function ask(port: number, method: string, path: string) {
  const sent = request({ host: '127.0.0.1', port, method, path, agent: false, headers: { host: 'web.test' } })
  const answered = new Promise<IncomingMessage>((done, failed) =>
    sent.once('response', done).once('error', failed),
  )
  return { sent, answered }
}

async function download(port: number, bytes: number): Promise<number> {
  const { sent, answered } = ask(port, 'GET', `/${bytes}`)
  sent.end()
  let came = 0
  for await (const part of await answered) came += (part as Buffer).length
  return came
}

async function upload(port: number, bytes: number): Promise<number> {
  const { sent, answered } = ask(port, 'POST', '/0')
  for (let left = bytes; left > 0; left -= PIECE.length)
    if (!sent.write(PIECE)) await new Promise(done => sent.once('drain', done))
  sent.end()
  let text = ''
  for await (const part of await answered) text += String(part)
  return Number(text)
}

async function streams(pod: number): Promise<boolean> {
  const { process: running, said: port } = await child('gateway', String(pod))
  const pid = running.pid as number
  const rest = residentMb(pid, 'VmRSS')
  const up = await upload(port, BYTES)
  const upPeak = residentMb(pid, 'VmHWM')
  const down = await download(port, BYTES)
  const peak = residentMb(pid, 'VmHWM')
  running.kill()
  process.stdout.write(
    `gateway: ${rest.toFixed(0)} MB at rest, ${upPeak.toFixed(0)} MB at most with ${up / 1024 ** 2} MB up, ` +
      `${peak.toFixed(0)} MB with ${down / 1024 ** 2} MB down (limit ${LIMIT_MB})\n`,
  )
  return up === BYTES && down === BYTES && peak < LIMIT_MB
}

async function crowds(pod: number): Promise<boolean> {
  const { process: running, said: port } = await child('gateway', String(pod))
  const pid = running.pid as number
  const rest = residentMb(pid, 'VmRSS')
  const half = await child('sockets', String(port), 'GET / HTTP/1.1\r\nHost: web.te')
  const halfMb = residentMb(pid, 'VmRSS')
  const idle = await child('sockets', String(port), '')
  const bothMb = residentMb(pid, 'VmRSS')
  const startedAt = performance.now()
  let answers = 0
  for (let i = 0; i < 100; i++) if ((await download(port, PIECE.length)) === PIECE.length) answers++
  const eachMs = (performance.now() - startedAt) / 100
  for (const one of [half.process, idle.process, running]) one.kill()
  process.stdout.write(
    `gateway: ${rest.toFixed(0)} MB at rest, ${halfMb.toFixed(0)} MB with ${half.said} half-open sockets, ` +
      `${bothMb.toFixed(0)} MB with ${idle.said} idle ones after them; ` +
      `then ${answers} of 100 others answered, ${eachMs.toFixed(1)} ms each\n`,
  )
  return answers === 100
}

const [role, port = '', text = ''] = process.argv.slice(2)
if (role === 'gateway') await gateway(Number(port))
else if (role === 'sockets') await sockets(Number(port), text)
else {
  const pod = await startPod()
  const results = [await streams(pod), await crowds(pod)]
  process.exit(results.every(Boolean) ? 0 : 1)
}

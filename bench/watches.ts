// What watches cost the API server in resident memory, beside a bare server of `node:https` in the same run: 1,000
// idle ones, each on a connection of its own (the growth over the bare server's is ours; the goal is 0.1 MB a
// watch), and 60 that never read while 24 MB of events happen for each (at most 100 MB more). Prints a line for each.
import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { connect, type TLSSocket } from 'node:tls'
import { Pool } from 'undici'
import { accessIn } from '../test/acceptance/api.ts'
import { startProgram, temporaryHome } from '../test/acceptance/program.ts'
import { residentMb } from '../test/tools/memory.ts'

const IDLE = Number(process.argv[2] ?? 1_000)
const IDLE_LIMIT_MB = 0.1
/** Objects of 2 kB that stand there: 0.66 MB that each reads before it watches. */
const STANDING = 300
const UNREAD = 60
const EVENTS = 24
const EVENT_BYTES = 1_000_000
const UNREAD_LIMIT_MB = 100
const MAPS = '/api/v1/namespaces/default/configmaps'
const REST_MS = 5_000
const EMPTY_LIST = '{"items":[]}\n'

interface Server {
  readonly pid: number
  readonly port: number
  readonly token: string
}

const rest = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))

/** Lists, then watches on the same connection, as clients do. What the watch brings is read, or stays where it is. */
async function watch({ port, token }: Server, isRead: boolean): Promise<TLSSocket> {
  const tail = `HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\n\r\n`
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
  const list = await heard(socket, `GET ${MAPS} ${tail}`, '}\n')
  const from = /"resourceVersion":"(\d+)"/.exec(list)?.[1] ?? ''
  const watching = `GET ${MAPS}?watch=1&timeoutSeconds=3600&resourceVersion=${from} ${tail}`
  await heard(socket, watching, '\r\n\r\n')
  if (isRead) socket.resume()
  else socket.pause()
  return socket
}

/** What comes until a piece ends so. */
function heard(socket: TLSSocket, asked: string, end: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: string[] = []
    const take = (data: Buffer) => {
      pieces.push(data.toString())
      if (!pieces.slice(-2).join('').endsWith(end)) return
      socket.off('data', take)
      resolve(pieces.join(''))
    }
    socket.on('data', take)
    socket.once('error', reject)
    socket.write(asked)
  })
}

async function watches(server: Server, count: number, isRead: boolean): Promise<TLSSocket[]> {
  const open: TLSSocket[] = []
  while (open.length < count) {
    const some = Math.min(20, count - open.length)
    open.push(...(await Promise.all(Array.from({ length: some }, () => watch(server, isRead)))))
  }
  return open
}

/** The growth with idle watches; some come and go before, so that no server is met cold. */
async function idle(server: Server): Promise<{ before: number; after: number }> {
  for (const socket of await watches(server, 50, true)) socket.destroy()
  await rest(REST_MS)
  const before = residentMb(server.pid, 'VmRSS')
  const open = await watches(server, IDLE, true)
  await rest(REST_MS)
  const after = residentMb(server.pid, 'VmRSS')
  for (const socket of open) socket.destroy()
  await rest(REST_MS)
  return { before, after }
}

/** The growth at its highest, with watchers that never read. */
async function unread(server: Server, count: number): Promise<number> {
  const open = await watches(server, count, false)
  const before = residentMb(server.pid, 'VmRSS')
  let most = before
  const timer = setInterval(() => (most = Math.max(most, residentMb(server.pid, 'VmRSS'))), 20)
  await change(server)
  await rest(REST_MS)
  clearInterval(timer)
  for (const socket of open) socket.destroy()
  await rest(REST_MS)
  return most - before
}

type Ask = (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => Promise<void>

async function asking({ port, token }: Server, work: (ask: Ask) => Promise<void>): Promise<void> {
  const pool = new Pool(`https://127.0.0.1:${port}`, {
    connections: 1,
    connect: { rejectUnauthorized: false },
  })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  await work(async (method, path, body) => {
    const answer = await pool.request({
      method,
      path,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    })
    await answer.body.dump({ limit: Number.MAX_SAFE_INTEGER })
    if (answer.statusCode > 201) throw new Error(`${method} ${path} was answered with ${answer.statusCode}`)
  })
  await pool.close()
}

/** What every watch is told first. */
async function fill(server: Server): Promise<void> {
  await asking(server, async ask => {
    for (let i = 0; i < STANDING; i++)
      await ask('POST', MAPS, { metadata: { name: `map-${i}` }, data: { value: 'x'.repeat(2_000) } })
  })
}

/** The same large object again and again. */
async function change(server: Server): Promise<void> {
  await asking(server, async ask => {
    for (let i = 0; i < EVENTS; i++) {
      const object = { metadata: { name: 'big' }, data: { value: String(i).padEnd(EVENT_BYTES, 'x') } }
      await (i === 0 ? ask('POST', MAPS, object) : ask('PUT', `${MAPS}/big`, object))
    }
    await ask('DELETE', `${MAPS}/big`)
  })
}

/** In a process of its own: answers a watch with headers, and no end. */
function bareServer(folder: string): void {
  const read = (name: string) => readFileSync(`${folder}/pki/${name}`)
  const server = createServer({ cert: read('server.crt'), key: read('server.key') }, (request, response) => {
    const isWatch = request.url?.includes('watch') === true
    const length = isWatch ? {} : { 'content-length': EMPTY_LIST.length }
    response.writeHead(200, { 'content-type': 'application/json', ...length })
    if (isWatch) response.flushHeaders()
    else response.end(EMPTY_LIST)
  })
  server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
}

async function startBare(home: string): Promise<{ server: Server; child: ChildProcess }> {
  const child = fork(process.argv[1] as string, ['bare', home])
  const { port } = await new Promise<{ port: number }>(resolve => child.once('message', resolve))
  return { server: { pid: child.pid as number, port, token: '' }, child }
}

async function main(): Promise<void> {
  const home = temporaryHome()
  const program = await startProgram(home.path, ['--no-demo'])
  const { server, token } = accessIn(program.environment['KUBECONFIG'] as string)
  const ours: Server = { pid: program.pid, port: Number(new URL(server).port), token }
  const bare = await startBare(home.path)

  const each = ({ before, after }: { before: number; after: number }) => (after - before) / IDLE
  await fill(ours)
  const [mine, yardstick] = [await idle(ours), await idle(bare.server)]
  const said = (one: { before: number; after: number }) =>
    `${one.before.toFixed(0)} → ${one.after.toFixed(0)} MB, ${each(one).toFixed(3)} MB each`
  console.log(
    `${IDLE} idle watches: ${said(mine)} (need <= ${IDLE_LIMIT_MB}); ` +
      `bare https server: ${said(yardstick)}; ratio ${(each(mine) / each(yardstick)).toFixed(2)}`,
  )
  const [alone, behind] = [await unread(ours, 0), await unread(ours, UNREAD)]
  console.log(
    `${UNREAD} watches that never read, ${EVENTS} MB of events each: + ${behind.toFixed(0)} MB ` +
      `(need <= ${UNREAD_LIMIT_MB}); the same events with nobody watching: + ${alone.toFixed(0)} MB`,
  )
  bare.child.kill()
  program.signal('SIGTERM')
  await program.ended
  home.remove()
}

if (process.argv[2] === 'bare') bareServer(process.argv[3] as string)
else await main()

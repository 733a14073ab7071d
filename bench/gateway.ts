// The gateway's requests a second against Debian's nginx as a proxy in the same run: one thread each, kept connections,
// the same pod behind both. Needs nginx and wrk. Prints one line with the ratio (0.3 is needed) and the added latency.
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { FromThread, ThreadStart, ToThread } from '../src/gateway/messages.ts'
import { aRoute, endpointAt } from '../src/gateway/routes/route.suite.ts'
import { routeTable } from '../src/gateway/routes/table.ts'

const run = promisify(execFile)
const CONNECTIONS = 32
const SECONDS = 5
const ROUNDS = 3
const NEEDED = 0.3

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise(done => server.close(done))
  return port
}

/** A process of one worker, without logs; gives back the call that ends it. */
async function startNginx(folder: string, name: string, http: string): Promise<() => Promise<void>> {
  const file = join(folder, `${name}.conf`)
  await writeFile(
    file,
    `daemon off; worker_processes 1; pid ${folder}/${name}.pid; error_log ${folder}/${name}.log;
    events { worker_connections 4096; }
    http { access_log off; keepalive_requests 1000000000; client_body_temp_path ${folder}/${name}-body;
      proxy_temp_path ${folder}/${name}-proxy; fastcgi_temp_path ${folder}/${name}-f;
      uwsgi_temp_path ${folder}/${name}-u; scgi_temp_path ${folder}/${name}-s; ${http} }`,
  )
  const child = spawn('nginx', ['-c', file, '-p', folder], { stdio: 'ignore' })
  const ended = new Promise<void>(done => child.once('exit', () => done()))
  return async () => {
    child.kill('SIGTERM')
    await ended
  }
}

function podServer(port: number): string {
  const body = JSON.stringify({ version: 'v1', pod: 'web-1', service: 'web', text: 'x'.repeat(150) })
  return `server { listen 127.0.0.1:${port}; location / { default_type application/json; return 200 '${body}'; } }`
}

function nginxProxy(port: number, pod: number): string {
  return `upstream pod { server 127.0.0.1:${pod}; keepalive 256; keepalive_requests 1000000000; }
    server { listen 127.0.0.1:${port}; location / { proxy_pass http://pod; proxy_http_version 1.1;
      proxy_set_header Connection ""; proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Host $host; proxy_set_header X-Forwarded-Proto $scheme; } }`
}

async function startOurs(pod: number): Promise<{ port: number; stop: () => Promise<unknown> }> {
  const start: ThreadStart = { port: 0, address: '127.0.0.1', seed: 1, limits: {} }
  const worker = new Worker(pathToFileURL(resolve('dist/gateway/thread.js')), { workerData: start })
  const port = await new Promise<number>((done, failed) => {
    worker.once('error', failed)
    worker.on('message', (message: FromThread) => {
      if (message.type === 'listening') done(message.port)
    })
  })
  worker.postMessage({
    type: 'table',
    version: 1,
    table: routeTable([aRoute([endpointAt(pod)])]),
  } satisfies ToThread)
  return { port, stop: () => worker.terminate() }
}

interface Measured {
  readonly perSecond: number
  readonly p99Ms: number
}

async function measure(port: number, connections = CONNECTIONS): Promise<Measured> {
  const args = ['-t1', `-c${connections}`, `-d${SECONDS}s`, '--latency', '-H', 'Host: web.test']
  const { stdout } = await run('wrk', [...args, `http://127.0.0.1:${port}/`])
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`not every request was answered well:\n${stdout}`)
  const [, perSecond] = /Requests\/sec:\s+([\d.]+)/.exec(stdout) ?? []
  const [, p99, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? []
  return {
    perSecond: Number(perSecond),
    p99Ms: Number(p99) * (unit === 'us' ? 0.001 : unit === 's' ? 1000 : 1),
  }
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'))
  const [pod, proxied] = [await freePort(), await freePort()]
  const stopPod = await startNginx(folder, 'pod', podServer(pod))
  const stopProxy = await startNginx(folder, 'proxy', nginxProxy(proxied, pod))
  const ours = await startOurs(pod)
  try {
    await new Promise(done => setTimeout(done, 500))
    const rounds: { ours: Measured; nginx: Measured }[] = []
    for (let i = 0; i < ROUNDS; i++)
      rounds.push({ nginx: await measure(proxied), ours: await measure(ours.port) })
    // Latency is compared where nobody queues: two connections.
    const [direct, viaNginx, viaOurs] = [
      await measure(pod, 2),
      await measure(proxied, 2),
      await measure(ours.port, 2),
    ]
    const best = {
      ours: median(rounds.map(r => r.ours.perSecond)),
      nginx: median(rounds.map(r => r.nginx.perSecond)),
    }
    const ratio = median(rounds.map(round => round.ours.perSecond / round.nginx.perSecond))
    const added = (one: Measured) => (one.p99Ms - direct.p99Ms).toFixed(2)
    process.stdout.write(
      `gateway: ${Math.round(best.ours)} requests/s, nginx ${Math.round(best.nginx)}: ratio ${ratio.toFixed(2)} ` +
        `(need >= ${NEEDED}); added p99 ${added(viaOurs)} ms, nginx ${added(viaNginx)} ms\n`,
    )
    process.exitCode = ratio >= NEEDED ? 0 : 1
  } finally {
    await ours.stop()
    await stopProxy()
    await stopPod()
    await rm(folder, { recursive: true, force: true })
  }
}

await main()

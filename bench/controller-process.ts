// A controller under test as a process of its own: started, watched from outside, stopped. Its requests are those
// on its own page of numbers; memory and processor time are the kernel's (Linux).
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { residentMb } from '../test/tools/memory.ts'

export interface WatchedProcess {
  residentMb(): number
  cpuSeconds(): number
  stop(): Promise<void>
}

export interface ControllerProcess extends WatchedProcess {
  /** `Patch rollouts` → how often; watches, Events and the lease apart. */
  requests(): Promise<ReadonlyMap<string, number>>
}

export interface ControllerSetting {
  /** Where its lease stands. */
  readonly namespace: string
  readonly flags: readonly string[]
}

/** Our own controller, built. */
export const OURS: readonly string[] = [
  process.execPath,
  join(process.cwd(), 'dist', 'main', 'crossfade.js'),
  'controller',
]

const READY_MS = 30_000
const TICKS_A_SECOND = 100
const NOT_COUNTED = new Set(['events', 'leases'])
const REQUEST = /^controller_clientset_k8s_request_total\{(.*)\} (\d+)$/gm

export async function startController(
  kubeconfig: string,
  { namespace, flags }: ControllerSetting,
): Promise<ControllerProcess> {
  const [metrics, health] = [await freePort(), await freePort()]
  const ports = [`--metricsPort=${metrics}`, `--healthzPort=${health}`]
  const words = [...OURS, `--kubeconfig=${kubeconfig}`, '--loglevel=warn', ...ports, ...flags]
  const watched = startWatched(words, { POD_NAMESPACE: namespace })
  await answering(`http://127.0.0.1:${health}/readyz`)
  return {
    ...watched,
    async requests() {
      const page = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()
      return counted(page)
    },
  }
}

/** A program that was found by its words; `more`: of its environment. */
export function startWatched(
  words: readonly string[],
  more: Readonly<Record<string, string>>,
): WatchedProcess {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
  const [program = '', ...rest] = words
  const child = spawn(program, rest, { env: { ...env, ...more }, stdio: ['ignore', 'inherit', 'inherit'] })
  const pid = child.pid as number
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  return {
    residentMb: () => residentMb(pid, 'VmRSS'),
    cpuSeconds() {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
    },
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

function counted(page: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const [, labels = '', value] of page.matchAll(REQUEST)) {
    const label = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1] ?? ''
    const [kind, verb] = [label('kind'), label('verb')]
    if (!NOT_COUNTED.has(kind) && verb !== 'Watch')
      counts.set(`${verb} ${kind}`, (counts.get(`${verb} ${kind}`) ?? 0) + Number(value))
  }
  return counts
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

async function answering(url: string): Promise<void> {
  const end = performance.now() + READY_MS
  for (;;) {
    const status = await fetch(url).then(
      answer => answer.status,
      () => 0,
    )
    if (status === 200) return
    if (performance.now() > end)
      throw new Error(`${url} does not answer; what the controller said stands above`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

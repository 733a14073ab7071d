// `crossfade dashboard` as a process of its own for bench/dashboard.ts, and clients that only count what they are sent.
// Processor time is the kernel's (Linux).
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { typed } from '../test/acceptance/program.ts'
import type { Program } from '../test/acceptance/program.ts'
import { residentMb } from '../test/tools/memory.ts'

export interface DashboardProcess {
  /** The link that signs in, once. */
  readonly url: string
  cpuSeconds(): number
  residentMb(): number
  /** Follows the topics; gives what was sent so far, and the end. */
  count(topics: readonly string[]): Promise<Counting>
  stop(): Promise<void>
}

export interface Counting {
  bytes(): number
  close(): void
}

const TICKS_A_SECOND = 100

/** With what it keeps in the program's home. */
export async function startDashboard(program: Program): Promise<DashboardProcess> {
  const env = { ...program.environment, CROSSFADE_HOME: program.home }
  const child = spawn(process.execPath, ['dist/main/crossfade.js', 'dashboard', '--port', '0'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const url = await new Promise<string>(resolve => {
    let text = ''
    child.stdout.on('data', part => {
      text += part
      const found = /^dashboard\s+(\S+)\n/m.exec(text)?.[1]
      if (found !== undefined) resolve(found)
    })
  })
  const asked = `CROSSFADE_HOME=${program.home} crossfade dashboard --token --port ${new URL(url).port}`
  const token = (await typed(program, asked)).stdout.trim()
  return {
    url,
    cpuSeconds() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
    },
    residentMb: () => residentMb(child.pid, 'VmRSS'),
    count: topics => counting(url, token, topics),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Resolves when each topic has told what there is. */
function counting(url: string, token: string, topics: readonly string[]): Promise<Counting> {
  const query = new URLSearchParams(topics.map((topic): [string, string] => ['topic', topic]))
  const from = new URL(`crossfade/stream?${query}`, url.split('#')[0])
  let bytes = 0
  let snapshots = 0
  return new Promise((resolve, reject) => {
    const asked = request(from, { headers: { authorization: `Bearer ${token}` } }, answer => {
      answer.on('error', () => {})
      answer.setEncoding('latin1').on('data', (part: string) => {
        bytes += part.length
        snapshots += part.split('event: snapshot\n').length - 1
        if (answer.statusCode !== 200) reject(new Error(`the stream answered ${answer.statusCode}: ${part}`))
        if (snapshots >= topics.length) resolve({ bytes: () => bytes, close: () => asked.destroy() })
      })
    })
    asked.on('error', error => reject(error))
    asked.end()
  })
}

// Starts the built program as a user would, in a home of its own, and speaks to it by its command line.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ANY_PORTS = ['--port', '0', '--gateway-port', '0', '--dashboard-port', '0']

export interface Said {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

export interface Program {
  readonly pid: number
  readonly home: string
  /** `http://127.0.0.1:PORT` */
  readonly gateway: string
  /** The link that signs in, once. */
  readonly dashboard: string
  readonly environment: NodeJS.ProcessEnv
  /** How long it took to be ready, in milliseconds. */
  readonly readyMs: number
  /** Resolves with the exit code when the process has gone. */
  readonly ended: Promise<number | null>
  signal(name: NodeJS.Signals): void
}

export function temporaryHome(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'crossfade-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Runs `crossfade start` with ports of its own; resolves when it has printed that it is ready. */
export async function startProgram(home: string, args: readonly string[]): Promise<Program> {
  const began = performance.now()
  const command = ['dist/main/crossfade.js', 'start', ...ANY_PORTS, ...args]
  const child = spawn(process.execPath, command, {
    env: { ...process.env, CROSSFADE_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const endWithUs = () => child.kill('SIGKILL')
  process.on('exit', endWithUs)
  const ended = new Promise<number | null>(resolve =>
    child.on('exit', code => {
      process.off('exit', endWithUs)
      resolve(code)
    }),
  )
  const output = await readyOutput(child, ended)
  const find = (pattern: RegExp) => pattern.exec(output)?.[1] ?? ''
  return {
    pid: child.pid as number,
    home,
    gateway: find(/^gateway\s+(\S+)/m),
    dashboard: find(/^dashboard\s+(\S+)/m),
    environment: {
      ...process.env,
      NODE_EXTRA_CA_CERTS: '',
      KUBECONFIG: find(/^export KUBECONFIG=(\S+)/m),
      PATH: `${find(/^export PATH=([^:\n]+):/m)}:${process.env.PATH}`,
    },
    readyMs: performance.now() - began,
    ended,
    signal: name => child.kill(name),
  }
}

async function readyOutput(child: ChildProcess, ended: Promise<number | null>): Promise<string> {
  let output = ''
  let errors = ''
  child.stderr?.on('data', chunk => (errors += chunk))
  const ready = new Promise<void>(resolve =>
    child.stdout?.on('data', chunk => {
      output += chunk
      if (/^export PATH=.*\n/m.test(output)) resolve()
    }),
  )
  const gone = ended.then(code => {
    throw new Error(`the program ended with ${code} before it was ready:\n${output}${errors}`)
  })
  await Promise.race([ready, gone])
  gone.catch(() => {})
  return output
}

/** Runs one command line as typed, by a shell that has the program's KUBECONFIG and PATH. */
export function typed(program: Program, line: string): Promise<Said> {
  return new Promise(resolve =>
    execFile(
      '/bin/sh',
      ['-c', line],
      { env: program.environment, timeout: 120_000 },
      (error, stdout, stderr) =>
        resolve({ stdout, stderr, exit: error === null ? 0 : ((error as { code?: number }).code ?? 1) }),
    ),
  )
}

/** Asks every 100 ms until `good` holds; throws with the last answer when it never does. */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  good: (answer: T) => boolean,
  seconds = 60,
) {
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (good(answer)) return answer
    if (performance.now() > deadline) throw new Error(`never: ${what}; last: ${JSON.stringify(answer)}`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

// The built program behind its API, and its plug-in: for doors that are played over the wire and the command line.
import { execFile } from 'node:child_process'
import { Agent, request } from 'node:https'
import { accessIn } from '../acceptance/api.ts'
import { startProgram, temporaryHome } from '../acceptance/program.ts'
import type { Program } from '../acceptance/program.ts'
import { residentMb } from '../tools/memory.ts'

interface Answer {
  readonly status: number
  readonly body: string
}

export interface Cluster {
  readonly program: Program
  /** Undefined when the connection broke off. */
  send(method: string, path: string, body?: Body): Promise<Answer | undefined>
  /** Another client, on connections of its own: `/healthz`. */
  innocent(): Promise<void>
  death(): string | undefined
  memoryMb(): number
  close(): Promise<void>
}

interface Body {
  readonly type: string
  readonly bytes: Buffer
}

export async function startCluster(): Promise<Cluster> {
  const home = temporaryHome()
  const program = await startProgram(home.path, [])
  let death: string | undefined
  void program.ended.then(code => (death = `the program ended with ${code}`))
  const { server, authority, token } = accessIn(String(program.environment.KUBECONFIG))
  const agents = [0, 1].map(() => new Agent({ keepAlive: true, ca: authority }))
  const asked = (agent: Agent | undefined, method: string, path: string, body?: Body) =>
    new Promise<Answer | undefined>(resolve => {
      const headers = {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': body.type, 'content-length': body.bytes.length }),
      }
      const outgoing = request(server + path, { method, agent, headers, timeout: 5000 }, answer => {
        let text = ''
        answer.on('data', part => {
          if (text.length < 1_000_000) text += part
        })
        answer.once('error', () => resolve(undefined))
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body: text }))
      })
      outgoing.once('timeout', () => outgoing.destroy())
      outgoing.once('error', () => resolve(undefined))
      outgoing.end(body?.bytes)
    })
  return {
    program,
    send: (method, path, body) => asked(agents[0], method, path, body),
    async innocent() {
      const answer = await asked(agents[1], 'GET', '/healthz')
      if (answer?.status !== 200) throw new Error(`/healthz answered ${answer?.status}: ${answer?.body}`)
    },
    death: () => death,
    memoryMb: () => residentMb(program.pid, 'RssAnon'),
    async close() {
      program.signal('SIGKILL')
      await program.ended
      for (const agent of agents) agent.destroy()
      home.remove()
    },
  }
}

export interface Said {
  readonly text: string
  /** The signal that ended it, or that it took longer than it may. */
  readonly killed: string | undefined
}

/** The plug-in as a user types it; its output is no terminal's. */
export function plugin(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Said> {
  return new Promise(resolve =>
    execFile(
      process.execPath,
      ['dist/bin/kubectl-argo-rollouts', ...args],
      { env: environment, timeout: 20_000, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => resolve({ text: stdout + stderr, killed: error?.signal ?? undefined }),
    ),
  )
}

/** A stack trace: nobody but a programmer can read it. */
export function hasStack(text: string): boolean {
  return /^\s+at .*[(/:]\S*:\d+/m.test(text) || /^\s*throw /m.test(text)
}

/** Signs that act on a terminal; lines and tabs are text. */
export function hasControls(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text)
}

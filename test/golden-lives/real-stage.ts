// A real cluster as a stage, in real time: one that answers at a kubeconfig, or the embedded one, started for
// the purpose. The command line is a program of its own.
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { KubeError } from '../../src/kube/errors.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Client } from '../../src/runtime/network/client.ts'
import { connect, findAccess } from '../../src/runtime/network/connection.ts'
import { createHttpClient } from '../../src/runtime/network/http-client.ts'
import { systemClock, systemRandom } from '../../src/runtime/system.ts'
import { readJson, goldenFolder } from './recording.ts'
import { COMMAND_MS } from './stage.ts'
import type { Ran, Stage } from './stage.ts'

export interface EmbeddedStage extends Stage {
  readonly kubeconfig: string
  stop(): Promise<void>
}

export interface RealStageOptions {
  readonly kubeconfig: string
  /** The program and what stands before the command's own words: `kubectl-argo-rollouts`. */
  readonly cli: readonly string[]
}

const LONGEST_COMMAND_MS = 150_000
const LONGEST_START_MS = 60_000

export async function realStage({ kubeconfig, cli }: RealStageOptions): Promise<Stage> {
  const access = findAccess(kubeconfig)
  const client = createHttpClient({
    connection: connect(access, systemClock),
    clock: systemClock,
    random: systemRandom,
    userAgent: 'crossfade/golden-lives',
  })
  await placeDefinitions(client)
  return {
    client,
    clock: systemClock,
    server: access.server,
    controlledBy: flags => secondController(flags, kubeconfig),
    async run(line, namespace) {
      const from = systemClock.now()
      const ran = await execute([...cli, ...line.split(' '), '-n', namespace], kubeconfig)
      await systemClock.sleepUntil(from + COMMAND_MS, new AbortController().signal)
      return ran
    },
  }
}

/** `crossfade start` in a folder of its own, with every image simulated. */
export async function embeddedStage(cli: readonly string[]): Promise<EmbeddedStage> {
  const home = await mkdtemp(join(tmpdir(), 'golden-lives-'))
  const flags = ['start', '--no-demo', '--port', '0', '--gateway-port', '0', '--simulate', '*']
  const child = spawn(process.execPath, [join(process.cwd(), 'dist', 'main', 'crossfade.js'), ...flags], {
    env: { ...process.env, CROSSFADE_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    await rm(home, { recursive: true, force: true })
  }
  try {
    const kubeconfig = await Promise.race([announced(child.stdout), died(ended), late()])
    return { ...(await realStage({ kubeconfig, cli })), kubeconfig, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const ALONE = ['--leader-elect=false', '--metricsPort', '0', '--healthzPort', '0']

async function secondController(flags: readonly string[], kubeconfig: string): Promise<() => Promise<void>> {
  const argv = [join(process.cwd(), 'dist', 'main', 'crossfade.js'), 'controller', ...ALONE, ...flags]
  const child = spawn(process.execPath, argv, {
    env: { ...process.env, KUBECONFIG: kubeconfig },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  for await (const line of createInterface({ input: child.stderr })) {
    if (!line.includes('the copy of the cluster is complete')) continue
    child.stderr.resume()
    return stop
  }
  throw new Error(`a controller with ${flags.join(' ')} ended before it was ready`)
}

async function announced(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const [, path] = /^export KUBECONFIG=(.*)$/.exec(line) ?? []
    if (path === undefined) continue
    output.resume()
    await readFile(path)
    return path
  }
  throw new Error('crossfade start ended without saying where its kubeconfig is')
}

async function died(ended: Promise<void>): Promise<never> {
  await ended
  throw new Error('crossfade start ended before it was ready; what it said stands above')
}

async function late(): Promise<never> {
  await systemClock.sleepUntil(systemClock.now() + LONGEST_START_MS, new AbortController().signal)
  throw new Error('crossfade start was not ready in time')
}

/** The kinds of meshes and gateways, where the server has none of its own. */
async function placeDefinitions(client: Client): Promise<void> {
  for (const object of readJson<{ items: KubeObject[] }>(`${goldenFolder()}/crds.json`).items) {
    try {
      await client.write({ verb: 'create', why: 'lives need this kind', object })
    } catch (error) {
      if (!(error instanceof KubeError) || error.reason !== 'AlreadyExists') throw error
    }
  }
}

function execute([program = '', ...args]: readonly string[], kubeconfig: string): Promise<Ran> {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
  return new Promise(resolve => {
    execFile(
      program,
      args,
      { env: { ...env, KUBECONFIG: kubeconfig }, timeout: LONGEST_COMMAND_MS, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error?.code
        resolve({ exit: error === null ? 0 : typeof code === 'number' ? code : 1, stdout, stderr })
      },
    )
  })
}

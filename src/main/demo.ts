// `crossfade demo`: plays the canary story by itself in one terminal. A cluster of its own in a folder of its own, the
// very commands that a user would type, and after each how the gateway shares 100 requests. Nothing stays behind.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CANARY_HOST } from '../cluster/demo/objects.ts'
import { connectWith } from '../cli/access.ts'
import type { Rollout } from '../api/rollout.ts'
import type { Clock } from '../doors/clock.ts'
import { ROLLOUT } from '../kube/kinds.ts'
import type { Client } from '../runtime/network/client.ts'
import { parseJson } from '../std/json.ts'
import { record, text } from '../std/json-parts.ts'
import { StartError } from './home.ts'

export interface DemoWorld {
  readonly print: (text: string) => void
  readonly isTerminal: boolean
  readonly clock: Clock
  readonly interrupted: AbortSignal
  /** Runs a command line of `kubectl argo rollouts`; gives the exit status. */
  readonly rollouts: (args: readonly string[], kubeconfig: string) => Promise<number>
}

const IMAGE = 'docker.io/kostiscodefresh/gitops-canary-app'
const REQUESTS = 100
const START_MS = 60_000
const STEP_MS = 60_000
const LOOK_MS = 200
/** The gateway follows within a tenth of it, on a machine that has other things to do as well. */
const SETTLED_MS = 1000
const BAR = 30

interface Act {
  readonly say: string
  readonly type: string
  /** Of the canary, in percent, once it is done. */
  readonly until: (rollout: Rollout) => boolean
}

const weightIs = (weight: number) => (rollout: Rollout) =>
  rollout.status?.phase === 'Paused' && rollout.status.canary?.weights?.canary.weight === weight

const ACTS: readonly Act[] = [
  {
    say: 'A new version: 30 % of the users get it first.',
    type: `set image rollout-canary webserver-simple=${IMAGE}:v2.0`,
    until: weightIs(30),
  },
  { say: 'It looks well: 60 %.', type: 'promote rollout-canary', until: weightIs(60) },
  {
    say: 'Something is wrong after all: everybody back, at once.',
    type: 'abort rollout-canary',
    until: ({ status }) => status?.phase === 'Degraded' && status.canary?.weights?.canary.weight === 0,
  },
  { say: 'Mended. Again, from the beginning.', type: 'retry rollout rollout-canary', until: weightIs(30) },
  {
    say: 'And now for everybody.',
    type: 'promote rollout-canary --full',
    until: ({ status }) => status?.phase === 'Healthy',
  },
]

/** Throws a StartError when a step does not come to its end. */
export async function demo(world: DemoWorld): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'crossfade-demo-'))
  const child = startChild(home)
  const stop = () => child.kill('SIGTERM')
  world.interrupted.addEventListener('abort', stop)
  try {
    world.print('A cluster of its own starts …\n')
    const { gateway, kubeconfig } = await ready(child)
    await play(world, { gateway, kubeconfig })
  } catch (error) {
    // Whoever has stopped it need not hear what that broke.
    if (!world.interrupted.aborted) throw error
  } finally {
    world.interrupted.removeEventListener('abort', stop)
    stop()
    await new Promise(resolve => (child.exitCode === null ? child.once('exit', resolve) : resolve(undefined)))
    rmSync(home, { recursive: true, force: true })
  }
}

interface Place {
  readonly gateway: string
  readonly kubeconfig: string
}

async function play(world: DemoWorld, { gateway, kubeconfig }: Place): Promise<void> {
  const { client } = connectWith({ flags: { kubeconfig }, clock: world.clock, userAgent: 'crossfade/demo' })
  const strong = world.isTerminal ? (line: string) => `\x1b[1m${line}\x1b[0m` : (line: string) => line
  await becomes(world, client, ({ status }) => status?.phase === 'Healthy')
  await shown(world, gateway)
  for (const act of ACTS) {
    world.print(`\n${strong(act.say)}\n$ kubectl argo rollouts ${act.type}\n`)
    if ((await world.rollouts(act.type.split(' '), kubeconfig)) !== 0)
      throw new StartError(`${act.type}: failed`)
    await becomes(world, client, act.until)
    await world.clock.sleepUntil(world.clock.now() + SETTLED_MS, world.interrupted)
    if (world.interrupted.aborted) return
    await shown(world, gateway)
  }
  world.print('\nThat was a canary. `crossfade start --demo` (or `npm start`) keeps one running for you.\n')
}

function startChild(home: string): ChildProcess {
  const ports = ['--port', '--gateway-port', '--metrics-port', '--dashboard-port']
  const flags = ['start', '--demo', '--no-load', ...ports.flatMap(flag => [flag, '0'])]
  return spawn(process.execPath, [process.argv[1] ?? '', ...flags], {
    env: { ...process.env, CROSSFADE_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

function ready(child: ChildProcess): Promise<Place> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new StartError('the cluster was not ready in time')), START_MS)
    let output = ''
    child.once('exit', () => reject(new StartError('the cluster ended before it was ready')))
    child.stdout?.on('data', chunk => {
      output += String(chunk)
      const gateway = /^gateway\s+(\S+)/m.exec(output)?.[1]
      const kubeconfig = /^export KUBECONFIG='?([^'\n]+)/m.exec(output)?.[1]
      if (gateway === undefined || kubeconfig === undefined || !/Ctrl-C/.test(output)) return
      clearTimeout(timer)
      resolve({ gateway, kubeconfig })
    })
  })
}

async function becomes(
  { clock, interrupted }: DemoWorld,
  client: Client,
  isSo: (rollout: Rollout) => boolean,
): Promise<void> {
  const end = clock.now() + STEP_MS
  const reference = { kind: ROLLOUT, namespace: 'default', name: 'rollout-canary' }
  while (!interrupted.aborted) {
    const rollout = (await client.get(reference)) as Rollout
    const isSeen = rollout.status?.observedGeneration === String(rollout.metadata.generation)
    if (isSeen && isSo(rollout)) return
    if (clock.now() > end) throw new StartError(`the rollout stands still: ${rollout.status?.message ?? ''}`)
    await clock.sleepUntil(clock.now() + LOOK_MS, interrupted)
  }
}

/** Who answers, as bars. */
async function shown({ print, isTerminal }: DemoWorld, gateway: string): Promise<void> {
  const counts = new Map<string, number>()
  for (let i = 0; i < REQUESTS; i++) {
    const version = await versionAt(gateway)
    counts.set(version, (counts.get(version) ?? 0) + 1)
  }
  for (const [version, count] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const filled = Math.round((BAR * count) / REQUESTS)
    const colour = isTerminal ? (version === 'v1.0' ? '\x1b[34m' : '\x1b[32m') : ''
    const bar = `${'█'.repeat(filled)}${isTerminal ? '\x1b[0m' : ''}${'░'.repeat(BAR - filled)}`
    print(`  ${version}  ${colour}${bar} ${String(count).padStart(3)} of ${REQUESTS} answers\n`)
  }
}

function versionAt(gateway: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { host: CANARY_HOST, accept: 'application/json' }
    request(gateway, { headers, timeout: 10_000 }, answer => {
      let body = ''
      answer.on('data', chunk => (body += String(chunk)))
      answer.once('end', () => resolve(text(record(parseJson(body))['version']) || `${answer.statusCode}`))
      answer.once('error', reject)
    })
      .once('error', reject)
      .end()
  })
}

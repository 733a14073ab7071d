// The simulated cluster as a stage: a life of a minute takes a moment, and the same seed plays it the same
// way again.
import { runRollouts } from '../../src/cli/program.ts'
import { reconcilers } from '../../src/controller/reconcilers.ts'
import type { Clock } from '../../src/doors/clock.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Effect } from '../../src/runtime/loop/effects.ts'
import { createWorld } from '../../src/sim/world.ts'
import type { World, WorldOptions } from '../../src/sim/world.ts'
import type { Instant } from '../../src/std/instant.ts'
import { scriptedOutside } from '../tools/scripted-outside.ts'
import { goldenFolder, readJson } from './recording.ts'
import { COMMAND_MS } from './stage.ts'
import type { Ran, Stage } from './stage.ts'

export interface VirtualStage extends Stage {
  stop(): Promise<void>
}

export interface VirtualStageOptions {
  readonly seed?: number
  /** Hears of all that the controller does. */
  readonly onEffect?: (effect: Effect, now: Instant) => void
  /** The controller's, where they are not those that it always has. */
  readonly reconcilers?: WorldOptions['reconcilers']
  /** How the controller reaches the API server, where that is not in process. */
  readonly wire?: WorldOptions['wire']
}

const SERVER_HOST = '127.0.0.1:6443'
const SERVER = `https://${SERVER_HOST}`
/** The path that lives measure: all that they look at is the major version. */
const VERSION = JSON.stringify({ major: '1', minor: '34' })

export async function virtualStage(options: VirtualStageOptions = {}): Promise<VirtualStage> {
  const { seed = 1, onEffect, wire } = options
  const definitions = readJson<{ items: KubeObject[] }>(`${goldenFolder()}/crds.json`).items
  const heard: { now: () => Instant } = { now: () => 0 }
  const world = await createWorld({
    reconcilers: options.reconcilers ?? reconcilers(),
    seed,
    definitions,
    outside: scriptedOutside(({ host, path }) =>
      host === SERVER_HOST && path === '/version' ? VERSION : undefined,
    ),
    onEffect: effect => onEffect?.(effect, heard.now()),
    ...(wire === undefined ? {} : { wire }),
  })
  heard.now = world.clock.now
  return {
    client: {
      ...world.client,
      async write(write) {
        const written = await world.client.write(write)
        await world.settle()
        return written
      },
    },
    clock: {
      now: world.clock.now,
      sleepUntil: at => world.advance(Math.max(0, at - world.clock.now())),
    },
    server: SERVER,
    run: (line, namespace) => runInWorld(world, line, namespace),
    stop: () => world.stop(),
  }
}

const LONGEST_COMMAND_MS = 150_000
const TICK_MS = 10

/** Time goes on only while the command itself waits for it: loading its code takes none. */
async function runInWorld(world: World, line: string, namespace: string): Promise<Ran> {
  let [stdout, stderr] = ['', '']
  const interrupted = new AbortController()
  const running = { status: undefined as number | undefined, sleeping: 0 }
  const done = runRollouts(line.split(' '), {
    program: 'kubectl argo rollouts',
    stdout: { write: text => void (stdout += text), isTerminal: false },
    stderr: { write: text => void (stderr += text), isTerminal: false },
    env: {},
    clock: watchedClock(world.clock, running),
    interrupted: interrupted.signal,
    version: () => ({ version: '', node: '', platform: '' }),
    connect: async () => ({ client: world.client, namespace }),
    read: async () => '',
    dashboard: async () => {},
  }).then(status => (running.status = status))
  const end = world.clock.now() + LONGEST_COMMAND_MS
  while (running.status === undefined && world.clock.now() < end) {
    if (running.sleeping > 0) await world.advance(TICK_MS)
    else await new Promise(resolve => setImmediate(resolve))
  }
  interrupted.abort()
  const exit = await done
  await world.advance(COMMAND_MS)
  return { exit, stdout, stderr }
}

function watchedClock(clock: Clock, running: { sleeping: number }): Clock {
  return {
    now: clock.now,
    async sleepUntil(at, signal) {
      running.sleeping++
      await clock.sleepUntil(at, signal)
      running.sleeping--
    },
  }
}

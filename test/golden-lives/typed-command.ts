// A command line typed in virtual time: time goes on only while the command itself waits for it; loading its code takes
// none.
import { runRollouts } from '../../src/cli/program.ts'
import type { Clock } from '../../src/doors/clock.ts'
import type { Client } from '../../src/runtime/network/client.ts'
import { COMMAND_MS } from './stage.ts'
import type { Ran } from './stage.ts'

export interface VirtualPlace {
  readonly client: Client
  readonly clock: Clock
  /** Lets so much time pass, with all that it brings. */
  advance(ms: number): Promise<void>
}

const LONGEST_COMMAND_MS = 150_000
const TICK_MS = 10

export async function typedCommand(
  { client, clock, advance }: VirtualPlace,
  line: string,
  namespace: string,
): Promise<Ran> {
  let [stdout, stderr] = ['', '']
  const interrupted = new AbortController()
  const running = { status: undefined as number | undefined, sleeping: 0 }
  const done = runRollouts(line.split(' '), {
    program: 'kubectl argo rollouts',
    stdout: { write: text => void (stdout += text), isTerminal: false },
    stderr: { write: text => void (stderr += text), isTerminal: false },
    env: {},
    clock: watchedClock(clock, running),
    interrupted: interrupted.signal,
    version: () => ({ version: '', node: '', platform: '' }),
    connect: async () => ({ client, namespace }),
    read: async () => '',
    dashboard: async () => {},
  }).then(status => (running.status = status))
  const end = clock.now() + LONGEST_COMMAND_MS
  while (running.status === undefined && clock.now() < end) {
    if (running.sleeping > 0) await advance(TICK_MS)
    await new Promise(resolve => setImmediate(resolve))
  }
  interrupted.abort()
  const exit = await done
  await advance(COMMAND_MS)
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

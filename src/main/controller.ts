// The controller inside `crossfade start`: a candidate for the lease like any other of the embedded cluster, so that
// it and one that somebody starts beside it never act at once. Who has lost the lease (a machine that slept) begins
// anew.
import { controllerNumbers } from '../controller/numbers.ts'
import { openOutside } from '../controller/outside.ts'
import { reconcilers } from '../controller/reconcilers.ts'
import { runController } from '../controller/run.ts'
import type { Election, RunningController } from '../controller/run.ts'
import type { Clock } from '../doors/clock.ts'
import type { Log } from '../doors/log.ts'
import { systemConnections } from '../doors/outgoing/connect.ts'
import type { Random } from '../doors/random.ts'
import { fromJson } from '../kube/object.ts'
import type { Client } from '../runtime/network/client.ts'
import type { Page } from '../runtime/health.ts'
import { authoritiesOf } from '../runtime/system.ts'
import { isMade } from './definitions.ts'
import { isNear, nearConnections } from './metrics/near.ts'
import type { NearOptions } from './metrics/near.ts'

export interface ControllerOptions {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly version: string
  /** How the world outside is reached: proxies, addresses, credentials. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where an endpoint's address really is. */
  readonly resolve: NearOptions['resolve']
  /** By the home's identity: the lease of a process that was killed is taken back at once by the next one. */
  readonly election: Election
}

export interface Controller {
  numbers(): Promise<Page>
  close(): Promise<void>
}

export async function startController(options: ControllerOptions): Promise<Controller> {
  const { client, clock, random, log, version, election, env, resolve } = options
  const stop = new AbortController()
  const { telemetry, page } = controllerNumbers(version)
  const system = systemConnections({ ca: authoritiesOf(env) })
  const connections = nearConnections({ client, system, resolve })
  const outside = openOutside({ env, version, connections, isNear })
  await isMade(client, aNamespace(election.namespace))
  const run = () =>
    runController({
      client,
      reconcilers: reconcilers(),
      clock,
      random,
      log: log.with({ component: 'controller' }),
      signal: stop.signal,
      telemetry,
      outside,
      election,
    })
  let running = run()
  const stopped = untilStopped(running, () => (running = run()))
  await running.ready
  return {
    numbers: () => page(running.cache),
    async close() {
      stop.abort()
      await stopped
      outside.outgoing.close()
    },
  }
}

async function untilStopped(first: RunningController, again: () => RunningController): Promise<void> {
  for (let how = await first.stopped; how === 'lease lost'; how = await again().stopped);
}

function aNamespace(name: string) {
  return fromJson({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
}

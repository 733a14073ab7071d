// `crossfade controller`: the controller for any Kubernetes, found by kubeconfig or from inside a pod.
import type { Log } from '../doors/log.ts'
import { createLog } from '../doors/log.ts'
import { systemConnections } from '../doors/outgoing/connect.ts'
import { connect, findAccess, podNamespace } from '../runtime/network/connection.ts'
import { PortError, ownNames, probePages, serveText } from '../runtime/health.ts'
import type { Page } from '../runtime/health.ts'
import type { Client } from '../runtime/network/client.ts'
import { createHttpClient } from '../runtime/network/http-client.ts'
import type { Connection } from '../runtime/network/http-client.ts'
import { KubeconfigError } from '../runtime/network/kubeconfig-error.ts'
import type { Access } from '../runtime/network/kubeconfig.ts'
import {
  authoritiesOf,
  preferLittleMemory,
  stopSignal,
  systemClock,
  systemIdentity,
  systemRandom,
  systemStopwatch,
} from '../runtime/system.ts'
import { flagsHelp, readOptions } from './options.ts'
import type { ControllerOptions } from './options.ts'
import { NAME } from './install-options.ts'
import { peerElection } from './lease.ts'
import { controllerNumbers } from './numbers.ts'
import { openOutside } from './outside.ts'
import { reconcilers } from './reconcilers.ts'
import { printableText } from '../std/printable.ts'
import { runController } from './run.ts'
import type { RunningController } from './run.ts'

export interface Program {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
}

/** One that is under way, and one more where its answer does not come. */
const LEASE_SOCKETS = 2

/** Ours, and the one of Argo Rollouts' own manifests. */
const METRICS_SERVICES = [`${NAME}-metrics`, 'argo-rollouts-metrics']

/** Gives the exit status, once everything has stopped. */
export async function controllerProgram(argv: readonly string[], program: Program): Promise<number> {
  preferLittleMemory()
  const options = readOptions(argv)
  if ('problem' in options) return refuse(program, options.problem)
  if (options.wants === 'help') {
    program.stdout(`Usage: crossfade controller [flags]\n\n${flagsHelp()}`)
    return 0
  }
  if (options.wants === 'version') {
    program.stdout(`crossfade ${program.version}\n`)
    return 0
  }
  try {
    await run(options, findAccess(options.kubeconfig, options.overrides, program.env), program)
    return 0
  } catch (error) {
    if (error instanceof KubeconfigError || error instanceof PortError) return refuse(program, error.message)
    throw error
  }
}

function refuse({ stderr }: Program, problem: string): number {
  stderr(`crossfade controller: ${printableText(problem)}\n`)
  return 1
}

async function run(options: ControllerOptions, access: Access, program: Program): Promise<void> {
  const signal = stopSignal()
  const log = createLog({ level: options.logLevel, format: options.logFormat, write: program.stderr })
  const { telemetry, page } = controllerNumbers(program.version)
  const connection = connect(access, systemClock)
  const leaseConnection = connect(access, systemClock, LEASE_SOCKETS)
  const clientOver = (way: Connection) =>
    createHttpClient({
      connection: way,
      clock: systemClock,
      random: systemRandom,
      userAgent: `crossfade/${program.version} controller`,
      onAnswer: telemetry.onAnswer,
    })
  const namespace = ownNamespace(options, access, program)
  const state: State = { isReady: false, running: undefined }
  const names = ownNames(METRICS_SERVICES.map(service => `${service}.${namespace}`))
  const servers = await serve(options, state, { names, numbers: () => page(state.running?.cache) })
  const outside = openOutside({
    env: program.env,
    version: program.version,
    connections: systemConnections({ ca: authoritiesOf(program.env) }),
  })
  try {
    for (const warning of options.warnings) log.warn(warning)
    log.info('starting', { version: program.version, server: access.server, namespace })
    state.running = runController({
      client: clientOver(connection),
      reconcilers: reconcilers({
        instanceId: options.instanceId,
        routeVersions: options.routeVersions,
        ingressClasses: options.ingressClasses,
        ...(options.namespaced ? { namespace } : {}),
      }),
      clock: systemClock,
      random: systemRandom,
      log,
      signal,
      telemetry,
      outside,
      inFlight: options.rolloutThreads,
      ...electionOf(options, program, clientOver(leaseConnection)),
    })
    await untilStopped(state.running, log, state)
  } finally {
    connection.close()
    leaseConnection.close()
    outside.outgoing.close()
    for (const server of servers) await server.close()
  }
}

interface State {
  isReady: boolean
  running: RunningController | undefined
}

async function untilStopped(running: RunningController, log: Log, state: State): Promise<void> {
  void running.ready.then(() => {
    state.isReady = true
    log.info('the copy of the cluster is complete')
  })
  log.info('ended', { how: await running.stopped })
}

function electionOf({ election: times }: ControllerOptions, { env }: Program, client: Client) {
  if (times === undefined) return {}
  const own = { identity: systemIdentity(), stopwatch: systemStopwatch, client }
  return { election: peerElection({ ...own, env, pod: podNamespace(), times }) }
}

/** `--namespace`, else the pod's, else the context's. */
function ownNamespace({ overrides }: ControllerOptions, access: Access, { env }: Program): string {
  return overrides.namespace ?? (env['POD_NAMESPACE'] || access.namespace)
}

interface Numbers {
  readonly names: (name: string) => boolean
  numbers(): Promise<Page>
}

async function serve(options: ControllerOptions, state: State, { names, numbers }: Numbers) {
  const at = { port: options.healthzPort, flag: '--healthzPort' }
  const probes = await serveText(
    probePages(() => state.isReady),
    at,
  )
  const pages = { '/metrics': numbers }
  const metricsAt = { port: options.metricsPort, flag: '--metricsPort', names }
  const metrics = await serveText(pages, metricsAt).catch(async (error: unknown) => {
    await probes.close()
    throw error
  })
  return [probes, metrics]
}

// `crossfade start`: the embedded cluster, the controller, the gateway and, if wanted, the demo, in one process that
// runs until it is told to stop. Parts are stopped in the opposite order: traffic first, the store last.
import { startDemo } from '../cluster/demo/demo.ts'
import { startLoad } from '../cluster/demo/load.ts'
import {
  AB_TEST_HOST,
  BLUE_GREEN_HOST,
  CANARY_HOST,
  abTestDemo,
  blueGreenDemo,
  canaryDemo,
  placeObjects,
} from '../cluster/demo/objects.ts'
import { peerElection } from '../controller/lease.ts'
import { createLog } from '../doors/log.ts'
import type { Log } from '../doors/log.ts'
import { prometheusText } from '../gateway/count-metrics.ts'
import { startGateway } from '../gateway/gateway.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { podNamespace } from '../runtime/network/connection.ts'
import { ownNames, serveText } from '../runtime/health.ts'
import type { Page, TextServer } from '../runtime/health.ts'
import { collectEarly, stopSignal, systemClock, systemRandom, systemStopwatch } from '../runtime/system.ts'
import { announcement } from './announce.ts'
import { startController } from './controller.ts'
import { startCluster } from './cluster.ts'
import type { Cluster, Later } from './cluster.ts'
import { openHome, PROGRAMS } from './home.ts'
import type { Home } from './home.ts'
import { ownDashboard } from './own-dashboard.ts'
import type { OwnDashboard } from './own-dashboard.ts'
import { startMetrics } from './metrics/metrics.ts'
import { placePrometheusAlias } from './metrics/service.ts'
import { movedNote, onPort } from './ports.ts'
import { startOptions } from './start-options.ts'
import type { StartFlags, StartOptions } from './start-options.ts'

const ADDRESS = '127.0.0.1'

interface Context {
  readonly home: Home
  readonly options: StartOptions
  readonly log: Log
  /** Aborts when the user wants it to stop. */
  readonly stop: AbortSignal
  readonly version: string
}

/** Gives the exit status, once everything has stopped in order. */
export async function start(flags: StartFlags, version: string): Promise<number> {
  collectEarly()
  const stop = stopSignal()
  const options = startOptions(flags, process.env)
  const home = openHome(options.home, { fresh: options.isFresh })
  const log = createLog({
    level: options.logLevel,
    format: 'text',
    write: line => process.stderr.write(line),
  })
  const opened: (() => Promise<void>)[] = []
  try {
    await run({ home, options, log, stop, version }, close => opened.unshift(close))
    return 0
  } finally {
    for (const close of opened) await close()
    home.release()
  }
}

async function run(context: Context, opened: (close: () => Promise<void>) => void): Promise<void> {
  const { home, options, log, stop } = context
  const demo = await startDemo()
  opened(() => demo.stop())
  const later: Later = {}
  const cluster = await startCluster({ home, options, demo, log, later })
  opened(() => cluster.close())
  const { client } = cluster
  const { resolve } = cluster.kubelet.addresses
  const doors = { clock: systemClock, random: systemRandom, log }
  const own = { identity: home.identity, stopwatch: systemStopwatch }
  const election = peerElection({ ...own, env: process.env, pod: podNamespace() })
  const controller = await startController({
    client,
    ...doors,
    version: context.version,
    election,
    env: process.env,
    resolve,
  })
  opened(controller.close)
  const gateway = await openGateway(context, cluster)
  opened(() => gateway.close())
  const measured = await startMetrics({ client, ...doors, resolve, counts: gateway.counts })
  opened(() => measured.close())
  const numbers = async () => {
    const page = await controller.numbers()
    return { ...page, text: page.text + prometheusText(await gateway.counts()) }
  }
  later.gatewayPort = gateway.port
  later.traffic = gateway.look
  later.metrics = async () => (await numbers()).text
  const metrics = await serveNumbers(options, numbers)
  opened(() => metrics.close())
  const dashboard = await ownDashboard({ home, log, port: options.dashboardPort, version: context.version })
  opened(() => dashboard.close())
  if (options.hasDemo) {
    await placeObjects(cluster.client, [...blueGreenDemo(), ...canaryDemo(), ...abTestDemo()])
    await placePrometheusAlias(cluster.client)
  }
  if (options.hasLoad) loadDemo(gateway.port, stop)
  if (!stop.aborted) announce(context, { cluster, gateway, metrics, dashboard })
  await Promise.race([asked(stop), demo.failed, gateway.failed])
}

interface Running {
  readonly cluster: Cluster
  readonly gateway: Gateway
  readonly metrics: TextServer
  readonly dashboard: OwnDashboard
}

function announce({ home, options, version }: Context, running: Running): void {
  const { cluster, gateway, metrics, dashboard } = running
  const apiUrl = cluster.apiServer.url
  const ready = {
    version,
    seconds: process.uptime(),
    notes: [
      ...movedNote('the dashboard', options.dashboardPort, dashboard.port),
      ...movedNote('the API server', options.port, Number(new URL(apiUrl).port)),
      ...movedNote('the gateway', options.gatewayPort, gateway.port),
      ...movedNote('the metrics server', options.metricsPort, metrics.port),
    ],
    home: home.path,
    dashboardUrl: dashboard.url,
    gatewayUrl: `http://${ADDRESS}:${gateway.port}`,
    apiUrl,
    metricsUrl: `http://${ADDRESS}:${metrics.port}/metrics`,
    kubeconfig: home.kubeconfig,
    programs: PROGRAMS,
    hasDemo: options.hasDemo,
  }
  process.stdout.write(announcement(ready, isColourTerminal(process.stdout, process.env)))
}

function serveNumbers({ metricsPort }: StartOptions, numbers: () => Promise<Page>): Promise<TextServer> {
  const at = { host: ADDRESS, flag: metricsPort.flag, names: ownNames() }
  return onPort(metricsPort, port => serveText({ '/metrics': numbers }, { ...at, port }))
}

function openGateway({ options, log }: Context, cluster: Cluster): Promise<Gateway> {
  const gateway = {
    client: cluster.client,
    clock: systemClock,
    stopwatch: systemStopwatch,
    random: systemRandom,
    log,
    address: ADDRESS,
    addresses: cluster.kubelet.addresses,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  }
  return onPort(options.gatewayPort, port => startGateway({ ...gateway, port }))
}

function loadDemo(gatewayPort: number, signal: AbortSignal): void {
  startLoad({
    gatewayPort,
    hosts: [BLUE_GREEN_HOST, CANARY_HOST, AB_TEST_HOST],
    clock: systemClock,
    random: systemRandom,
    signal,
  })
}

function isColourTerminal(
  { isTTY }: NodeJS.WriteStream,
  { NO_COLOR = '', TERM }: NodeJS.ProcessEnv,
): boolean {
  return isTTY && NO_COLOR === '' && TERM !== 'dumb'
}

/** Resolves when the user wants it to stop, also when that was said while it was starting. */
function asked(stop: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (stop.aborted) resolve()
    else stop.addEventListener('abort', () => resolve(), { once: true })
  })
}

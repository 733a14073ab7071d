// The embedded cluster put together: store, resources, our kinds, API server, the small controllers, the kubelet.
import { clusterControllers } from '../cluster/controllers/cluster-controllers.ts'
import type { Demo } from '../cluster/demo/demo.ts'
import { keepNodeLease } from '../cluster/kubelet/node-lease.ts'
import { startKubelet } from '../cluster/kubelet/kubelet.ts'
import type { Kubelet } from '../cluster/kubelet/kubelet.ts'
import { isRenewal } from '../cluster/resources/lease-renewal.ts'
import { createResources } from '../cluster/resources/pipeline.ts'
import { seed } from '../cluster/resources/seed.ts'
import { ensurePki } from '../cluster/serve/certificates.ts'
import type { Pki } from '../cluster/serve/certificates.ts'
import { FileDamaged } from '../cluster/serve/private-file.ts'
import type { Resources } from '../cluster/resources/resources.ts'
import { inProcessClient } from '../cluster/serve/in-process.ts'
import { writeKubeconfig } from '../cluster/serve/kubeconfig.ts'
import type { TrafficSource } from '../cluster/serve/request.ts'
import { startApiServer } from '../cluster/serve/server.ts'
import type { RunningApiServer } from '../cluster/serve/server.ts'
import { ensureToken } from '../cluster/serve/token.ts'
import { openLmdbStore, StoreClosed, StoreDamaged } from '../cluster/storage/lmdb.ts'
import type { Store } from '../cluster/storage/store.ts'
import type { Log } from '../doors/log.ts'
import type { Client } from '../runtime/network/client.ts'
import { playReconcilers } from '../runtime/loop/play.ts'
import { systemClock, systemRandom } from '../runtime/system.ts'
import { StartError, homeProblem } from './home.ts'
import type { Home } from './home.ts'
import { placeDefinitions } from './definitions.ts'
import { podLogs } from './pod-logs.ts'
import { onPort } from './ports.ts'
import type { StartOptions } from './start-options.ts'

const NODE_NAME = 'crossfade'

export interface Cluster {
  readonly client: Client
  readonly apiServer: RunningApiServer
  readonly kubelet: Kubelet
  /** Resolves when the controllers have stopped, the socket is closed and everything accepted is on disk. */
  close(): Promise<void>
}

/** What starts after the API server, which tells of it. */
export interface Later {
  metrics?: () => Promise<string>
  gatewayPort?: number
  traffic?: TrafficSource
}

export interface ClusterOptions {
  readonly home: Home
  readonly options: StartOptions
  readonly demo: Demo
  readonly log: Log
  readonly later: Later
}

export async function startCluster(parts: ClusterOptions): Promise<Cluster> {
  const { home, options, demo, log } = parts
  const stop = new AbortController()
  const doors = { clock: systemClock, random: systemRandom, log, signal: stop.signal }
  const store = openStore(home, log)
  const keys = await keysOf(home)
  const resources = createResources({
    store,
    clock: systemClock,
    random: systemRandom,
    nodeName: NODE_NAME,
    rootCertificate: keys.certificates.caCertificate,
    onError: error => log.error('work behind the API server failed', { error: String(error) }),
  })
  await seed(resources, { nodeName: NODE_NAME, now: systemClock.now() })
  const client = inProcessClient(resources)
  await placeDefinitions(client)
  const apiServer = await serve(parts, resources, keys)
  const played = playReconcilers({
    ...doors,
    client,
    reconcilers: clusterControllers(),
    component: 'crossfade-controllers',
    log: log.with({ component: 'controllers' }),
  })
  const kubelet = startKubelet({ ...doors, client, servers: demo, simulate: options.simulate })
  const lease = keepNodeLease({ ...doors, client, nodeName: NODE_NAME })
  await Promise.all([played.ready, kubelet.ready])
  return {
    client,
    apiServer,
    kubelet,
    async close() {
      stop.abort()
      await Promise.all([played.stopped, kubelet.stopped, lease])
      await apiServer.close()
      resources.close()
      await store.close()
    },
  }
}

/** A failed write ends the process: what was acknowledged is on disk, and nothing else may be from now on. */
function openStore(home: Home, log: Log): Store {
  const onFailure = (error: Error) => {
    log.error(
      'the store cannot write any more (is the disk full?); the process ends, and all that was ' +
        'acknowledged is kept: make room, then start again, or set CROSSFADE_HOME to a folder elsewhere',
      { store: home.store, error: error.message },
    )
    process.exit(1)
  }
  try {
    return openLmdbStore({ folder: home.store, clock: systemClock, onFailure, mayBeLate: isRenewal })
  } catch (error) {
    const isTold = error instanceof StoreDamaged || error instanceof StoreClosed
    throw isTold ? new StartError(error.message) : error
  }
}

function pkiOf(home: Home): Promise<Pki> {
  return ensurePki({ folder: home.pki, now: systemClock.now(), extraNames: [] })
}

async function serve(
  { home, options, demo, log, later }: ClusterOptions,
  resources: Resources,
  { token, certificates }: Keys,
): Promise<RunningApiServer> {
  const served = {
    resources,
    pki: certificates,
    renewPki: () => pkiOf(home),
    token,
    log: log.with({ component: 'api-server' }),
    clock: systemClock,
    random: systemRandom,
    pods: podLogs(demo),
    metrics: async () => (await later.metrics?.()) ?? '',
    gatewayPort: () => later.gatewayPort,
    traffic: () => later.traffic,
  }
  const server = await onPort(options.port, port => startApiServer({ ...served, port }))
  const { caCertificate } = certificates
  try {
    writeKubeconfig({ path: home.kubeconfig, server: server.url, caCertificate, token })
  } catch (error) {
    await server.close()
    throw homeProblem(home, error)
  }
  return server
}

interface Keys {
  readonly token: string
  readonly certificates: Pki
}

async function keysOf(home: Home): Promise<Keys> {
  try {
    return { token: ensureToken(home.pki), certificates: await pkiOf(home) }
  } catch (error) {
    throw error instanceof FileDamaged ? new StartError(error.message) : homeProblem(home, error)
  }
}

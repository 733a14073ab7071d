// The whole product in one process, as users meet it: the embedded cluster behind its API server, the real rollout
// controller over HTTPS, and a window through which a test sees all that ever changed. One for a file of tests.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clusterControllers } from '../../src/cluster/controllers/cluster-controllers.ts'
import { demoServers } from '../../src/cluster/demo/pod-servers.ts'
import { startKubelet } from '../../src/cluster/kubelet/kubelet.ts'
import { createResources } from '../../src/cluster/resources/pipeline.ts'
import { seed } from '../../src/cluster/resources/seed.ts'
import { ensurePki } from '../../src/cluster/serve/certificates.ts'
import { inProcessClient } from '../../src/cluster/serve/in-process.ts'
import { writeKubeconfig } from '../../src/cluster/serve/kubeconfig.ts'
import { startApiServer } from '../../src/cluster/serve/server.ts'
import { createMemoryStore } from '../../src/cluster/storage/memory.ts'
import { reconcilers } from '../../src/controller/reconcilers.ts'
import { runController } from '../../src/controller/run.ts'
import type { Clock } from '../../src/doors/clock.ts'
import type { Log } from '../../src/doors/log.ts'
import { seededRandom } from '../../src/doors/random.ts'
import { placeDefinitions } from '../../src/main/definitions.ts'
import type { Client } from '../../src/runtime/network/client.ts'
import { connect, findAccess } from '../../src/runtime/network/connection.ts'
import { createHttpClient } from '../../src/runtime/network/http-client.ts'
import { playReconcilers } from '../../src/runtime/loop/play.ts'
import { systemClock } from '../../src/runtime/system.ts'
import { collectTroubles } from './troubles.ts'
import type { Troubles } from './troubles.ts'
import { openWindow } from './window.ts'
import type { Window } from './window.ts'

/** The controller's label: Rollouts without it are somebody else's. */
export const INSTANCE = 'compat'

const NODE_NAME = 'crossfade'
/** The kubelet's clock goes before everyone else's: a pod is ready within a second, not after three. */
const KUBELET_AHEAD_MS = 2000

export interface World {
  /** As the user of the kubeconfig, over HTTPS. */
  readonly client: Client
  readonly window: Window
  readonly troubles: Troubles
  stop(): Promise<void>
}

export async function startWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'compat-'))
  const stop = new AbortController()
  const troubles = collectTroubles()
  const { log } = troubles
  const resources = createResources({
    store: createMemoryStore({ clock: systemClock }),
    clock: systemClock,
    random: seededRandom(1),
    nodeName: NODE_NAME,
  })
  await seed(resources, { nodeName: NODE_NAME, now: systemClock.now() })
  const inside = inProcessClient(resources)
  await placeDefinitions(inside)
  const server = await serve(folder, resources, log)
  const doors = { clock: systemClock, random: seededRandom(3), log, signal: stop.signal }
  const servers = demoServers(doors)
  const played = playReconcilers({
    ...doors,
    client: inside,
    reconcilers: clusterControllers(),
    component: 'crossfade-controllers',
  })
  const kubelet = startKubelet({
    ...doors,
    clock: ahead(systemClock, KUBELET_AHEAD_MS),
    client: inside,
    servers,
    simulate: ['*'],
  })
  const outside = connections(server.kubeconfig)
  const controller = runController({
    ...doors,
    client: outside.client('crossfade-controller'),
    reconcilers: reconcilers({ instanceId: INSTANCE }),
  })
  const client = outside.client('compat-test')
  const window = openWindow({ ...doors, client })
  await Promise.all([played.ready, kubelet.ready, controller.ready, window.ready])
  return {
    client,
    window,
    troubles,
    async stop() {
      stop.abort()
      await Promise.all([controller.stopped, played.stopped, kubelet.stopped])
      outside.close()
      await server.close()
      resources.close()
      await servers.closeAll()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function serve(folder: string, resources: ReturnType<typeof createResources>, log: Log) {
  const token = 'a-token-for-tests'
  const pki = await ensurePki({ folder: join(folder, 'pki'), now: systemClock.now(), extraNames: [] })
  const server = await startApiServer({
    resources,
    pki,
    token,
    port: 0,
    log,
    clock: systemClock,
    random: seededRandom(2),
    pods: { read: () => undefined },
  })
  const kubeconfig = join(folder, 'kubeconfig')
  writeKubeconfig({ path: kubeconfig, server: server.url, caCertificate: pki.caCertificate, token })
  return { kubeconfig, close: () => server.close() }
}

/** Clients that do not share a socket, as separate programs do not. */
function connections(kubeconfig: string): { client(userAgent: string): Client; close(): void } {
  const opened: { close(): void }[] = []
  return {
    client(userAgent) {
      const connection = connect(findAccess(kubeconfig), systemClock)
      opened.push(connection)
      return createHttpClient({ connection, clock: systemClock, random: seededRandom(4), userAgent })
    },
    close: () => opened.forEach(one => one.close()),
  }
}

function ahead(clock: Clock, byMs: number): Clock {
  return {
    now: () => clock.now() + byMs,
    sleepUntil: (at, signal) => clock.sleepUntil(at - byMs, signal),
  }
}

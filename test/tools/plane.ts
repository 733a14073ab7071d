// The whole plane in one process, in real time: API objects in memory, controllers, kubelet, demo servers and proxy.
import { setMaxListeners } from 'node:events'
import { clusterControllers } from '../../src/cluster/controllers/cluster-controllers.ts'
import { demoServers } from '../../src/cluster/demo/pod-servers.ts'
import { startKubelet } from '../../src/cluster/kubelet/kubelet.ts'
import { createResources } from '../../src/cluster/resources/pipeline.ts'
import { seed } from '../../src/cluster/resources/seed.ts'
import { inProcessClient } from '../../src/cluster/serve/in-process.ts'
import { createMemoryStore } from '../../src/cluster/storage/memory.ts'
import { SILENT } from '../../src/doors/silent-log.ts'
import { seededRandom } from '../../src/doors/random.ts'
import { createProxy } from '../../src/gateway/proxy.ts'
import { watchRoutes } from '../../src/gateway/watch.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { playReconcilers } from '../../src/runtime/loop/play.ts'
import type { AnyReconciler } from '../../src/runtime/mirror/watches.ts'
import type { Client } from '../../src/runtime/network/client.ts'
import { systemClock, systemRandom, systemStopwatch } from '../../src/runtime/system.ts'

export interface Plane {
  readonly client: Client
  /** The gateway's, on loopback. */
  readonly port: number
  stop(): Promise<void>
}

export interface PlaneOptions {
  readonly simulate: readonly string[]
  /** Beside the cluster's own, with a copy of the cluster of their own. */
  readonly reconcilers?: readonly AnyReconciler[]
  /** Definitions of other kinds. */
  readonly definitions?: readonly KubeObject[]
}

export async function startPlane({
  simulate,
  reconcilers = [],
  definitions = [],
}: PlaneOptions): Promise<Plane> {
  const stop = new AbortController()
  setMaxListeners(0, stop.signal)
  const doors = { clock: systemClock, random: seededRandom(3), log: SILENT, signal: stop.signal }
  const servers = demoServers({ clock: systemClock, random: systemRandom })
  const proxy = createProxy({ clock: systemClock, stopwatch: systemStopwatch, random: seededRandom(3) })
  const store = createMemoryStore({ clock: systemClock })
  const resources = createResources({ store, clock: systemClock, random: systemRandom, nodeName: 'node-1' })
  await seed(resources, { nodeName: 'node-1', now: systemClock.now() })
  const client = inProcessClient(resources)
  for (const object of definitions)
    await client.write({ verb: 'create', object, why: 'a kind that is needed' })
  const controllers = [clusterControllers(), reconcilers].map(group =>
    playReconcilers({ ...doors, client, component: 'controllers', reconcilers: group }),
  )
  const kubelet = startKubelet({ ...doors, client, servers, simulate })
  const watch = watchRoutes({
    ...doors,
    stopwatch: systemStopwatch,
    client,
    resolve: kubelet.addresses.resolve,
    onTable: table => proxy.setTable(table),
  })
  kubelet.addresses.onChange(watch.refresh)
  await Promise.all([...controllers, kubelet, watch].map(one => one.ready))
  return {
    client,
    port: await proxy.listen(0, '127.0.0.1'),
    async stop() {
      stop.abort()
      await proxy.close(0)
      await servers.closeAll()
    },
  }
}

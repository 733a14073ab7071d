// Every Client that needs no network passes the suite; http-client.test.ts does the same over a socket.
import { createResources } from '../../cluster/resources/pipeline.ts'
import { seed } from '../../cluster/resources/seed.ts'
import { inProcessClient } from '../../cluster/serve/in-process.ts'
import { CONFIG_MAP, POD, REPLICA_SET } from '../../kube/kinds.ts'
import { createMemoryStore } from '../../cluster/storage/memory.ts'
import { seededRandom } from '../../doors/random.ts'
import { virtualClock } from '../../sim/clock.ts'
import { fromJson } from '../../kube/object.ts'
import { clientSuite } from './client.suite.ts'
import { modelCluster } from './model-cluster.suite.ts'

clientSuite('the model', async () => {
  const cluster = modelCluster([CONFIG_MAP, POD, REPLICA_SET])
  return {
    client: cluster.client,
    namespace: 'default',
    async expire() {
      cluster.compact()
      return '1'
    },
  }
})

clientSuite('the client in process', async () => {
  const clock = virtualClock(Date.UTC(2026, 7, 1))
  const store = createMemoryStore({ clock, limits: { events: 100, eventsMax: 100, ageMs: 1000 } })
  const resources = createResources({ store, clock, random: seededRandom(1) })
  await seed(resources, { nodeName: 'crossfade', now: clock.now() })
  const client = inProcessClient(resources)
  return {
    client,
    namespace: 'default',
    async expire() {
      const { resourceVersion } = await client.list(CONFIG_MAP, {})
      const metadata = { name: 'churn', namespace: 'default' }
      const object = fromJson({ apiVersion: 'v1', kind: 'ConfigMap', metadata })
      await client.write({ verb: 'create', why: 'make it', object })
      const target = { kind: CONFIG_MAP, ...metadata }
      for (let i = 0; i < 1000; i++)
        await client.write({ verb: 'patch', why: 'change it', target, patch: { data: { i: String(i) } } })
      return resourceVersion
    },
  }
})

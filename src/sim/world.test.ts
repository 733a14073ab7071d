// The simulated cluster, and a first life in it.
import { afterEach, describe, expect, test } from 'vitest'
import type { ReplicaSet } from '../kube/apps.ts'
import { POD, REPLICA_SET } from '../kube/kinds.ts'
import { fromJson } from '../kube/object.ts'
import type { World } from './world.ts'
import { createWorld } from './world.ts'

describe('a world', () => {
  const worlds: World[] = []
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.stop()
  })

  const aReplicaSet = (replicas: number) =>
    fromJson({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'a', image: 'a:1' }] },
        },
      },
    })

  test('pods start within seconds of its own time, and a minute of it takes no time at all', async () => {
    const world = await createWorld({ reconcilers: [] })
    worlds.push(world)
    const target = { kind: REPLICA_SET, name: 'web', namespace: 'default' }
    await world.client.write({ verb: 'create', why: 'have pods', object: aReplicaSet(3) })
    await world.settle()
    expect((await world.client.list(POD, {})).items).toHaveLength(3)
    const available = async () => ((await world.client.get(target)) as ReplicaSet).status?.availableReplicas
    expect(await available()).toBeUndefined()
    await world.advance(60_000)
    expect(await available()).toBe(3)
    await world.client.write({ verb: 'patch', why: 'scale', target, patch: { spec: { replicas: 1 } } })
    await world.advance(60_000)
    expect((await world.client.list(POD, {})).items).toHaveLength(1)
  })
})

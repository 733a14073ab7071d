// The node has what `kubectl describe node` asks of one, also when an earlier version of this program made it.
import { expect, test } from 'vitest'
import { NODE } from '../../../kube/kinds.ts'
import { aCluster } from '../pipeline.suite.ts'
import { seed } from '../seed.ts'

const ref = { kind: NODE, name: 'crossfade' }

const FULL = {
  metadata: { labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': 'crossfade' } },
  status: {
    capacity: { cpu: '64', memory: '256Gi', pods: '10k' },
    allocatable: { cpu: '64', memory: '256Gi', pods: '10k' },
    addresses: [{ type: 'InternalIP' }, { type: 'Hostname', address: 'crossfade' }],
    nodeInfo: { kubeletVersion: 'v1.34.0+crossfade' },
  },
}

test('it has capacity, addresses, a version and conditions', async () => {
  const { resources } = await aCluster()
  const node = resources.get(ref)
  expect(node).toMatchObject(FULL)
  expect(node).toMatchObject({
    status: {
      conditions: [
        { type: 'MemoryPressure', status: 'False' },
        { type: 'DiskPressure', status: 'False' },
        { type: 'PIDPressure', status: 'False' },
        { type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: '2026-01-01T00:00:00Z' },
      ],
    },
  })
})

test('one that an earlier version made is completed once, and keeps its labels', async () => {
  const { resources, clock } = await aCluster()
  const bare = { type: 'merge', body: { status: null } } as const
  await resources.patch(ref, bare, { subresource: 'status' })
  await resources.patch(ref, { type: 'merge', body: { metadata: { labels: { mine: 'yes' } } } }, {})
  await seed(resources, { nodeName: 'crossfade', now: clock.now() })
  expect(resources.get(ref)).toMatchObject({ ...FULL, metadata: { labels: { mine: 'yes' } } })
  const before = resources.resourceVersion()
  await clock.advance(60_000)
  await seed(resources, { nodeName: 'crossfade', now: clock.now() })
  expect(resources.resourceVersion()).toBe(before)
})

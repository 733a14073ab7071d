// The node's sign of life: there at once, never out of date, and cheap.
import { setMaxListeners } from 'node:events'
import { expect, test } from 'vitest'
import { SILENT } from '../../doors/silent-log.ts'
import { LEASE } from '../../kube/kinds.ts'
import { parseInstant } from '../../std/instant.ts'
import { aCluster } from '../resources/pipeline.suite.ts'
import { inProcessClient } from '../serve/in-process.ts'
import { keepNodeLease } from './node-lease.ts'

test('the lease of the node is renewed before it ends, with few writes', async () => {
  const { resources, clock } = await aCluster()
  const stop = new AbortController()
  setMaxListeners(0, stop.signal)
  const before = Number(resources.resourceVersion())
  const client = inProcessClient(resources)
  const kept = keepNodeLease({ client, clock, log: SILENT, signal: stop.signal, nodeName: 'crossfade' })
  const ref = { kind: LEASE, name: 'crossfade', namespace: 'kube-node-lease' }
  for (let minute = 0; minute < 60; minute++) {
    await clock.advance(60_000)
    await new Promise(resolve => setImmediate(resolve))
    const { spec } = (await client.get(ref)) as unknown as {
      spec: { holderIdentity: string; renewTime: string; leaseDurationSeconds: number }
    }
    expect(spec.holderIdentity).toBe('crossfade')
    const age = clock.now() - (parseInstant(spec.renewTime) ?? 0)
    expect(age).toBeLessThan(spec.leaseDurationSeconds * 1000)
  }
  expect(Number(resources.resourceVersion()) - before).toBeLessThanOrEqual(20)
  stop.abort()
  await kept
})

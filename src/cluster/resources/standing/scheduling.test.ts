// Pods that wait to be bound: those with a gate, and those that nothing holds back but a dry run.
import { expect, test } from 'vitest'
import { POD } from '../../../kube/kinds.ts'
import { aCluster } from '../pipeline.suite.ts'

const ref = { kind: POD, name: 'web', namespace: 'default' }
const containers = [{ name: 'web', image: 'acme/web:v1' }]

test('a pod is bound when its last gate is taken away', async () => {
  const { resources } = await aCluster()
  const pods = resources.kind('', 'v1', 'pods')!
  const spec = { containers, schedulingGates: [{ name: 'acme.com/one' }] }
  await resources.create(pods, 'default', { metadata: { name: 'web' }, spec }, {})
  expect(resources.get(ref)).not.toHaveProperty('spec.nodeName')
  const open = { type: 'merge', body: { spec: { schedulingGates: null } } } as const
  await resources.patch(ref, open, {})
  await new Promise(resolve => setImmediate(resolve))
  expect(resources.get(ref)).toMatchObject({
    spec: { nodeName: 'crossfade' },
    status: { podIP: '10.88.0.2' },
  })
})

test('what runs before the others counts alone, not on top of them', async () => {
  const { resources } = await aCluster()
  const pods = resources.kind('', 'v1', 'pods')!
  const asking = (cpu: string) => ({ resources: { requests: { cpu } } })
  const before = { name: 'before', image: 'acme/web:v1', ...asking('60') }
  const spec = { initContainers: [before], containers: [{ ...containers[0], ...asking('10') }] }
  await resources.create(pods, 'default', { metadata: { name: 'web' }, spec }, {})
  expect(resources.get(ref)).toMatchObject({ spec: { nodeName: 'crossfade' } })
})

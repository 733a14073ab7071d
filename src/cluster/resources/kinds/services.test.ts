// Node ports of Services.
import { expect, test } from 'vitest'
import type { Json } from '../../../std/json.ts'
import type { Resources } from '../resources.ts'
import { aCluster } from '../pipeline.suite.ts'

async function aService(nodePort: number) {
  const { resources } = await aCluster()
  return serviceIn(resources, 'web', nodePort)
}

async function serviceIn(resources: Resources, name: string, nodePort: number) {
  const kind = resources.kind('', 'v1', 'services')!
  const body: Json = {
    metadata: { name },
    spec: { type: 'NodePort', ports: [{ port: 80, nodePort }], selector: { app: 'web' } },
  }
  return (await resources.create(kind, 'default', body, {})).object
}

test.each([80, 29_999, 32_768])('%i is outside of their range, and is refused', async port => {
  await expect(aService(port)).rejects.toThrow(
    `spec.ports[0].nodePort: Invalid value: ${port}: provided port is not in the valid range. ` +
      'The range of valid ports is 30000-32767',
  )
})

test.each([30_000, 32_767])('%i is taken', async port => {
  expect(await aService(port)).toMatchObject({ spec: { ports: [{ nodePort: port }] } })
})

test('one that another Service has is refused, and stays its own through changes', async () => {
  const { resources } = await aCluster()
  await serviceIn(resources, 'web', 30_001)
  await expect(serviceIn(resources, 'other', 30_001)).rejects.toThrow(
    'spec.ports[0].nodePort: Invalid value: 30001: provided port is already allocated',
  )
  const ref = { kind: resources.kind('', 'v1', 'services')!, namespace: 'default', name: 'web' }
  const labelled = await resources.patch(
    ref,
    { type: 'merge', body: { metadata: { labels: { a: 'b' } } } },
    {},
  )
  expect(labelled.object).toMatchObject({ spec: { ports: [{ nodePort: 30_001 }] } })
})

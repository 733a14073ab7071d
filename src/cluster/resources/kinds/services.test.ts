// Node ports of Services.
import { expect, test } from 'vitest'
import type { Json } from '../../../std/json.ts'
import { aCluster } from '../pipeline.suite.ts'

async function aService(nodePort: number) {
  const { resources } = await aCluster()
  const kind = resources.kind('', 'v1', 'services')!
  const body: Json = {
    metadata: { name: 'web' },
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

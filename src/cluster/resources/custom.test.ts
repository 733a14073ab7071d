// Custom resources, against the recorded answers of a real API server.
import { beforeAll, describe, expect, test } from 'vitest'
import golden from '../../../test/golden/api-server/custom-resources.json' with { type: 'json' }
import { aCluster } from './pipeline.suite.ts'
import { comparable, play } from './recorded.suite.ts'
import type { RecordedRequest } from './recorded.suite.ts'
import type { Resources } from './resources.ts'
import type { Json } from '../../std/json.ts'

/** JSON has one kind of number, so a count written as 1.0 is a count. */
const DIFFERENT_ON_PURPOSE = new Set(['{"str":"abc","replicas":1}'])

describe('a custom resource is answered as a real API server answers it', () => {
  let resources: Resources
  beforeAll(async () => {
    const cluster = await aCluster()
    resources = cluster.resources
    await resources.create(
      resources.kind('', 'v1', 'namespaces')!,
      undefined,
      { metadata: { name: 'store-q' } },
      {},
    )
    const kind = resources.kind('apiextensions.k8s.io', 'v1', 'customresourcedefinitions')!
    for (const definition of golden.definitions)
      await resources.create(kind, undefined, definition as Json, {})
  })

  const requests = golden.requests as unknown as readonly RecordedRequest[]
  for (const request of requests) {
    const spec = JSON.stringify((request.body as { spec?: Json }).spec)
    if (DIFFERENT_ON_PURPOSE.has(spec)) continue
    test(`${(request.body as { kind: string }).kind} ${spec}`, async () => {
      const played = await play(resources, request)
      expect(comparable(played.answer)).toEqual(comparable(request.answer))
      expect(played.status).toBe(request.status)
      const warned = (request.warnings ?? []).map(one => JSON.parse(one.slice('299 - '.length)) as string)
      expect(played.warnings).toEqual(warned)
    })
  }
})

// The built-in kinds, against the recorded answers of a real API server: what it fills in, what it refuses,
// and in which words. Where ours differs on purpose, the reason stands here.
import { beforeAll, describe, expect, test } from 'vitest'
import changes from '../../../test/golden/api-server/changes.json' with { type: 'json' }
import creations from '../../../test/golden/api-server/built-in.json' with { type: 'json' }
import refusals from '../../../test/golden/api-server/refused.json' with { type: 'json' }
import { shape, told } from './built-in-shape.suite.ts'
import { aCluster } from './pipeline.suite.ts'
import { play } from './recorded.suite.ts'
import type { RecordedRequest } from './recorded.suite.ts'
import type { Resources } from './resources.ts'

/** Kinds that are only kept here have no controller which would take such a mark away again. */
const DIFFERENT_ON_PURPOSE: readonly (readonly [part: string, why: string])[] = [
  ['/persistentvolumeclaims', 'no protection finalizer: nobody would take it away'],
  ['/limitranges', 'defaults of limits are not derived: nothing applies them'],
  ['/daemonsets', 'no annotation with a generation of old'],
  ['"storage":false', 'a refused list of versions is printed as it was written, not as Go holds it'],
]

function isDifferent(request: RecordedRequest): boolean {
  return DIFFERENT_ON_PURPOSE.some(([part]) => told(request).includes(part))
}

async function compare(resources: Resources, request: RecordedRequest) {
  const played = await play(resources, request)
  const wanted = request.method === 'DELETE' ? undefined : shape(request.answer)
  const got = request.method === 'DELETE' ? undefined : shape(played.answer)
  expect({ status: played.status, answer: got }).toEqual({ status: request.status, answer: wanted })
}

async function inNamespace() {
  const { resources } = await aCluster()
  await resources.create(
    resources.kind('', 'v1', 'namespaces')!,
    undefined,
    { metadata: { name: 'store-q' } },
    {},
  )
  return resources
}

describe('what is made', () => {
  let resources: Resources
  beforeAll(async () => {
    resources = await inNamespace()
  })
  for (const request of creations as unknown as readonly RecordedRequest[]) {
    test.skipIf(isDifferent(request))(told(request), () => compare(resources, request))
  }
})

describe('what is refused, and what is not', () => {
  let resources: Resources
  beforeAll(async () => {
    resources = await inNamespace()
  })
  for (const request of refusals as unknown as readonly RecordedRequest[]) {
    test(told(request), () => compare(resources, request))
  }
})

describe('what is changed, one after the other', () => {
  let resources: Resources
  beforeAll(async () => {
    resources = await inNamespace()
  })
  for (const request of changes as unknown as readonly RecordedRequest[]) {
    test.skipIf(isDifferent(request))(told(request), () => compare(resources, request))
  }
})

// A canary behind each router that the gateway plays, in real time: at 30 % that part of 1,000 requests is the new
// version's, and requests with the header of a header route are all of it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Rollout } from '../src/api/rollout.ts'
import { crds } from '../src/api/crds.ts'
import { reconcilers } from '../src/controller/reconcilers.ts'
import { ROLLOUT } from '../src/kube/kinds.ts'
import { fromJson } from '../src/kube/object.ts'
import { routeDefinitions } from '../src/main/route-definitions.ts'
import { sendRequests, shares } from './acceptance/load.ts'
import type { Addressed } from './acceptance/load.ts'
import { manifestsOf, ROUTED_CANARIES } from './acceptance/routed-canaries.ts'
import type { RoutedCanary } from './acceptance/routed-canaries.ts'
import { startPlane } from './tools/plane.ts'
import type { Plane } from './tools/plane.ts'

const IMAGE = 'docker.io/kostiscodefresh/gitops-canary-app'
const REQUESTS = 1000
const BOUND_MS = 60_000

let plane: Plane
beforeAll(async () => {
  plane = await startPlane({
    simulate: [`${IMAGE}:*`],
    reconcilers: reconcilers(),
    definitions: [...crds(), ...routeDefinitions()],
  })
})
afterAll(() => plane.stop())

async function begin({ router, ...canary }: RoutedCanary): Promise<void> {
  const why = 'the user wants it'
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: router } }
  await plane.client.write({ verb: 'create', object: namespace, why })
  for (const manifest of manifestsOf({ router, ...canary }, router)) {
    const object = fromJson(JSON.parse(JSON.stringify(manifest)))
    const placed = { ...object, metadata: { ...object.metadata, namespace: router } }
    await plane.client.write({ verb: 'create', object: placed, why })
  }
}

const target = (namespace: string) => ({ kind: ROLLOUT, namespace, name: 'web' })

async function becomes(namespace: string, phase: string): Promise<void> {
  const isSo = async () => {
    const { metadata, status } = (await plane.client.get(target(namespace))) as Rollout
    return status?.phase === phase && status.observedGeneration === String(metadata.generation)
  }
  await expect.poll(isSo, { timeout: BOUND_MS, interval: 50, message: `${namespace} ${phase}` }).toBe(true)
}

const ask = async (to: Addressed, count = REQUESTS) =>
  shares(await sendRequests(`http://127.0.0.1:${plane.port}`, to, count))

describe.concurrent('behind', () => {
  test.each(ROUTED_CANARIES.map(one => [one.router, one] as const))(
    '%s users are shared as the step says',
    { timeout: 2 * BOUND_MS },
    async (router, canary) => {
      const host = canary.host(router)
      await begin(canary)
      await becomes(router, 'Healthy')
      await expect.poll(() => ask(host, 20), { timeout: BOUND_MS }).toEqual({ 'v1.0': 100 })
      const containers = [{ name: 'web', image: `${IMAGE}:v2.0` }]
      const patch = { spec: { template: { spec: { containers } } } }
      await plane.client.write({ verb: 'patch', target: target(router), patch, why: 'a new version' })
      await becomes(router, 'Paused')
      await expect
        .poll(async () => Math.abs(((await ask(host))['v2.0'] ?? 0) - 30), { timeout: 10_000 })
        .toBeLessThan(3)
      if (canary.hasHeaderRoute === true)
        expect(await ask({ host, 'x-tester': 'yes' })).toEqual({ 'v2.0': 100 })
    },
  )
})

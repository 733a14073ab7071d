// A short life of examples/ab-test.yaml and of its NGINX variant, in real time under users with cookies: each sees one
// version until `promote` or `abort`, and no request fails; nor when the experiment is deleted while users come to it.
// The whole of it: test/acceptance/story-4.ts.
import { readFileSync } from 'node:fs'
import { loadAll } from 'js-yaml'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Experiment } from '../src/api/experiment.ts'
import type { Rollout } from '../src/api/rollout.ts'
import { crds } from '../src/api/crds.ts'
import { reconcilers } from '../src/controller/reconcilers.ts'
import { EXPERIMENT, ROLLOUT } from '../src/kube/kinds.ts'
import { fromJson } from '../src/kube/object.ts'
import { routeDefinitions } from '../src/main/route-definitions.ts'
import { sendRequests, shares } from './acceptance/load.ts'
import { changesOf, startUsers } from './acceptance/users.ts'
import type { Users } from './acceptance/users.ts'
import { startPlane } from './tools/plane.ts'
import type { Plane } from './tools/plane.ts'

const IMAGE = 'argoproj/rollouts-demo'
const USERS = 60
const BOUND_MS = 60_000
const LONG = { timeout: 2 * BOUND_MS }
const PATIENCE = { timeout: BOUND_MS, interval: 50 }
const [A, B] = ['blue', 'green']

let plane: Plane
beforeAll(async () => {
  plane = await startPlane({
    simulate: [`${IMAGE}:*`, 'check:*'],
    reconcilers: reconcilers(),
    definitions: [...crds(), ...routeDefinitions()],
  })
})
afterAll(() => plane.stop())

/** There is no metrics server here: a Job that runs for two seconds decides. */
const command = ['sh', '-c', 'sleep 2; exit 0']
const job = {
  spec: {
    backoffLimit: 0,
    template: {
      spec: { restartPolicy: 'Never', containers: [{ name: 'check', image: 'check:1', command }] },
    },
  },
}

interface Shop {
  readonly host: string
  readonly namespace: string
  becomes(phase: string): Promise<void>
  /** Promotes past a pause, or aborts. */
  asks(status: object): Promise<void>
  experiment(): Promise<Experiment>
}

async function openShop(file: string, namespace: string): Promise<Shop> {
  const host = `shop.${namespace}.test`
  const why = 'the user wants it'
  const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  await plane.client.write({ verb: 'create', object: space, why })
  const text = readFileSync(file, 'utf8').replaceAll('shop.localhost', host)
  for (const manifest of loadAll(text)) {
    const { kind, metadata, spec, ...rest } = fromJson(JSON.parse(JSON.stringify(manifest))) as Rollout
    const metrics = [{ name: 'check', provider: { job } }]
    const placed = { ...rest, kind, metadata: { ...metadata, namespace } }
    const object = { ...placed, spec: kind === 'AnalysisTemplate' ? { ...spec, metrics } : spec } as never
    await plane.client.write({ verb: 'create', object, why })
  }
  const target = { kind: ROLLOUT, namespace, name: 'shop' }
  const shop = {
    host,
    namespace,
    async becomes(phase: string) {
      const isSo = async () => {
        const { metadata, status } = (await plane.client.get(target)) as Rollout
        return status?.observedGeneration === String(metadata.generation) && status.phase === phase
      }
      await vi.waitUntil(isSo, PATIENCE)
    },
    async asks(status: object) {
      const patch = { status } as never
      await plane.client.write({ verb: 'patch', target, patch, subresource: 'status', why })
    },
    async experiment() {
      const found = async () => {
        const { items } = await plane.client.list(EXPERIMENT, { namespace })
        return (items as Experiment[]).find(one => one.status?.phase === 'Running')
      }
      return vi.waitUntil(found, PATIENCE)
    },
  }
  await shop.becomes('Healthy')
  await servesAlone(shop, A)
  const ports = [{ name: 'http', containerPort: 8080 }]
  const containers = [{ name: 'shop', image: `${IMAGE}:${B}`, ports }]
  const patch = { spec: { template: { spec: { containers } } } }
  await plane.client.write({ verb: 'patch', target, patch, why })
  return shop
}

const gateway = () => `http://127.0.0.1:${plane.port}`
const users = ({ host }: Shop) => startUsers({ gateway: gateway(), host, count: USERS, perSecond: 50 })

/** A gateway learns of a route a moment after it was written; whoever comes after that sees this version. */
async function servesAlone({ host }: Shop, version: string): Promise<void> {
  await vi.waitUntil(async () => shares(await sendRequests(gateway(), host, 20))[version] === 100, PATIENCE)
}

/** Nobody has seen another version before `at`, nobody changed twice, and no request failed. */
function judged({ all }: Users, at: number, last: string): void {
  const changes = all.map(changesOf)
  expect(all.flatMap(({ seen }) => seen.filter(one => one.failure !== undefined))).toEqual([])
  expect(changes.filter(([, second]) => second !== undefined && second.at < at)).toEqual([])
  expect(changes.filter(one => one.length > 2)).toEqual([])
  expect(changes.filter(one => one.at(-1)?.version !== last)).toEqual([])
  expect(new Set(changes.map(([first]) => first?.version))).toEqual(new Set([A, B]))
}

/** Everybody has been there once. */
async function allAreKnown({ all }: Users): Promise<void> {
  await vi.waitUntil(() => all.every(({ seen }) => seen.length > 0), PATIENCE)
}

async function promoted(shop: Shop, crowd: Users): Promise<void> {
  await shop.becomes('Paused')
  const at = crowd.now()
  await shop.asks({ pauseConditions: null })
  await shop.becomes('Healthy')
  await servesAlone(shop, B)
  await crowd.stop(10)
  judged(crowd, at, B)
}

describe.concurrent('in an A/B test', () => {
  test.each([
    ['examples/ab-test.yaml', 'weights'],
    ['examples/ab-test-nginx.yaml', 'nginx'],
  ])('of %s each user has one version until it is promoted', LONG, async (file, name) => {
    const shop = await openShop(file, name)
    await shop.experiment()
    const crowd = users(shop)
    await promoted(shop, crowd)
  })

  test('that is aborted everybody is back on the version before', LONG, async () => {
    const shop = await openShop('examples/ab-test.yaml', 'aborted')
    await shop.experiment()
    const crowd = users(shop)
    await allAreKnown(crowd)
    const at = crowd.now()
    await shop.asks({ abort: true })
    await shop.becomes('Degraded')
    await servesAlone(shop, A)
    await crowd.stop(10)
    judged(crowd, at, A)
  })

  test('whose experiment is deleted nobody notices', LONG, async () => {
    const shop = await openShop('examples/ab-test.yaml', 'deleted')
    const { metadata } = await shop.experiment()
    const crowd = users(shop)
    await allAreKnown(crowd)
    const target = { kind: EXPERIMENT, namespace: shop.namespace, name: metadata.name }
    await plane.client.write({ verb: 'delete', target, why: 'somebody does' })
    await promoted(shop, crowd)
  })
})

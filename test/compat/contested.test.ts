// Routes that somebody else puts back: a GitOps tool every second, two Rollouts that name the same route. In virtual
// time.
import { afterEach, describe, expect, test } from 'vitest'
import { EVENT, VIRTUAL_SERVICE } from '../../src/kube/kinds.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { asJson } from '../../src/kube/object.ts'
import type { Json } from '../../src/std/json.ts'
import { objects, record } from '../../src/std/json-parts.ts'
import { aScene } from './scene.ts'
import type { Scene } from './scene.ts'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.stop()
})

const labels = { app: 'shop' }
const to = (host: string, weight: number) => ({ destination: { host }, weight })
const http = (canary: number): Json => [
  { name: 'main', route: [to('stable', 100 - canary), to('canary', canary)] },
]

function aRollout(name: string) {
  const containers = [{ name: 'web', image: 'shop:1' }]
  const trafficRouting = { istio: { virtualService: { name: 'shop' } } }
  const steps = [{ setWeight: 20 }, { pause: {} }]
  const canary = { stableService: 'stable', canaryService: 'canary', trafficRouting, steps }
  const template = { metadata: { labels }, spec: { containers } }
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name },
    spec: { replicas: 4, selector: { matchLabels: labels }, template, strategy: { canary } },
  }
}

async function atTwenty(...more: readonly object[]): Promise<Scene> {
  const scene = await aScene()
  scenes.push(scene)
  const services = ['stable', 'canary'].map(name => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: labels, ports: [{ port: 80 }] },
  }))
  const mesh = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'shop' },
    spec: { http: http(0) },
  }
  await scene.make(...services, mesh, aRollout('shop'), ...more)
  await scene.pass(8)
  await scene.run('set image shop web=shop:2')
  await scene.pass(8)
  return scene
}

async function canaryWeight(scene: Scene): Promise<number> {
  const found = (await scene.list(VIRTUAL_SERVICE)).find(one => one.metadata.name === 'shop') as KubeObject
  const route = objects(record(asJson(found)['spec'])['http']).flatMap(one => objects(one['route']))
  return Number(route[1]?.['weight'])
}

async function contested(scene: Scene): Promise<string | undefined> {
  const { conditions = [] } = (await scene.rollout('shop')).status ?? {}
  return conditions.find(one => one.type === 'RouteContested')?.message
}

/** Puts the route back once a second; gives how often it found that it had been written. */
async function putBack(scene: Scene, seconds: number, canary: number): Promise<number> {
  let written = 0
  for (let i = 0; i < seconds; i++) {
    if ((await canaryWeight(scene)) !== canary) written++
    await scene.patch(VIRTUAL_SERVICE, 'shop', { spec: { http: http(canary) } })
    await scene.pass(1)
  }
  return written
}

describe('a route that is put back every second', () => {
  test('is written once in ten seconds, and a condition says so until it is left alone', async () => {
    const scene = await atTwenty()
    expect(await canaryWeight(scene)).toBe(20)
    const written = await putBack(scene, 63, 0)
    expect(written).toBeGreaterThanOrEqual(8)
    expect(written).toBeLessThanOrEqual(9)
    expect(await contested(scene)).toBe(
      'spec.http of VirtualService "shop" is put back by somebody; it is written again every 10 seconds. ' +
        'Let the tool that writes there ignore these fields.',
    )
    const events = await scene.list<KubeObject & { readonly reason?: string }>(EVENT)
    expect(events.filter(one => one.reason === 'RouteContested').length).toBe(1)
    await scene.pass(10)
    expect(await canaryWeight(scene)).toBe(20)
    await scene.pass(20)
    expect(await contested(scene)).toBeUndefined()
  })

  test('is told in the status with the weight that stands', async () => {
    const scene = await atTwenty()
    await putBack(scene, 33, 0)
    await scene.pass(2)
    const { status } = await scene.rollout('shop')
    expect([await canaryWeight(scene), status?.canary?.weights?.canary.weight]).toEqual([0, 0])
  })

  test('is as it should be at once after an edit or two by hand, and nothing is said', async () => {
    const scene = await atTwenty()
    expect(await putBack(scene, 2, 0)).toBe(2)
    expect(await canaryWeight(scene)).toBe(20)
    expect(await contested(scene)).toBeUndefined()
  })

  test('gives the weight of an abort away at once, and from then on once a second', async () => {
    const scene = await atTwenty()
    await putBack(scene, 30, 0)
    await scene.pass(10)
    await scene.run('abort shop')
    await scene.pass(1)
    expect(await canaryWeight(scene)).toBe(0)
    const written = await putBack(scene, 20, 50)
    expect(written).toBeGreaterThanOrEqual(18)
    await scene.pass(1)
    expect(await canaryWeight(scene)).toBe(0)
  })
})

test('of two Rollouts on one route the second one is told so, and leaves it alone', async () => {
  const scene = await atTwenty()
  await scene.make(aRollout('second'))
  await scene.pass(20)
  const { status } = await scene.rollout('second')
  expect([status?.phase, status?.message]).toEqual([
    'Degraded',
    expect.stringContaining('is managed by another Rollout'),
  ])
  expect([await canaryWeight(scene), await contested(scene)]).toEqual([20, undefined])
})

// Metadata of roles that repeats, overlays or contradicts labels of the pod template: users stay served, pods stay with
// their ReplicaSets, and the template's own labels come back. In virtual time.
import { afterEach, describe, expect, test } from 'vitest'
import { ROLLOUT } from '../../src/kube/kinds.ts'
import type { Pod } from '../../src/kube/core.ts'
import type { Json } from '../../src/std/json.ts'
import { aScene } from './scene.ts'
import type { Scene } from './scene.ts'

type Labels = Readonly<Record<string, string>>
type Fields = Readonly<Record<string, unknown>>

const STEPS = [{ setWeight: 50 }, { pause: {} }]

function shop(image: string, strategy: Fields, labels: Labels = {}) {
  const metadata = { labels: { app: 'shop', ...labels }, annotations: { note: 'own' } }
  const containers = [{ name: 'web', image: `shop:${image}`, ports: [{ containerPort: 8080 }] }]
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'shop' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'shop' } },
      template: { metadata, spec: { containers } },
      strategy,
    },
  }
}

function service(name: string, selector: Labels) {
  const ports = [{ port: 80, targetPort: 8080 }]
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector, ports } }
}

const labelled = (pods: readonly Pod[], key: string) =>
  pods.map(pod => pod.metadata.labels?.[key] ?? 'none').toSorted()

async function stands(scene: Scene): Promise<string> {
  const { status } = await scene.rollout('shop')
  return `${status?.phase ?? ''} ${status?.message ?? ''}`.trim()
}

describe('metadata of roles', () => {
  const scenes: Scene[] = []
  afterEach(async () => {
    for (const one of scenes.splice(0)) await one.stop()
  })
  async function begin(...objects: readonly object[]): Promise<Scene> {
    const scene = await aScene()
    scenes.push(scene)
    await scene.make(...objects)
    await scene.pass(20)
    return scene
  }
  const update = (scene: Scene, image: string) => scene.run(`set image shop web=shop:${image}`)
  const strategyOf = (strategy: Fields): Json => ({ spec: { strategy } }) as unknown as Json

  test('that repeats a label of the selector takes no pod from its ReplicaSet', async () => {
    const scene = await begin(service('shop', { app: 'shop' }), shop('v1', { canary: { steps: STEPS } }))
    expect(await scene.served('shop')).toBe(2)
    const before = (await scene.pods()).map(pod => pod.metadata.uid)
    const canaryMetadata = { labels: { app: 'shop', track: 'canary' } }
    await scene.patch(ROLLOUT, 'shop', strategyOf({ canary: { canaryMetadata } }))
    await scene.pass(3)
    expect((await scene.pods()).map(pod => pod.metadata.uid)).toEqual(before)
    expect(labelled(await scene.pods(), 'app')).toEqual(['shop', 'shop'])
    expect(await scene.served('shop')).toBe(2)
  })

  test('that repeats a label of the selector holds up neither the first nor any later update', async () => {
    const canaryMetadata = { labels: { app: 'shop', role: 'canary' } }
    const stableMetadata = { labels: { app: 'shop', role: 'stable' } }
    const scene = await begin(shop('v1', { canary: { canaryMetadata, stableMetadata, steps: STEPS } }))
    expect(labelled(await scene.pods(), 'role')).toEqual(['stable', 'stable'])
    await update(scene, 'v2')
    await scene.pass(20)
    expect(labelled(await scene.pods(2), 'role')).toEqual(['canary'])
    await scene.run('promote shop')
    await scene.pass(20)
    expect(await stands(scene)).toBe('Healthy')
    expect(labelled(await scene.pods(), 'role')).toEqual(['stable', 'stable'])
    await update(scene, 'v3')
    await scene.pass(20)
    expect(await stands(scene)).toBe('Paused CanaryPauseStep')
    await scene.patch(ROLLOUT, 'shop', strategyOf({ canary: { canaryMetadata: null, stableMetadata: null } }))
    await scene.pass(20)
    expect(labelled(await scene.pods(), 'role')).toEqual(['none', 'none'])
    expect(labelled(await scene.pods(), 'app')).toEqual(['shop', 'shop'])
  })

  test('lies over a label of the template while the role stands, and no longer', async () => {
    const canaryMetadata = { labels: { role: 'canary' } }
    const settled = service('settled', { app: 'shop', role: 'stable' })
    const scene = await begin(
      settled,
      shop('v1', { canary: { canaryMetadata, steps: STEPS } }, { role: 'stable' }),
    )
    expect(labelled(await scene.pods(), 'role')).toEqual(['stable', 'stable'])
    expect(await scene.served('settled')).toBe(2)
    await update(scene, 'v2')
    await scene.pass(20)
    expect(labelled(await scene.pods(1), 'role')).toEqual(['stable'])
    expect(labelled(await scene.pods(2), 'role')).toEqual(['canary'])
    const canary = (await scene.pods(2)).map(pod => pod.metadata.uid)
    await scene.run('promote shop')
    await scene.pass(20)
    expect(labelled(await scene.pods(2), 'role')).toEqual(['stable', 'stable'])
    expect((await scene.pods(2)).map(pod => pod.metadata.uid)).toEqual(expect.arrayContaining(canary))
    expect(await scene.served('settled')).toBe(2)
    await scene.patch(ROLLOUT, 'shop', { spec: { replicas: 4 } })
    await scene.pass(20)
    expect(labelled(await scene.pods(2), 'role')).toEqual(['stable', 'stable', 'stable', 'stable'])
    expect((await scene.replicaSet(2)).spec.template.metadata?.labels?.['role']).toBe('stable')
    expect((await scene.rollout('shop')).metadata.annotations?.['rollout.argoproj.io/revision']).toBe('2')
  })

  test('lies over labels and annotations of a preview; undo goes back to what the template had', async () => {
    const roles = {
      previewMetadata: { labels: { role: 'preview' }, annotations: { note: 'preview' } },
      activeMetadata: { annotations: { note: 'active' } },
    }
    const blueGreen = { activeService: 'active', autoPromotionEnabled: false, ...roles }
    const scene = await begin(
      service('active', { app: 'shop', role: 'stable' }),
      shop('v1', { blueGreen }, { role: 'stable' }),
    )
    const noted = async (revision: number) => {
      const pods = await scene.pods(revision)
      return [...new Set(pods.map(pod => pod.metadata.annotations?.['note'] ?? 'none'))].join()
    }
    expect([await stands(scene), await noted(1), await scene.served('active')]).toEqual([
      'Healthy',
      'active',
      2,
    ])
    await update(scene, 'v2')
    await scene.pass(20)
    expect([await noted(1), await noted(2)]).toEqual(['active', 'preview'])
    expect(labelled(await scene.pods(2), 'role')).toEqual(['preview', 'preview'])
    await scene.run('abort shop')
    await scene.pass(60)
    await scene.run('undo shop --to-revision 1')
    await scene.pass(20)
    const { template } = (await scene.rollout('shop')).spec
    expect(template?.metadata).toMatchObject({
      labels: { app: 'shop', role: 'stable' },
      annotations: { note: 'own' },
    })
    expect(await stands(scene)).toBe('Healthy')
    await scene.patch(
      ROLLOUT,
      'shop',
      strategyOf({ blueGreen: { previewMetadata: null, activeMetadata: null } }),
    )
    await scene.pass(20)
    expect([...new Set((await scene.pods()).map(pod => pod.metadata.annotations?.['note']))]).toEqual(['own'])
    expect(labelled(await scene.pods(), 'role')).toEqual(['stable', 'stable'])
  })

  test('that contradicts the selector is InvalidSpec, and no pod changes', async () => {
    const scene = await begin(shop('v1', { canary: { steps: STEPS } }))
    const before = (await scene.pods()).map(pod => pod.metadata.resourceVersion)
    const canaryMetadata = { labels: { app: 'canary' } }
    await scene.patch(ROLLOUT, 'shop', strategyOf({ canary: { canaryMetadata } }))
    await update(scene, 'v2')
    await scene.pass(20)
    expect(await stands(scene)).toMatch(
      /^Degraded InvalidSpec: .*canaryMetadata.labels\[app\]: Invalid value: "canary"/,
    )
    expect((await scene.pods()).map(pod => pod.metadata.resourceVersion)).toEqual(before)
    await scene.patch(
      ROLLOUT,
      'shop',
      strategyOf({ canary: { canaryMetadata: { labels: { app: 'shop' } } } }),
    )
    await scene.pass(20)
    expect(await stands(scene)).toBe('Paused CanaryPauseStep')
  })
})

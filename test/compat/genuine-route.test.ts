// Somebody installs the Gateway API's own definition of HTTPRoutes, with all its rules, while a canary is under way:
// it goes on as if nothing had happened, and routes are held to the rules. In virtual time.
import { afterEach, expect, test } from 'vitest'
import { CUSTOM_RESOURCE_DEFINITION, HTTP_ROUTE } from '../../src/kube/kinds.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Json } from '../../src/std/json.ts'
import definition from '../golden/api-server/httproutes-definition.json' with { type: 'json' }
import { aScene } from './scene.ts'
import type { Scene } from './scene.ts'

const labels = { app: 'shop' }
const strategy = {
  canary: {
    stableService: 'stable',
    canaryService: 'canary',
    trafficRouting: { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'shop' } } },
    steps: [{ setWeight: 30 }, { pause: {} }, { setWeight: 60 }, { pause: {} }],
  },
}
const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'shop:v1' }] } }
const shop = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'shop' },
  spec: { replicas: 5, selector: { matchLabels: labels }, template, strategy },
}
const service = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
})
const backendRefs = [
  { name: 'stable', port: 80 },
  { name: 'canary', port: 80 },
]
const route = (name: string, rule: object = {}) => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name },
  spec: {
    parentRefs: [{ name: 'gateway' }],
    hostnames: ['shop.example.com'],
    rules: [{ backendRefs, ...rule }],
  },
})

const scenes: Scene[] = []
afterEach(async () => {
  for (const one of scenes.splice(0)) await one.stop()
})

/** The canary has 30 %. */
async function at30(): Promise<Scene> {
  const scene = await aScene()
  scenes.push(scene)
  await scene.make(service('stable'), service('canary'), route('shop'), shop)
  await scene.pass(20)
  await scene.run('set image shop web=shop:v2')
  await scene.pass(20)
  expect(await weights(scene)).toEqual([70, 30])
  return scene
}

/** As it is published, with its two versions of one schema. */
async function installGenuine(scene: Scene): Promise<void> {
  const [version] = definition.spec.versions
  const versions = [version, { ...version, name: 'v1beta1', storage: false }] as unknown as Json
  const { annotations } = definition.metadata
  await scene.patch(CUSTOM_RESOURCE_DEFINITION, definition.metadata.name, {
    metadata: { annotations },
    spec: { versions },
  })
}

async function weights(scene: Scene): Promise<readonly (number | undefined)[]> {
  const found = (await scene.list<KubeObject & Route>(HTTP_ROUTE)).find(one => one.metadata.name === 'shop')
  return found?.spec.rules[0]?.backendRefs.map(one => one.weight) ?? []
}

interface Route {
  readonly spec: {
    readonly rules: readonly { readonly backendRefs: readonly { readonly weight?: number }[] }[]
  }
}

const phase = async (scene: Scene) => (await scene.rollout('shop')).status?.phase

test('a canary goes on to 60 %, is aborted, tried again and done, and so is the next one', async () => {
  const scene = await at30()
  await installGenuine(scene)
  await scene.run('promote shop')
  await scene.pass(20)
  expect(await weights(scene)).toEqual([40, 60])
  await scene.run('abort shop')
  await scene.pass(20)
  expect([await phase(scene), await weights(scene)]).toEqual(['Degraded', [100, 0]])
  await scene.run('retry rollout shop')
  await scene.pass(20)
  expect([await phase(scene), await weights(scene)]).toEqual(['Paused', [70, 30]])
  for (const _ of [30, 60]) {
    await scene.run('promote shop')
    await scene.pass(40)
  }
  expect([await phase(scene), await weights(scene)]).toEqual(['Healthy', [100, 0]])
  await scene.run('set image shop web=shop:v3')
  await scene.pass(20)
  expect([await phase(scene), await weights(scene)]).toEqual(['Paused', [70, 30]])
})

test('a route that breaks a rule is refused with its words, one that keeps them all is taken', async () => {
  const scene = await at30()
  await installGenuine(scene)
  const replaced = { type: 'ReplacePrefixMatch', replacePrefixMatch: '/b' }
  const filters = [{ type: 'URLRewrite', urlRewrite: { path: replaced } }]
  const by = (type: string, value = '/a') => ({ filters, matches: [{ path: { type, value } }] })
  await scene.make(route('taken', by('PathPrefix')))
  await expect(scene.make(route('exact', by('Exact')))).rejects.toThrow(
    'When using URLRewrite filter with path.replacePrefixMatch, exactly one PathPrefix match must be specified',
  )
  await expect(scene.make(route('twice', by('PathPrefix', '//a')))).rejects.toThrow(/must not contain '\/\/'/)
})

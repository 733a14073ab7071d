// What people's suites check of routers (Istio, ALB, APISIX, App Mesh, header and mirror routes), and what ours does
// better: objects that are missing, edited or deleted, a Rollout that goes, several routers at once. In virtual time.
import { afterEach, describe, expect, test } from 'vitest'
import {
  APISIX_ROUTE,
  INGRESS,
  MESH_ROUTER,
  ROLLOUT,
  SERVICE,
  TRAEFIK_SERVICE,
  TRAFFIC_SPLIT,
  VIRTUAL_SERVICE,
} from '../../src/kube/kinds.ts'
import { POD_TEMPLATE_HASH } from '../../src/api/words.ts'
import type { Service } from '../../src/kube/core.ts'
import type { Kind, KubeObject } from '../../src/kube/object.ts'
import { objects, record } from '../../src/std/json-parts.ts'
import { podHashOf } from '../../src/workload/replica-set.ts'
import { aScene } from './scene.ts'
import type { Scene } from './scene.ts'
import {
  action,
  albIngress,
  annotationOf,
  BY_SUBSETS,
  canary,
  image,
  ISTIO,
  labels,
  anObject,
  mesh,
  meshWeights,
  phase,
  RULE,
  service,
  SERVICES,
  SHARED,
  shop,
  specOf,
  SUBSETS,
  to,
} from './shop.ts'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.stop()
})

async function starting(...made: readonly object[]): Promise<Scene> {
  const scene = await aScene()
  scenes.push(scene)
  await scene.make(...made)
  await scene.pass(8)
  return scene
}

const weight = async (scene: Scene) => (await scene.rollout('shop')).status?.canary?.weights?.canary.weight

async function selectedBy(scene: Scene, name: string): Promise<string | undefined> {
  const found = (await scene.list<Service>(SERVICE)).find(one => one.metadata.name === name)
  return found?.spec.selector?.[POD_TEMPLATE_HASH]
}

async function deleted(scene: Scene, kind: Kind, name = 'shop'): Promise<void> {
  await scene.remove(kind, name)
  await scene.pass(3)
}

describe('behind Istio', () => {
  test('a VirtualService that has only TLS routes follows the steps', async () => {
    const tls = [{ match: [{ port: 443, sniHosts: ['a'] }], route: [to('stable', 100), to('canary', 0)] }]
    const scene = await starting(
      ...SERVICES,
      mesh({ tls }),
      canary(ISTIO, [{ setWeight: 10 }, { pause: {} }]),
    )
    await image(scene, 2)
    await scene.pass(5)
    expect(await meshWeights(scene, 'tls')).toEqual([[90, 10]])
    await scene.run('promote shop')
    await scene.pass(10)
    expect([await phase(scene), await meshWeights(scene, 'tls')]).toEqual(['Healthy', [[100, 0]]])
  })
  test('an abort of a Rollout that is done does nothing', async () => {
    const scene = await starting(...SERVICES, mesh(), canary(ISTIO, [{ setWeight: 10 }]))
    await image(scene, 2)
    await scene.pass(10)
    expect(await phase(scene)).toBe('Healthy')
    await scene.run('abort shop')
    await scene.pass(3)
    expect([await phase(scene), await meshWeights(scene)]).toEqual(['Healthy', [[100, 0]]])
  })
  test.each([0, 1])(
    'an update in the middle of one that has no weight and %i pods begins anew',
    async replicas => {
      const steps = [{ setWeight: 0 }, { setCanaryScale: { replicas } }, { pause: {} }, { setWeight: 50 }]
      const scene = await starting(...SERVICES, mesh(), canary(ISTIO, steps))
      await image(scene, 2)
      await scene.pass(5)
      expect((await scene.pods(2)).length).toBe(replicas)
      await image(scene, 3)
      await scene.pass(5)
      expect([(await scene.pods(2)).length, (await scene.pods(3)).length]).toEqual([0, replicas])
      expect([await phase(scene), await meshWeights(scene)]).toEqual(['Paused', [[100, 0]]])
      await scene.run('promote shop')
      await scene.pass(40)
      expect([await phase(scene), (await scene.pods(3)).length]).toEqual(['Healthy', 4])
    },
  )
  test('a canary that is sized to nothing loses its weight and its header route, and goes on to its end', async () => {
    const match = [{ headerName: 'agent', headerValue: { exact: 'tester' } }]
    const steps = [
      { setWeight: 50 },
      { setHeaderRoute: { name: 'vip', match } },
      { pause: {} },
      { setCanaryScale: { replicas: 0 } },
      { pause: {} },
      { setWeight: 60 },
    ]
    const routing = { ...ISTIO, managedRoutes: [{ name: 'vip' }] }
    const scene = await starting(...SERVICES, mesh(), canary(routing, steps))
    await image(scene, 2)
    await scene.pass(5)
    expect(await meshWeights(scene)).toEqual([[100], [50, 50]])
    await scene.run('promote shop')
    await scene.pass(40)
    expect([await phase(scene), await meshWeights(scene)]).toEqual(['Paused', [[100, 0]]])
    expect((await scene.pods(2)).length).toBe(0)
    await scene.run('promote shop')
    await scene.pass(40)
    expect([await phase(scene), (await scene.pods(2)).length]).toEqual(['Healthy', 4])
  })
  test('an abort brings everybody back, whatever scale and delay are asked for', async () => {
    const steps = [{ setCanaryScale: { weight: 50 } }, { setWeight: 40 }, { pause: {} }]
    const more = { ...SHARED, dynamicStableScale: true, abortScaleDownDelaySeconds: 0 }
    const scene = await starting(...SERVICES, mesh(), canary(ISTIO, steps, more))
    await image(scene, 2)
    await scene.pass(10)
    expect(await meshWeights(scene)).toEqual([[60, 40]])
    await scene.run('abort shop')
    await scene.pass(40)
    expect([await phase(scene), await meshWeights(scene)]).toEqual(['Degraded', [[100, 0]]])
    expect((await scene.pods(1)).length).toBe(4)
  })
  test('an aborted canary by subsets, sized down from 4 to 1, keeps its stable pod and no weight', async () => {
    const more = { dynamicStableScale: true }
    const scene = await starting(SUBSETS, RULE, canary(BY_SUBSETS, [{ setWeight: 50 }, { pause: {} }], more))
    await image(scene, 2)
    await scene.pass(5)
    expect(await meshWeights(scene)).toEqual([[50, 50]])
    await scene.run('abort shop')
    await scene.patch(ROLLOUT, 'shop', { spec: { replicas: 1 } })
    await scene.pass(40)
    expect(await meshWeights(scene)).toEqual([[100, 0]])
    expect((await scene.pods(1)).length).toBe(1)
  })
  test('ping and pong take turns, and no Service moves when the new version has become the stable one', async () => {
    const pingPong = { pingService: 'ping', pongService: 'pong' }
    const http = [{ name: 'main', route: [to('ping', 100), to('pong', 0)] }]
    const scene = await starting(
      ...['ping', 'pong'].map(service),
      mesh({ http }),
      canary(ISTIO, [{ setWeight: 25 }, { pause: {} }], { pingPong }),
    )
    const served = async () => Promise.all(['ping', 'pong'].map(name => selectedBy(scene, name)))
    const hash = async (revision: number) => podHashOf(await scene.replicaSet(revision))
    await image(scene, 2)
    await scene.pass(5)
    expect(await meshWeights(scene)).toEqual([[75, 25]])
    expect(await served()).toEqual([await hash(1), await hash(2)])
    await scene.run('promote shop')
    await scene.pass(40)
    expect([await phase(scene), await meshWeights(scene)]).toEqual(['Healthy', [[0, 100]]])
    expect(await served()).toEqual([await hash(1), await hash(2)])
    expect((await scene.rollout('shop')).status?.canary?.stablePingPong).toBe('pong')
    await image(scene, 3)
    await scene.pass(5)
    expect(await meshWeights(scene)).toEqual([[25, 75]])
    expect(await served()).toEqual([await hash(3), await hash(2)])
    await scene.run('promote shop')
    await scene.pass(40)
    expect([await phase(scene), await meshWeights(scene)]).toEqual(['Healthy', [[100, 0]]])
    expect((await scene.rollout('shop')).status?.canary?.stablePingPong).toBe('ping')
  })
  test('a header route stands first while its step asks for it, and goes with the step that ends it', async () => {
    const routing = { ...ISTIO, managedRoutes: [{ name: 'vip' }] }
    const match = [{ headerName: 'agent', headerValue: { prefix: 'Chrome' } }]
    const scene = await starting(
      ...SERVICES,
      mesh(),
      canary(routing, [
        { setWeight: 20 },
        { setHeaderRoute: { name: 'vip', match } },
        { pause: {} },
        { setHeaderRoute: { name: 'vip' } },
        { pause: {} },
      ]),
    )
    const routes = async () => (await specOf(scene, VIRTUAL_SERVICE))['http']
    const main = { name: 'main', route: [to('stable', 80), to('canary', 20)] }
    const vip = {
      name: 'vip',
      match: [{ headers: { agent: { prefix: 'Chrome' } } }],
      route: [to('canary', 100)],
    }
    await image(scene, 2)
    await scene.pass(5)
    expect(await routes()).toEqual([vip, main])
    await scene.run('promote shop')
    await scene.pass(3)
    expect(await routes()).toEqual([main])
  })
  test('mirror routes stand in the order of the managed ones, with their percentage, and go at the end', async () => {
    const routing = { ...ISTIO, managedRoutes: [{ name: 'b' }, { name: 'a' }] }
    const mirror = (name: string, percentage: number) => ({
      setMirrorRoute: { name, percentage, match: [{ path: { prefix: `/${name}` } }] },
    })
    const scene = await starting(
      ...SERVICES,
      mesh(),
      canary(routing, [{ setWeight: 40 }, mirror('a', 20), mirror('b', 100), { pause: {} }]),
    )
    const routes = async () =>
      objects((await specOf(scene, VIRTUAL_SERVICE))['http']).map(route => [
        route['name'],
        record(route['mirrorPercentage'])['value'],
        record(route['mirror'])['host'],
      ])
    await image(scene, 2)
    await scene.pass(5)
    expect(await routes()).toEqual([
      ['b', 100, 'canary'],
      ['a', 20, 'canary'],
      ['main', undefined, undefined],
    ])
    expect(await meshWeights(scene)).toEqual([
      [60, 40],
      [60, 40],
      [60, 40],
    ])
    await scene.run('promote shop')
    await scene.pass(10)
    expect(await routes()).toEqual([['main', undefined, undefined]])
  })
  test('a VirtualService that is missing at first, and deleted in the middle, only holds things up', async () => {
    const scene = await starting(...SERVICES, canary(ISTIO, [{ setWeight: 30 }, { pause: {} }]))
    expect((await scene.rollout('shop')).status?.message).toContain(
      'virtualservices.networking.istio.io "shop"',
    )
    await scene.make(mesh())
    await scene.pass(5)
    await image(scene, 2)
    await scene.pass(5)
    expect(await meshWeights(scene)).toEqual([[70, 30]])
    await deleted(scene, VIRTUAL_SERVICE)
    expect(await phase(scene)).toBe('Degraded')
    await scene.make(mesh())
    await scene.pass(3)
    expect([await phase(scene), await meshWeights(scene)]).toEqual(['Paused', [[70, 30]]])
  })
  test('a DestinationRule that comes late is followed at once', async () => {
    const scene = await starting(SUBSETS, canary(BY_SUBSETS, [{ setWeight: 50 }], {}))
    expect((await scene.rollout('shop')).status?.message).toContain(
      'destinationrules.networking.istio.io "shop"',
    )
    await scene.make(RULE)
    await scene.pass(5)
    expect(await phase(scene)).toBe('Healthy')
  })
  test('weights that somebody edits come back at once', async () => {
    const scene = await starting(...SERVICES, mesh(), canary(ISTIO, [{ setWeight: 30 }, { pause: {} }]))
    await image(scene, 2)
    await scene.pass(5)
    const http = [{ name: 'main', route: [to('stable', 1), to('canary', 99)] }]
    await scene.patch(VIRTUAL_SERVICE, 'shop', { spec: { http } })
    await scene.pass(1)
    expect(await meshWeights(scene)).toEqual([[70, 30]])
  })
})

describe('behind ALB', () => {
  const steps = [{ setWeight: 20 }, { pause: {} }]
  const alb = { ingresses: ['front', 'back'], rootService: 'root', servicePort: 80 }

  test('two Ingresses follow the steps, and the second is put right by itself', async () => {
    const scene = await starting(
      ...SERVICES,
      service('root'),
      albIngress('front'),
      albIngress('back'),
      canary({ alb }, steps),
    )
    await image(scene, 2)
    await scene.pass(5)
    const wanted = action(['canary', 20], ['stable', 80])
    expect(await annotationOf(scene, 'back', 'actions.root')).toBe(wanted)
    const edited = { 'alb.ingress.kubernetes.io/actions.root': '{}' }
    await scene.patch(INGRESS, 'back', { metadata: { annotations: edited } })
    await scene.pass(1)
    expect(await annotationOf(scene, 'back', 'actions.root')).toBe(wanted)
    expect(await annotationOf(scene, 'front', 'actions.root')).toBe(wanted)
  })
  test('ALB shares between ping and pong while Istio shares between stable and canary', async () => {
    const names = ['ping', 'pong', 'root']
    const scene = await starting(
      ...SERVICES,
      ...names.map(service),
      albIngress('front'),
      mesh(),
      canary({ ...ISTIO, alb: { ingress: 'front', rootService: 'root', servicePort: 80 } }, steps, {
        ...SHARED,
        pingPong: { pingService: 'ping', pongService: 'pong' },
      }),
    )
    await image(scene, 2)
    await scene.pass(5)
    expect(await annotationOf(scene, 'front', 'actions.root')).toBe(action(['pong', 20], ['ping', 80]))
    expect(await meshWeights(scene)).toEqual([[80, 20]])
    await scene.run('promote shop')
    await scene.pass(10)
    expect(await annotationOf(scene, 'front', 'actions.root')).toBe(action(['ping', 0], ['pong', 100]))
    expect([await phase(scene), await meshWeights(scene)]).toEqual(['Healthy', [[100, 0]]])
  })
  test.each([
    ['the step that ends it', 'promote shop'],
    ['an abort', 'abort shop'],
  ])('a header route has its action, condition and path, and all go with %s', async (_, line) => {
    const routing = {
      alb: { ingress: 'front', rootService: 'root', servicePort: 80 },
      managedRoutes: [{ name: 'vip' }],
    }
    const match = [{ headerName: 'Custom', headerValue: { exact: 'Mozilla' } }]
    const scene = await starting(
      ...SERVICES,
      service('root'),
      albIngress('front'),
      canary(routing, [
        { setWeight: 20 },
        { setHeaderRoute: { name: 'vip', match } },
        { pause: {} },
        { setHeaderRoute: { name: 'vip' } },
        { pause: {} },
      ]),
    )
    const paths = async () => {
      const [rule] = objects((await specOf(scene, INGRESS, 'front'))['rules'])
      return objects(record(rule?.['http'])['paths']).map(path => record(record(path['backend'])['service']))
    }
    const port = { name: 'use-annotation' }
    await image(scene, 2)
    await scene.pass(5)
    expect(await paths()).toEqual([
      { name: 'vip', port },
      { name: 'root', port },
    ])
    expect(await annotationOf(scene, 'front', 'actions.vip')).toBe(action(['canary', 100]))
    expect(await annotationOf(scene, 'front', 'conditions.vip')).toBe(
      '[{"field":"http-header","httpHeaderConfig":{"httpHeaderName":"Custom","values":["Mozilla"]}}]',
    )
    await scene.run(line)
    await scene.pass(3)
    expect(await paths()).toEqual([{ name: 'root', port }])
    expect(await annotationOf(scene, 'front', 'actions.vip')).toBeUndefined()
    expect(await annotationOf(scene, 'front', 'conditions.vip')).toBeUndefined()
  })
  test('blue/green behind Services of ALB switches them as anywhere', async () => {
    const strategy = { blueGreen: { activeService: 'stable', previewService: 'canary' } }
    const scene = await starting(...SERVICES, albIngress('front', 'stable'), shop(strategy))
    await image(scene, 2)
    await scene.pass(8)
    expect(await selectedBy(scene, 'stable')).toBe(podHashOf(await scene.replicaSet(2)))
    expect(await annotationOf(scene, 'front', 'actions.stable')).toBeUndefined()
  })
  test('when the Rollout is deleted the action goes to the stable Service, not to its root', async () => {
    const scene = await starting(
      ...SERVICES,
      service('root'),
      albIngress('front'),
      albIngress('back'),
      canary({ alb }, steps),
    )
    await image(scene, 2)
    await scene.pass(5)
    await scene.remove(ROLLOUT, 'shop')
    await scene.pass(5)
    expect(await annotationOf(scene, 'back', 'actions.root')).toBe(action(['stable', 100]))
    const [ingress] = await scene.list<KubeObject>(INGRESS)
    expect(Object.keys(ingress?.metadata.annotations ?? {})).toEqual([
      'alb.ingress.kubernetes.io/actions.root',
    ])
  })
})

describe('behind others', () => {
  const steps = [{ setWeight: 5 }, { pause: {} }, { setWeight: 50 }, { pause: {} }]

  async function stepwise(scene: Scene, look: () => Promise<unknown>): Promise<readonly unknown[]> {
    await image(scene, 2)
    await scene.pass(5)
    const seen = [await look()]
    for (let step = 0; step < 2; step++) {
      await scene.run('promote shop')
      await scene.pass(10)
      seen.push(await look())
    }
    return seen
  }

  test('the backends of an ApisixRoute follow the steps', async () => {
    const backends = ['stable', 'canary'].map(serviceName => ({ serviceName, servicePort: 80 }))
    const scene = await starting(
      ...SERVICES,
      anObject(APISIX_ROUTE, 'shop', { http: [{ name: 'rule', backends }] }),
      canary({ apisix: { route: { name: 'shop', rules: ['rule'] } } }, steps),
    )
    const look = async () => {
      const [rule] = objects((await specOf(scene, APISIX_ROUTE))['http'])
      return objects(rule?.['backends']).map(one => one['weight'])
    }
    expect(await stepwise(scene, look)).toEqual([
      [95, 5],
      [50, 50],
      [100, 0],
    ])
  })
  test('a header route of APISIX is an ApisixRoute of its own, before the other, until its step ends it', async () => {
    const backends = ['stable', 'canary'].map(serviceName => ({ serviceName, servicePort: 80 }))
    const match = { hosts: ['shop.example.com'], paths: ['/*'] }
    const vip = (more: object = {}) => ({ setHeaderRoute: { name: 'vip', ...more } })
    const headers = [
      { headerName: 'trace', headerValue: { exact: 'debug' } },
      { headerName: 'agent', headerValue: { prefix: 'Chrome' } },
    ]
    const routing = { apisix: { route: { name: 'shop', rules: ['rule'] } }, managedRoutes: [{ name: 'vip' }] }
    const scene = await starting(
      ...SERVICES,
      anObject(APISIX_ROUTE, 'shop', { http: [{ name: 'rule', match, backends }] }),
      canary(routing, [{ setWeight: 20 }, vip({ match: headers }), { pause: {} }, vip(), { pause: {} }]),
    )
    const routes = async () => (await scene.list(APISIX_ROUTE)).map(one => one.metadata.name)
    const rule = async (name: string) => objects((await specOf(scene, APISIX_ROUTE, name))['http'])[0]
    expect(await routes()).toEqual(['shop'])
    await image(scene, 2)
    await scene.pass(5)
    expect(await routes()).toEqual(['shop', 'vip'])
    expect((await scene.list(APISIX_ROUTE))[1]?.metadata.ownerReferences).toMatchObject([
      { kind: 'Rollout', name: 'shop', controller: true },
    ])
    const subject = (name: string) => ({ scope: 'Header', name })
    expect(await rule('vip')).toEqual({
      name: 'rule',
      priority: 1,
      match: {
        ...match,
        exprs: [
          { subject: subject('trace'), op: 'Equal', value: 'debug' },
          { subject: subject('agent'), op: 'RegexMatch', value: '^Chrome.*' },
        ],
      },
      backends: [{ serviceName: 'canary', servicePort: 80, weight: 100 }],
    })
    expect(objects((await rule('shop'))?.['backends']).map(one => one['weight'])).toEqual([80, 20])
    await scene.run('promote shop')
    await scene.pass(3)
    expect(await routes()).toEqual(['shop'])
    expect(objects((await rule('shop'))?.['backends']).map(one => one['weight'])).toEqual([80, 20])
  })
  test('the targets of a VirtualRouter of App Mesh follow the steps', async () => {
    const kind = (name: string): Kind => ({ ...MESH_ROUTER, kind: name })
    const target = (name: string, given: number) => ({ virtualNodeRef: { name }, weight: given })
    const weightedTargets = [target('next', 0), target('now', 100)]
    const routes = [{ name: 'main', httpRoute: { match: { prefix: '/' }, action: { weightedTargets } } }]
    const selector = { podSelector: { matchLabels: labels } }
    const scene = await starting(
      ...SERVICES,
      anObject(kind('VirtualNode'), 'now', selector),
      anObject(kind('VirtualNode'), 'next', selector),
      anObject(MESH_ROUTER, 'router', { routes }),
      anObject(kind('VirtualService'), 'shop', {
        provider: { virtualRouter: { virtualRouterRef: { name: 'router' } } },
      }),
      canary(
        {
          appMesh: {
            virtualService: { name: 'shop' },
            virtualNodeGroup: {
              canaryVirtualNodeRef: { name: 'next' },
              stableVirtualNodeRef: { name: 'now' },
            },
          },
        },
        steps,
      ),
    )
    const look = async () => {
      const [route] = objects((await specOf(scene, MESH_ROUTER, 'router'))['routes'])
      const { action: of } = record(route?.['httpRoute'])
      return objects(record(of)['weightedTargets']).map(one => one['weight'])
    }
    expect(await stepwise(scene, look)).toEqual([
      [5, 95],
      [50, 50],
      [0, 100],
    ])
  })
  test('SMI and Traefik at once have the same weight; what is missing is said, comes, and is weighed', async () => {
    const routing = { smi: {}, traefik: { weightedTraefikServiceName: 'shop' } }
    const services = ['stable', 'canary'].map(name => ({ name, port: 80 }))
    const scene = await starting(...SERVICES, canary(routing, [{ setWeight: 20 }, { pause: {} }]))
    expect((await scene.rollout('shop')).status?.message).toContain(
      'traefikservices.traefik.io "shop" not found',
    )
    await scene.make(anObject(TRAEFIK_SERVICE, 'shop', { weighted: { services } }))
    await scene.pass(5)
    await image(scene, 2)
    await scene.pass(5)
    const weighted = record((await specOf(scene, TRAEFIK_SERVICE))['weighted'])
    expect(objects(weighted['services']).map(one => one['weight'])).toEqual([80, 20])
    const split = async () =>
      objects((await specOf(scene, TRAFFIC_SPLIT))['backends']).map(one => one['weight'])
    expect(await split()).toEqual([20, 80])
    await deleted(scene, TRAFFIC_SPLIT)
    expect([await split(), await weight(scene)]).toEqual([[20, 80], 20])
  })
})

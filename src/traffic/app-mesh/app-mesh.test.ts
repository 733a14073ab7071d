// App Mesh: the laws of the family, golden files, and what is its own.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromJson } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { objects, record, withFields } from '../../std/json-parts.ts'
import { applied, anIntent, bound, foundIn, NAMESPACE, routerGoldens, routerLaws } from '../router.suite.ts'
import type { RouterMember, Scene } from '../router.suite.ts'
import { appMesh } from './app-mesh.ts'

function mesh(kind: string, name: string, spec: Json): KubeObject {
  return fromJson({
    apiVersion: 'appmesh.k8s.aws/v1beta2',
    kind,
    metadata: { name, namespace: NAMESPACE },
    spec,
  })
}

const aNode = (name: string, labels: JsonObject = { app: 'shop' }) =>
  mesh('VirtualNode', name, { podSelector: { matchLabels: labels }, listeners: [] })
const aService = (provider: Json = { virtualRouter: { virtualRouterRef: { name: 'router' } } }) =>
  mesh('VirtualService', 'main', { provider })
const target = (name: string, weight: Json): JsonObject => ({ virtualNodeRef: { name }, weight })
const aRoute = (name: string, weightedTargets: Json, form = 'httpRoute'): JsonObject => ({
  name,
  [form]: { match: {}, action: { weightedTargets } },
})
const nodes = [aNode('now', { app: 'shop', extra: 'e' }), aNode('next')]

const trafficRouting = (routes?: string[]) => ({
  appMesh: {
    virtualService: { name: 'main', ...(routes === undefined ? {} : { routes }) },
    virtualNodeGroup: { canaryVirtualNodeRef: { name: 'next' }, stableVirtualNodeRef: { name: 'now' } },
  },
})

const route = fc
  .record({
    a: fc.integer({ min: 0, max: 100 }),
    b: fc.integer({ min: 0, max: 100 }),
    form: fc.constantFrom('httpRoute', 'http2Route', 'grpcRoute', 'tcpRoute'),
  })
  .map(({ a, b, form }) => aRoute('main', [target('next', a), target('now', b)], form))

const scenes: fc.Arbitrary<Scene> = fc.record({ route, isNamed: fc.boolean() }).map(one => ({
  trafficRouting: trafficRouting(one.isNamed ? ['main'] : undefined),
  maxWeight: 100,
  objects: [
    aService(),
    ...nodes,
    mesh('VirtualRouter', 'router', {
      routes: one.isNamed ? [one.route, aRoute('theirs', [target('x', 1)])] : [one.route],
    }),
  ],
}))

const HASH = 'rollouts-pod-template-hash'

const member: RouterMember<ReturnType<typeof appMesh.config> & object> = {
  router: appMesh,
  scenes,
  withoutOurs(object: JsonObject) {
    const spec = record(object['spec'])
    const selector = record(spec['podSelector'])
    const labels = withFields(record(selector['matchLabels']), { [HASH]: undefined })
    const routes = objects(spec['routes']).map(one => (one['name'] === 'main' ? { name: 'main' } : one))
    return { ...object, spec: { ...spec, podSelector: { ...selector, matchLabels: labels }, routes } }
  },
  // The service without the router, or the router without the service, says nothing.
  isSilent: () => true,
}

routerLaws(member)
routerGoldens(member, new URL('../testdata/app-mesh/', import.meta.url))

describe('App Mesh', () => {
  const main = bound(appMesh, trafficRouting())
  const routed = (...objects_: readonly KubeObject[]) =>
    appMesh.route(main, anIntent(20), foundIn(member, objects_))
  const router = (targets: Json) => mesh('VirtualRouter', 'router', { routes: [aRoute('h1', targets)] })
  const pair = [target('next', 0), target('now', 100)]

  test('a canary node that has nothing of its own selects nobody', () => {
    const found = foundIn(member, [aService(), ...nodes, router(pair)])
    const idle = { podHash: 'same', service: '', weight: 0 }
    const intent = anIntent(0, { canary: idle, stable: { ...idle, weight: 100 } })
    const after = Object.values(applied(appMesh.route(main, intent, found), found))
    const labels = after
      .filter(one => one.kind === 'VirtualNode')
      .map(one => record(record(record(record(one)['spec'])['podSelector'])['matchLabels'])[HASH])
    expect(labels).toEqual(['same', 'canary-hash'])
  })
  test('a stable node without a hash keeps its users where nobody knows the stable revision', () => {
    const found = foundIn(member, [aService(), ...nodes, router(pair)])
    const intent = anIntent(0, { stable: { service: 'stable', podHash: '', weight: 100 } })
    const after = applied(appMesh.route(main, intent, found), found)
    expect(Object.values(after).find(one => one.metadata.name === 'now')).toEqual(nodes[0])
  })
  test('a node follows another revision before it gets a weight, and after it has lost one', () => {
    const order = (weight: number, more: Parameters<typeof anIntent>[1]) => {
      const found = foundIn(member, [aService(), ...nodes, router(pair)])
      const before = applied(appMesh.route(main, anIntent(60), found), found)
      const given = appMesh.route(main, anIntent(weight, more), before)
      return 'placed' in given ? given.placed.map(one => one.ref.name) : []
    }
    const side = (podHash: string, weight: number) => ({ service: '', podHash, weight })
    const next = { stable: side('new', 100), canary: side('newer', 0) }
    expect(order(0, next)).toEqual(['now', 'router', 'next'])
    expect(order(0, { ...next, canary: side('new', 0) })).toEqual(['now', 'router', 'next'])
    expect(order(80, { canary: side('newer', 80) })).toEqual(['now', 'next', 'router'])
  })
  test('left, the stable node follows the stable revision before it gets all, and is given back after that', () => {
    const found = foundIn(member, [aService(), ...nodes, router(pair)])
    const at60 = applied(appMesh.route(main, anIntent(60), found), found)
    const at = { now: 0, stableHash: 'newer' }
    const first = appMesh.leave(main, at, at60)
    expect(first.placed.map(one => one.ref.name)).toEqual(['now', 'router'])
    const once = applied(first, at60)
    expect(appMesh.read(main, once)?.canary).toBe(0)
    const last = appMesh.leave(main, at, once)
    expect(last.placed.map(one => one.ref.name)).toEqual(['next', 'now'])
    expect(appMesh.leave(main, at, applied(last, once))).toEqual({ placed: [] })
  })
  test('with one of its routes broken the other gives its weight back, and no node its hash before', () => {
    const hashed = (name: string, hash: string) => aNode(name, { app: 'shop', [HASH]: hash })
    const broken = (targets: JsonObject[]) => [
      aRoute('x', [target('next', 40), target('now', 60)]),
      aRoute('y', targets),
    ]
    const world = (targets: JsonObject[]) =>
      foundIn(member, [
        aService(),
        hashed('now', 'old'),
        hashed('next', 'new'),
        mesh('VirtualRouter', 'router', { routes: broken(targets) }),
      ])
    const at = { now: 0, stableHash: 'old' }
    const [stuck, found] = [world([target('next', 5)]), world([target('now', 100)])]
    const after = applied(appMesh.leave(main, { ...at, keepsHashes: true }, found), found)
    expect(appMesh.read(main, after)).toMatchObject({ canary: 0, stableHash: 'old' })
    expect(appMesh.leave(main, { ...at, keepsHashes: true }, after)).toEqual({ placed: [] })
    const kept = applied(appMesh.leave(main, at, stuck), stuck)
    expect(appMesh.read(main, kept)).toMatchObject({ canary: 100, stableHash: 'old' })
    expect(appMesh.leave(main, at, kept)).toMatchObject({ placed: [], waits: [{}] })
  })
  test.each<[string, readonly KubeObject[], string]>([
    ['a provider that is a node', [aService({ virtualNode: {} })], 'is no VirtualRouter'],
    ['a router that is not there', [aService()], 'virtualrouters.appmesh.k8s.aws "router" not found'],
    [
      'a route of three targets',
      [aService(), ...nodes, router([...pair, target('x', 1)])],
      'Invalid number of weightedTargets (3) for AppMesh virtual-router router and route h1, expected 2',
    ],
    ['a node that is not there', [aService(), router(pair)], 'virtualnodes.appmesh.k8s.aws "next" not found'],
  ])('%s is said', (_what, found, message) => {
    expect(routed(...found)).toHaveProperty('invalid.message', expect.stringContaining(message))
  })
})

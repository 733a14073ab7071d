// Which routers a Rollout gets, and which nobody here knows.
import { expect, test } from 'vitest'
import type { CanaryStep, Rollout } from '../api/rollout.ts'
import type { TrafficRouting } from '../api/traffic.ts'
import { routerKinds, routersOf, ROUTER_KINDS, unknownRouters, unsupportedSteps } from './registry.ts'
import { aRollout, anIntent } from './router.suite.ts'

test('a Rollout gets the routers that it asks for, several if it likes', () => {
  const rollout = aRollout({
    nginx: { stableIngress: 'main' },
    plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'main' } },
  })
  expect(routersOf(rollout).map(router => router.name)).toEqual(['Nginx', 'GatewayAPI'])
  expect(routersOf(aRollout({}))).toEqual([])
  expect(routersOf({ ...rollout, spec: { strategy: { canary: {} } } })).toEqual([])
})

test('a bound router knows its settings', () => {
  const [router] = routersOf(aRollout({ nginx: { stableIngress: 'main' } }))
  expect(router?.refs.map(ref => ref.name)).toEqual(['main', 'guestbook-main-canary'])
  expect(router?.route(anIntent(10), {})).toHaveProperty('invalid.value', 'main')
  expect(router?.read({})).toBeUndefined()
})

test('what nobody can do is named', () => {
  const rollout = aRollout({
    ambassador: { mappings: ['m'] },
    linkerd: {},
    plugins: { 'argoproj-labs/gatewayAPI': {}, 'other/plugin': {} },
    managedRoutes: [{ name: 'x' }],
    maxTrafficWeight: 1000,
  } as TrafficRouting)
  expect(unknownRouters(rollout.spec)).toEqual(['linkerd', 'other/plugin'])
})

const STEPS: readonly CanaryStep[] = [
  { setWeight: 10 },
  { setHeaderRoute: { name: 'testers', match: [{ headerName: 'x-tester', headerValue: { exact: 'yes' } }] } },
  { setMirrorRoute: { name: 'shadow', percentage: 100 } },
  { setHeaderRoute: { name: 'testers' } },
]

test.each<[string, TrafficRouting]>([
  ['Nginx', { nginx: { stableIngress: 'main' } }],
  ['Ambassador', { ambassador: { mappings: ['main'] } }],
  ['GatewayAPI', { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'main' } } }],
  ['Nginx, Ambassador', { nginx: { stableIngress: 'main' }, ambassador: { mappings: ['main'] } }],
])('each step that the router cannot do is named to the user of %s, with the cure', (names, routing) => {
  const errors = unsupportedSteps(withSteps(aRollout(routing)).spec)
  expect(errors.map(({ path, value }) => [path, value])).toEqual([
    ['spec.strategy.canary.steps[1].setHeaderRoute', 'testers'],
    ['spec.strategy.canary.steps[2].setMirrorRoute', 'shadow'],
    ['spec.strategy.canary.steps[3].setHeaderRoute', 'testers'],
  ])
  expect(errors.map(one => one.message)).toContain(
    `Invalid value: "testers": the router ${names} sets no header routes`,
  )
  for (const { cure } of errors) expect(cure).toContain('Take the step out')
})

test('without a router there is none that cannot', () => {
  expect(unsupportedSteps(withSteps(aRollout({})).spec)).toEqual([])
  expect(unsupportedSteps(aRollout({ nginx: { stableIngress: 'main' } }).spec)).toEqual([])
})

function withSteps(rollout: Rollout): Rollout {
  return { ...rollout, spec: { strategy: { canary: { ...rollout.spec.strategy?.canary, steps: STEPS } } } }
}

test('all kinds that routers need are known', () => {
  expect(ROUTER_KINDS.map(kind => `${kind.kind}.${kind.version}`)).toEqual([
    ...['v1', 'v1beta1', 'v1alpha3'].map(version => `VirtualService.${version}`),
    ...['v1', 'v1beta1', 'v1alpha3'].map(version => `DestinationRule.${version}`),
    'Ingress.v1',
    ...['v1alpha1', 'v1alpha2', 'v1alpha3'].map(version => `TrafficSplit.${version}`),
    'Mapping.v3alpha1',
    'Mapping.v2',
    'VirtualService.v1beta2',
    'VirtualRouter.v1beta2',
    'VirtualNode.v1beta2',
    'TraefikService.v1alpha1',
    'TraefikService.v1alpha1',
    'ApisixRoute.v2',
    'HTTPRoute.v1',
  ])
})

const versionsOf = (asked: readonly string[], kind: string) =>
  routerKinds(asked)
    .filter(one => one.kind === kind)
    .map(one => `${one.group}/${one.version}`)

test('without a version that was asked for, all kinds of the routers are looked at', () => {
  expect(routerKinds([])).toEqual(ROUTER_KINDS)
})

test('of a router whose objects stand in one of two groups only the one that was asked for is looked at', () => {
  const both = ['traefik.io/v1alpha1', 'traefik.containo.us/v1alpha1']
  for (const one of both) expect(versionsOf([one], 'TraefikService')).toEqual([one])
  expect(versionsOf(both, 'TraefikService')).toEqual(both)
  expect(versionsOf(['networking.istio.io/v1'], 'TraefikService')).toEqual(both)
})

test('a version that nobody here knows by name is looked for beside the others, of each kind of its group', () => {
  const asked = ['appmesh.k8s.aws/v1', 'traefik.io/v1']
  for (const kind of ['VirtualRouter', 'VirtualNode'])
    expect(versionsOf(asked, kind)).toEqual(['appmesh.k8s.aws/v1beta2', 'appmesh.k8s.aws/v1'])
  expect(versionsOf(asked, 'TraefikService')).toEqual(['traefik.io/v1alpha1', 'traefik.io/v1'])
  expect(versionsOf(asked, 'VirtualService').filter(one => one.startsWith('networking'))).toHaveLength(3)
})

// Which routers a Rollout gets, and which nobody here knows.
import { expect, test } from 'vitest'
import { routersOf, ROUTER_KINDS, unknownRouters } from './registry.ts'
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
    smi: {},
    plugins: { 'argoproj-labs/gatewayAPI': {}, 'other/plugin': {} },
    managedRoutes: [{ name: 'x' }],
    maxTrafficWeight: 1000,
  })
  expect(unknownRouters(rollout)).toEqual(['smi', 'other/plugin'])
})

test('all kinds that routers need are known', () => {
  expect(ROUTER_KINDS.map(kind => `${kind.kind}.${kind.version}`)).toEqual([
    'Ingress.v1',
    'Mapping.v3alpha1',
    'Mapping.v2',
    'HTTPRoute.v1',
  ])
})

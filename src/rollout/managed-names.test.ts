// A name in managedRoutes that is the user's own route, or Service: it is said, and nothing of the user's is deleted.
import { describe, expect, test } from 'vitest'
import type { TrafficRouting } from '../api/traffic.ts'
import type { KubeObject } from '../kube/object.ts'
import { specOf } from '../kube/object.ts'
import {
  abort,
  anObject,
  edit,
  halfway,
  host,
  istio,
  routesOf,
  specIn,
  virtualService,
} from './halfway.suite.ts'
import { aModel, aRollout, aService, rest } from './model.suite.ts'

const route = { name: 'main', route: [host('stable', 100), host('canary', 0)] }
const path = (name: string) => ({
  path: '/',
  pathType: 'Prefix',
  backend: { service: { name, port: { name: 'use-annotation' } } },
})
const ingress = (name: string) =>
  anObject('networking.k8s.io/v1', 'Ingress', { rules: [{ http: { paths: [path(name)] } }] })
const backends = ['stable', 'canary'].map(serviceName => ({ serviceName, servicePort: 80, weight: 50 }))
const apisix = anObject('apisix.apache.org/v2', 'ApisixRoute', { http: [{ name: 'apisixroute', backends }] })
const alb = (rootService?: string) => ({
  alb: { ingress: 'ingress', servicePort: 80, ...(rootService && { rootService }) },
})

describe.each<[string, TrafficRouting, KubeObject, string]>([
  ['main', istio(['main']), virtualService([route]), 'a route of the VirtualService that the Rollout weighs'],
  ['main', istio(), virtualService([route]), "'main' is the one to be weighed, and managedRoutes names it"],
  ['root', alb('root'), ingress('root'), 'a Service of the Rollout'],
  ['stable', alb(), ingress('stable'), 'a Service of the Rollout'],
  ['canary', alb(), ingress('stable'), 'a Service of the Rollout'],
  [
    'apisixroute',
    { apisix: { route: { name: 'apisixroute' } } },
    apisix,
    'the ApisixRoute that the Rollout weighs',
  ],
])('%s as a managed name of %j', (name, trafficRouting, object, what) => {
  test('is InvalidSpec, and the object stays as it is', () => {
    const services = ['stable', 'canary', 'root'].map(each => aService(each))
    const names = { stableService: 'stable', canaryService: 'canary' }
    const routing = { ...trafficRouting, managedRoutes: [{ name }] }
    const canary = { steps: [{ setWeight: 40 }, { pause: {} }], ...names, trafficRouting: routing }
    const model = aModel([aRollout('demo:v1', { strategy: { canary } }), ...services, object])
    rest(model)
    expect(model.rollout().status?.message).toContain(what)
    expect(model.rollout().status?.message).toContain(name)
    expect(specIn(model, object.kind)).toEqual(specOf(object))
  })
})

test.each([['by name', ['main']] as const, ['as the only one', undefined] as const])(
  'a route that is selected %s and named in the middle of an update is weighed by an abort, not deleted',
  (_how, routes) => {
    const model = halfway({ trafficRouting: istio(routes), routes: [virtualService([route])] })
    const { canary } = model.rollout().spec.strategy ?? {}
    const trafficRouting = { ...istio(routes), managedRoutes: [{ name: 'main' }] }
    edit(model, { strategy: { canary: { ...canary, trafficRouting } } })
    abort(model)
    expect(routesOf(model)).toEqual([['stable 100', 'canary 0']])
  },
)

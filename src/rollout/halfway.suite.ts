// A canary whose second version has 40 % of five pods' users, behind routers of many parts; and what somebody does to
// it there.
import type { CanaryStrategy, Rollout, RolloutSpec } from '../api/rollout.ts'
import type { TrafficRouting } from '../api/traffic.ts'
import { POD_TEMPLATE_HASH } from '../api/words.ts'
import { asJson, fromJson, specOf } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Json, JsonObject } from '../std/json.ts'
import { objects, record, text } from '../std/json-parts.ts'
import { wantedReplicas } from '../workload/availability.ts'
import { aModel, anIngress, aRollout, aService, rest, template } from './model.suite.ts'
import type { Model } from './model.suite.ts'

export const [V1, V2] = ['demo:v1', 'demo:v2'] as const

export function anObject(apiVersion: string, kind: string, spec: JsonObject): KubeObject {
  const metadata = { name: kind.toLowerCase(), namespace: 'shop', uid: kind }
  return fromJson({ apiVersion, kind, metadata, spec })
}

/** Destinations of a VirtualService: a Service, or a subset of one. */
export const host = (name: string, weight: number) => ({ destination: { host: name }, weight })
export const subset = (name: string, weight: number) => ({
  destination: { host: 'shop', subset: name },
  weight,
})

export function virtualService(http: readonly JsonObject[], more: JsonObject = {}): KubeObject {
  return anObject('networking.istio.io/v1', 'VirtualService', { hosts: ['shop'], http, ...more })
}

export function destinationRule(...names: readonly string[]): KubeObject {
  const subsets = names.map(name => ({ name }))
  return anObject('networking.istio.io/v1', 'DestinationRule', { host: 'shop', subsets })
}

/** The settings for both. */
export function istio(routes?: readonly string[], more: object = {}): TrafficRouting {
  const service = { name: 'virtualservice', ...(routes === undefined ? {} : { routes }) }
  return { istio: { virtualService: service, ...more } }
}

export const BY_SUBSETS = {
  destinationRule: { name: 'destinationrule', canarySubsetName: 'canary', stableSubsetName: 'stable' },
}

export interface Halfway {
  readonly trafficRouting: TrafficRouting
  readonly routes: readonly KubeObject[]
  readonly canary?: CanaryStrategy
}

const SERVICES = { stableService: 'stable', canaryService: 'canary' }

export function halfway({ trafficRouting, routes, canary = {} }: Halfway): Model {
  const strategy = { steps: [{ setWeight: 40 }, { pause: {} }], ...SERVICES, ...canary, trafficRouting }
  const services = ['stable', 'canary'].map(name => aService(name))
  const model = aModel([
    aRollout(V1, { replicas: 5, strategy: { canary: strategy } }),
    ...services,
    ...routes,
  ])
  rest(model)
  edit(model, { template: template(V2) })
  rest(model)
  return model
}

/** The users of each route are shared out between two subsets. */
export function bySubsets(canary: CanaryStrategy = {}, names: readonly string[] = ['a']): Model {
  const http = names.map(name => ({ name, route: [subset('stable', 100), subset('canary', 0)] }))
  const routes = [virtualService(http), destinationRule('stable', 'canary'), anIngress('stable')]
  return halfway({ trafficRouting: istio(names, BY_SUBSETS), routes, canary })
}

export function edit(model: Model, spec: Partial<RolloutSpec>): void {
  const rollout = model.rollout()
  model.put({ ...rollout, spec: { ...rollout.spec, ...spec } } as Rollout)
}

export function withoutRouter(model: Model): void {
  const { trafficRouting: _left, ...canary } = model.rollout().spec.strategy?.canary ?? {}
  edit(model, { strategy: { canary } })
}

/** And long enough for the pods of the canary to go. */
export function abort(model: Model): void {
  const rollout = model.rollout()
  model.put({ ...rollout, status: { ...rollout.status, abort: true } } as Rollout)
  rest(model)
  model.now += 600_000
  rest(model)
}

export function specIn(model: Model, kind: string): JsonObject {
  const found = model.objects().find(one => one.kind === kind)
  return found === undefined ? {} : specOf(found)
}

export function putSpec(model: Model, kind: string, more: JsonObject): void {
  const found = model.objects().find(one => one.kind === kind) as KubeObject
  model.put(fromJson({ ...asJson(found), spec: { ...specOf(found), ...more } } as JsonObject))
  rest(model)
}

/** Each route of the VirtualService: its destinations with their weights. */
export function routesOf(model: Model): readonly (readonly string[])[] {
  return objects(specIn(model, 'VirtualService')['http']).map(route =>
    objects(route['route']).map(({ destination, weight = null }) => {
      const to = record(destination)
      return `${text(to['subset'] ?? to['host'])} ${String(weight as Json)}`
    }),
  )
}

export function subsetHashes(model: Model): Readonly<Record<string, string>> {
  const subsets = objects(specIn(model, 'DestinationRule')['subsets'])
  return Object.fromEntries(
    subsets.map(one => [text(one['name']), text(record(one['labels'])[POD_TEMPLATE_HASH])]),
  )
}

export const podsOf = (model: Model) => [V1, V2].map(one => wantedReplicas(model.replicaSet(one)))
export const selects = (model: Model, name: string) => model.service(name)?.spec.selector?.[POD_TEMPLATE_HASH]
export const statusWeight = (model: Model) => model.rollout().status?.canary?.weights?.canary.weight

// Gateway API: in every rule of the named HTTPRoutes that reaches both Services, the weights of these two
// backends are ours; all else in the route stays untouched. Configured as the plug-in that users know for
// this.
import type { FieldError } from '../api/field-error.ts'
import { EXPERIMENT_BACKENDS } from '../api/words.ts'
import { HTTP_ROUTE } from '../kube/kinds.ts'
import type { BackendRef, HttpRoute, HttpRouteRule } from '../kube/networking.ts'
import { asJson, refKey, type KubeObject, type ObjectRef } from '../kube/object.ts'
import { equal } from '../std/equal.ts'
import { isJsonObject, type Json } from '../std/json.ts'
import { list, objects, record } from '../std/json-parts.ts'
import { largestOf, maxWeightOf, shareOf, withOthers } from './weights.ts'
import type {
  Binding,
  Found,
  Placed,
  Routed,
  Services,
  TrafficIntent,
  TrafficRouter,
  Weights,
} from './router.ts'
import { foundAfter, stuckIn } from './placing.ts'
import { isText, listOf, optional, shape } from './shape.ts'

const PLUGIN = 'argoproj-labs/gatewayAPI'
const PATH = `spec.strategy.canary.trafficRouting.plugins.${PLUGIN}`

export interface GatewayApiConfig {
  readonly routes: readonly string[]
  /** Absent: the Rollout's. */
  readonly namespace: string | undefined
  readonly maxWeight: number
  /** What is wrong with the settings themselves. */
  readonly problem: FieldError | undefined
}

export const gatewayApi: TrafficRouter<GatewayApiConfig> = {
  name: 'GatewayAPI',
  field: PLUGIN,
  knowsMaximum: true,
  kinds: [HTTP_ROUTE],
  can: { headerRoutes: false, mirrorRoutes: false },
  config(trafficRouting) {
    const plugins = trafficRouting.plugins as Json | undefined
    const settings = isJsonObject(plugins) ? plugins[PLUGIN] : undefined
    if (settings === undefined) return undefined
    return { ...parse(settings), maxWeight: maxWeightOf(trafficRouting) }
  },
  refs: binding => binding.config.routes.map(name => routeRef(binding, name)),
  route(binding, intent, found) {
    const { config } = binding
    if (config.problem !== undefined) return { invalid: config.problem }
    const placed: Placed[] = []
    for (const name of config.routes) {
      const routed = routeOne(routeRef(binding, name), { binding, intent, found })
      if (!('ref' in routed)) return routed
      placed.push(routed)
    }
    return { placed }
  },
  read(binding, found) {
    const { routes, maxWeight } = binding.config
    const said = largestOf(
      routes.map(name => weightSaid(binding, name, found)),
      maxWeight,
    )
    return withOthers(
      said,
      routes.map(name => othersSaid(binding, name, found)),
    )
  },
  leave(binding, { now }, found) {
    const placed = binding.config.routes.flatMap(name => leaveOne(binding, name, found))
    const said = gatewayApi.read(binding, foundAfter(placed, found))
    return { placed, ...stuckIn('GatewayAPI', said, now) }
  },
}

function parse(settings: Json): Omit<GatewayApiConfig, 'maxWeight'> {
  const { httpRoute, httpRoutes, namespace } = record(settings)
  const several = Array.isArray(httpRoutes) ? (httpRoutes as readonly Json[]) : []
  const names = [
    ...(httpRoute === undefined ? [] : [httpRoute]),
    ...several.map(one => (isJsonObject(one) ? (one['name'] ?? null) : one)),
  ]
  const routes = names.filter(name => typeof name === 'string' && name !== '') as readonly string[]
  const place = typeof namespace === 'string' && namespace !== '' ? namespace : undefined
  const isBroken = names.length !== routes.length || (httpRoutes !== undefined && !Array.isArray(httpRoutes))
  const problem = routes.length > 0 && !isBroken ? otherRoutes(settings) : namesNone(settings)
  return { routes: [...new Set(routes)], namespace: place, problem }
}

function namesNone(settings: Json): FieldError {
  const cure = 'Write httpRoute: NAME, or httpRoutes: [{name: NAME}]; and namespace, if it is another one.'
  return { path: PATH, value: settings, message: 'the settings name no HTTPRoute', cure }
}

const OTHER_ROUTES = /^(grpc|tcp|tls)Routes?$|RouteSelector$/

/** Routes whose weights would stay where they are, while the Rollout goes on. */
function otherRoutes(settings: Json): FieldError | undefined {
  const isEmpty = (value: Json) => value === null || value === '' || equal(value, [])
  const other = Object.entries(record(settings)).find(
    ([field, value]) => OTHER_ROUTES.test(field) && !isEmpty(value),
  )
  if (other === undefined) return undefined
  const [field, value] = other
  const message = `this controller sets weights only in HTTPRoutes that are named, not by ${field}`
  return { path: `${PATH}.${field}`, value, message, cure: 'Name HTTPRoutes alone.' }
}

function routeRef({ config, rollout }: Binding<GatewayApiConfig>, name: string): ObjectRef {
  return { kind: HTTP_ROUTE, namespace: config.namespace ?? rollout.metadata.namespace ?? '', name }
}

interface Pass {
  readonly binding: Binding<GatewayApiConfig>
  readonly intent: TrafficIntent
  readonly found: Found
}

/** Which backends of a route's rules are ours. */
interface Ours {
  /** Those that were put in for an experiment. */
  readonly isOther: (backend: BackendRef) => boolean
  readonly isStable: (backend: BackendRef) => boolean
  readonly isCanary: (backend: BackendRef) => boolean
}

const isHttpRoute = shape({
  spec: shape({ rules: optional(listOf(shape({ backendRefs: optional(listOf(shape({ name: isText }))) }))) }),
})

function routeOne(
  ref: ObjectRef,
  { binding, intent, found }: Pass,
): Placed | Exclude<Routed, { readonly placed: unknown }> {
  const route = found[refKey(ref)] as HttpRoute | undefined
  if (route === undefined) {
    const message = `httproutes.gateway.networking.k8s.io "${ref.name}" not found`
    return {
      invalid: { path: PATH, value: ref.name, message, cure: 'Create the HTTPRoute, or correct the name.' },
    }
  }
  if (!isHttpRoute(route)) {
    const message = `HTTPRoute "${ref.name}" is malformed`
    return { invalid: { path: PATH, value: ref.name, message, cure: 'Correct the rules of the HTTPRoute.' } }
  }
  const ours = oursIn(route, binding.rollout, binding.services)
  const rules = route.spec.rules ?? []
  const problem = rulesProblem(ref, rules, { ours, services: binding.services })
  if (problem !== undefined) return { invalid: problem }
  const { weight } = intent.canary
  const beside = intent.others.reduce((sum, one) => sum + one.weight, 0)
  const stable = intent.maxWeight - weight - beside
  return {
    ref,
    object: weighed(route, ours, { canary: weight, stable, others: intent.others }),
    why: `set the weights in HTTPRoute ${ref.name} to ${weight} canary, ${stable} stable`,
  }
}

interface Given {
  readonly canary: number
  readonly stable: number
  readonly others: TrafficIntent['others']
}

/** The route with these weights in every rule that both Services share. */
function weighed(route: HttpRoute, ours: Ours, weights: Given): HttpRoute {
  const weigh = (backend: BackendRef): BackendRef => {
    if (ours.isCanary(backend)) return { ...backend, weight: weights.canary }
    return ours.isStable(backend) ? { ...backend, weight: weights.stable } : backend
  }
  const named = weights.others.map(one => one.service)
  const isOther = (backend: BackendRef) =>
    ours.isOther(backend) ||
    (named.includes(backend.name) && !ours.isStable(backend) && !ours.isCanary(backend))
  const rules = (route.spec.rules ?? []).map(rule => {
    if (!isShared(rule, ours)) return rule
    const refs = rule.backendRefs ?? []
    const others = weights.others.map(other => otherRef(other, refs.find(ours.isStable)))
    return { ...rule, backendRefs: [...refs.filter(one => !isOther(one)).map(weigh), ...others] }
  })
  return noted({ ...route, spec: { ...route.spec, rules } }, weights.others)
}

/** Reached as the stable Service is, but for its port where that is known. */
function otherRef({ service, weight, port }: Given['others'][number], stable?: BackendRef): BackendRef {
  const { filters: _filters, ...like } = (stable ?? {}) as BackendRef & { readonly filters?: unknown }
  const known = port ?? stable?.port
  return { ...like, name: service, weight, ...(known === undefined ? {} : { port: known }) }
}

/** Which backends were put in is remembered. */
function noted(route: HttpRoute, others: Given['others']): HttpRoute {
  const { [EXPERIMENT_BACKENDS]: before, ...annotations } = route.metadata.annotations ?? {}
  if (others.length === 0 && before === undefined) return route
  const { annotations: _before, ...metadata } = route.metadata
  const now = others.length === 0 ? {} : { [EXPERIMENT_BACKENDS]: others.map(one => one.service).join(',') }
  const after = { ...annotations, ...now }
  return {
    ...route,
    metadata: Object.keys(after).length === 0 ? metadata : { ...metadata, annotations: after },
  }
}

function othersIn(route: HttpRoute | undefined): readonly string[] {
  const said: unknown = route?.metadata.annotations?.[EXPERIMENT_BACKENDS]
  return typeof said === 'string' ? said.split(',').filter(name => name !== '') : []
}

function leaveOne(binding: Binding<GatewayApiConfig>, name: string, found: Found): readonly Placed[] {
  const ref = routeRef(binding, name)
  const route = found[refKey(ref)] as HttpRoute | undefined
  if (route === undefined || !isHttpRoute(route)) return []
  const ours = oursIn(route, binding.rollout, binding.services)
  if (!(route.spec.rules ?? []).some(rule => isShared(rule, ours))) return []
  const object = weighed(route, ours, { canary: 0, stable: binding.config.maxWeight, others: [] })
  const why = `take the canary's weight out of HTTPRoute ${ref.name}, whose router was left`
  return equal(asJson(object), asJson(route)) ? [] : [{ ref, object, why }]
}

function oursIn(route: HttpRoute | undefined, rollout: KubeObject, names: Services): Ours {
  const home = rollout.metadata.namespace ?? ''
  const others = othersIn(route)
  const is = (name: string) => (backend: BackendRef) =>
    backend.name === name &&
    (backend.kind ?? 'Service') === 'Service' &&
    (backend.group ?? '') === '' &&
    (backend.namespace ?? route?.metadata.namespace ?? home) === home
  const [isStable, isCanary] = [is(names.stable), is(names.canary)]
  const isOther = (backend: BackendRef) => others.some(name => is(name)(backend)) && !isStable(backend)
  return { isStable, isCanary, isOther: backend => isOther(backend) && !isCanary(backend) }
}

/**
 * Whether a rule shares its requests among the two. One that reaches only one of them is no business of ours.
 */
function isShared(rule: HttpRouteRule, ours: Ours): boolean {
  const backends = rule.backendRefs ?? []
  return backends.some(ours.isStable) && backends.some(ours.isCanary)
}

function rulesProblem(
  ref: ObjectRef,
  rules: readonly HttpRouteRule[],
  { ours, services }: { readonly ours: Ours; readonly services: Services },
): FieldError | undefined {
  const shared = rules.filter(rule => isShared(rule, ours))
  const { stable, canary } = services
  const told = (message: string, cure: string): FieldError => ({ path: PATH, value: ref.name, message, cure })
  if (shared.length === 0) {
    return told(
      `HTTPRoute "${ref.name}" has no rule with both backends ${stable} and ${canary}`,
      `Give one of its rules backendRefs to the Services ${stable} and ${canary}.`,
    )
  }
  const count = (rule: HttpRouteRule, is: (backend: BackendRef) => boolean) =>
    (rule.backendRefs ?? []).filter(is).length
  const isTwice = shared.some(rule => count(rule, ours.isStable) > 1 || count(rule, ours.isCanary) > 1)
  if (!isTwice) return undefined
  return told(
    `HTTPRoute "${ref.name}" has a rule that names a backend twice`,
    'Name each of the two Services once in a rule.',
  )
}

/**
 * What the route gives the canary of the Rollout's own traffic: other backends beside the two do not count. Without a
 * rule for both Services (somebody took one out) every rule decides that is not for some requests alone.
 */
function weightSaid(binding: Binding<GatewayApiConfig>, name: string, found: Found): number | undefined {
  const ref = routeRef(binding, name)
  const route = found[refKey(ref)] as HttpRoute | undefined
  if (!isHttpRoute(route)) return undefined
  const ours = oursIn(route, binding.rollout, binding.services)
  const rules = route?.spec.rules ?? []
  const shared = rules.filter(rule => isShared(rule, ours))
  const deciding = shared.length > 0 ? shared : rules.filter(rule => !isForSome(rule))
  return Math.max(0, ...deciding.map(rule => canaryShare(rule, ours, binding.config.maxWeight)))
}

type Others = Weights['others']

/** What the experiment's backends get in the rules that both Services share. */
function othersSaid(binding: Binding<GatewayApiConfig>, name: string, found: Found): Others {
  const route = found[refKey(routeRef(binding, name))] as HttpRoute | undefined
  if (!isHttpRoute(route) || othersIn(route).length === 0) return {}
  const ours = oursIn(route, binding.rollout, binding.services)
  const rule = route?.spec.rules?.find(one => isShared(one, ours))
  const refs = (rule?.backendRefs ?? []).filter(ours.isOther)
  return Object.fromEntries(refs.map(one => [one.name, weightOf(one)]))
}

function canaryShare({ backendRefs = [] }: HttpRouteRule, ours: Ours, maxWeight: number): number {
  const sum = (is: (backend: BackendRef) => boolean) =>
    backendRefs.filter(is).reduce((total, backend) => total + weightOf(backend), 0)
  const canary = sum(ours.isCanary)
  return shareOf(canary, canary + sum(ours.isStable) + sum(ours.isOther), maxWeight)
}

function weightOf({ weight }: BackendRef): number {
  return typeof weight === 'number' ? Math.max(0, weight) : 1
}

/** Whether only requests reach it that ask for it by a header or in their query. */
function isForSome({ matches }: HttpRouteRule): boolean {
  const all = objects(matches)
  return all.length > 0 && all.every(one => list(one['headers']).length + list(one['queryParams']).length > 0)
}

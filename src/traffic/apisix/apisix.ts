// APISIX: in the named rules of an ApisixRoute the weights of stable and canary are ours. A route by header is an
// ApisixRoute of our own beside it, with a higher priority.
import { ROUTING_PATH } from '../../api/references.ts'
import type { TrafficRouting } from '../../api/traffic.ts'
import { APISIX_ROUTE } from '../../kube/kinds.ts'
import { asJson, controllerOf, refKey, resourceName } from '../../kube/object.ts'
import type { KubeObject, ObjectRef } from '../../kube/object.ts'
import { equal } from '../../std/equal.ts'
import { managedNames } from '../managed-routes.ts'
import type { Binding, Found, Placed, Placing, Routed, TrafficIntent, TrafficRouter } from '../router.ts'
import { foundAfter, stuckIn } from '../placing.ts'
import { isText, listOf, optional, shape } from '../shape.ts'
import { largestOf } from '../weights.ts'
import { headerRoute, routeShare, rulesProblem, withoutCanary, withWeights } from './route.ts'
import type { RuleParts } from './route.ts'

interface ApisixConfig {
  readonly name: string
  readonly rules: readonly string[]
  readonly managed: readonly string[]
}

type Bound = Binding<ApisixConfig>

const PATH = `${ROUTING_PATH}.apisix.route`
const ALL = 100
const isSettings = shape({ route: shape({ name: isText, rules: optional(listOf(isText)) }) })

export const apisix: TrafficRouter<ApisixConfig> = {
  name: 'Apisix',
  field: 'apisix',
  kinds: [APISIX_ROUTE],
  can: { headerRoutes: true, mirrorRoutes: false },
  config: apisixConfig,
  refs: bound => [bound.config.name, ...bound.config.managed].map(name => refTo(bound, name)),
  route(bound, intent, found) {
    const { config } = bound
    const ref = refTo(bound, config.name)
    const route = found[refKey(ref)]
    if (route === undefined) {
      return refused(config.name, `${resourceName(APISIX_ROUTE)} "${config.name}" not found`)
    }
    const problem = rulesProblem(route, partsOf(bound))
    if (problem !== undefined) return refused(config.name, problem)
    const { weight } = intent.canary
    const object = withWeights(route, partsOf(bound), { canary: weight, stable: ALL - weight })
    const why = `set the weights in ApisixRoute ${ref.name} to ${weight} canary, ${ALL - weight} stable`
    const headers = headerRoutes(bound, intent, { found, route })
    if (!('placed' in headers)) return headers
    return { placed: [{ ref, object, why }, ...headers.placed] }
  },
  read(bound, found) {
    const route = found[refKey(refTo(bound, bound.config.name))]
    const byHeader = bound.config.managed.some(name => {
      const existing = found[refKey(refTo(bound, name))]
      return existing !== undefined && isOurs(existing, bound)
    })
    const share = route === undefined ? undefined : routeShare(route, partsOf(bound))
    const weights = largestOf([share, byHeader ? 0 : undefined], ALL)
    return weights && byHeader ? { ...weights, byHeader } : weights
  },
  leave(bound, { now }, found) {
    const ref = refTo(bound, bound.config.name)
    const gone = bound.config.managed.flatMap(name => deleted(bound, name, found))
    const route = found[refKey(ref)]
    if (route === undefined) return { placed: gone }
    const object = withoutCanary(route, partsOf(bound))
    const why = `take the canary's weight out of ApisixRoute ${ref.name}, whose router was left`
    const back = equal(asJson(route), asJson(object)) ? [] : [{ ref, object, why }]
    const placed = [...gone, ...back]
    return { placed, ...stuckIn('Apisix', apisix.read(bound, foundAfter(placed, found)), now) }
  },
}

function apisixConfig(trafficRouting: TrafficRouting): ApisixConfig | undefined {
  const { apisix: settings } = trafficRouting
  if (settings === undefined || !isSettings(settings)) return undefined
  const { name = '', rules = [] } = settings.route ?? {}
  // A route by header has a name of its own.
  const managed = managedNames(trafficRouting).filter(one => one !== name)
  return { name, rules: rules.length === 0 ? [name] : rules, managed }
}

function refTo({ rollout }: Bound, name: string): ObjectRef {
  return { kind: APISIX_ROUTE, namespace: rollout.metadata.namespace ?? '', name }
}

function partsOf({ config, services }: Bound): RuleParts {
  return { rules: config.rules, services }
}

function refused(name: string, message: string): Exclude<Routed, { readonly placed: unknown }> {
  const cure = 'Let the named rules of the ApisixRoute have both Services among their backends.'
  return { invalid: { path: `${PATH}.name`, value: name, message, cure } }
}

interface Beside {
  readonly found: Found
  readonly route: KubeObject
}

/** One for each header route of the intent; the others of those names go. */
function headerRoutes(
  bound: Bound,
  { headerRoutes: wanted }: TrafficIntent,
  { found, route }: Beside,
): Placing | Exclude<Routed, { readonly placed: unknown }> {
  const placed: Placed[] = []
  for (const name of bound.config.managed) {
    const header = wanted.find(one => one.name === name)
    const existing = found[refKey(refTo(bound, name))]
    if (header === undefined) {
      placed.push(...deleted(bound, name, found))
      continue
    }
    if (existing !== undefined && !isOurs(existing, bound)) {
      const message = `duplicate ApisixRoute [${name}] already exists`
      return { problem: { type: 'Warning', reason: 'TrafficRoutingError', message } }
    }
    const object = headerRoute(header, route, { parts: partsOf(bound), existing, rollout: bound.rollout })
    placed.push({ ref: refTo(bound, name), object, why: `send requests by header ${name} to the canary` })
  }
  return { placed }
}

function deleted(bound: Bound, name: string, found: Found): readonly Placed[] {
  const ref = refTo(bound, name)
  const existing = found[refKey(ref)]
  if (existing === undefined || !isOurs(existing, bound)) return []
  return [{ ref, object: undefined, why: `delete ApisixRoute ${name}, by header to the canary` }]
}

function isOurs(route: KubeObject, { rollout }: Bound): boolean {
  return controllerOf(route)?.uid === rollout.metadata.uid
}

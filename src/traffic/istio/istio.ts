// Istio: in the named routes of VirtualServices the weights of stable and canary are ours, told apart by their Services
// or by subsets of a DestinationRule that follow the ReplicaSets. All else in these objects stays as it is.
import { ROUTING_PATH } from '../../api/references.ts'
import { DESTINATION_RULE, VIRTUAL_SERVICE } from '../../kube/kinds.ts'
import type { KubeObject, RefKey } from '../../kube/object.ts'
import { asJson, refKey, resourceName } from '../../kube/object.ts'
import { equal } from '../../std/equal.ts'
import { foundAfter, stuckIn } from '../placing.ts'
import type { Binding, Found, Placed, Routed, TrafficIntent, TrafficRouter, Weights } from '../router.ts'
import { largestOf, withOthers } from '../weights.ts'
import { ALL } from './destinations.ts'
import {
  hasSubset,
  ruleEvent,
  ruleFollowing,
  ruleHashes,
  ruleOwners,
  ruleProblem,
  ruleWith,
  ruleWithout,
  subsetHash,
  unmarkedRule,
} from './destination-rule.ts'
import { istioConfig, ruleRef, serviceRef } from './settings.ts'
import type { IstioConfig, NamedService } from './settings.ts'
import {
  ownRoutes,
  routed,
  serviceEvent,
  serviceOthers,
  serviceShare,
  stepRoutesIn,
  unrouted,
} from './virtual-service.ts'
import type { ServiceParts } from './virtual-service.ts'

type Bound = Binding<IstioConfig>
type Refused = Exclude<Routed, { readonly placed: unknown }>

export const istio: TrafficRouter<IstioConfig> = {
  name: 'Istio',
  field: 'istio',
  kinds: [
    VIRTUAL_SERVICE,
    { ...VIRTUAL_SERVICE, version: 'v1beta1' },
    { ...VIRTUAL_SERVICE, version: 'v1alpha3' },
    DESTINATION_RULE,
    { ...DESTINATION_RULE, version: 'v1beta1' },
    { ...DESTINATION_RULE, version: 'v1alpha3' },
  ],
  can: { headerRoutes: true, mirrorRoutes: true },
  marks: {
    kind: DESTINATION_RULE,
    ownersIn: ruleOwners,
    hashesIn: ruleHashes,
    without: unmarkedRule,
  },
  config: istioConfig,
  selectsPods: ({ rule }) => rule !== undefined,
  refs: ({ config, rollout }) => [
    ...config.services.map(one => serviceRef(one, rollout)),
    ...(config.rule === undefined ? [] : [ruleRef(config.rule, rollout)]),
  ],
  route(bound, intent, found) {
    const routes = placedServices({ bound, intent, found })
    if (!('placed' in routes)) return routes
    const services = routes.placed
    const unmade = unmadeRoute(bound, intent, found)
    if (unmade !== undefined) return unmade
    const turn = turnOf(bound, intent, found)
    const rule = placedRule(bound, turn.intent, found)
    if (rule === undefined) return { placed: services }
    if (!('ref' in rule)) return rule
    return { placed: turn.isFirst ? [rule, ...services] : [...services, rule] }
  },
  read(bound, found) {
    const [byHeader, copied] = [stepRoutes('header', bound, found), stepRoutes('mirror', bound, found)]
    const least = byHeader.length + copied.length > 0 ? 0 : undefined
    const said = largestOf([...bound.config.services.map(named => shareIn(named, bound, found)), least], ALL)
    const weights = withOthers(
      said,
      bound.config.services.map(named => othersIn(named, bound, found)),
    )
    return (
      weights && {
        ...weights,
        ...hashesIn(bound, found),
        ...(byHeader.length === 0 ? {} : { byHeader: true }),
        ...(copied.length === 0 ? {} : { isCopied: true }),
      }
    )
  },
  leave(bound, { now, stableHash, keepsHashes = false }, found) {
    const services = leftServices(bound, found)
    const stuck = stuckIn('Istio', istio.read(bound, foundAfter(services, found)), now)
    const isGone = stableHash === undefined
    const isOver = !keepsHashes && (isGone || (services.length === 0 && stuck.waits === undefined))
    const rule = isOver || !isGone ? leftRule(bound, found, isOver ? undefined : stableHash) : []
    return { placed: isGone ? [...services, ...rule] : [...rule, ...services], ...stuck }
  },
}

function hashesIn(
  { config: { rule }, rollout }: Bound,
  found: Found,
): Pick<Weights, 'canaryHash' | 'stableHash'> {
  if (rule === undefined) return {}
  const object = found[refKey(ruleRef(rule, rollout))]
  const [canaryHash, stableHash] = [subsetHash(object, rule.canary), subsetHash(object, rule.stable)]
  return {
    ...(canaryHash === undefined ? {} : { canaryHash }),
    ...(stableHash === undefined ? {} : { stableHash }),
  }
}

interface Pass {
  readonly bound: Bound
  readonly intent: TrafficIntent
  readonly found: Found
}

function partsOf(named: NamedService, { config, rollout, services }: Bound): ServiceParts {
  const own = named.asked.routes ?? []
  const managed = config.managed.filter(name => !own.includes(name))
  return { named, managed, sides: { rollout, services, rule: config.rule } }
}

/** One that is named twice, for two of its routes, is one object. */
function placedServices({ bound, intent, found }: Pass): Routed {
  const services = new Map<RefKey, Placed>()
  let after = found
  for (const named of bound.config.services) {
    const one = placedService(named, { bound, intent, found: after }, found)
    if (!('ref' in one)) return one
    after = foundAfter([one], after)
    services.set(refKey(one.ref), one)
  }
  return { placed: [...services.values()] }
}

/** `standing`: as it was before anything of this pass. */
function placedService(
  named: NamedService,
  { bound, intent, found }: Pass,
  standing: Found,
): Placed | Refused {
  const ref = serviceRef(named, bound.rollout)
  const service = found[refKey(ref)]
  const refused = (message: string, cure: string): Refused => ({
    invalid: { path: named.path, value: named.name, message, cure },
  })
  if (service === undefined) {
    return refused(`${resourceName(ref.kind)} "${ref.name}" not found`, 'Create it, or name another.')
  }
  const parts = partsOf(named, bound)
  const selection = ownRoutes(service, parts)
  if ('mismatch' in selection) return refused(selection.mismatch, selection.cure)
  const object = routed(service, selection, { parts, intent })
  const { weight } = intent.canary
  return {
    ref,
    object,
    why: `set the weights in VirtualService ${ref.name} to ${weight} canary, ${intent.stable.weight} stable`,
    event: serviceEvent(standing[refKey(ref)] ?? service, object, { managed: bound.config.managed, intent }),
  }
}

/** Routes of steps stand beside an HTTP route, in one of the VirtualServices at least. */
function unmadeRoute(
  bound: Bound,
  { headerRoutes, mirrorRoutes }: TrafficIntent,
  found: Found,
): Refused | undefined {
  const [first] = [...headerRoutes, ...mirrorRoutes]
  const [named] = bound.config.services
  if (first === undefined || named === undefined) return undefined
  const hasHttp = bound.config.services.some(one => {
    const service = found[refKey(serviceRef(one, bound.rollout))]
    const selection = service && ownRoutes(service, partsOf(one, bound))
    return selection !== undefined && 'http' in selection && selection.http.length > 0
  })
  if (hasHttp) return undefined
  const message = `no HTTP route of the VirtualService is the Rollout's: a step can not make the route "${first.name}"`
  const cure = 'Select an HTTP route, or take the step out.'
  return { invalid: { path: named.path, value: named.name, message, cure } }
}

function placedRule(
  { config, rollout }: Bound,
  intent: TrafficIntent,
  found: Found,
): Placed | Refused | undefined {
  const { rule } = config
  if (rule === undefined) return undefined
  const ref = ruleRef(rule, rollout)
  const object = found[refKey(ref)]
  const path = `${ROUTING_PATH}.istio.destinationRule.name`
  const refused = (message: string, cure: string): Refused => ({
    invalid: { path, value: rule.name, message, cure },
  })
  if (object === undefined) {
    return refused(`${resourceName(ref.kind)} "${ref.name}" not found`, 'Create it, or name another.')
  }
  const problem = ruleProblem(object, rule)
  if (problem !== undefined) return refused(problem, 'Give the DestinationRule that subset.')
  if (isAnothers(object, rollout)) {
    const message = `DestinationRule "${ref.name}" is managed by another Rollout`
    return refused(message, 'Give each Rollout a DestinationRule of its own.')
  }
  return {
    ref,
    object: ruleWith(object, rule, { rollout, intent }),
    why: `let the subsets of DestinationRule ${ref.name} follow the ReplicaSets`,
    event: ruleEvent(ref.name, rule, intent),
  }
}

interface Turn {
  /** Whether the subsets follow before the weights change. */
  readonly isFirst: boolean
  readonly intent: TrafficIntent
}

/**
 * A subset loses its weight, and who comes by a header, before it follows another ReplicaSet; it follows first where it
 * gets some. Where one gets what the other loses, and both are to follow others, the one that loses it waits for the
 * next pass.
 */
function turnOf(bound: Bound, intent: TrafficIntent, found: Found): Turn {
  const { rule } = bound.config
  if (rule === undefined) return { isFirst: false, intent }
  const object = found[refKey(ruleRef(rule, bound.rollout))]
  const [canary, stable] = [subsetHash(object, rule.canary), subsetHash(object, rule.stable)]
  const shares = bound.config.services.map(one => shareIn(one, bound, found) ?? 0)
  const isLess = intent.canary.weight < Math.max(0, ...shares)
  const loses = canary !== intent.canary.podHash && (isLess || isLeftByHeader(bound, intent, found))
  if (!loses) return { isFirst: true, intent }
  const isBehind = stable !== undefined && stable !== intent.stable.podHash
  if (!isBehind) return { isFirst: false, intent }
  return { isFirst: true, intent: { ...intent, canary: { ...intent.canary, podHash: canary ?? '' } } }
}

function isLeftByHeader(bound: Bound, { headerRoutes }: TrafficIntent, found: Found): boolean {
  return stepRoutes('header', bound, found).some(name => headerRoutes.every(one => one.name !== name))
}

/** The names of the routes that lead users of a header, or copies of requests, to the canary. */
function stepRoutes(what: 'header' | 'mirror', bound: Bound, found: Found): readonly string[] {
  const { config, rollout } = bound
  return config.services.flatMap(named => {
    const service = found[refKey(serviceRef(named, rollout))]
    return service === undefined ? [] : stepRoutesIn(service, partsOf(named, bound).managed, what)
  })
}

function shareIn(named: NamedService, bound: Bound, found: Found): number | undefined {
  const service = found[refKey(serviceRef(named, bound.rollout))]
  return service === undefined ? undefined : serviceShare(service, partsOf(named, bound))
}

function othersIn(named: NamedService, bound: Bound, found: Found): Weights['others'] | undefined {
  const service = found[refKey(serviceRef(named, bound.rollout))]
  return service === undefined ? undefined : serviceOthers(service, partsOf(named, bound))
}

/** One that is named twice is left in one write, as it is routed. */
function leftServices(bound: Bound, found: Found): readonly Placed[] {
  const services = new Map<RefKey, Placed>()
  let after = found
  for (const named of bound.config.services) {
    const one = leftService(named, bound, after)
    after = foundAfter(one, after)
    for (const placed of one) services.set(refKey(placed.ref), placed)
  }
  return [...services.values()]
}

function leftService(named: NamedService, bound: Bound, found: Found): readonly Placed[] {
  const ref = serviceRef(named, bound.rollout)
  const service = found[refKey(ref)]
  if (service === undefined) return []
  const object = unrouted(service, partsOf(named, bound))
  const why = `take the canary's weight out of VirtualService ${ref.name}, whose router was left`
  return changed(service, { ref, object, why })
}

/** `stableHash`: what its stable subset follows as long as it is not given back. */
function leftRule(
  { config, rollout }: Bound,
  found: Found,
  stableHash: string | undefined,
): readonly Placed[] {
  const { rule } = config
  if (rule === undefined) return []
  const ref = ruleRef(rule, rollout)
  const object = found[refKey(ref)]
  if (object === undefined || !hasSubset(object, rule)) return []
  if (isAnothers(object, rollout)) return []
  const [what, left] =
    stableHash === undefined
      ? ['no ReplicaSet any more', ruleWithout(object, rule, rollout)]
      : ['the stable revision', ruleFollowing(object, { subset: rule.stable, hash: stableHash, rollout })]
  const why = `let the subsets of DestinationRule ${ref.name} follow ${what}`
  return changed(object, { ref, object: left, why })
}

function isAnothers(rule: KubeObject, { metadata }: KubeObject): boolean {
  return ruleOwners(rule).some(name => name !== metadata.name)
}

function changed(before: KubeObject, placed: Placed & { readonly object: KubeObject }): readonly Placed[] {
  return equal(asJson(before), asJson(placed.object)) ? [] : [placed]
}

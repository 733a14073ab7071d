// NGINX ingress controller: beside each stable Ingress stands a canary Ingress of ours, whose annotations
// hold the weight. The stable Ingress is never touched.
import type { FieldError } from '../api/field-error.ts'
import { INGRESS } from '../kube/kinds.ts'
import type { Ingress } from '../kube/networking.ts'
import { controllerOf, refKey, type ObjectRef } from '../kube/object.ts'
import type { EventNote } from '../kube/write.ts'
import { canaryIngress, canaryRules, weightSaid, withoutWeight, type NginxConfig } from './canary-ingress.ts'
import { hasMaxWeight, largestOf, maxWeightOf } from './weights.ts'
import type { Binding, Found, Placed, Routed, TrafficIntent, TrafficRouter } from './router.ts'
import { isText, listOf, mapOf, optional, shape } from './shape.ts'

const PATH = 'spec.strategy.canary.trafficRouting.nginx'
const SUFFIX = '-canary'
const MAX_NAME = 253

const isSettings = shape({
  stableIngress: optional(isText),
  stableIngresses: optional(listOf(isText)),
  annotationPrefix: optional(isText),
  additionalIngressAnnotations: optional(mapOf(isText)),
  canaryIngressAnnotations: optional(mapOf(isText)),
})

export const nginx: TrafficRouter<NginxConfig> = {
  name: 'Nginx',
  field: 'nginx',
  knowsMaximum: true,
  kinds: [INGRESS],
  can: { headerRoutes: false, mirrorRoutes: false },
  config(trafficRouting) {
    if (!isSettings(trafficRouting.nginx)) return undefined
    return {
      nginx: trafficRouting.nginx ?? {},
      maxWeight: maxWeightOf(trafficRouting),
      hasMaxWeight: hasMaxWeight(trafficRouting),
    }
  },
  refs: binding =>
    stableNames(binding.config).flatMap(name => [stableRef(binding, name), canaryRef(binding, name)]),
  route(binding, intent, found) {
    const problem = fieldProblem(binding.config)
    if (problem !== undefined) return { invalid: problem }
    const placed: Placed[] = []
    for (const name of stableNames(binding.config)) {
      const routed = routeOne({ name, intent, ...binding }, found)
      if (!('ref' in routed)) return routed
      placed.push(routed)
    }
    return { placed }
  },
  read(binding, found) {
    const { config } = binding
    const said = stableNames(config).map(name =>
      weightSaid(config, stableIn(binding, name, found), canaryIn(binding, name, found)),
    )
    return largestOf(said, config.maxWeight)
  },
  leave(binding, _at, found) {
    return { placed: stableNames(binding.config).flatMap(name => leaveOne(binding, name, found)) }
  },
}

function stableNames({ nginx: { stableIngress, stableIngresses } }: NginxConfig): readonly string[] {
  return stableIngress === undefined || stableIngress === '' ? (stableIngresses ?? []) : [stableIngress]
}

function fieldProblem(config: NginxConfig): FieldError | undefined {
  const { stableIngress = '', stableIngresses = [] } = config.nginx
  const isBoth = stableIngress !== '' && stableIngresses.length > 0
  if (!isBoth && stableNames(config).length > 0) return undefined
  const which = isBoth ? 'Both' : 'Neither'
  return {
    path: PATH,
    value: null,
    message: `Either StableIngress or StableIngresses must be configured. ${which} are configured.`,
    cure: 'Name the Ingress of the stable Service in stableIngress, or several in stableIngresses.',
  }
}

type Bound = Binding<NginxConfig>

function stableRef({ rollout }: Bound, name: string): ObjectRef {
  return { kind: INGRESS, namespace: rollout.metadata.namespace ?? '', name }
}

/** `ROLLOUT-INGRESS-canary`, cut so that the name is not too long and the end stays. */
function canaryRef(bound: Bound, name: string): ObjectRef {
  const stem = `${bound.rollout.metadata.name}-${name}`.slice(0, MAX_NAME - SUFFIX.length)
  return stableRef(bound, stem + SUFFIX)
}

function stableIn(bound: Bound, name: string, found: Found): Ingress | undefined {
  return found[refKey(stableRef(bound, name))] as Ingress | undefined
}

/** Ours alone: one of that name that somebody else controls is none. */
function canaryIn(bound: Bound, name: string, found: Found): Ingress | undefined {
  const canary = found[refKey(canaryRef(bound, name))] as Ingress | undefined
  return canary !== undefined && controllerOf(canary)?.uid === bound.rollout.metadata.uid ? canary : undefined
}

interface One extends Bound {
  readonly name: string
  readonly intent: TrafficIntent
}

function routeOne(one: One, found: Found): Placed | Exclude<Routed, { readonly placed: unknown }> {
  const { name, config, rollout, intent } = one
  const stable = stableIn(one, name, found)
  if (stable === undefined) return notFound(config, name)
  if (!isIngress(stable)) return malformed(config, name)
  const rules = canaryRules(stable, { stable: intent.stable.service, canary: intent.canary.service })
  if (rules.length === 0) return noRules(config, name, intent.stable.service)
  const ref = canaryRef(one, name)
  const existing = canaryIn(one, name, found)
  if (existing === undefined && found[refKey(ref)] !== undefined) {
    const message = `canary ingress \`${ref.name}\` controlled by different object`
    return { problem: { type: 'Warning', reason: 'TrafficRoutingError', message } }
  }
  const { weight } = intent.canary
  return {
    ref,
    object: canaryIngress({ config, rollout, intent, name: ref.name, stable, rules, existing }),
    why: `set the weight of canary Ingress ${ref.name} to ${weight}`,
    event: existing === undefined ? creating(ref, weight) : patching(ref, weight),
  }
}

/**
 * The weight goes first: where nobody may delete Ingresses (Argo Rollouts never did), users are off the canary all the
 * same. Then the Ingress goes, since headers and cookies may choose the canary at any weight.
 */
function leaveOne(bound: Bound, name: string, found: Found): readonly Placed[] {
  const canary = canaryIn(bound, name, found)
  if (canary === undefined) return []
  const ref = canaryRef(bound, name)
  const object = withoutWeight(bound.config, canary)
  const said = (one: Ingress) => weightSaid(bound.config, stableIn(bound, name, found), one) ?? 0
  if (said(canary) > 0 && said(object) === 0) {
    const why = `take the weight of canary Ingress ${ref.name} away, whose router was left`
    return [{ ref, object, why, event: patching(ref, 0) }]
  }
  return [{ ref, object: undefined, why: `delete canary Ingress ${ref.name}, whose router was left` }]
}

function creating({ name }: ObjectRef, weight: number): EventNote {
  const message = `Creating canary ingress \`${name}\` with weight \`${weight}\``
  return { type: 'Normal', reason: 'CreatingCanaryIngress', message }
}

function patching({ name }: ObjectRef, weight: number): EventNote {
  const message = `Updating Ingress \`${name}\` to desiredWeight '${weight}'`
  return { type: 'Normal', reason: 'PatchingCanaryIngress', message }
}

const isBackend = shape({ service: optional(shape({ name: isText })) })
const isRule = shape({
  http: optional(shape({ paths: optional(listOf(shape({ backend: optional(isBackend) }))) })),
})
const isIngress = shape({ spec: shape({ rules: optional(listOf(isRule)) }) })

function malformed(config: NginxConfig, name: string): { readonly invalid: FieldError } {
  const message = `ingress \`${name}\` is malformed`
  return {
    invalid: { path: ingressPath(config), value: name, message, cure: 'Correct the rules of the Ingress.' },
  }
}

function notFound(config: NginxConfig, name: string): { readonly invalid: FieldError } {
  return {
    invalid: {
      path: ingressPath(config),
      value: name,
      message: `ingress.networking.k8s.io "${name}" not found`,
      cure: 'Create the Ingress, or correct the name.',
    },
  }
}

function noRules(config: NginxConfig, name: string, service: string): { readonly invalid: FieldError } {
  return {
    invalid: {
      path: ingressPath(config),
      value: name,
      message: `ingress \`${name}\` has no rules using service ${service} backend`,
      cure: `Give the Ingress a rule whose backend is the Service ${service}.`,
    },
  }
}

function ingressPath(config: NginxConfig): string {
  return `${PATH}.${(config.nginx.stableIngress ?? '') === '' ? 'stableIngresses' : 'stableIngress'}`
}

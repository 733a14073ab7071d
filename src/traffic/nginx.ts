// NGINX ingress controller: beside each stable Ingress stands a canary Ingress of ours, whose annotations
// hold the weight. The stable Ingress is never touched.
import type { FieldError } from '../api/field-error.ts'
import type { Rollout } from '../api/rollout.ts'
import type { NginxTrafficRouting } from '../api/traffic.ts'
import { INGRESS } from '../kube/kinds.ts'
import type { Ingress, IngressRule } from '../kube/networking.ts'
import { controllerOf, ownerReference, refKey, type ObjectRef } from '../kube/object.ts'
import type { Found, Placed, Routed, TrafficIntent, TrafficRouter, Weights } from './router.ts'
import { isText, listOf, optional, shape } from './shape.ts'

export interface NginxConfig {
  readonly nginx: NginxTrafficRouting
  readonly maxWeight: number
  /** Whether the maximum is written into the Ingress: only where the user set one. */
  readonly hasMaxWeight: boolean
}

const PATH = 'spec.strategy.canary.trafficRouting.nginx'
const PREFIX = 'nginx.ingress.kubernetes.io'
const CLASS = 'kubernetes.io/ingress.class'
const SUFFIX = '-canary'
const MAX_NAME = 253
const DEFAULT_MAX_WEIGHT = 100

export const nginx: TrafficRouter<NginxConfig> = {
  name: 'Nginx',
  field: 'nginx',
  kinds: [INGRESS],
  config(trafficRouting) {
    if (trafficRouting.nginx === undefined) return undefined
    const { maxTrafficWeight } = trafficRouting
    return {
      nginx: trafficRouting.nginx,
      maxWeight: maxTrafficWeight ?? DEFAULT_MAX_WEIGHT,
      hasMaxWeight: maxTrafficWeight !== undefined,
    }
  },
  refs: (config, rollout) =>
    stableNames(config).flatMap(name => [stableRef(rollout, name), canaryRef(rollout, name)]),
  route(config, rollout, intent, found) {
    const names = stableNames(config)
    const problem = fieldProblem(config)
    if (problem !== undefined) return { invalid: problem }
    const placed: Placed[] = []
    for (const name of names) {
      const routed = routeOne({ name, config, rollout, intent }, found)
      if (!('ref' in routed)) return routed
      placed.push(routed)
    }
    return { placed }
  },
  read(config, rollout, found): Weights | undefined {
    const weights = stableNames(config).map(name => weightIn(config, rollout, { name, found }))
    const [first] = weights
    if (first === undefined || weights.some(weight => weight !== first)) return undefined
    return { canary: first, stable: config.maxWeight - first, others: {} }
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

function stableRef(rollout: Rollout, name: string): ObjectRef {
  return { kind: INGRESS, namespace: rollout.metadata.namespace ?? '', name }
}

/** `ROLLOUT-INGRESS-canary`, cut so that the name is not too long and the end stays. */
function canaryRef(rollout: Rollout, name: string): ObjectRef {
  const stem = `${rollout.metadata.name}-${name}`.slice(0, MAX_NAME - SUFFIX.length)
  return stableRef(rollout, stem + SUFFIX)
}

interface One {
  readonly name: string
  readonly config: NginxConfig
  readonly rollout: Rollout
  readonly intent: TrafficIntent
}

function routeOne(one: One, found: Found): Placed | Exclude<Routed, { readonly placed: unknown }> {
  const { name, config, rollout, intent } = one
  const stable = found[refKey(stableRef(rollout, name))] as Ingress | undefined
  if (stable === undefined) return notFound(config, name)
  if (!isIngress(stable)) return malformed(config, name)
  const rules = canaryRules(stable, intent)
  if (rules.length === 0) return noRules(config, name, intent.stable.service)
  const ref = canaryRef(rollout, name)
  const existing = found[refKey(ref)] as Ingress | undefined
  if (existing !== undefined && controllerOf(existing)?.uid !== rollout.metadata.uid) {
    const message = `canary ingress \`${ref.name}\` controlled by different object`
    return { problem: { type: 'Warning', reason: 'TrafficRoutingError', message } }
  }
  const { weight } = intent.canary
  return {
    ref,
    object: canaryIngress({ one, stable, rules, existing }),
    why: `set the weight of canary Ingress ${ref.name} to ${weight}`,
    event: {
      type: 'Normal',
      ...(existing === undefined
        ? {
            reason: 'CreatingCanaryIngress',
            message: `Creating canary ingress \`${ref.name}\` with weight \`${weight}\``,
          }
        : {
            reason: 'PatchingCanaryIngress',
            message: `Updating Ingress \`${ref.name}\` to desiredWeight '${weight}'`,
          }),
    },
  }
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

/** The rules that reach the stable Service, with only those paths, and the canary Service in its place. */
function canaryRules(stable: Ingress, intent: TrafficIntent): readonly IngressRule[] {
  return (stable.spec.rules ?? []).flatMap(rule => {
    const paths = (rule.http?.paths ?? []).flatMap(path => {
      const { service } = path.backend ?? {}
      if (service?.name !== intent.stable.service) return []
      return [{ ...path, backend: { ...path.backend, service: { ...service, name: intent.canary.service } } }]
    })
    return paths.length === 0 ? [] : [{ ...rule, http: { ...rule.http, paths } }]
  })
}

interface Parts {
  readonly one: One
  readonly stable: Ingress
  readonly rules: readonly IngressRule[]
  readonly existing: Ingress | undefined
}

/**
 * What others wrote into an existing canary Ingress stays; its spec and our annotations are as they should
 * be.
 */
function canaryIngress({ one, stable, rules, existing }: Parts): Ingress {
  const { config, rollout, intent, name } = one
  const { ingressClassName, tls } = stable.spec
  const spec = {
    ...(ingressClassName === undefined ? {} : { ingressClassName }),
    ...(tls === undefined ? {} : { tls }),
    rules,
  }
  const annotations = {
    ...existing?.metadata.annotations,
    ...ourAnnotations(config, stable, intent.canary.weight),
  }
  if (!config.hasMaxWeight) delete annotations[`${prefixOf(config)}/canary-weight-total`]
  if (existing !== undefined) {
    return { ...existing, metadata: { ...existing.metadata, annotations }, spec }
  }
  const { namespace, name: canaryName } = canaryRef(rollout, name)
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: INGRESS.kind,
    metadata: {
      name: canaryName,
      namespace: namespace ?? '',
      annotations,
      ownerReferences: [ownerReference(rollout)],
    },
    spec,
  }
}

function ourAnnotations(config: NginxConfig, stable: Ingress, weight: number): Record<string, string> {
  const prefix = prefixOf(config)
  const additional = Object.entries(config.nginx.additionalIngressAnnotations ?? {}).map(([key, value]) => [
    key.startsWith(prefix) ? key : `${prefix}/${key}`,
    value,
  ])
  const ingressClass = stable.metadata.annotations?.[CLASS]
  return {
    ...(ingressClass === undefined ? {} : { [CLASS]: ingressClass }),
    ...Object.fromEntries(additional),
    ...config.nginx.canaryIngressAnnotations,
    [`${prefix}/canary`]: 'true',
    [`${prefix}/canary-weight`]: String(weight),
    ...(config.hasMaxWeight ? { [`${prefix}/canary-weight-total`]: String(config.maxWeight) } : {}),
  }
}

function prefixOf(config: NginxConfig): string {
  const { annotationPrefix = '' } = config.nginx
  return annotationPrefix === '' ? PREFIX : annotationPrefix
}

function weightIn(
  config: NginxConfig,
  rollout: Rollout,
  { name, found }: { readonly name: string; readonly found: Found },
): number | undefined {
  const annotations = found[refKey(canaryRef(rollout, name))]?.metadata.annotations ?? {}
  const prefix = prefixOf(config)
  const weight = annotations[`${prefix}/canary-weight`] ?? ''
  if (annotations[`${prefix}/canary`] !== 'true' || !/^\d{1,9}$/.test(weight)) return undefined
  return Math.min(Number(weight), config.maxWeight)
}

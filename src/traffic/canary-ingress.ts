// The canary Ingress that stands beside a stable one: what NGINX is to make of it is in its annotations.
import type { NginxTrafficRouting } from '../api/traffic.ts'
import { INGRESS } from '../kube/kinds.ts'
import type { Ingress, IngressRule } from '../kube/networking.ts'
import { ownerReference, type KubeObject } from '../kube/object.ts'
import { record, text } from '../std/json-parts.ts'
import { INGRESS_CLASS } from './ingress-class.ts'
import { shareOf } from './weights.ts'
import type { Services, TrafficIntent } from './router.ts'

export interface NginxConfig {
  readonly nginx: NginxTrafficRouting
  readonly maxWeight: number
  /** Whether the maximum is written into the Ingress: only where the user set one. */
  readonly hasMaxWeight: boolean
}

const PREFIX = 'nginx.ingress.kubernetes.io'

export interface CanaryParts {
  readonly config: NginxConfig
  readonly rollout: KubeObject
  readonly intent: TrafficIntent
  readonly name: string
  readonly stable: Ingress
  readonly rules: readonly IngressRule[]
  readonly existing: Ingress | undefined
}

/** The rules that reach the stable Service, with only those paths, and the canary Service in its place. */
export function canaryRules(stable: Ingress, services: Services): readonly IngressRule[] {
  return (stable.spec.rules ?? []).flatMap(rule => {
    const paths = (rule.http?.paths ?? []).flatMap(path => {
      const { service } = path.backend ?? {}
      if (service?.name !== services.stable) return []
      return [{ ...path, backend: { ...path.backend, service: { ...service, name: services.canary } } }]
    })
    return paths.length === 0 ? [] : [{ ...rule, http: { ...rule.http, paths } }]
  })
}

/**
 * What others wrote into an existing canary Ingress stays; its spec and our annotations are as they should
 * be.
 */
export function canaryIngress({ config, rollout, intent, name, ...parts }: CanaryParts): Ingress {
  const { stable, rules, existing } = parts
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
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: INGRESS.kind,
    metadata: {
      name,
      namespace: rollout.metadata.namespace ?? '',
      annotations,
      ownerReferences: [ownerReference(rollout)],
    },
    spec,
  }
}

/** The canary Ingress as it is, with weight 0. */
export function withoutWeight(config: NginxConfig, canary: Ingress): Ingress {
  const annotations = { ...canary.metadata.annotations, [`${prefixOf(config)}/canary-weight`]: '0' }
  return { ...canary, metadata: { ...canary.metadata, annotations } }
}

function ourAnnotations(config: NginxConfig, stable: Ingress, weight: number): Record<string, string> {
  const prefix = prefixOf(config)
  const additional = Object.entries(config.nginx.additionalIngressAnnotations ?? {}).map(([key, value]) => [
    key.startsWith(prefix) ? key : `${prefix}/${key}`,
    value,
  ])
  const ingressClass = stable.metadata.annotations?.[INGRESS_CLASS]
  return {
    ...(ingressClass === undefined ? {} : { [INGRESS_CLASS]: ingressClass }),
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

const DEFAULT_TOTAL = 100
/** As Go reads a bool and a whole number; the controller takes what it cannot read for false and 0. */
const TRUE = /^(1|t|T|true|True|TRUE)$/
const WHOLE = /^\+?\d{1,18}$/

/**
 * What NGINX makes of the two; undefined when neither is there. Headers and cookies that choose the canary are no
 * weight, and leave the weight to all others. NGINX takes a total below 100 for 100; here it counts as it is written,
 * which never says too little.
 */
export function weightSaid(
  config: NginxConfig,
  stable: Ingress | undefined,
  canary: Ingress | undefined,
): number | undefined {
  if (canary === undefined) return stable === undefined ? undefined : 0
  const annotations = record(canary.metadata.annotations)
  const read = (name: string) => text(annotations[`${prefixOf(config)}/${name}`])
  if (!TRUE.test(read('canary'))) return isServedFirst(canary, stable) ? config.maxWeight : 0
  const total = whole(read('canary-weight-total')) ?? 0
  return shareOf(whole(read('canary-weight')) ?? 0, total === 0 ? DEFAULT_TOTAL : total, config.maxWeight)
}

/** Of two plain Ingresses for the same place the older gets all requests. */
function isServedFirst({ metadata: canary }: Ingress, stable: Ingress | undefined): boolean {
  if (stable === undefined) return true
  const [made, madeStable] = [canary, stable.metadata].map(one => one.creationTimestamp ?? '') as [
    string,
    string,
  ]
  return made === madeStable ? canary.name < stable.metadata.name : made < madeStable
}

function whole(written: string): number | undefined {
  return WHOLE.test(written) ? Number(written) : undefined
}

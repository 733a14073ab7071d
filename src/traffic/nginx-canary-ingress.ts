// The canary Ingress that stands beside a stable one: what NGINX is to make of it is in its annotations.
import type { NginxTrafficRouting } from '../api/traffic.ts'
import { INGRESS } from '../kube/kinds.ts'
import type { Ingress, IngressRule } from '../kube/networking.ts'
import { ownerReference, type KubeObject } from '../kube/object.ts'
import type { Services, TrafficIntent } from './router.ts'

export interface NginxConfig {
  readonly nginx: NginxTrafficRouting
  readonly maxWeight: number
  /** Whether the maximum is written into the Ingress: only where the user set one. */
  readonly hasMaxWeight: boolean
}

const PREFIX = 'nginx.ingress.kubernetes.io'
const CLASS = 'kubernetes.io/ingress.class'

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

export function prefixOf(config: NginxConfig): string {
  const { annotationPrefix = '' } = config.nginx
  return annotationPrefix === '' ? PREFIX : annotationPrefix
}

// The anti-affinity rule that keeps pods of the new revision off the nodes of the stable one, put into the
// new ReplicaSet's template (never into the Rollout's).
import { isJsonObject } from '../std/json.ts'
import { list, record } from '../std/json-parts.ts'
import { equal } from '../std/equal.ts'
import type { PodSpec } from '../kube/core.ts'

/** `spec.strategy.*.antiAffinity`: exactly one of the two. */
export interface AntiAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: object
  readonly preferredDuringSchedulingIgnoredDuringExecution?: { readonly weight: number }
}

export interface AntiAffinityTarget {
  readonly hashLabel: string
  readonly stableHash: string
  readonly namespace: string
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution'

/** The pod spec with the rule against pods of the stable hash; an earlier injected rule is replaced. */
export function withAntiAffinity(spec: PodSpec, rule: AntiAffinity, target: AntiAffinityTarget): PodSpec {
  const clean = withoutAntiAffinity(spec, target.hashLabel)
  const term = {
    labelSelector: {
      matchExpressions: [{ key: target.hashLabel, operator: 'In', values: [target.stableHash] }],
    },
    namespaces: [target.namespace],
    topologyKey: 'kubernetes.io/hostname',
  }
  const preferred = rule.preferredDuringSchedulingIgnoredDuringExecution
  const [field, entry] =
    preferred === undefined
      ? [REQUIRED, term]
      : [PREFERRED, { weight: preferred.weight, podAffinityTerm: term }]
  const affinity = clean.affinity ?? {}
  const podAntiAffinity = record(affinity['podAntiAffinity'])
  const entries = [...list(podAntiAffinity[field]), entry]
  return {
    ...clean,
    affinity: { ...affinity, podAntiAffinity: { ...podAntiAffinity, [field]: entries } },
  }
}

/** The pod spec without rules about the hash label, and without what held nothing else. */
export function withoutAntiAffinity(spec: PodSpec, hashLabel: string): PodSpec {
  const podAntiAffinity = spec.affinity?.['podAntiAffinity']
  if (spec.affinity === undefined || !isJsonObject(podAntiAffinity)) return spec
  const required = list(podAntiAffinity[REQUIRED]).filter(term => !isInjected(term, hashLabel))
  const preferred = list(podAntiAffinity[PREFERRED]).filter(
    term => !isInjected(record(term)['podAffinityTerm'], hashLabel),
  )
  const kept = {
    ...(required.length > 0 ? { [REQUIRED]: required } : {}),
    ...(preferred.length > 0 ? { [PREFERRED]: preferred } : {}),
  }
  if (equal(kept, podAntiAffinity)) return spec
  const { podAntiAffinity: _replaced, ...others } = spec.affinity
  const affinity = Object.keys(kept).length > 0 ? { ...others, podAntiAffinity: kept } : others
  const { affinity: _all, ...rest } = spec
  return Object.keys(affinity).length > 0 ? { ...rest, affinity } : (rest as PodSpec)
}

function isInjected(term: unknown, hashLabel: string): boolean {
  const expressions = list(record(record(term)['labelSelector'])['matchExpressions'])
  return expressions.some(one => record(one)['key'] === hashLabel)
}

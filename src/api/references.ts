// The objects that a Rollout names: Services, Ingresses, analysis templates. What is gathered, watched and checked.
import { ANALYSIS_TEMPLATE, CLUSTER_ANALYSIS_TEMPLATE, INGRESS, SERVICE } from '../kube/kinds.ts'
import { refKey } from '../kube/object.ts'
import type { KubeObject, ObjectRef, RefKey } from '../kube/object.ts'
import type { Json } from '../std/json.ts'
import { rememberedOn } from '../std/remembered-on.ts'
import type { AnalysisTemplate, AnalysisTemplateRef } from './analysis.ts'
import type { Rollout, RolloutAnalysis, RolloutSpec } from './rollout.ts'
import type { TrafficRouting } from './traffic.ts'

export const ROUTING_PATH = 'spec.strategy.canary.trafficRouting'

export type FoundObjects = Readonly<Record<RefKey, KubeObject>>

/** One object that a spec names. */
export interface Reference {
  readonly path: string
  readonly ref: ObjectRef
  /** What the message quotes, where it is not the name. */
  readonly quoted?: Json
  /** For Ingresses: the Service that a rule of it must route to. */
  readonly backend?: string
}

/** Services, templates and Ingresses that the spec names itself; templates may name more (`templatesOf`). */
export function referencedObjects(rollout: Rollout): readonly ObjectRef[] {
  const templates = analysesOf(rollout).flatMap(({ analysis }) =>
    (analysis.templates ?? []).map(one => templateRef(rollout, one)),
  )
  return [...serviceReferences(rollout), ...ingressReferences(rollout)].map(one => one.ref).concat(templates)
}

export function serviceReferences({ metadata, spec }: Rollout): readonly Reference[] {
  return servicesIn(spec, metadata.namespace)
}

const servicesIn = rememberedOn((spec: RolloutSpec, namespace?: string): readonly Reference[] => {
  const { blueGreen, canary } = spec.strategy ?? {}
  const fields: readonly (readonly [string, string | undefined])[] =
    blueGreen === undefined
      ? [
          ['canary.stableService', canary?.stableService],
          ['canary.canaryService', canary?.canaryService],
          ['canary.pingPong.pingService', canary?.pingPong?.pingService],
          ['canary.pingPong.pongService', canary?.pingPong?.pongService],
        ]
      : [
          ['blueGreen.activeService', blueGreen.activeService],
          ['blueGreen.previewService', blueGreen.previewService],
        ]
  return fields.flatMap(([field, name]) =>
    name === undefined || name === ''
      ? []
      : [{ path: `spec.strategy.${field}`, ref: refIn(namespace, SERVICE, name) }],
  )
})

function refIn(namespace: string | undefined, kind: ObjectRef['kind'], name: string): ObjectRef {
  return !kind.namespaced || namespace === undefined ? { kind, name } : { kind, name, namespace }
}

export function routingOf(rollout: Rollout): TrafficRouting {
  return rollout.spec.strategy?.canary?.trafficRouting ?? {}
}

export function ingressReferences({ metadata, spec }: Rollout): readonly Reference[] {
  return ingressesIn(spec, metadata.namespace)
}

const ingressesIn = rememberedOn((spec: RolloutSpec, namespace?: string): readonly Reference[] => {
  const { stableService: stable = '', trafficRouting = {} } = spec.strategy?.canary ?? {}
  const { nginx, alb } = trafficRouting
  const reference = (path: string, name: string, more: Partial<Reference>): Reference => ({
    path: `${ROUTING_PATH}.${path}`,
    ref: refIn(namespace, INGRESS, name),
    ...more,
  })
  const rootService = alb?.rootService ?? ''
  const root = { backend: rootService === '' ? stable : rootService }
  return [
    ...(nginx?.stableIngresses === undefined
      ? nameIn(nginx?.stableIngress).map(name => reference('nginx.stableIngress', name, { backend: stable }))
      : nginx.stableIngresses.map(name =>
          reference('nginx.stableIngresses', name, {
            backend: stable,
            quoted: [...(nginx.stableIngresses ?? [])],
          }),
        )),
    ...(alb?.ingresses === undefined
      ? nameIn(alb?.ingress).map(name => reference('alb.ingress', name, root))
      : alb.ingresses.map(name =>
          reference('alb.ingresses', name, { ...root, quoted: [...(alb.ingresses ?? [])] }),
        )),
  ]
})

function nameIn(name: string | undefined): readonly string[] {
  return name === undefined || name === '' ? [] : [name]
}

export interface NamedAnalysis {
  readonly path: string
  readonly analysis: RolloutAnalysis
  readonly isBackground: boolean
}

/** Every analysis that a Rollout asks for, in the order in which they are checked. */
export function analysesOf({ spec }: Rollout): readonly NamedAnalysis[] {
  return analysesIn(spec)
}

const analysesIn = rememberedOn(({ strategy = {} }: RolloutSpec): readonly NamedAnalysis[] => {
  const { blueGreen, canary } = strategy
  const named = (path: string, analysis: RolloutAnalysis | undefined, isBackground = false) =>
    analysis === undefined ? [] : [{ path: `spec.strategy.${path}.templates`, analysis, isBackground }]
  if (blueGreen !== undefined) {
    return [
      ...named('blueGreen.prePromotionAnalysis', blueGreen.prePromotionAnalysis),
      ...named('blueGreen.postPromotionAnalysis', blueGreen.postPromotionAnalysis),
    ]
  }
  return [
    ...(canary?.steps ?? []).flatMap((step, i) => named(`canary.steps[${i}].analysis`, step.analysis)),
    ...named('canary.analysis', canary?.analysis, true),
  ]
})

export function templateRef(
  owner: KubeObject,
  { templateName = '', clusterScope }: AnalysisTemplateRef,
): ObjectRef {
  return refIn(
    owner.metadata.namespace,
    clusterScope === true ? CLUSTER_ANALYSIS_TEMPLATE : ANALYSIS_TEMPLATE,
    templateName,
  )
}

/**
 * The templates that references name, and those that these name in turn, each once. A template that names itself,
 * or an endless chain of them, ends where it meets one that was seen.
 */
export function templatesOf(
  owner: KubeObject,
  references: readonly AnalysisTemplateRef[],
  found: FoundObjects,
): readonly AnalysisTemplate[] {
  const seen = new Map<RefKey, AnalysisTemplate>()
  const waiting = references.map(one => templateRef(owner, one))
  for (let ref = waiting.shift(); ref !== undefined; ref = waiting.shift()) {
    const template = found[refKey(ref)] as AnalysisTemplate | undefined
    if (template === undefined || seen.has(refKey(ref))) continue
    seen.set(refKey(ref), template)
    waiting.push(...(template.spec.templates ?? []).map(one => templateRef(owner, one)))
  }
  return [...seen.values()]
}

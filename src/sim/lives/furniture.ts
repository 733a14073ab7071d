// What stands in the cluster before a life begins: a Rollout as its data says, Services, a route.
import type { AnalysisTemplate } from '../../api/analysis.ts'
import type { CanaryStep, Rollout, RolloutSpec } from '../../api/rollout.ts'
import { fromJson } from '../../kube/object.ts'
import type { Pod } from '../../kube/core.ts'
import type { KubeObject } from '../../kube/object.ts'
import { destinationRule } from './routes/istio.ts'
import { MIRROR_ROUTE, HEADER_ROUTE, NAME, NAMESPACE } from './routes/life-route.ts'
import type { LifeRoute, Sides } from './routes/life-route.ts'
import { LIFE_ROUTES } from './routes/registry.ts'
import type { LifeSpec } from './scenario.ts'

export { NAME, NAMESPACE }
/** Where the load of all users stands. */
export const LOAD = 'load'

const metadata = (name: string) => ({ name, namespace: NAMESPACE })

const imageNamed = (image: number) => `demo:v${image}`

export const runs = (pod: Pod, image: number) => pod.spec?.containers?.[0]?.image === imageNamed(image)

/** Services of experiments lead to the ports that the pods name. */
export function templateOf({ triedWeight }: LifeSpec, image: number) {
  const ports = triedWeight === undefined ? {} : { ports: [{ containerPort: 80 }] }
  return {
    metadata: { labels: { app: NAME } },
    spec: { containers: [{ name: 'app', image: imageNamed(image), ...ports }] },
  }
}

export function servicesOf(spec: LifeSpec): Sides {
  if (sidesOf(spec) === 'pair') return PAIR
  return spec.strategy === 'blueGreen'
    ? { stable: 'active', canary: 'preview' }
    : { stable: 'stable', canary: 'canary' }
}

export function isRouted({ strategy }: LifeSpec): boolean {
  return strategy === 'routed' || strategy === 'dynamic'
}

/** The life as its Rollout stands: with the strategy that somebody has asked for meanwhile. */
export function asStands(spec: LifeSpec, rollout: Rollout | undefined): LifeSpec {
  if (spec.other === undefined || rollout === undefined) return spec
  const strategy = strategyIn(rollout)
  return strategy === spec.strategy ? spec : { ...spec, strategy }
}

function strategyIn({ spec: { strategy = {} } }: Rollout): LifeSpec['strategy'] {
  if (strategy.canary === undefined) return 'blueGreen'
  if (strategy.canary.trafficRouting === undefined) return 'basic'
  return strategy.canary.dynamicStableScale === true ? 'dynamic' : 'routed'
}

/** The same life behind its router. */
export const byRoute = (spec: LifeSpec): LifeSpec => (isRouted(spec) ? spec : { ...spec, strategy: 'routed' })

/** Without what the strategy does not allow: a mistake comes by an act, and goes. */
export function sound(spec: LifeSpec): LifeSpec {
  const { scaleDownDelaySeconds: _, ...undelayed } = spec
  if (spec.strategy === 'dynamic') return undelayed
  const isSound = ({ setCanaryScale, setHeaderRoute, setMirrorRoute }: CanaryStep) =>
    (setCanaryScale ?? setHeaderRoute ?? setMirrorRoute) === undefined
  return spec.strategy === 'basic' ? { ...spec, steps: spec.steps.filter(isSound) } : spec
}

/** The last of these steps that sizes the canary wants none of its pods: so there is no weight for it, either. */
export function isEmptied(steps: readonly CanaryStep[]): boolean {
  const scale = steps.findLast(one => one.setCanaryScale !== undefined)?.setCanaryScale
  return scale?.replicas === 0 || scale?.weight === 0
}

/** As they are while the first of a pair is the stable one. */
const PAIR = { stable: 'ping', canary: 'pong' }

export function sidesOf(spec: LifeSpec): LifeSpec['sides'] {
  if (!isRouted(spec) || (spec.router === 'alb' && spec.sides !== 'pair')) return undefined
  return spec.router === 'istio' || spec.router === 'alb' ? spec.sides : undefined
}

/** The router of a life that has one. */
export function routeIn(spec: LifeSpec): LifeRoute {
  return LIFE_ROUTES[sidesOf(spec) === 'subsets' ? 'istioSubsets' : spec.router]
}

/** Without Services of its own a canary is found by the labels of all its pods. */
export function hasServices(spec: LifeSpec): boolean {
  if (sidesOf(spec) === 'subsets') return false
  return spec.strategy !== 'basic' || spec.hasServices
}

export function rolloutOf(spec: LifeSpec): Rollout {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: metadata(NAME),
    spec: {
      replicas: spec.replicas,
      progressDeadlineSeconds: 60,
      ...given(spec, ['revisionHistoryLimit']),
      ...(spec.rollbackWindow === undefined ? {} : { rollbackWindow: { revisions: spec.rollbackWindow } }),
      ...(spec.minReadySeconds === undefined ? {} : { minReadySeconds: spec.minReadySeconds }),
      ...(spec.abortsAtDeadline === true ? { progressDeadlineAbort: true } : {}),
      selector: { matchLabels: { app: NAME } },
      template: templateOf(spec, 1),
      strategy: strategyOf(spec),
    } as RolloutSpec,
  }
}

/** A mistake in the spec: nothing can be available that late. */
export const SPOILT = { minReadySeconds: 999 }

export function isSpoiled({ spec }: Rollout): boolean {
  return spec.minReadySeconds === SPOILT.minReadySeconds
}

/** The status tells of a mistake. */
export function isInvalid(status: Rollout['status']): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'InvalidSpec' && is === 'True') === true
}

function given<K extends keyof LifeSpec>(spec: LifeSpec, names: readonly K[]): Partial<LifeSpec> {
  return Object.fromEntries(names.flatMap(name => (spec[name] === undefined ? [] : [[name, spec[name]]])))
}

const DELAYS = ['scaleDownDelaySeconds', 'abortScaleDownDelaySeconds', 'scaleDownDelayRevisionLimit'] as const
const role = (name: string) => ({ labels: { role: name } })

/** So long an experiment lasts. */
export const TRIED_MS = 20_000

/** So often each analysis measures. */
export const CHECKS = 2

const CHECK = { templates: [{ templateName: 'check' }] }

export function strategyOf(spec: LifeSpec): NonNullable<RolloutSpec['strategy']> {
  if (spec.strategy === 'blueGreen') {
    const { stable, canary } = servicesOf(spec)
    const { autoPromotionSeconds, previewReplicaCount } = spec
    return {
      blueGreen: {
        activeService: stable,
        previewService: canary,
        autoPromotionEnabled: spec.isAutomatic,
        ...(autoPromotionSeconds === undefined ? {} : { autoPromotionSeconds }),
        ...(previewReplicaCount === undefined ? {} : { previewReplicaCount }),
        ...given(spec, DELAYS),
        ...(spec.isAnalysed ? { prePromotionAnalysis: CHECK } : {}),
        ...(spec.isWatched === true ? { postPromotionAnalysis: CHECK } : {}),
        ...(spec.isDressed === true
          ? { activeMetadata: role('active'), previewMetadata: role('preview') }
          : {}),
      },
    }
  }
  const { maxSurge, maxUnavailable, progressThreshold } = spec
  return {
    canary: {
      steps: [
        ...(spec.isAnalysed ? [{ analysis: CHECK }] : []),
        ...(spec.isTried === true ? [experimentOf(spec)] : []),
        ...spec.steps,
        ...(spec.isAnalysed && spec.endsAnalysed === true ? [{ analysis: CHECK }] : []),
      ],
      ...serving(spec),
      ...(maxSurge === undefined ? {} : { maxSurge }),
      ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
      ...(progressThreshold === undefined ? {} : { replicaProgressThreshold: progressThreshold }),
      ...(isRouted(spec) ? routed(spec) : {}),
      ...(spec.isWatched === true ? { analysis: CHECK } : {}),
      ...(spec.isDressed === true ? { stableMetadata: role('stable'), canaryMetadata: role('canary') } : {}),
      ...(spec.strategy === 'dynamic' ? { dynamicStableScale: true } : {}),
    },
  }
}

const SHARING: readonly LifeSpec['router'][] = ['httpRoute', 'istio', 'alb', 'smi']

function sharesWithExperiments(spec: LifeSpec): boolean {
  return isRouted(spec) && sidesOf(spec) !== 'subsets' && SHARING.includes(spec.router)
}

function experimentOf(spec: LifeSpec): CanaryStep {
  const { triedWeight: weight } = spec
  return {
    experiment: {
      duration: `${TRIED_MS / 1000}s`,
      templates: [
        { name: 'a', specRef: 'stable', replicas: 1 },
        {
          name: 'b',
          specRef: 'canary',
          replicas: 1,
          ...(weight !== undefined && sharesWithExperiments(spec) ? { weight } : {}),
        },
      ],
      ...(spec.isAnalysed ? { analyses: [{ name: 'check', templateName: 'check' }] } : {}),
    },
  }
}

function serving(spec: LifeSpec): object {
  const { stable, canary } = servicesOf(spec)
  if (sidesOf(spec) === 'pair') return { pingPong: { pingService: stable, pongService: canary } }
  return hasServices(spec) ? { stableService: stable, canaryService: canary } : {}
}

function routed(spec: LifeSpec) {
  const { minPods } = spec
  return {
    trafficRouting: {
      ...routeIn(spec).routing,
      ...(hasManagedRoutes(spec) ? { managedRoutes: managed(spec) } : {}),
    },
    ...(minPods === undefined ? {} : { minPodsPerReplicaSet: minPods }),
    ...given(spec, DELAYS),
  }
}

export function hasManagedRoutes(spec: LifeSpec): boolean {
  return isRouted(spec) && routeIn(spec).made !== undefined && spec.hasManagedRoutes === true
}

function managed(spec: LifeSpec): readonly { readonly name: string }[] {
  return [HEADER_ROUTE, ...(routeIn(spec).copies === true ? [MIRROR_ROUTE] : [])].map(name => ({ name }))
}

export function serviceOf(name: string): KubeObject {
  const spec = { selector: { app: NAME }, ports: [{ port: 80 }] }
  return fromJson({ apiVersion: 'v1', kind: 'Service', metadata: metadata(name), spec })
}

/** Undefined where the controller makes all that is needed. */
export function routeOf(spec: LifeSpec): KubeObject | undefined {
  return routeIn(spec).object(servicesOf(spec))
}

const BY_WEB = { successCondition: 'result == 1', provider: { web: { url: 'http://metrics.example/' } } }

const BY_JOB = {
  provider: {
    job: {
      spec: {
        backoffLimit: 0,
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [{ name: 'check', image: 'check', command: ['sh', '-c', 'sleep 2; exit 0'] }],
          },
        },
      },
    },
  },
}

function check({ isByJob = false }: LifeSpec): AnalysisTemplate {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: metadata('check'),
    spec: {
      metrics: [
        {
          name: 'check',
          interval: '5s',
          count: CHECKS,
          ...(isByJob ? BY_JOB : BY_WEB),
        },
      ],
    },
  } as unknown as AnalysisTemplate
}

/** How many pods would carry all users. */
function loadOf(pods: number): KubeObject {
  return fromJson({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(LOAD),
    data: { pods: String(pods) },
  })
}

/** All but the Rollout: what its strategies name, and each once. */
export function furniture(spec: LifeSpec): readonly KubeObject[] {
  const { other } = spec
  const all = [
    ...furnitureOf(spec),
    ...(other === undefined ? [] : furnitureOf({ ...spec, strategy: other })),
  ]
  return [...new Map(all.map(one => [`${one.kind} ${one.metadata.name}`, one])).values()]
}

function routes(spec: LifeSpec): readonly KubeObject[] {
  const { root } = routeIn(spec)
  return [routeOf(spec) ?? [], root === undefined ? [] : serviceOf(root)].flat()
}

function furnitureOf(spec: LifeSpec): readonly KubeObject[] {
  const { stable, canary } = servicesOf(spec)
  return [
    ...(hasServices(spec) ? [serviceOf(stable), serviceOf(canary)] : []),
    ...(isRouted(spec) ? routes(spec) : []),
    ...(sidesOf(spec) === 'subsets' ? [serviceOf(NAME), destinationRule()] : []),
    ...(spec.isAutoscaled === true ? [loadOf(spec.replicas)] : []),
    ...(spec.isAnalysed || spec.isWatched === true ? [check(spec)] : []),
  ]
}

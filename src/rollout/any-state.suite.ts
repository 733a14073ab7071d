// Any state that a Rollout may be found in: scenes by chance, and the world that each one sets up. For laws of the
// decision, and for comparing decisions of two versions of this code.
import fc from 'fast-check'
import type { AnalysisPhase, RolloutAnalysis } from '../api/analysis.ts'
import type { RolloutExperiment } from '../api/experiment.ts'
import type { CanaryStep, Rollout, RolloutSpec, RolloutStatus, TrafficWeights } from '../api/rollout.ts'
import { EXPERIMENT_BACKENDS, REMEMBERED_ROUTING } from '../api/words.ts'
import type { HttpRoute } from '../kube/networking.ts'
import { fromJson } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import type { RememberedRouting } from '../traffic/leaving.ts'
import { stepsHash } from '../workload/steps-hash.ts'
import { aReplicaSet, aRollout, aService, aTemplate, anIngress, hashOf, NOW, ROUTERS } from './model.suite.ts'
import type { Router } from './model.suite.ts'
import { OWNER, ROUTE_SCENES, routeScene } from './routes.suite.ts'

const IMAGES = ['demo:v1', 'demo:v2', 'demo:v3'] as const

export interface Scene {
  readonly strategy: 'blueGreen' | 'basic' | 'routed' | 'dynamic'
  readonly router: Router
  readonly replicas: number
  readonly sets: readonly SetScene[]
  /** Indices of images: the template's, the promoted one, the one that the status last reported. */
  readonly wanted: number
  readonly stable: number
  readonly recorded: number
  readonly step: number
  readonly services: readonly (number | undefined)[]
  /** The weight that the status remembers, and of which image; and what the route says, where they differ. */
  readonly weight: number
  readonly weighs: number
  readonly drift: number | undefined
  readonly abort: boolean
  readonly paused: boolean
  readonly full: boolean
  readonly pause: 'none' | 'waiting' | 'resumed'
  readonly surge: { readonly maxSurge?: number; readonly maxUnavailable?: number }
  readonly previewReplicaCount: number | undefined
  readonly isAutomatic: boolean
  readonly autoPromotionSeconds: number | undefined
  /** Of a step or before promotion; in the background or after promotion. */
  readonly analysis: 'none' | 'first' | 'second'
  readonly run: AnalysisPhase | undefined
  /** Of the second step of a canary. */
  readonly experiment: ExperimentScene | undefined
  /** What is wrong with the spec, or with what it names. */
  readonly problem: 'none' | 'steps' | 'template' | 'replicas'
  /** A router that the spec asked for once, and the weight that it still has. */
  readonly left: { readonly router: Router; readonly weight: number } | undefined
}

interface ExperimentScene {
  /** How the Experiment stands that the status names; undefined: it is not there. */
  readonly phase: AnalysisPhase | undefined
  readonly isNamed: boolean
  readonly isTerminated: boolean
  /** Whether the templates are to have weight, and whether `a` and `b` have their pods. */
  readonly isWeighted: boolean
  readonly stands: readonly [a: boolean, b: boolean]
  /** The weight that the route still gives to `a`. */
  readonly beside: number
}

interface SetScene {
  readonly spec: number
  readonly available: number
  readonly exists: boolean
  readonly deadline: boolean
}

const image = () => fc.integer({ min: 0, max: 2 })

export const scene: fc.Arbitrary<Scene> = fc.record({
  strategy: fc.constantFrom('blueGreen', 'basic', 'routed', 'dynamic'),
  router: fc.constantFrom(...ROUTERS),
  replicas: fc.integer({ min: 0, max: 5 }),
  sets: fc.array(
    fc.record({
      spec: fc.integer({ min: 0, max: 6 }),
      available: fc.integer({ min: 0, max: 6 }),
      exists: fc.boolean(),
      deadline: fc.boolean(),
    }),
    { minLength: 3, maxLength: 3 },
  ),
  wanted: image(),
  stable: fc.integer({ min: -1, max: 2 }),
  recorded: fc.integer({ min: -1, max: 2 }),
  step: fc.integer({ min: 0, max: 5 }),
  services: fc.array(fc.option(image(), { nil: undefined }), { minLength: 2, maxLength: 2 }),
  weight: fc.constantFrom(0, 40, 80, 100),
  weighs: image(),
  drift: fc.option(fc.constantFrom(0, 20, 60, 100), { nil: undefined, freq: 3 }),
  abort: fc.boolean(),
  paused: fc.boolean(),
  full: fc.boolean(),
  pause: fc.constantFrom('none', 'waiting', 'resumed'),
  surge: fc.constantFrom({}, {}, { maxSurge: 2 }, { maxSurge: 0, maxUnavailable: 1 }, { maxUnavailable: 2 }),
  previewReplicaCount: fc.constantFrom(undefined, undefined, 1, 2),
  isAutomatic: fc.boolean(),
  autoPromotionSeconds: fc.constantFrom(undefined, 30),
  analysis: fc.constantFrom('none', 'none', 'first', 'second'),
  run: fc.constantFrom(undefined, 'Running', 'Successful', 'Failed', 'Inconclusive'),
  experiment: fc.option(
    fc.record({
      phase: fc.constantFrom(
        undefined,
        'Pending',
        'Running',
        'Running',
        'Successful',
        'Failed',
        'Inconclusive',
      ),
      isNamed: fc.boolean(),
      isTerminated: fc.boolean(),
      isWeighted: fc.boolean(),
      stands: fc.tuple(fc.boolean(), fc.boolean()),
      beside: fc.constantFrom(0, 0, 10),
    }),
    { nil: undefined, freq: 1 },
  ),
  problem: fc.constantFrom('none', 'none', 'none', 'none', 'steps', 'template', 'replicas'),
  left: fc.option(
    fc.record({ router: fc.constantFrom(...ROUTERS), weight: fc.constantFrom(0, 20, 60, 100) }),
    { nil: undefined, freq: 2 },
  ),
})

const CHECK: RolloutAnalysis = { templates: [{ templateName: 'check' }] }
const GONE: RolloutAnalysis = { templates: [{ templateName: 'gone' }] }
const PLAIN_STEPS: readonly CanaryStep[] = [
  { setWeight: 40 },
  { pause: {} },
  { setWeight: 80 },
  { pause: { duration: 10 } },
]

/** Every object of the scene's world. */
export function objectsOf(one: Scene): readonly KubeObject[] {
  const { stable, canary } = servicesIn(one)
  const spec = {
    replicas: one.problem === 'replicas' ? -1 : one.replicas,
    strategy: strategyOf(one),
    ...(one.paused ? { paused: true } : {}),
  }
  return [
    remembering(aRollout(IMAGES[one.wanted] as string, spec as Partial<RolloutSpec>, statusOf(one)), one),
    ...setsOf(one),
    aService(stable, hashAt(one.services[0])),
    aService(canary, hashAt(one.services[1])),
    ...routesOf(one),
    ...leftRoutesOf(one),
    ...analysisOf(one),
    ...experimentOf(one),
  ]
}

/** The Services of the two roles; those of a router that was left, too. */
export function servicesIn({ strategy }: Scene): RememberedRouting['services'] {
  return strategy === 'blueGreen'
    ? { stable: 'active', canary: 'preview' }
    : { stable: 'stable', canary: 'canary' }
}

/** Only a router that is no longer asked for was left. */
export function leftIn(one: Scene): Scene['left'] {
  return isRouted(one) && one.left?.router === one.router ? undefined : one.left
}

function remembering(rollout: Rollout, one: Scene): Rollout {
  const left = leftIn(one)
  if (left === undefined) return rollout
  const { name } = rollout.metadata
  const routing = { rollout: name, trafficRouting: ROUTING[left.router], services: servicesIn(one) }
  const annotations = { [REMEMBERED_ROUTING]: JSON.stringify([routing]) }
  return { ...rollout, metadata: { ...rollout.metadata, annotations } }
}

function hashAt(index: number | undefined): string | undefined {
  return index === undefined || index < 0 ? undefined : hashOf(IMAGES[index] as string)
}

function setsOf(one: Scene): readonly KubeObject[] {
  return one.sets.flatMap(({ exists, spec, available, deadline }, i) =>
    exists
      ? [
          aReplicaSet({
            image: IMAGES[i] as string,
            revision: i + 1,
            replicas: spec,
            available: Math.min(spec, available),
            desired: one.replicas,
            deadline: deadline ? NOW + 5000 : undefined,
          }),
        ]
      : [],
  )
}

function stepsOf(one: Scene): readonly CanaryStep[] {
  if (one.analysis === 'first') return [{ setWeight: 40 }, { analysis: CHECK }, ...PLAIN_STEPS]
  return one.experiment === undefined
    ? PLAIN_STEPS
    : [{ setWeight: 40 }, { experiment: experimentStep(one) }, ...PLAIN_STEPS]
}

/** Those that can give weight to more than two. */
const CARRYING: ReadonlySet<Router> = new Set(['httpRoute', 'istio', 'alb', 'smi'])

/** Whether the templates have weight: elsewhere it is no valid spec. */
export function isCarrying(one: Scene): boolean {
  return isRouted(one) && CARRYING.has(one.router) && one.experiment?.isWeighted === true
}

const TEMPLATES = ['a', 'b'] as const

function experimentStep(one: Scene): RolloutExperiment {
  const weight = isCarrying(one) ? { weight: 10 } : {}
  return {
    templates: TEMPLATES.map(name => ({
      name,
      specRef: name === 'a' ? 'stable' : 'canary',
      ...weight,
      service: { name: `shop-${name}` },
    })),
  }
}

const EXPERIMENT_NAME = 'demo-exp'

/** As its own controller would have left it. */
function experimentOf(one: Scene): readonly KubeObject[] {
  const { experiment, strategy } = one
  if (experiment?.phase === undefined || strategy === 'blueGreen') return []
  const { phase, isTerminated, stands } = experiment
  const template = { metadata: { labels: { app: 'demo' } }, spec: { containers: [] } }
  const statuses = TEMPLATES.map((name, i) => {
    const isThere = stands[i] === true
    const count = isThere ? 1 : 0
    return {
      name,
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas: count,
      availableReplicas: count,
      status: isThere ? 'Running' : 'Progressing',
      serviceName: `shop-${name}`,
      podTemplateHash: `hash-${name}`,
    }
  })
  const labels = { 'rollouts-pod-template-hash': hashAt(one.wanted) as string }
  return [
    fromJson({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Experiment',
      metadata: { name: EXPERIMENT_NAME, namespace: 'shop', uid: 'exp', labels, ownerReferences: [OWNER] },
      spec: {
        templates: TEMPLATES.map(name => ({ name, selector: { matchLabels: { app: 'demo' } }, template })),
        ...(isTerminated ? { terminate: true } : {}),
      },
      status: { phase, templateStatuses: statuses },
    }),
    ...TEMPLATES.map((name, i) => podsOfExperiment('exp', `hash-${name}`, stands[i] === true ? 1 : 0)),
  ]
}

/** The ReplicaSet of a template of an Experiment; all its pods are available. */
export function podsOfExperiment(uid: string, hash: string, replicas: number): KubeObject {
  const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Experiment', name: uid, uid, controller: true }
  const labels = { 'rollouts-pod-template-hash': hash }
  return fromJson({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `of-${uid}-${hash}`,
      namespace: 'shop',
      uid: `of-${hash}`,
      labels,
      ownerReferences: [owner],
    },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: {} } },
    status: { replicas, readyReplicas: replicas, availableReplicas: replicas },
  })
}

function strategyOf(one: Scene): NonNullable<RolloutSpec['strategy']> {
  const { previewReplicaCount, analysis, problem } = one
  const second = problem === 'template' ? GONE : analysis === 'second' ? CHECK : undefined
  if (one.strategy === 'blueGreen') {
    return {
      blueGreen: {
        activeService: 'active',
        previewService: 'preview',
        autoPromotionEnabled: one.isAutomatic,
        ...(one.autoPromotionSeconds === undefined ? {} : { autoPromotionSeconds: one.autoPromotionSeconds }),
        ...(previewReplicaCount === undefined ? {} : { previewReplicaCount }),
        ...(analysis === 'first' ? { prePromotionAnalysis: CHECK } : {}),
        ...(second === undefined ? {} : { postPromotionAnalysis: second }),
      },
    }
  }
  return {
    canary: {
      steps: problem === 'steps' ? [...stepsOf(one), { setWeight: 120 }] : stepsOf(one),
      stableService: 'stable',
      canaryService: 'canary',
      ...one.surge,
      ...(second === undefined ? {} : { analysis: second }),
      ...(one.strategy === 'basic' ? {} : { trafficRouting: ROUTING[one.router] }),
      ...(one.strategy === 'dynamic' ? { dynamicStableScale: true } : {}),
    },
  }
}

export const ROUTING = {
  nginx: { nginx: { stableIngress: 'demo' } },
  ambassador: { ambassador: { mappings: ['demo'] } },
  httpRoute: { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'demo' } } },
  istio: ROUTE_SCENES.istio.trafficRouting,
  alb: ROUTE_SCENES.alb.trafficRouting,
  smi: ROUTE_SCENES.smi.trafficRouting,
  traefik: ROUTE_SCENES.traefik.trafficRouting,
  apisix: ROUTE_SCENES.apisix.trafficRouting,
} as const

function isRouted({ strategy }: Scene): boolean {
  return strategy === 'routed' || strategy === 'dynamic'
}

function statusOf(one: Scene): RolloutStatus {
  const stable = hashAt(one.stable)
  const current = hashAt(one.recorded)
  const reason = one.strategy === 'blueGreen' ? 'BlueGreenPause' : 'CanaryPauseStep'
  const runs = runsOf(one)
  const pauses = one.pause === 'waiting' ? [{ reason, startTime: '2026-08-01T11:59:55Z' } as const] : []
  return {
    observedGeneration: '1',
    blueGreen: runs.blueGreen ?? {},
    canary: {
      ...(isRouted(one) && stable !== undefined ? { weights: weightsOf(one, stable) } : {}),
      ...(one.experiment?.isNamed === true && one.strategy !== 'blueGreen'
        ? { currentExperiment: EXPERIMENT_NAME }
        : {}),
      ...runs.canary,
    },
    ...(current === undefined ? {} : { currentPodHash: current }),
    ...(stable === undefined ? {} : { stableRS: stable }),
    ...(one.strategy === 'blueGreen'
      ? {}
      : { currentStepHash: stepsHash(stepsOf(one)), currentStepIndex: one.step }),
    ...(one.abort ? { abort: true } : {}),
    ...(one.full ? { promoteFull: true } : {}),
    ...(one.pause === 'none' ? {} : { controllerPause: true, pauseConditions: pauses }),
  }
}

function weightsOf({ weight, weighs }: Scene, stable: string): TrafficWeights {
  return {
    canary: { weight, serviceName: 'canary', podTemplateHash: hashAt(weighs) as string },
    stable: { weight: 100 - weight, serviceName: 'stable', podTemplateHash: stable },
  }
}

/** What the scene's router finds, with the weight that really holds there. */
function routesOf(one: Scene): readonly KubeObject[] {
  const weight = isRouted(one) ? (one.drift ?? one.weight) : 0
  if (one.strategy === 'blueGreen' || one.router === 'nginx') {
    return [anIngress('stable'), ...(weight > 0 ? [canaryIngress(weight)] : [])]
  }
  if (one.router === 'ambassador') {
    return [aMapping('demo', 'stable'), ...(weight > 0 ? [aMapping('demo-canary', 'canary', weight)] : [])]
  }
  const played = routeScene(one.router)?.object(weight, servicesIn(one))
  return [played ?? withExperiment(anHttpRoute(weight), isCarrying(one) ? (one.experiment?.beside ?? 0) : 0)]
}

/** The route with what an experiment was given once. */
function withExperiment(route: KubeObject, weight: number): KubeObject {
  if (weight === 0) return route
  const { metadata, spec } = route as HttpRoute
  const annotations = { [EXPERIMENT_BACKENDS]: 'shop-a' }
  const rules = (spec.rules ?? []).map(rule => {
    return { ...rule, backendRefs: [...(rule.backendRefs ?? []), { name: 'shop-a', port: 80, weight }] }
  })
  return { ...route, metadata: { ...metadata, annotations }, spec: { ...spec, rules } } as KubeObject
}

/** The same, of the router that was left. */
function leftRoutesOf(one: Scene): readonly KubeObject[] {
  const { router, weight = 0 } = leftIn(one) ?? {}
  if (router === undefined) return []
  if (router === 'httpRoute') return [anHttpRoute(weight, servicesIn(one))]
  const played = routeScene(router)
  if (played !== undefined) return [played.object(weight, servicesIn(one))]
  const canary = router === 'nginx' ? canaryIngress(weight) : aMapping('demo-canary', 'canary', weight)
  const base = router === 'nginx' ? anIngress('stable') : aMapping('demo', 'stable')
  return [base, canary]
}

export function canaryIngress(weight: number): KubeObject {
  const made = anIngress('canary')
  const annotations = {
    'nginx.ingress.kubernetes.io/canary': 'true',
    'nginx.ingress.kubernetes.io/canary-weight': String(weight),
  }
  const metadata = { name: 'demo-demo-canary', uid: 'canary-ingress', annotations, ownerReferences: [OWNER] }
  return { ...made, metadata: { ...made.metadata, ...metadata } }
}

export function aMapping(name: string, service: string, weight?: number): KubeObject {
  const isCanary = weight !== undefined
  return fromJson({
    apiVersion: 'getambassador.io/v3alpha1',
    kind: 'Mapping',
    metadata: { name, namespace: 'shop', uid: `mapping-${name}`, ownerReferences: isCanary ? [OWNER] : [] },
    spec: { prefix: '/', service, ...(isCanary ? { weight } : {}) },
  })
}

export function anHttpRoute(
  weight: number,
  { stable, canary } = { stable: 'stable', canary: 'canary' },
): KubeObject {
  const backendRefs = [
    { name: stable, port: 80, weight: 100 - weight },
    { name: canary, port: 80, weight },
  ]
  return fromJson({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'demo', namespace: 'shop', uid: 'http-route' },
    spec: { rules: [{ backendRefs }] },
  })
}

const RUN = 'demo-run'

/** The template that the analyses name, and a run that the status knows. */
function analysisOf(one: Scene): readonly KubeObject[] {
  if (one.analysis === 'none') return []
  const job = { spec: { template: { spec: { containers: [{ name: 'check', image: 'check' }] } } } }
  const template = aTemplate('check', { metrics: [{ name: 'check', provider: { job } }] })
  if (one.run === undefined) return [template]
  const labels = { 'rollouts-pod-template-hash': hashAt(one.wanted) as string }
  const run = fromJson({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name: RUN, namespace: 'shop', uid: 'run', labels, ownerReferences: [OWNER] },
    spec: { metrics: [] },
    status: { phase: one.run, ...(one.run === 'Failed' ? { message: 'too many errors' } : {}) },
  })
  return [template, run]
}

/** What the status says of that run. */
function runsOf({ strategy, analysis, run }: Scene): Pick<RolloutStatus, 'blueGreen' | 'canary'> {
  if (run === undefined || analysis === 'none') return {}
  const known = { name: RUN, status: 'Running' } as const
  const isFirst = analysis === 'first'
  if (strategy === 'blueGreen') {
    return {
      blueGreen: isFirst
        ? { prePromotionAnalysisRunStatus: known }
        : { postPromotionAnalysisRunStatus: known },
    }
  }
  return {
    canary: isFirst ? { currentStepAnalysisRunStatus: known } : { currentBackgroundAnalysisRunStatus: known },
  }
}

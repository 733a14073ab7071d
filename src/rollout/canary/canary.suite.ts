// A canary in the middle of its update, for stories: v1 is stable, v2 is on its way, v0 is left from before. What a
// story does not say is as it should be.
import type { CanaryStep, CanaryStrategy, RolloutSpec, RolloutStatus } from '../../api/rollout.ts'
import { REMEMBERED_ROUTING } from '../../api/words.ts'
import { askedRouting, rememberedText } from '../remembered.ts'
import type { Instant } from '../../std/instant.ts'
import { stepsHash } from '../../workload/steps-hash.ts'
import { canaryIngress, ROUTING } from '../any-state.suite.ts'
import type { Model } from '../model.suite.ts'
import { aModel, anIngress, aReplicaSet, aRollout, aService, hashOf } from '../model.suite.ts'

export const [V0, V1, V2] = ['demo:v0', 'demo:v1', 'demo:v2'] as const

interface Pods {
  readonly replicas: number
  readonly available?: number
  readonly deadline?: Instant
}

export interface CanaryOf {
  readonly older?: Pods
  readonly stable?: Pods
  readonly canary?: Pods
  /** The image of the spec. */
  readonly image?: string
  readonly replicas?: number
  readonly steps?: readonly CanaryStep[]
  readonly step?: number
  /** The weight that is recorded, for which image; and what the route says, where that differs. */
  readonly weight?: number
  readonly weighs?: string
  readonly routed?: number
  /** The images that the Services select; null where one selects none and is nobody's yet. */
  readonly stableSelects?: string | null
  readonly canarySelects?: string | null
  readonly strategy?: Partial<CanaryStrategy>
  readonly spec?: Partial<RolloutSpec>
  readonly status?: RolloutStatus
}

const STEPS: readonly CanaryStep[] = [{ setWeight: 40 }, { pause: {} }, { setWeight: 80 }, { pause: {} }]
const ROUTED: Partial<CanaryStrategy> = {
  stableService: 'stable',
  canaryService: 'canary',
  trafficRouting: ROUTING.nginx,
}

/** With a router. */
export function routedCanary(of: CanaryOf): Model {
  const { weight = 0, routed = weight } = of
  return aModel([
    ...workload({ ...of, strategy: { ...ROUTED, ...of.strategy } }),
    selecting('stable', of.stableSelects === undefined ? V1 : of.stableSelects),
    selecting('canary', of.canarySelects === undefined ? V2 : of.canarySelects),
    anIngress('stable'),
    ...(routed > 0 ? [canaryIngress(routed)] : []),
  ])
}

/** The share of pods is the share of the traffic. */
export function basicCanary(of: CanaryOf): Model {
  return aModel(workload(of))
}

function workload(of: CanaryOf) {
  const { replicas = 5, steps = STEPS, image = V2, strategy } = of
  const spec = { replicas, strategy: { canary: { steps, ...strategy } }, ...of.spec } as Partial<RolloutSpec>
  const rollout = aRollout(image, spec, { ...known(of, steps), ...of.status })
  const asked = askedRouting(rollout)
  const routing = asked === undefined ? null : rememberedText([asked])
  const annotations = {
    'rollout.argoproj.io/revision': '3',
    ...(routing === null ? {} : { [REMEMBERED_ROUTING]: routing }),
  }
  const sets = [of.older, of.stable, of.canary].flatMap((pods, i) =>
    pods === undefined
      ? []
      : [aReplicaSet({ ...pods, image: [V0, V1, V2][i] as string, revision: i + 1, desired: replicas })],
  )
  return [{ ...rollout, metadata: { ...rollout.metadata, annotations } }, ...sets]
}

function known({ image = V2, step = 0, weight = 0, weighs = V2 }: CanaryOf, steps: readonly CanaryStep[]) {
  const weights = {
    canary: { weight, serviceName: 'canary', podTemplateHash: hashOf(weighs) },
    stable: { weight: 100 - weight, serviceName: 'stable', podTemplateHash: hashOf(V1) },
  }
  return {
    currentPodHash: hashOf(image),
    stableRS: hashOf(V1),
    currentStepHash: stepsHash(steps),
    currentStepIndex: step,
    observedGeneration: '1',
    blueGreen: {},
    canary: { weights },
  } satisfies RolloutStatus
}

const selecting = (name: string, image: string | null) =>
  aService(name, image === null ? undefined : hashOf(image))

/** With the names of images for hashes. */
function named(text: string): string {
  return [V0, V1, V2].reduce((all, image) => all.replaceAll(hashOf(image), image.slice(5)), text)
}

/** The sentences of the writes. */
export function whys(model: Model): readonly string[] {
  return model.decide().writes.map(write => named(write.why))
}

/** What is waited for. */
export function awaited(model: Model): readonly string[] {
  return (model.decide().waits ?? []).map(wait => named(wait.for))
}

/** After a pass. */
export function reported(model: Model): RolloutStatus {
  model.pass()
  return model.rollout().status ?? {}
}

/** As an API server and a ReplicaSet controller would have it. */
export function becomes(model: Model, image: string, { replicas, available = replicas }: Pods): void {
  const set = model.replicaSet(image)
  const status = { replicas, readyReplicas: available, availableReplicas: available, observedGeneration: 1 }
  model.put({ ...set, spec: { ...set?.spec, replicas }, status } as never)
}

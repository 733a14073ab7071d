// Blue/green in the middle of its update, for stories: v1 is stable and active, v2 is the preview, v0 is left from
// before. What a story does not say is as it should be.
import type { BlueGreenStrategy, RolloutSpec, RolloutStatus } from '../../api/rollout.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Instant } from '../../std/instant.ts'
import type { Model } from '../model.suite.ts'
import { aModel, aReplicaSet, aRollout, aService, hashOf } from '../model.suite.ts'

export const [V0, V1, V2] = ['demo:v0', 'demo:v1', 'demo:v2'] as const

interface Pods {
  readonly replicas: number
  readonly available?: number
  readonly deadline?: Instant
}

export interface BlueGreenOf {
  readonly older?: Pods
  readonly stable?: Pods
  readonly preview?: Pods | undefined
  readonly replicas?: number
  /** Undefined, if it is said: none. */
  readonly active?: string | undefined
  readonly previewSelects?: string
  readonly strategy?: Partial<BlueGreenStrategy>
  readonly spec?: Partial<RolloutSpec>
  readonly status?: RolloutStatus
  readonly more?: readonly KubeObject[]
}

export function blueGreen(of: BlueGreenOf): Model {
  const { replicas = 3, previewSelects = V2 } = of
  const active = 'active' in of ? of.active : V1
  const strategy = { blueGreen: { activeService: 'active', previewService: 'preview', ...of.strategy } }
  const known: RolloutStatus = {
    currentPodHash: hashOf(V2),
    stableRS: hashOf(V1),
    observedGeneration: '1',
    blueGreen: { activeSelector: hashOf(V1) },
    canary: {},
  }
  const rollout = aRollout(V2, { replicas, strategy, ...of.spec }, { ...known, ...of.status })
  const sets = [of.older, of.stable, of.preview].flatMap((pods, i) =>
    pods === undefined
      ? []
      : [aReplicaSet({ ...pods, image: [V0, V1, V2][i] as string, revision: i + 1, desired: replicas })],
  )
  const annotations = { 'rollout.argoproj.io/revision': '3' }
  return aModel([
    { ...rollout, metadata: { ...rollout.metadata, annotations } },
    ...sets,
    aService('active', active && hashOf(active)),
    aService('preview', hashOf(previewSelects)),
    ...(of.more ?? []),
  ])
}

/** The sentences of the writes, with the names of images for hashes. */
export function whys(model: Model): readonly string[] {
  const named = (text: string) =>
    [V0, V1, V2].reduce((all, image) => all.replaceAll(hashOf(image), image.slice(5)), text)
  return model.decide().writes.map(write => named(write.why))
}

/** What is waited for. */
export function awaited(model: Model): readonly string[] {
  return (model.decide().waits ?? []).map(wait => wait.for)
}

/** After a pass. */
export function reported(model: Model): RolloutStatus {
  model.pass()
  return model.rollout().status ?? {}
}

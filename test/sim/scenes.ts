// Orders of writes that have cost users requests elsewhere, by public reports, as scenes: a life up to a moment, what
// somebody does then, and the writes of the other order. Ours plays the same life to its end.
import type { Act, LifeSpec } from '../../src/sim/lives/scenario.ts'

/** Revisions by their number of making, from 0. */
export type OtherWrite = { readonly afterMs: number } & (
  | { readonly scale: number; readonly to: number }
  | { readonly select: 'stable' | 'canary'; readonly revision: number }
  | { readonly weigh: number }
  /** What an autoscaler is told to count: the pods of that revision alone. */
  | { readonly count: number }
  /** That revision gets as many pods as the autoscaler has asked for. */
  | { readonly follow: number }
)

export interface Scene {
  readonly name: string
  readonly spec: LifeSpec
  readonly acts: readonly Act[]
  /** From then on the other order stands in the place of ours. */
  readonly at: number
  readonly others: readonly OtherWrite[]
}

const ROUTED: LifeSpec = {
  strategy: 'routed',
  router: 'nginx',
  replicas: 4,
  steps: [{ setWeight: 50 }, { pause: {} }],
  hasServices: true,
  isAutomatic: true,
  isAnalysed: false,
}
const UPDATE: Act = { at: 20_000, do: 'image', image: 2 }

export const SCENES: readonly Scene[] = [
  {
    name: 'old pods are scaled down before the weights return to the stable Service',
    spec: ROUTED,
    acts: [UPDATE, { at: 60_000, do: 'full' }],
    at: 60_001,
    others: [
      { afterMs: 6000, weigh: 100 },
      { afterMs: 7000, scale: 0, to: 0 },
      { afterMs: 7100, weigh: 0 },
      { afterMs: 9000, select: 'stable', revision: 1 },
    ],
  },
  {
    name: 'the canary Service is moved to a newer revision while it has weight',
    spec: ROUTED,
    acts: [UPDATE, { at: 60_000, do: 'image', image: 3 }],
    at: 60_001,
    // Ours has made the revision and taken the weight away; the other order had left it where it was.
    others: [
      { afterMs: 0, weigh: 50 },
      { afterMs: 0, select: 'canary', revision: 2 },
      { afterMs: 5000, weigh: 0 },
    ],
  },
  {
    name: 'what a weight leads to is switched before its pods are ready',
    spec: ROUTED,
    acts: [UPDATE],
    at: 20_001,
    others: [
      { afterMs: 0, scale: 1, to: 2 },
      { afterMs: 0, weigh: 50 },
      { afterMs: 100, select: 'canary', revision: 1 },
    ],
  },
  {
    name: 'after an abort the pods of the canary go while it has weight',
    spec: ROUTED,
    acts: [UPDATE, { at: 60_000, do: 'abort' }],
    at: 60_000,
    others: [
      { afterMs: 100, scale: 1, to: 0 },
      { afterMs: 3000, weigh: 0 },
    ],
  },
  {
    name: 'with dynamicStableScale an abort sends everybody to a small stable set',
    spec: { ...ROUTED, strategy: 'dynamic', steps: [{ setWeight: 75 }, { pause: {} }] },
    acts: [UPDATE, { at: 90_000, do: 'abort' }],
    at: 90_000,
    others: [
      { afterMs: 100, weigh: 0 },
      { afterMs: 200, scale: 0, to: 4 },
    ],
  },
  {
    name: 'after an abort the canary Service goes back and forth',
    spec: ROUTED,
    acts: [UPDATE, { at: 60_000, do: 'abort' }],
    at: 60_000,
    others: [
      { afterMs: 100, select: 'canary', revision: 0 },
      { afterMs: 1000, scale: 1, to: 0 },
      { afterMs: 2000, select: 'canary', revision: 1 },
      { afterMs: 5000, weigh: 0 },
    ],
  },
  {
    name: 'of a pair of Services the one that was stable before is used again while users still come to it',
    spec: { ...ROUTED, router: 'istio', sides: 'pair' },
    acts: [UPDATE, { at: 60_000, do: 'full' }, { at: 61_000, do: 'image', image: 3 }],
    at: 61_001,
    // Ours has made the revision; in the other order the weights of the last update are still under way.
    others: [
      { afterMs: 0, weigh: 50 },
      { afterMs: 0, select: 'stable', revision: 2 },
      { afterMs: 5000, weigh: 0 },
    ],
  },
  {
    name: 'a subset of a DestinationRule selects the new hash before its pods are ready',
    spec: { ...ROUTED, router: 'istio', sides: 'subsets' },
    acts: [UPDATE],
    at: 20_001,
    others: [
      { afterMs: 0, select: 'canary', revision: 1 },
      { afterMs: 0, weigh: 50 },
      { afterMs: 100, scale: 1, to: 2 },
    ],
  },
  {
    name: 'canary pods with few users lower the average of an autoscaler that counts the stable pods alone',
    spec: {
      ...ROUTED,
      isAutoscaled: true,
      steps: [{ setCanaryScale: { replicas: 4 } }, { setWeight: 10 }, { pause: {} }],
    },
    acts: [UPDATE],
    at: 60_000,
    others: [
      { afterMs: 0, count: 0 },
      { afterMs: 20_000, follow: 0 },
    ],
  },
]

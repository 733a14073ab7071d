// Whether the stable side can carry what does not go to the canary (second step of a decision): asked before a
// weight is given, and before one is taken back.
import { maxTrafficWeight, maxUnavailable } from '../../api/defaults.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import { hasReached, stayingReplicas } from '../../workload/availability.ts'
import { podsGate, waitFor } from '../gates.ts'
import type { Gate } from '../gates.ts'
import { isGoingBack } from '../story.ts'
import type { Story } from '../story.ts'
import { stableNeededFor } from './routed-sizes.ts'

export interface StableFacts {
  /** What the canary gets of it; the stable side has the rest. */
  readonly weight: number
  /** Whether the stable Service selects the stable revision at the end of this pass. */
  readonly isReachable: boolean
  /** The revision that has the canary's users now, as far as it is there. */
  readonly serving: ReplicaSet | undefined
  /** What share of all users these are, from 0 to 1. */
  readonly given: number
  readonly threshold: Parameters<typeof hasReached>[2]
}

export function stableGate(story: Story, facts: StableFacts): Gate {
  const { replicas, rollout } = story
  const { weight, isReachable } = facts
  const stable = story.stable ?? (story.isFirst ? story.current : undefined)
  const maxWeight = maxTrafficWeight(rollout.spec)
  if (stable === undefined)
    return weight === maxWeight
      ? undefined
      : waitFor(story, 'a stable ReplicaSet to carry the rest', 'Deploy a revision that works.')
  const needed = stableNeededFor(weight, { replicas, maxWeight })
  if (!isReachable && weight < maxWeight) return podsGate(story, stable, Math.max(1, needed))
  return isEnough(story, stable, { ...facts, needed }) ? undefined : podsGate(story, stable, needed)
}

/**
 * Whoever comes back, or comes from a canary without pods, takes what there is. A number of pods that is enough is one
 * of the canary.
 */
function isEnough(
  story: Story,
  stable: ReplicaSet,
  { needed, threshold, ...users }: StableFacts & { readonly needed: number },
): boolean {
  const able = stayingReplicas(stable)
  const isPartly = threshold?.type === 'Percent' && hasReached(stable, needed, threshold)
  if (able >= needed || isPartly) return true
  const isEmpty = stayingReplicas(users.serving) === 0
  return able > 0 && (isEmpty || (comesBack(story, users.serving) && carriesBack(story, users)))
}

/** Also from a canary that another image has replaced: that one has no pods for them yet. */
function comesBack(story: Story, serving: ReplicaSet | undefined): boolean {
  const isReplaced = serving !== undefined && serving !== story.current && serving !== story.stable
  return isGoingBack(story) || isReplaced
}

/**
 * Whether users who come back are better off with the stable pods that there are: one or two are missing, or those of
 * the canary carry more each.
 */
export function carriesBack(
  story: Story,
  { serving, given }: Pick<StableFacts, 'serving' | 'given'>,
): boolean {
  const able = stayingReplicas(story.stable)
  const others = stayingReplicas(serving)
  return able >= enoughBack(story) || (others > 0 && able * given >= others)
}

/** Pods of the stable revision that all its users can do with who come back. */
export function enoughBack({ replicas, rollout }: Pick<Story, 'replicas' | 'rollout'>): number {
  return Math.max(1, replicas - Math.max(1, maxUnavailable(rollout.spec)))
}

/** The hash that the stable Service should select. */
export function stableHash({ isFirst, hash, status }: Story): string | undefined {
  return isFirst ? hash : status.stableRS
}

// What the size of a canary follows from at its step (second step of a decision): an explicit scale, or its weight.
import type { CanaryStrategy } from '../../api/rollout.ts'
import { canaryScaleAt, weightAt } from '../steps.ts'
import type { CanaryScale } from '../steps.ts'
import type { Story } from '../story.ts'

/**
 * Everything when it is promoted at once, when nothing is stable yet, and when it is itself the stable revision.
 * Compat: an aborted canary keeps an explicit scale only where its delay is 0.
 */
export function wantedCanaryScale(story: Story, strategy: CanaryStrategy): CanaryScale {
  const { isFull, isFirst, isPromoted, isAborted, position } = story
  if (isFull || isFirst || isPromoted) return { weight: position.maxWeight }
  const isIgnored = isAborted && strategy.abortScaleDownDelaySeconds !== 0
  const isExplicit = strategy.trafficRouting !== undefined && !isIgnored
  const scale = isExplicit ? canaryScaleAt(position) : undefined
  return scale ?? { weight: isAborted ? 0 : weightAt(position) }
}

/** A canary without pods has no users, whatever weight a step asks for. */
export function wantsNoCanary(story: Story, strategy: CanaryStrategy): boolean {
  return isNone(wantedCanaryScale(story, strategy))
}

export function isNone(scale: CanaryScale): boolean {
  return ('replicas' in scale ? scale.replicas : scale.weight) === 0
}
